import { expect, it } from 'vitest';
import type { FloodResult, RaidResult } from '../../bots/methods.ts';
import { type RaidLeg, raidLegProblems, stoppedIn } from './raid-checks.ts';

/** Two viewers, one message, three of raiders, as it should be. */
function sound(): RaidLeg & { raid: RaidResult } {
  const flood: FloodResult = {
    ...{ sent: 1, acked: 1, refusals: {}, deliveries: 2, expectedDeliveries: 2, socketsOff: 0 },
    ...{ leastPerSocket: 1, mostPerSocket: 1, repeated: 0, omitted: 0, socketsInOtherOrder: 0 },
    ...{ frames: 2, bytes: 100, latenciesMs: [50], ackLatenciesMs: [5], forbidden: 0 },
    arrivalsMs: [1],
    sampledSockets: 1,
    ...{ latestSendMs: 0, sendingMs: 1000, busyShare: 0.1 },
  };
  const raid: RaidResult = {
    ...{ sent: { slurs: 2, links: 1 }, slurs: { WORD_BLOCKED: 1, RATE_LIMITED: 1 }, links: { OK: 1 } },
    ...{ unanswered: 0, shown: 0, latenciesMs: [5, 5, 5], sendingMs: 1000, busyShare: 0.1 },
  };
  return { name: 'pair 1, raid', raid, flood, cpuSeconds: 0.1, seconds: 1 };
}

it('finds nothing wrong where all of the raid was stopped', () => {
  expect(raidLegProblems(sound())).toEqual({ violations: [], warnings: [] });
  expect(stoppedIn(sound().raid)).toBe(3);
});

it.each<[string, (leg: ReturnType<typeof sound>) => void]>([
  ['viewers were shown 2', ({ flood }) => Object.assign(flood, { forbidden: 2 })],
  ['raiders were shown 1', ({ raid }) => Object.assign(raid, { shown: 1 })],
  ['1 messages of raiders got no answer', ({ raid }) => Object.assign(raid, { unanswered: 1 })],
  ['slurs were answered {"OK":1}', ({ raid }) => Object.assign(raid, { slurs: { OK: 1 } })],
  ['links were answered {"INTERNAL":1}', ({ raid }) => Object.assign(raid, { links: { INTERNAL: 1 } })],
  [
    '1 messages acked, refused: {"MUTED":1}',
    ({ flood }) => Object.assign(flood, { acked: 0, refusals: { MUTED: 1 } }),
  ],
])('reports "%s"', (message, change) => {
  const leg = sound();
  change(leg);
  expect(raidLegProblems(leg).violations.join('\n')).toContain(message);
});
