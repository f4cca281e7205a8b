import { BlockList, isIP } from 'node:net';
import { UsageError } from '../kit/args.ts';

/** Where a deployment is, and what opens it. */
export type TargetAccess = { url: string; tokenSecret: string; apiKey: string };

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const ENDING_SLASHES = /\/+$/;

/** Of names only `localhost` counts (RFC 6761): what others mean is the affair of a name server. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost');
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The origin that `--target` names; ws and wss stand for http and https.
 *
 * @throws {UsageError} for what is no origin, or is not on loopback and not said to be the user's.
 */
export function targetOrigin(text: string, iOwnThis: boolean): string {
  const example = 'an address such as https://live.example or http://127.0.0.1:8080';
  const parsed = URL.canParse(text) ? new URL(text.replace(/^ws(s?:\/\/)/i, 'http$1')) : null;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new UsageError(`--target needs ${example}, got "${text}".`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new UsageError('--target takes no user and password: the API key comes from the environment.');
  }
  if (parsed.pathname.replace(ENDING_SLASHES, '') !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new UsageError(
      `--target needs ${example}, without anything behind the host: Livestall has a host to itself. Got "${text}".`,
    );
  }
  if (!iOwnThis && !isLoopback(parsed.hostname)) {
    throw new UsageError(
      `${parsed.hostname} is not on this machine's loopback. Thousands of connections against somebody else's server are an attack: if it is yours, and may slow down now, add --i-own-this.`,
    );
  }
  return parsed.origin;
}

const SECRETS = {
  tokenSecret: 'LIVESTALL_TOKEN_SECRET',
  apiKey: 'LIVESTALL_LOAD_API_KEY',
} as const;

/**
 * Everything that a run against a deployment needs to be given.
 *
 * @throws {UsageError} naming what is missing. Secrets come from the environment: everyone on a machine can read flags.
 */
export function targetAccess(text: string, iOwnThis: boolean, env: NodeJS.ProcessEnv): TargetAccess {
  const url = targetOrigin(text, iOwnThis);
  const access = { url, tokenSecret: env[SECRETS.tokenSecret] ?? '', apiKey: env[SECRETS.apiKey] ?? '' };
  const missing = (['tokenSecret', 'apiKey'] as const).filter((name) => access[name] === '');
  if (missing.length > 0) {
    throw new UsageError(
      `--target needs ${missing.map((name) => SECRETS[name]).join(' and ')} in the environment: the server's token secret signs the viewers in, and one of its API keys (the part behind the colon) makes a room for them.`,
    );
  }
  return access;
}
