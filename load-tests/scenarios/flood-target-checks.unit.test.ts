import { describe, expect, it } from 'vitest';
import type { FloodResult } from '../bots/methods.ts';
import { missingOf, targetFigures, targetProblems } from './flood-target-checks.ts';

/** 10 messages to 4 sockets, of which 2 are sampled. */
const complete: FloodResult = {
  ...{ sent: 10, acked: 10, refusals: {}, deliveries: 40, expectedDeliveries: 40 },
  ...{
    socketsOff: 0,
    leastPerSocket: 10,
    mostPerSocket: 10,
    repeated: 0,
    omitted: 0,
    socketsInOtherOrder: 0,
  },
  ...{
    frames: 8,
    bytes: 1,
    latenciesMs: Array(20).fill(5),
    arrivalsMs: Array(20).fill(1),
    sampledSockets: 2,
  },
  ...{ ackLatenciesMs: [2], forbidden: 0, latestSendMs: 1, sendingMs: 1000, busyShare: 0.1 },
};
const leg = (changes: Partial<FloodResult>): FloodResult => ({ ...complete, ...changes });
const violations = (changes: Partial<FloodResult>) => targetProblems('leg 1', leg(changes), 1).violations;

/** 4 of the 10 were left out: each socket got 6. */
const shaped = { deliveries: 24, latenciesMs: Array(12).fill(5), omitted: 8 };

describe('a leg against a deployment', () => {
  it('[LK7] owes nobody what the server said it left out', () => {
    expect(violations({})).toEqual([]);
    expect(missingOf(leg(shaped))).toBe(0);
    expect(violations(shaped)).toEqual([]);
    expect(targetFigures([leg({}), leg(shaped)])).toMatchObject({
      ...{
        sent: 20,
        deliveries: 64,
        missing: 0,
        omittedShare: 0.2,
        latencyP99Ms: 5,
        deliveriesPerSecond: 32,
      },
    });
  });

  it('[LK7] finds what is missing without a word', () => {
    expect(violations({ deliveries: 39 })[0]).toMatch(/1 deliveries are missing/);
    expect(violations({ ...shaped, omitted: 7 })[0]).toMatch(/1 deliveries are missing/);
    expect(violations({ acked: 9 })[0]).toMatch(/1 messages got no answer/);
    expect(violations({ repeated: 1, latenciesMs: Array(21).fill(5) })[0]).toMatch(/came twice/);
    expect(violations({ socketsInOtherOrder: 1 })[0]).toMatch(/1 of 2 sampled sockets saw another order/);
  });

  it('[LK7] does not wait for what was refused', () => {
    const refused = { acked: 9, refusals: { OUTCOME_UNKNOWN: 1 }, deliveries: 36 };
    expect(violations(refused)).toEqual([]);
    expect(targetProblems('leg 1', leg(refused), 1).warnings[0]).toMatch(/1 of 10 messages refused/);
  });

  it('[LK5] of a load that was not kept is not trusted', () => {
    expect(targetProblems('leg 1', leg({ busyShare: 0.99 }), 1).untrusted[0]).toMatch(/bottleneck/);
  });
});
