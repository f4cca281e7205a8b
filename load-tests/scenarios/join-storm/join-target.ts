import { randomUUID } from 'node:crypto';
import type { RushCheckResult, RushResult } from '../../bots/storms/methods.ts';
import { BUSY_LIMIT, withhold } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { distribution } from '../../kit/series.ts';
import { median, percentile, significant } from '../../kit/stats.ts';
import type { OpenTarget } from '../../target/open-target.ts';
import type { RunContext } from '../scenario.ts';
import { firstUrl, refuseAtLimits, targetBots } from '../target-stage.ts';
import { RUSH, rushViolations } from './rush-leg.ts';
import { seedRoom } from './seeded-room.ts';

/** The part of join-storm that needs nothing of the server but its address: how soon viewers have the room. */

type Leg = { rush: RushResult; check: RushCheckResult };

export async function joinTarget(
  { viewers, legs: count, seed }: { viewers: number; legs: number; seed: number },
  context: RunContext,
  target: OpenTarget,
): Promise<Outcome> {
  const { progress, lifetimes } = context;
  const { tokenSecret, roomId } = target;
  const url = firstUrl(target);
  const bots = targetBots(context);
  const { host, shape } = await seedRoom({ url }, target, roomId, seed);
  lifetimes.add('host', () => host.close());
  progress.step('A session runs, with goods, a sale, a draw and chat');
  const wanted = { connections: viewers, commandsPerSecond: viewers };

  const legs: Leg[] = [];
  for (let n = 1; n <= count; n += 1) {
    const marker = `~rush ${n}~`;
    const { seq: leastSeq } = await host.call<{ seq: number }>('room:join', { roomId });
    const rush = await bots.call('rush', {
      ...{ side: 'ours', url, tokenSecret, roomId, userPrefix: `${roomId}-`, users: viewers },
      ...{ concurrency: RUSH.concurrency, join: true, marker },
    });
    refuseAtLimits(rush.failures, wanted);
    const said = await host.call<{ seq: number }>('chat:say', { opId: randomUUID(), text: marker });
    const check = await bots.call('rushCheck', {
      // Each leg before has said one line more.
      shape: { ...shape, messages: shape.messages + n - 1 },
      ...{ leastSeq, heardSeq: said.seq, timeoutMs: RUSH.heardTimeoutMs },
    });
    await bots.call('rushLeave', null);
    legs.push({ rush, check });
    progress.step(
      `Leg ${n}: ${rush.joined} joined in ${(rush.durationMs / 1000).toFixed(1)} s, p99 ${percentile(rush.toSnapshotMs, 0.99).toFixed(0)} ms`,
    );
  }
  return {
    ...report(legs),
    violations: legs.flatMap((leg, n) => rushViolations({ side: 'ours', viewers, ...leg }, `leg ${n + 1}`)),
  };
}

function report(legs: readonly Leg[]): Omit<Outcome, 'violations'> {
  const toSnapshotMs = legs.flatMap(({ rush }) => rush.toSnapshotMs);
  const busyShare = Math.max(...legs.map(({ rush }) => rush.busyShare));
  const figures = {
    joinsPerSecond: median(legs.map(({ rush }) => (rush.joined / rush.durationMs) * 1000)),
    toSnapshotP50Ms: percentile(toSnapshotMs, 0.5),
    toSnapshotP99Ms: percentile(toSnapshotMs, 0.99),
    snapshotBytes: median(legs.map(({ check }) => check.snapshotBytes)),
    generatorBusyShare: busyShare,
  };
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, significant(value)]),
  );
  const why = busyShare < BUSY_LIMIT ? [] : ['the generator was the bottleneck'];
  return {
    ...withhold(rounded, ['joinsPerSecond', 'toSnapshotP50Ms', 'toSnapshotP99Ms'], why),
    warnings: why,
    goals: [],
    tables: {
      legs: legs.map(({ rush }, n) => ({
        leg: n + 1,
        joined: rush.joined,
        s: significant(rush.durationMs / 1000, 3),
        'p50 ms': significant(percentile(rush.toSnapshotMs, 0.5), 3),
        'p99 ms': significant(percentile(rush.toSnapshotMs, 0.99), 3),
        'bots busy': significant(rush.busyShare, 2),
      })),
    },
    distributions: [distribution('to snapshot', 'ms', toSnapshotMs, 'to snapshot')],
  };
}
