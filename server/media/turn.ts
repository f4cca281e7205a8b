import { createHmac } from 'node:crypto';
import type { IceServer } from '../../shared/media/rtp.ts';

/**
 * Credentials for TURN servers that end by themselves, after draft-uberti-behave-turn-rest-00 (2.2), which coturn
 * takes with `use-auth-secret`: the user name says until when, the password is a MAC over it.
 */

export type TurnOptions = {
  stunUrls: readonly string[];
  turnUrls: readonly string[];
  /** What the TURN servers know, too (coturn: `static-auth-secret`). */
  turnSecret?: string | undefined;
  turnTtlMs: number;
};

/** `<expiry, Unix s>:<name>` and Base64(HMAC-SHA1(secret, user name)). */
export function turnCredentials(
  secret: string,
  name: string,
  expiresAtMs: number,
): { username: string; credential: string } {
  const username = `${Math.ceil(expiresAtMs / 1000)}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/** STUN and TURN servers for one user. Without a secret there are no TURN servers: nobody could log in to them. */
export function iceServersFor(userId: string, nowMs: number, options: TurnOptions): IceServer[] {
  const { stunUrls, turnUrls, turnSecret, turnTtlMs } = options;
  const servers: IceServer[] = stunUrls.length > 0 ? [{ urls: [...stunUrls] }] : [];
  if (turnUrls.length > 0 && turnSecret !== undefined) {
    const credentials = turnCredentials(turnSecret, pseudonym(turnSecret, userId), nowMs + turnTtlMs);
    servers.push({ urls: [...turnUrls], ...credentials });
  }
  return servers;
}

/** TURN servers log user names: enough to count by user, and nothing that says who it is. */
function pseudonym(secret: string, userId: string): string {
  return createHmac('sha256', secret).update(`turn user ${userId}`).digest('base64url').slice(0, 16);
}
