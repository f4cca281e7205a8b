import { readFileSync } from 'node:fs';
import type { Child } from './child.ts';
import { until } from './wait.ts';

/**
 * Waits for the file in which a server writes `{ "url": …, "pid": … }` once it listens (`LIVESTALL_READY_FILE`).
 *
 * @throws when the child ends first, with its last words.
 */
export function readyUrl(child: Child, file: string, timeoutMs: number): Promise<string> {
  return until(`${child.what} to listen`, timeoutMs, () => {
    const problem = child.problem();
    if (problem) throw new Error(problem);
    try {
      const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string };
      return url;
    } catch {
      return undefined;
    }
  });
}
