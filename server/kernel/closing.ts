import type { Log } from './log.ts';

/** Whether `work` ended within the time; what it rejects with is thrown. */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

export type ClosingStep = readonly [what: string, close: () => unknown];

/**
 * Closes one after the other, whatever becomes of the ones before. A step that takes longer than `stepMs` is left to
 * itself, and after `totalMs` so are all: Redis may hang, and a server must stop all the same. The log says what was
 * given up.
 */
export async function closeInOrder(
  steps: readonly ClosingStep[],
  { log, stepMs, totalMs }: { log: Log; stepMs: number; totalMs: number },
): Promise<void> {
  const untilMs = performance.now() + totalMs;
  for (const [what, close] of steps) {
    const work = (async () => close())();
    try {
      if (!(await within(work, Math.min(stepMs, untilMs - performance.now())))) {
        log.warn({ what }, 'closing takes too long; given up');
        work.catch((err: unknown) => log.debug({ err, what }, 'could not be closed'));
      }
    } catch (err) {
      log.error({ err, what }, 'could not be closed');
    }
  }
}
