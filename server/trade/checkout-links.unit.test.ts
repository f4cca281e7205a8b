import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../shared/trade/order.ts';
import { CHECKOUT_AUDIENCE, CheckoutLinks } from './checkout-links.ts';
import { CheckoutReferences } from './checkout-references.ts';
import { ed25519Key, publicKeySet, purposeKey } from './signing-keys.ts';

const key = ed25519Key(purposeKey('the-secret-of-an-installation-of-tests', 'receipts'));
const CREATED_MS = 1_900_000_000_250;
const order = {
  ...{ orderId: 'o12-abcdefabcdef', no: 12, userId: 'u:1@x', state: 'HELD', source: 'grab', lines: [] },
  ...{
    amountMinor: 1_000_000_000_000,
    currency: 'CNY',
    createdAtMs: CREATED_MS,
    holdExpiresAtMs: CREATED_MS + 60_000,
  },
} as unknown as OrderRecord;
const linksTo = (template: string | null) =>
  new CheckoutLinks({ key, issuer: 'livestall', templateOf: async () => template });
const references = new CheckoutReferences([key], 'livestall');

describe('payment references', () => {
  it('[TR8] say who may pay how much for what, and end with the hold', async () => {
    const ref = await linksTo(null).reference('room-1', order);
    expect(decodeProtectedHeader(ref)).toEqual({ alg: 'EdDSA', kid: key.keyId, typ: 'JWT' });
    const keys = createLocalJWKSet(publicKeySet([key]));
    const check = (atMs: number) =>
      jwtVerify(ref, keys, { issuer: 'livestall', audience: CHECKOUT_AUDIENCE, currentDate: new Date(atMs) });
    expect((await check(order.holdExpiresAtMs)).payload).toEqual({
      ...{
        room: 'room-1',
        jti: order.orderId,
        sub: order.userId,
        amountMinor: order.amountMinor,
        currency: 'CNY',
      },
      ...{ iss: 'livestall', aud: CHECKOUT_AUDIENCE, iat: 1_900_000_000, exp: 1_900_000_061 },
    });
    await expect(check(order.holdExpiresAtMs + 1000)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    expect(await references.read(ref)).toEqual({
      ...{ roomId: 'room-1', orderId: order.orderId, userId: order.userId },
      ...{ amountMinor: order.amountMinor, currency: 'CNY', expiresAtMs: 1_900_000_061_000 },
    });
  });

  it('[TR8] are taken from nobody else', async () => {
    const ref = await linksTo(null).reference('room-1', order);
    const other = ed25519Key(purposeKey('another-installation', 'receipts'));
    const claims = { room: 'room-1', amountMinor: 1, currency: 'CNY' };
    const sign = (signer: typeof key, audience: string) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid: key.keyId, typ: 'JWT' })
        .setIssuer('livestall')
        .setAudience(audience)
        .setSubject('ana')
        .setJti(order.orderId)
        .setExpirationTime(1_900_000_061)
        .sign(signer.privateKey);
    const [head, body, signature] = ref.split('.') as [string, string, string];
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const forged of [
      await sign(other, CHECKOUT_AUDIENCE),
      await sign(key, 'livestall-something-else'),
      `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`,
      `${none}.${body}.`,
      `${head}.${body}.`,
      '',
      'x',
    ]) {
      expect([forged, await references.read(forged)]).toEqual([forged, undefined]);
    }
    expect(await new CheckoutReferences([key], 'another').read(ref)).toBeUndefined();
    expect(await new CheckoutReferences([other], 'livestall').read(ref)).toBeUndefined();
  });

  it('[TR9] fill in the template, and nothing else of it', async () => {
    expect(await linksTo(null).linkFor('room-1', order)).toBeUndefined();
    const template = 'https://shop.example/{roomId}/{orderId}?a={ref}&b={ref}&c={other}&d={{roomId}}&e=$1$&';
    const ref = await linksTo(null).reference('room-1', order);
    expect(await linksTo(template).linkFor('room-1', order)).toBe(
      `https://shop.example/room-1/o12-abcdefabcdef?a=${ref}&b=${ref}&c={other}&d={room-1}&e=$1$&`,
    );
  });
});
