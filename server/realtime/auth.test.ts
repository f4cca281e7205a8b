import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../kernel/random.ts';
import { Tokens } from './auth.ts';

const NOW_MS = 1_900_000_000_000;
const NOW_S = NOW_MS / 1000;
const SECRET = 'a-secret-that-is-long-enough-for-tests';
const config = { issuer: 'livestall', audience: 'rooms', secret: SECRET };
const tokens = new Tokens(config, seededRandom(1), () => NOW_MS);

const claims = {
  name: 'Ana',
  room: 'room-1',
  role: 'viewer',
  sub: 'ana',
  exp: NOW_S + 60,
  iss: 'livestall',
  aud: 'rooms',
};
type Claims = Record<string, unknown>;

function sign(payload: Claims, secret = SECRET, alg = 'HS256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

function unsigned(header: object, payload: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

const UNAUTHENTICATED = { ok: false, reason: 'UNAUTHENTICATED' };

describe('tokens signed with the secret', () => {
  it('[RT4] what is minted here is known here', async () => {
    const { token, expiresAtMs, tokenId } = await tokens.mint({
      userId: 'ana',
      name: 'Ana 🎉',
      room: 'room-1',
      role: 'cohost',
      ttlMs: 60_000,
    });
    expect(expiresAtMs).toBe(NOW_MS + 60_000);
    expect(await tokens.verify(token)).toEqual({
      ok: true,
      identity: {
        userId: 'ana',
        name: 'Ana 🎉',
        role: 'cohost',
        room: 'room-1',
        expiresAtMs,
        issuedAtMs: NOW_MS,
        tokenId,
      },
    });
  });

  it.each([
    ['of another secret', sign(claims, 'another-secret-that-is-long-enough')],
    ['of another issuer', sign({ ...claims, iss: 'someone' })],
    ['without an issuer', sign({ ...claims, iss: undefined })],
    ['for another audience', sign({ ...claims, aud: 'another' })],
    ['without an audience', sign({ ...claims, aud: undefined })],
    ['that never expires', sign({ ...claims, exp: undefined })],
    ['that is not valid yet', sign({ ...claims, nbf: NOW_S + 60 })],
    ['signed with HS512', sign(claims, SECRET.repeat(2), 'HS512')],
    ['of alg none', unsigned({ alg: 'none' }, claims)],
    ['of alg None', unsigned({ alg: 'None' }, claims)],
    ['of alg none with a signature', unsigned({ alg: 'none' }, claims, 'c2lnbmVk')],
    ['without a signature', sign(claims).then((token) => token.replace(/[^.]*$/, ''))],
    [
      'with other claims under the signature',
      sign(claims).then((token) =>
        token.replace(/\.[^.]*\./, unsigned({}, { ...claims, role: 'host' }).replace(/^[^.]*/, '')),
      ),
    ],
    ['of a guest', sign({ ...claims, role: 'guest' })],
    ['of a role that does not exist', sign({ ...claims, role: 'admin' })],
    ['without a role', sign({ ...claims, role: undefined })],
    ['of a host of every room', sign({ ...claims, room: '*', role: 'host' })],
    ['of a moderator of every room', sign({ ...claims, room: '*', role: 'moderator' })],
    ['without a room', sign({ ...claims, room: undefined })],
    ['for a room id that cannot be', sign({ ...claims, room: 'Room}1' })],
    ['without a user', sign({ ...claims, sub: undefined })],
    ['of a user id that breaks keys', sign({ ...claims, sub: 'a,b c' })],
    ['of a user who claims to be a guest', sign({ ...claims, sub: ':guest' })],
    ['that is no token', Promise.resolve('ana')],
    ['that is empty', Promise.resolve('')],
  ])('[RT4] a token %s is UNAUTHENTICATED', async (_what, token) => {
    expect(await tokens.verify(await token)).toEqual(UNAUTHENTICATED);
  });

  it('[RT3] one that expired is told apart; five seconds of other clocks are forgiven', async () => {
    expect(await tokens.verify(await sign({ ...claims, exp: NOW_S - 6 }))).toEqual({
      ok: false,
      reason: 'TOKEN_EXPIRED',
    });
    expect(await tokens.verify(await sign({ ...claims, exp: NOW_S - 4 }))).toMatchObject({ ok: true });
  });

  it('[RT4] expired and foreign is foreign: nothing is told about a token that is not ours', async () => {
    const token = await sign({ ...claims, exp: NOW_S - 60 }, 'another-secret-that-is-long-enough');
    expect(await tokens.verify(token)).toEqual(UNAUTHENTICATED);
  });

  it('[RT4] a viewer may have a token for every room', async () => {
    expect(await tokens.verify(await sign({ ...claims, room: '*' }))).toMatchObject({
      ok: true,
      identity: { room: '*', role: 'viewer' },
    });
  });

  it('[RT4] a name is shown clean and short, and a name of nothing is the user id', async () => {
    const nameOf = async (name: unknown, sub = 'ana') => {
      const verified = await tokens.verify(await sign({ ...claims, sub, name }));
      return verified.ok ? verified.identity.name : verified.reason;
    };
    expect(await nameOf('  A\u202en\u200ba\u0000  ')).toBe('Ana');
    expect(await nameOf('مرحبا 🎉')).toBe('مرحبا 🎉');
    expect(await nameOf('é'.repeat(60))).toBe(`${'é'.repeat(23)}…`);
    expect(await nameOf('\u200b\u3164')).toBe('ana');
    expect(await nameOf(undefined)).toBe('ana');
    expect(await nameOf('', 'x'.repeat(64))).toBe(`${'x'.repeat(23)}…`);
    expect(await nameOf('\u200b', 'x'.repeat(64))).toBe('x'.repeat(24));
  });

  it('[RT4] without a key nothing is known and nothing can be minted', async () => {
    const none = new Tokens({ issuer: 'livestall', audience: 'rooms' }, seededRandom(1), () => NOW_MS);
    expect(none.canMint).toBe(false);
    expect(await none.verify(await sign(claims))).toEqual(UNAUTHENTICATED);
    const request = { userId: 'ana', name: 'Ana', room: 'room-1', role: 'viewer' as const, ttlMs: 1000 };
    await expect(none.mint(request)).rejects.toThrow('secret');
  });
});

describe('tokens of an issuer with a JWKS address', () => {
  let http: Server;
  let url = '';
  let asked = 0;
  let status = 200;
  let published: JWK[] = [];
  const keys = {} as Record<'es' | 'rs' | 'stranger', Awaited<ReturnType<typeof generateKeyPair>>>;

  beforeAll(async () => {
    keys.es = await generateKeyPair('ES256');
    keys.rs = await generateKeyPair('RS256');
    keys.stranger = await generateKeyPair('ES256');
    published = [
      { ...(await exportJWK(keys.es.publicKey)), kid: 'es', alg: 'ES256' },
      { ...(await exportJWK(keys.rs.publicKey)), kid: 'rs' },
      { kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), kid: 'oct' },
    ];
    http = createServer((_request, response) => {
      asked += 1;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => new Promise<void>((resolve) => http.close(() => resolve())));

  const verifier = () =>
    new Tokens({ ...config, secret: undefined, jwksUrl: url }, seededRandom(1), () => NOW_MS);
  const signWith = (key: CryptoKey | Uint8Array, alg: string, kid: string, payload: Claims = claims) =>
    new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);

  it('[RT6] are checked with its public keys, which are fetched once', async () => {
    const subject = verifier();
    const before = asked;
    for (const [key, alg, kid] of [
      [keys.es.privateKey, 'ES256', 'es'],
      [keys.rs.privateKey, 'RS256', 'rs'],
    ] as const) {
      expect(await subject.verify(await signWith(key, alg, kid))).toMatchObject({
        ok: true,
        identity: { userId: 'ana', room: 'room-1', role: 'viewer' },
      });
    }
    expect(asked).toBe(before + 1);
    expect(subject.canMint).toBe(false);
  });

  it('[RT6] are refused when signed by a stranger, with a shared secret, or with a public key as the secret', async () => {
    const subject = verifier();
    const secret = new TextEncoder().encode(SECRET);
    const publicKey = new TextEncoder().encode(JSON.stringify(published[0]));
    for (const token of [
      await signWith(keys.stranger.privateKey, 'ES256', 'es'),
      await signWith(keys.stranger.privateKey, 'ES256', 'unknown'),
      await signWith(secret, 'HS256', 'oct'),
      await signWith(publicKey, 'HS256', 'es'),
      unsigned({ alg: 'none', kid: 'es' }, claims),
      await signWith(keys.es.privateKey, 'ES256', 'es', { ...claims, aud: 'another' }),
      await signWith(keys.es.privateKey, 'ES256', 'es', { ...claims, exp: undefined }),
    ]) {
      expect(await subject.verify(token)).toEqual(UNAUTHENTICATED);
    }
    expect(
      await subject.verify(await signWith(keys.es.privateKey, 'ES256', 'es', { ...claims, exp: NOW_S - 60 })),
    ).toEqual({
      ok: false,
      reason: 'TOKEN_EXPIRED',
    });
  });

  it('[RT6] an issuer that is away lets nobody in, and heals by itself', async () => {
    const subject = verifier();
    const token = await signWith(keys.es.privateKey, 'ES256', 'es');
    status = 503;
    expect(await subject.verify(token)).toEqual({ ok: false, reason: 'ISSUER_UNAVAILABLE' });
    status = 200;
    expect((await subject.verify(token)).ok).toBe(true);
  });
});
