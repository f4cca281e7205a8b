export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One clock for all processes of this machine, to a thousandth. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/**
 * Waits until `check` gives something other than undefined.
 *
 * @throws after `timeoutMs`, saying what was waited for.
 */
export async function until<T>(
  what: string,
  timeoutMs: number,
  check: () => Promise<T | undefined> | T | undefined,
  everyMs = 20,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (performance.now() > deadlineMs) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await sleep(everyMs);
  }
}
