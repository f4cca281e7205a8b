import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `check` stops throwing, and gives its value. When it never does, the last mismatch is
 * what fails the test.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const { withinMs = 5000, everyMs = 20 } = options;
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await delay(everyMs);
  }
}
