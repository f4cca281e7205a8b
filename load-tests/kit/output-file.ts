import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { UsageError } from './args.ts';

/**
 * Sees to it, before a long run, that its report can be written afterwards. A file that is there stays as it is.
 *
 * @throws {UsageError} when it cannot.
 */
export function outputFile(path: string): void {
  const isNew = !existsSync(path);
  try {
    closeSync(openSync(path, 'a'));
    if (isNew) rmSync(path);
  } catch (error) {
    throw new UsageError(`--html ${path} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
