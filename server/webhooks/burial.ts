import type { Health } from './health.ts';
import type { LaneOutcomes } from './lane-outcomes.ts';
import type { LaneQueue } from './lane-queue.ts';
import type { LaneReader } from './lane-reader.ts';
import { GIVE_UP_AFTER_MS } from './schedule.ts';

/** In one run; the next probe goes on. */
const BURY_MAX = 10_000;
const STORE_AT_ONCE = 128;

export type BurialDeps = {
  queue: LaneQueue;
  reader: LaneReader;
  outcomes: LaneOutcomes;
  health: Health;
  nowMs: () => number;
  stopping: () => boolean;
  /** Stores the outcomes so far. */
  settle: () => Promise<void>;
};

/**
 * For an endpoint that has been down for three days: what waited for it as long is a dead letter too,
 * though it was never sent. Else its backlog would only ever grow.
 */
export async function bury(deps: BurialDeps): Promise<void> {
  const { queue, reader, outcomes, health, nowMs } = deps;
  const { downSinceMs } = health;
  const now = nowMs();
  if (downSinceMs === undefined || downSinceMs + GIVE_UP_AFTER_MS > now) return;
  const isTooOld = (sinceMs: number): boolean => Math.max(sinceMs, downSinceMs) + GIVE_UP_AFTER_MS <= now;

  for (const item of queue.waiting()) {
    if (deps.stopping()) return;
    if (!isTooOld(item.firstAtMs)) continue;
    const known = await reader.complete(item);
    outcomes.died(item, known ? 'endpoint-down' : 'trimmed', null, now);
    queue.drop(item, now);
    if (outcomes.deadCount >= STORE_AT_ONCE) await deps.settle();
  }
  let buried = 0;
  let young = false;
  do {
    await reader.each((item) => {
      if (!isTooOld(item.message?.atMs ?? 0)) {
        // It comes up again with the next run, which begins at the cursor.
        young = true;
        return false;
      }
      buried += 1;
      outcomes.died(item, 'endpoint-down', null, now);
      queue.skip(item.n, item.message?.atMs ?? 0);
      return true;
    });
    await deps.settle();
  } while (!young && !reader.atEnd && buried < BURY_MAX && !deps.stopping());
}
