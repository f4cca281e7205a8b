import type { IncomingMessage } from 'node:http';

/**
 * Whether a browser's page may open a socket here. CORS does not cover WebSockets, so the handshake
 * checks `Origin` itself. Programs that are not browsers send none and bring no cookies: they pass.
 */
export function originAllowed(request: IncomingMessage, allowed: readonly string[]): boolean {
  const origin = request.headers.origin;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  try {
    return new URL(origin).host === request.headers.host;
  } catch {
    return false;
  }
}

/**
 * The caller's address. With `trustedHops` proxies in front, the one that the outermost of them saw:
 * further entries of X-Forwarded-For are what the caller claims.
 */
export function clientAddress(
  request: { headers: IncomingMessage['headers']; socket: { remoteAddress?: string | undefined } },
  trustedHops: number,
): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (trustedHops === 0) return direct;
  const header = request.headers['x-forwarded-for'];
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
  return chain.at(-trustedHops) ?? chain[0] ?? direct;
}
