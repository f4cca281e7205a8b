import { isIP } from 'node:net';
import { type AllowList, isPublicAddress, type Resolve } from './addresses.ts';

export const URL_MAX_CHARS = 500;
/** DNS that takes longer is left to the delivery, which checks again anyway. */
const RESOLVE_TIMEOUT_MS = 2000;

export type TargetCheck = { ok: true; url: URL } | { ok: false; why: string };

const refused = (why: string): TargetCheck => ({ ok: false, why });

/**
 * Whether deliveries may go to an address at all, as far as its text tells. URL parsing turns odd
 * spellings of IPv4 (`0x7f.1`, `2130706433`) into the usual one.
 */
export function checkTarget(text: string, allowed: AllowList): TargetCheck {
  const url = URL.parse(text);
  if (!url || text.length > URL_MAX_CHARS) return refused('expected an https address');
  if (url.username || url.password) return refused('expected an address without user and password');
  if (url.hash) return refused('expected an address without "#"');
  const hostname = hostOf(url);
  const literal = isIP(hostname) !== 0;
  const isAllowed = allowed.host(hostname) || (literal && allowed.address(hostname));
  if (isAllowed) {
    return url.protocol === 'https:' || url.protocol === 'http:'
      ? { ok: true, url }
      : refused('expected http or https');
  }
  if (/(^|\.)localhost$/.test(hostname))
    return refused('expected a public address: this one is this machine');
  // A name may still resolve to a block that is allowed; the connection without TLS checks that.
  const maybeAllowed = !literal && url.protocol === 'http:';
  if (url.protocol !== 'https:' && !maybeAllowed) return refused('expected an https address');
  if (literal && !isPublicAddress(hostname))
    return refused('expected a public address: this one is inside a network');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (port < 1024 && port !== 443 && !maybeAllowed) return refused('expected port 443, or one above 1023');
  return { ok: true, url };
}

/** The same, and what the name means now: for telling whoever sets it up, not for safety. */
export async function checkTargetNow(
  text: string,
  allowed: AllowList,
  resolve: Resolve,
): Promise<TargetCheck> {
  const checked = checkTarget(text, allowed);
  if (!checked.ok) return checked;
  const hostname = hostOf(checked.url);
  const secure = checked.url.protocol === 'https:';
  if (isIP(hostname) !== 0 || allowed.host(hostname)) return checked;
  const addresses = await resolveSoon(hostname, resolve);
  if (addresses === undefined) return secure ? checked : refused('expected an https address');
  const fine = addresses.every((one) => allowed.address(one) || (secure && isPublicAddress(one)));
  if (fine) return checked;
  return refused(
    secure ? `expected a public address: ${hostname} resolves into a network` : 'expected an https address',
  );
}

async function resolveSoon(hostname: string, resolve: Resolve): Promise<string[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), RESOLVE_TIMEOUT_MS);
  });
  const found = resolve(hostname).then(
    (all) => all.map(({ address }) => address),
    () => undefined,
  );
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Without the brackets of IPv6 and the dot of the root. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
