import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { type BeaconInfo, QUICKNET_SCHEME } from '../../shared/lottery/beacon-info.ts';
import { parseRedisUrl } from '../redis/client.ts';

/** Schemas of values that settings share. Messages continue the sentence "<name>: …". */

export const SECRET_MIN_CHARS = 32;
/** Starts the secret that demo mode makes for itself; production refuses it. */
export const DEMO_SECRET_PREFIX = 'demo-';

export function whole(min: number, max: number): z.ZodInt {
  const message = `expected a whole number from ${min} to ${max}`;
  return z.int({ error: message }).min(min, message).max(max, message);
}

export const hostSchema = z
  .string()
  .regex(/^[A-Za-z0-9.:_-]+$/, 'expected an address or host name without port, such as 127.0.0.1 or 0.0.0.0');

/** A host name, an address, or a block of addresses. */
export const networkSchema = z
  .string()
  .max(253)
  .refine(
    (text) =>
      ipaddr.isValidCIDR(text) ||
      isIP(text) !== 0 ||
      /^(?!.*\d$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text),
    'expected a host name, an address or a CIDR block, such as hooks.internal or 10.0.0.0/8',
  );

const ORIGIN = 'expected an origin without path, such as https://live.example.com';

/** `https://host[:port]`, in the form that browsers send. */
export const originSchema = z.string().transform((text, context): string => {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    const bare = url.pathname === '/' && !url.search && !url.hash && !url.username && !text.includes('*');
    if (bare) return url.origin;
  }
  context.addIssue({
    code: 'custom',
    message: text === '*' ? `${ORIGIN}; "*" would let any page in` : ORIGIN,
  });
  return z.NEVER;
});

export const redisUrlSchema = z.string().superRefine((text, context) => {
  try {
    parseRedisUrl(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

export const httpsUrlSchema = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && isLoopback(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return;
  context.addIssue({ code: 'custom', message: 'expected an https address (http only for this machine)' });
});

export const secretSchema = z
  .string()
  .min(
    SECRET_MIN_CHARS,
    `expected at least ${SECRET_MIN_CHARS} characters; make one with "openssl rand -base64 36"`,
  )
  .max(1000, 'expected at most 1000 characters');

/** The `x` of an Ed25519 public key as a JWK (RFC 8037): 32 bytes, base64url. */
export const publicKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'expected the "x" of an Ed25519 public key, 43 characters');

const chainSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  public_key: z.string().regex(/^[0-9a-f]{192}$/),
  schemeID: z.literal(QUICKNET_SCHEME),
  genesis_time: z.int().min(1).max(9_999_999_999),
  period: z.int().min(1).max(2_678_400),
});

/** A randomness chain as its relays describe it: the JSON under `/<chain hash>/info`. */
export const beaconInfoSchema = z.string().transform((text, context): BeaconInfo => {
  const parsed = chainSchema.safeParse(jsonOf(text));
  if (parsed.success) {
    const { hash, public_key, schemeID, genesis_time, period } = parsed.data;
    return {
      ...{ chainHash: hash, publicKey: public_key, scheme: schemeID },
      ...{ genesisTimeS: genesis_time, periodS: period },
    };
  }
  const where = parsed.error.issues[0]?.path.join('.') || 'all of it';
  context.addIssue({
    code: 'custom',
    message: `expected the JSON of a relay's /info, of the scheme ${QUICKNET_SCHEME}; wrong is ${where}`,
  });
  return z.NEVER;
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type ApiKey = { readonly name: string; readonly secret: string };

/** `name:secret`; a name tells keys apart in the log. */
export const apiKeySchema = z.string().transform((text, context): ApiKey => {
  const [, name, secret] = /^([a-z0-9][a-z0-9_-]{0,31}):(.+)$/i.exec(text) ?? [];
  if (name === undefined || secret === undefined) {
    context.addIssue({ code: 'custom', message: 'expected name:secret, several separated by commas' });
    return z.NEVER;
  }
  if (secret.length < SECRET_MIN_CHARS) {
    context.addIssue({
      code: 'custom',
      message: `the secret of "${name}" is too short: expected at least ${SECRET_MIN_CHARS} characters`,
    });
  }
  return { name, secret };
});

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare);
}

/** `redis://user:secret@host` → `redis://user:…@host`; also where the rest is not an address. */
export function withoutPassword(text: string): string {
  return text.replace(/\/\/([^@/:]*):[^/]*@/, '//$1:…@');
}
