import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { TestTime, useHarness } from '../../testing/harness.ts';
import { ed25519Key, purposeKey } from '../../trade/signing-keys.ts';
import { type HttpNode, httpNode } from '../testing.ts';
import { API_LIMITS } from './limits.ts';
import { openShop, type Shop } from './testing/shop.ts';

const harness = useHarness();
const KEYS = '/.well-known/livestall-keys.json';
const VERIFY = '/api/v1/checkout-references/verify';
let node: HttpNode;
let shop: Shop;
beforeAll(async () => {
  node = await httpNode(harness);
  shop = await openShop(node);
});

type KeySet = { keys: { x: string; kid: string }[] };
const keysOf = async (of: HttpNode): Promise<KeySet['keys']> =>
  ((await of.api.as(undefined).call('GET', KEYS)).json as KeySet).keys;

describe('[HT25] the public keys', () => {
  it('[HT25] are open to all, cacheable, and the same on every node', async () => {
    const answer = await node.api.as(undefined).call('GET', KEYS);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const etag = answer.headers.get('etag') ?? '';
    // Not by fetch, which asks past every cache when it is given a condition.
    const again = request(node.url + KEYS, { headers: { 'if-none-match': etag } }).end();
    const [unchanged] = (await once(again, 'response')) as [IncomingMessage];
    expect(unchanged.resume().statusCode).toBe(304);
    expect(await keysOf(await httpNode(harness))).toEqual(await keysOf(node));
    expect(answer.text).not.toContain('"d"');
  });

  it('[HT25] have the retired ones behind the one that signs', async () => {
    const [old] = await keysOf(node);
    const signingSecret = 'the-new-signing-secret-that-is-long-enough';
    const retiredSigningKeys = [old?.x ?? '', old?.x ?? ''];
    const renewed = await httpNode(harness, { config: { signingSecret, retiredSigningKeys } });
    const { x, keyId: kid } = ed25519Key(purposeKey(signingSecret, 'receipts'));
    expect(await keysOf(renewed)).toMatchObject([{ x, kid }, old]);
    const ref = await shop.ref(await shop.grab());
    expect((await renewed.api.call('POST', VERIFY, { ref })).status).toBe(200);
  });

  it('[HT25] [HT10] are not to be had without end', async () => {
    const stopped = { nowMs: () => Date.now(), monotonicMs: () => 0 };
    const other = await httpNode(harness, { clock: stopped });
    const { burst } = API_LIMITS.rates.publicKeys;
    const answers = await Promise.all(Array.from({ length: burst + 1 }, () => fetch(other.url + KEYS)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    expect((await other.api.call('GET', '/api/v1/rooms')).status).toBe(200);
  });
});

describe('[HT25] payment references', () => {
  it('[HT25] verify with the jose package and the address of the keys alone', async () => {
    const order = await shop.grab('mei');
    const keys = createRemoteJWKSet(new URL(node.url + KEYS));
    const { payload } = await jwtVerify(await shop.ref(order), keys, {
      ...{ algorithms: ['EdDSA'], issuer: 'livestall', audience: 'livestall-checkout' },
    });
    expect(payload).toMatchObject({
      ...{ sub: 'mei', jti: order.orderId, room: shop.roomId, amountMinor: 5_900, currency: 'CNY' },
      exp: Math.ceil(order.holdExpiresAtMs / 1000),
    });
  });

  it('[HT25] verify by the API, which answers the order as it is now', async () => {
    const order = await shop.grab();
    const ref = await shop.ref(order);
    const answer = await node.api.call('POST', VERIFY, { ref });
    expect(answer.json).toMatchObject({ roomId: shop.roomId, order, expired: false });
    const paid = await shop.pay(order);
    expect((await node.api.call('POST', VERIFY, { ref })).json).toMatchObject({ order: paid });
  });

  it('[HT25] are refused after their time, unless a payment was under way', async () => {
    const time = new TestTime();
    const timed = await httpNode(harness, { time });
    const place = await openShop(timed, { holdMs: 30_000 });
    const ref = await place.ref(await place.grab());
    time.advance(29_999);
    expect((await timed.api.call('POST', VERIFY, { ref })).status).toBe(200);
    time.advance(1001);
    expect(await timed.api.problem('POST', VERIFY, { ref })).toMatchObject({
      ...{ status: 422, code: 'REFERENCE_EXPIRED', path: 'ref' },
    });
    expect((await timed.api.call('POST', VERIFY, { ref, acceptExpired: true })).json).toMatchObject({
      expired: true,
    });
  });

  it('[HT25] are refused when forged or meant for something else', async () => {
    const order = await shop.grab();
    const ref = await shop.ref(order);
    const [header = '', payload = '', signature = ''] = ref.split('.');
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const { key } = node.core.signing;
    const stranger = ed25519Key(Buffer.alloc(32, 7));
    const sign = (change: object, by = key, alg: object = {}): Promise<string> =>
      new SignJWT({ ...claims, ...change })
        .setProtectedHeader({ alg: 'EdDSA', kid: key.keyId, typ: 'JWT', ...alg })
        .sign(by.privateKey);
    const hmac = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: key.keyId, typ: 'JWT' })
      .sign(Buffer.from(key.x, 'base64url'));
    const embedded = await new SignJWT(claims)
      .setProtectedHeader({
        alg: 'EdDSA',
        typ: 'JWT',
        jwk: stranger.publicKey.export({ format: 'jwk' }) as object,
      })
      .sign(stranger.privateKey);
    for (const [what, forged] of Object.entries({
      'another amount': `${header}.${encode({ ...claims, amountMinor: 1 })}.${signature}`,
      'no signature': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      'the public key as a secret': hmac,
      'a key of its own': embedded,
      "a stranger's key": await sign({}, stranger),
      'an access token': await node.token({ userId: 'mei', room: shop.roomId }),
      'another audience': await sign({ aud: 'livestall' }),
      'another issuer': await sign({ iss: 'someone' }),
      'an odd order': await sign({ jti: '../o1' }),
      'an odd amount': await sign({ amountMinor: '1' }),
      'another type': await sign({}, key, { typ: 'at+jwt' }),
      'half of it': ref.slice(0, -20),
      nothing: 'x',
    })) {
      expect(await node.api.problem('POST', VERIFY, { ref: forged }), what).toMatchObject({
        ...{ status: 422, code: 'REFERENCE_INVALID', path: 'ref' },
      });
    }
    expect((await node.api.call('POST', VERIFY, { ref: await sign({}) })).status).toBe(200);
  });

  it('[HT25] of an order that is gone are 404; odd bodies are refused', async () => {
    const order = await shop.grab();
    const ref = await shop.ref({ ...order, orderId: 'o999-abcdefghijkl' } as OrderRecord);
    expect(await node.api.problem('POST', VERIFY, { ref })).toMatchObject({
      status: 404,
      code: 'ORDER_NOT_FOUND',
    });
    for (const [body, path] of [
      [{}, 'ref'],
      [{ ref: '' }, 'ref'],
      [{ ref: 'x'.repeat(2001) }, 'ref'],
      [{ ref, acceptExpired: 1 }, 'acceptExpired'],
    ] as const) {
      expect(await node.api.problem('POST', VERIFY, body)).toMatchObject({ code: 'INVALID_PAYLOAD', path });
    }
  });
});
