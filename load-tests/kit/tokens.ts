import { createHmac, randomUUID } from 'node:crypto';

export type TokenClaims = {
  userId: string;
  name: string;
  roomId: string;
  role: 'host' | 'moderator' | 'viewer';
};

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = base64url({ alg: 'HS256', typ: 'JWT' });
const LIFETIME_S = 15 * 60;

/** Signs an access token (RFC 7519, HS256) as a shop's own backend would; 15 minutes. */
export function signToken(secret: string, { userId, name, roomId, role }: TokenClaims): string {
  const nowS = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'livestall',
    aud: 'livestall',
    sub: userId,
    name,
    room: roomId,
    role,
    iat: nowS,
    exp: nowS + LIFETIME_S,
    jti: randomUUID(),
  };
  const signed = `${HEADER}.${base64url(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
