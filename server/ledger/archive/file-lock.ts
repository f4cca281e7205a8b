import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { LedgerProblem } from '../ledger-problem.ts';
import { fileProblem } from './file-problem.ts';

/** Keeps two exports from writing one file. A lock that a killed one left behind is taken over. */
export function lockFile(file: string): () => void {
  const lock = `${file}.lock`;
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileProblem(error, file);
    }
    const pid = Number(read(lock));
    if (pid !== process.pid && lives(pid)) {
      throw new LedgerProblem(
        'ARCHIVE_BUSY',
        `Another export (process ${pid}) writes ${file}.`,
        'Wait for it.',
      );
    }
    rmSync(lock, { force: true });
  }
  throw new LedgerProblem('ARCHIVE_BUSY', `${lock} keeps coming back: other exports write ${file}.`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function lives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 2) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
