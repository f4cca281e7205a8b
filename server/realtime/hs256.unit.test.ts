import fc from 'fast-check';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { Hs256 } from './hs256.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const NOW_S = 1_900_000_000;
const secret = new TextEncoder().encode('a-secret-that-is-long-enough-for-tests');
const options = {
  issuer: 'livestall',
  audience: 'rooms',
  clockTolerance: 5,
  currentDate: new Date(NOW_S * 1000),
  requiredClaims: ['exp', 'sub'],
};
const ours = new Hs256(secret);

type Verdict = { payload: unknown } | { code: string };
const codeOf = (error: unknown): Verdict => ({ code: (error as { code: string }).code });

function verdict(token: string): Verdict {
  try {
    return { payload: ours.verify(token, options) };
  } catch (error) {
    return codeOf(error);
  }
}

async function joses(token: string): Promise<Verdict> {
  try {
    return { payload: (await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] })).payload };
  } catch (error) {
    return codeOf(error);
  }
}

const sign = (claims: Record<string, unknown>, header: Record<string, unknown> = {}, key = secret) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);
const good = { sub: 'ana', iss: 'livestall', aud: 'rooms', exp: NOW_S + 60 };

describe('tokens of HS256', () => {
  it.each<[string, Record<string, unknown>]>([
    ['as it should be', good],
    ['ended', { ...good, exp: NOW_S - 6 }],
    ['ended within the tolerance', { ...good, exp: NOW_S - 4 }],
    ['not valid yet', { ...good, nbf: NOW_S + 60 }],
    ['of another issuer', { ...good, iss: 'other' }],
    ['for another audience', { ...good, aud: ['x', 'y'] }],
    ['for several, ours among them', { ...good, aud: ['x', 'rooms'] }],
    ['without end', { sub: 'ana', iss: 'livestall', aud: 'rooms' }],
    ['without subject', { iss: 'livestall', aud: 'rooms', exp: NOW_S + 60 }],
    ['with an end that is no number', { ...good, exp: 'soon' }],
  ])('[RT4] one that is %s gets the verdict that jose gives', async (_, claims) => {
    const token = await sign(claims);
    expect(verdict(token)).toEqual(await joses(token));
  });

  it('[RT4] another secret, algorithm or extension is refused', async () => {
    const other = new TextEncoder().encode('another-secret-that-is-long-enough!!!');
    const longer = await new SignJWT(good).setProtectedHeader({ alg: 'HS512' }).sign(secret);
    for (const token of [await sign(good, {}, other), longer]) {
      expect(verdict(token)).toHaveProperty('code');
      expect(await joses(token)).toHaveProperty('code');
    }
    const [, payload] = (await sign(good)).split('.');
    for (const header of [{ alg: 'none' }, {}, { alg: 'HS256', crit: ['x'], x: 1 }]) {
      const head = Buffer.from(JSON.stringify(header)).toString('base64url');
      for (const signature of ['', 'x', 'AAAA'])
        expect(verdict(`${head}.${payload}.${signature}`)).toHaveProperty('code');
    }
  });

  it('[RT4] whatever is changed in a token, nothing is taken that jose refuses', async () => {
    const token = await sign(good);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length),
        fc.nat(3),
        fc.string({ maxLength: 4 }),
        async (at, removed, inserted) => {
          const changed = token.slice(0, at) + inserted + token.slice(at + removed);
          const mine = verdict(changed);
          if ('payload' in mine) expect(mine).toEqual(await joses(changed));
        },
      ),
      { seed, numRuns: 500 },
    );
  });
});
