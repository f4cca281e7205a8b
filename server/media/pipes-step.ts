/** A step of making a pipe took too long, or this node stops. */
export class StepEnded extends Error {
  override name = 'StepEnded';
}

export type Step = <T>(work: Promise<T>, onLate?: (value: T) => unknown, withinMs?: number) => Promise<T>;

/**
 * Waits for one step, for a while and until the node stops: a worker that hangs answers nothing. What comes of it
 * later is given to `onLate`, which puts it away.
 */
export function createStep(timeoutMs: number, signal: AbortSignal): Step {
  return async (work, onLate, withinMs = timeoutMs) => {
    let over = false;
    let timer: NodeJS.Timeout | undefined;
    let end: (() => void) | undefined;
    const ended = new Promise<never>((_, reject) => {
      end = () => {
        over = true;
        reject(new StepEnded());
      };
      if (signal.aborted) end();
      timer = setTimeout(end, withinMs);
      signal.addEventListener('abort', end, { once: true });
    });
    work
      .then((value) => (over ? onLate?.(value) : undefined))
      // Its error is the caller's, below; too late it is nobody's.
      .catch(() => undefined);
    try {
      return await Promise.race([work, ended]);
    } finally {
      clearTimeout(timer);
      if (end) signal.removeEventListener('abort', end);
    }
  };
}
