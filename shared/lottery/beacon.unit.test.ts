import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHashes as h } from '../../server/lottery/node-hashes.ts';
import { QUICKNET, roundAfter, roundAt, timeOfRoundMs } from './beacon-info.ts';
import { numberBytes } from './bytes.ts';
import { FakeChain } from './testing/fake-chain.ts';
import { checkRound, randomnessOf } from './verify-beacon.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

/** As drand publishes them: its documents show round 42, clients in other languages test with the others. */
const QUICKNET_ROUNDS = [
  [
    42,
    '95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a',
    null,
  ],
  [
    1000,
    'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
    'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
  ],
  [
    657_413,
    'b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b',
    'fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587',
  ],
] as const;
const [, [, signature]] = QUICKNET_ROUNDS;

describe('quicknet', () => {
  it('[FD8] signed its published rounds with this key, and their randomness is made like this', () => {
    for (const [round, its, randomness] of QUICKNET_ROUNDS) {
      expect([round, checkRound(h, { ...QUICKNET, round, signature: its })]).toEqual([round, true]);
      if (randomness !== null) expect(randomnessOf(h, its)).toBe(randomness);
    }
  });

  it('[FD8] has the chain hash that drand makes of these constants, its group hash and its name', () => {
    const groupHash = 'f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e';
    const made = createHash('sha256')
      .update(numberBytes(QUICKNET.periodS, 4))
      .update(numberBytes(QUICKNET.genesisTimeS, 8))
      .update(Buffer.from(QUICKNET.publicKey, 'hex'))
      .update(Buffer.from(groupHash, 'hex'))
      .update('quicknet');
    expect(made.digest('hex')).toBe(QUICKNET.chainHash);
  });
});

describe('a signature', () => {
  it('[FD9] is one of its round and key, and of no other scheme', () => {
    const chain = new FakeChain();
    const { signature: other } = chain.sign(1000);
    expect(checkRound(h, { ...chain.info, round: 1000, signature: other })).toBe(true);
    expect(checkRound(h, { ...chain.info, round: 1001, signature: other })).toBe(false);
    expect(checkRound(h, { ...QUICKNET, round: 1000, signature: other })).toBe(false);
    expect(checkRound(h, { ...QUICKNET, scheme: 'bls-unchained-on-g1', round: 1000, signature })).toBe(
      undefined,
    );
  });

  it('[FD9] that was changed, is no point, or is none at all is wrong', () => {
    const infinity = `c0${'00'.repeat(47)}`;
    const changes = [
      ...[
        '',
        'zz',
        '00',
        infinity,
        '00'.repeat(48),
        'ff'.repeat(48),
        `${signature}00`,
        signature.toUpperCase(),
      ],
      ...[`94${signature.slice(2)}`, `${signature.slice(0, -1)}8`, `9${signature.slice(1)}`],
    ];
    for (const changed of changes) {
      expect([changed, checkRound(h, { ...QUICKNET, round: 1000, signature: changed })]).toEqual([
        changed,
        false,
      ]);
    }
    for (const round of [0, -1, 1.5, Number.NaN, 2 ** 60]) {
      expect(checkRound(h, { ...QUICKNET, round, signature })).toBe(false);
    }
    for (const publicKey of [
      '',
      '00'.repeat(96),
      `c0${'00'.repeat(95)}`,
      `93${QUICKNET.publicKey.slice(2)}`,
    ]) {
      expect(checkRound(h, { ...QUICKNET, publicKey, round: 1000, signature })).toBe(false);
    }
  });
});

describe('rounds', () => {
  it('[FD10] come at their time: the one after a moment is the first that is later', () => {
    fc.assert(
      fc.property(
        fc.record({
          genesisTimeS: fc.integer({ min: 0, max: 2_000_000_000 }),
          periodS: fc.integer({ min: 1, max: 60 }),
        }),
        fc.integer({ min: 0, max: 9_999_999_999_999 }),
        (info, ms) => {
          const next = roundAfter(info, ms);
          expect(next).toBeGreaterThanOrEqual(1);
          expect(timeOfRoundMs(info, next)).toBeGreaterThan(ms);
          if (next > 1) expect(timeOfRoundMs(info, next - 1)).toBeLessThanOrEqual(ms);
          expect(roundAt(info, ms)).toBe(next - 1);
        },
      ),
      { seed },
    );
    expect(timeOfRoundMs(QUICKNET, 1)).toBe(1_692_803_367_000);
    expect(roundAt(QUICKNET, 1_692_803_367_000)).toBe(1);
    expect(roundAt(QUICKNET, 1_692_803_366_999)).toBe(0);
    expect(roundAfter(QUICKNET, timeOfRoundMs(QUICKNET, 1000))).toBe(1001);
    expect(roundAfter(QUICKNET, timeOfRoundMs(QUICKNET, 1000) - 1)).toBe(1000);
  });
});
