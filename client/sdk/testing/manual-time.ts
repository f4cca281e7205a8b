import type { Time } from '../time.ts';

/** Time that moves only when told to. Tasks run in order of their due time, then of their making. */
export type ManualTime = Time & {
  /** Moves on by `ms`, running what falls due, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Tasks that wait. */
  pending(): number;
};

export function createManualTime(startMs = 1_000_000): ManualTime {
  let nowMs = startMs;
  let made = 0;
  const tasks = new Map<number, { atMs: number; run: () => void }>();

  function nextDue(untilMs: number): number | null {
    let best: number | null = null;
    let bestAtMs = untilMs;
    for (const [id, task] of tasks) {
      if (task.atMs < bestAtMs || (task.atMs === bestAtMs && best === null)) {
        best = id;
        bestAtMs = task.atMs;
      }
    }
    return best;
  }

  return {
    now: () => nowMs,
    after(delayMs, run) {
      made += 1;
      const id = made;
      tasks.set(id, { atMs: nowMs + Math.max(0, delayMs), run });
      return () => tasks.delete(id);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let id = nextDue(untilMs); id !== null; id = nextDue(untilMs)) {
        const task = tasks.get(id);
        tasks.delete(id);
        if (task === undefined) continue;
        nowMs = Math.max(nowMs, task.atMs);
        task.run();
        await settle();
      }
      nowMs = untilMs;
    },
    pending: () => tasks.size,
  };
}

/** Lets chains of promises run to their end: a macrotask comes after every microtask. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Seeded numbers in [0, 1) (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
