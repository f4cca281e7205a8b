import { describe, expect, it } from 'vitest';
import type { FloodResult, GrabResult } from '../bots/methods.ts';
import { floodProblems, withholdFlood } from './flood-checks.ts';
import { type Aftermath, listedStampedeViolations, stampedeViolations } from './stampede-checks.ts';

const hold = (n: number) => ({ orderId: `o${n}`, userId: `buyer-${n}`, quantity: 1 });
const granted = (n: number) => ({ ...hold(n), opId: `grab-1-${n}-1` });

/** Two units, three users, two grabs each, as it should be. */
function sound(): Aftermath {
  const stock = { total: 2, available: 0, held: 2, sold: 0 };
  const result: GrabResult = {
    told: 3,
    sent: 6,
    answered: 6,
    answers: { OK: 2, SOLD_OUT: 3, LIMIT_REACHED: 1 },
    retries: {},
    strayAcks: 0,
    badReceipts: 0,
    holds: [granted(1), granted(2)],
    latenciesMs: [1, 2, 3, 4, 5, 6],
    durationMs: 10,
    busyShare: 0.1,
  };
  return {
    units: 2,
    users: 3,
    grabsPerUser: 2,
    result,
    lastStock: { sampled: 3, last: { [JSON.stringify({ ...stock, epoch: 0 })]: 3 } },
    shown: [stock, stock],
    stored: {
      sale: stock,
      holds: [hold(1), hold(2)],
      buyers: { 'buyer-1': 1, 'buyer-2': 1 },
      ledgerHolds: [hold(1), hold(2)],
      ledgerGaps: 0,
    },
    documentedCodes: new Set(['SOLD_OUT', 'LIMIT_REACHED', 'RATE_LIMITED']),
  };
}

const broken = (change: (aftermath: Aftermath) => void): string => {
  const aftermath = structuredClone(sound());
  change(aftermath);
  return stampedeViolations(aftermath).join('\n');
};

describe('stampedeViolations', () => {
  it('finds nothing in a sound stampede', () => {
    expect(stampedeViolations(sound())).toEqual([]);
  });

  it.each<[string, (a: Aftermath) => void, RegExp]>([
    [
      'an oversold unit',
      (a) => Object.assign(a.stored.sale, { held: 3 }),
      /Redis: available 0 \+ held 3 .* is not 2 units/,
    ],
    ['a lost unit', (a) => Object.assign(a.stored.sale, { held: 1 }), /is not 2 units/],
    ['a negative figure', (a) => Object.assign(a.stored.sale, { held: 3, available: -1 }), /negative/],
    [
      'a unit left over',
      (a) => Object.assign(a.stored.sale, { held: 1, available: 1 }),
      /1 units are held, not 2/,
    ],
    [
      'a node that shows another stock',
      (a) => Object.assign(a, { shown: [{ total: 2, available: 1, held: 1, sold: 0 }] }),
      /snapshot of node 1/,
    ],
    ['an acked hold that is gone', (a) => a.stored.holds.pop(), /1 acked holds are not in Redis, e\.g\. o2/],
    ['an acked hold not in the ledger', (a) => a.stored.ledgerHolds.pop(), /not in the ledger/],
    ['a hold nobody was told of', (a) => a.stored.holds.push(hold(3)), /1 holds in Redis were never acked/],
    ['a ledger entry twice', (a) => a.stored.ledgerHolds.push(hold(1)), /the ledger has a hold twice/],
    ['a gap in the ledger', (a) => Object.assign(a.stored, { ledgerGaps: 1 }), /1 gaps/],
    [
      'a buyer with two units',
      (a) => a.result.holds.push({ ...granted(1), orderId: 'o9' }),
      /buyer-1 was granted 2 units/,
    ],
    [
      'a buyer miscounted',
      (a) => Object.assign(a.stored.buyers, { 'buyer-2': 2 }),
      /Redis counts 2 units for buyer-2/,
    ],
    ['a buyer forgotten', (a) => delete a.stored.buyers['buyer-1'], /does not know buyer-1/],
    ['a silent grab', (a) => Object.assign(a.result, { answered: 5 }), /5 of 6 grabs were answered/],
    ['an unplanned ack', (a) => Object.assign(a.result, { strayAcks: 1 }), /1 acks answered no grab/],
    ['a receipt of something else', (a) => Object.assign(a.result, { badReceipts: 1 }), /1 receipts say/],
    ['a viewer not told', (a) => Object.assign(a.result, { told: 2 }), /2 of 3 sockets were told/],
    ['an undocumented code', (a) => Object.assign(a.result.answers, { OOPS: 1 }), /undocumented code OOPS/],
    [
      'an undecided grab',
      (a) => Object.assign(a.result.answers, { RATE_LIMITED: 1 }),
      /left undecided with RATE_LIMITED/,
    ],
    ['a page with old stock', (a) => Object.assign(a.lastStock, { sampled: 4 }), /3 of 4 sampled sockets/],
  ])('finds %s', (_what, change, message) => {
    expect(broken(change)).toMatch(message);
  });
});

describe('listedStampedeViolations', () => {
  /** The same stampede, as far as it is seen from outside. */
  const seen = (change: (aftermath: Aftermath) => void = () => {}): string => {
    const aftermath = structuredClone(sound());
    change(aftermath);
    const { sale, holds } = aftermath.stored;
    return listedStampedeViolations({ ...aftermath, listed: { sale, holds } }).join('\n');
  };

  it.each<[string, (a: Aftermath) => void, RegExp]>([
    ['an oversold unit', (a) => Object.assign(a.stored.sale, { held: 3 }), /the API: .* is not 2 units/],
    ['an acked hold that is not listed', (a) => a.stored.holds.pop(), /1 acked holds are not in the API/],
    ['a buyer with two', (a) => a.result.holds.push({ ...granted(1), orderId: 'o9' }), /granted 2 units/],
    ['a silent grab', (a) => Object.assign(a.result, { answered: 5 }), /5 of 6 grabs were answered/],
    ['a page with old stock', (a) => Object.assign(a.lastStock, { sampled: 4 }), /3 of 4 sampled sockets/],
  ])('[LK12] finds %s', (_what, change, message) => {
    expect(seen()).toBe('');
    expect(seen(change)).toMatch(message);
  });
});

describe('floodProblems', () => {
  const result: FloodResult = {
    sent: 10,
    acked: 10,
    refusals: {},
    deliveries: 100,
    expectedDeliveries: 100,
    socketsOff: 0,
    leastPerSocket: 10,
    mostPerSocket: 10,
    repeated: 0,
    socketsInOtherOrder: 0,
    omitted: 0,
    frames: 20,
    bytes: 1,
    latenciesMs: [1],
    arrivalsMs: [1],
    sampledSockets: 1,
    ackLatenciesMs: [1],
    forbidden: 0,
    latestSendMs: 1,
    sendingMs: 1000,
    busyShare: 0.5,
  };
  const problems = (changes: Partial<FloodResult>) => floodProblems('leg 1', { ...result, ...changes }, 1);

  it('finds nothing in a complete leg', () => {
    expect(problems({})).toEqual({ violations: [], warnings: [], untrusted: [] });
  });

  it('finds refused, missing, doubled, disordered and shaped messages', () => {
    expect(problems({ acked: 9, refusals: { RATE_LIMITED: 1 } }).violations[0]).toMatch(/RATE_LIMITED/);
    expect(problems({ acked: 9 }).violations[0]).toMatch(/9 of 10 messages acked/);
    expect(problems({ deliveries: 99, socketsOff: 1 }).violations[0]).toMatch(/99 deliveries instead of 100/);
    // One socket short and another with one too many must not cancel out.
    expect(problems({ socketsOff: 2 }).violations).toHaveLength(1);
    expect(problems({ repeated: 1 }).violations).toHaveLength(1);
    expect(problems({ socketsInOtherOrder: 1 }).violations).toHaveLength(1);
    expect(problems({ omitted: 1 }).violations).toHaveLength(1);
  });

  it('only warns of an outcome that the server honestly does not know', () => {
    const unknown = problems({ acked: 9, refusals: { OUTCOME_UNKNOWN: 1 } });
    expect(unknown.violations).toEqual([]);
    expect(unknown.warnings[0]).toMatch(/1 answers were OUTCOME_UNKNOWN/);
  });

  it('warns of a generator at its limit and of a rate not kept', () => {
    expect(problems({ busyShare: 0.95 }).warnings[0]).toMatch(/generator was the bottleneck .*95 %/);
    expect(problems({ sendingMs: 1200 }).warnings[0]).toMatch(/rate was not kept/);
    expect(problems({ latestSendMs: 900 }).warnings[0]).toMatch(/rate was not kept: .* 900 ms late/);
  });

  it('[LK5] figures of a leg that was not the planned load are withheld, those that only count are not', () => {
    const figures = { cpuPerDeliveryRatio: 3, oursLatencyP99Ms: 20, 'peers.faye': 2, oursDeliveries: 100 };
    const { untrusted } = problems({ busyShare: 0.95 });
    expect(withholdFlood(figures, untrusted)).toEqual({
      figures: { oursDeliveries: 100 },
      withheld: ['cpuPerDeliveryRatio', 'oursLatencyP99Ms', 'peers.faye'].map((figure) => ({
        figure,
        why: 'leg 1: the generator was the bottleneck (its core 95 % busy)',
      })),
    });
    expect(withholdFlood(figures, problems({}).untrusted)).toEqual({ figures, withheld: [] });
  });
});
