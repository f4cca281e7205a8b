import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartFailure } from './failure.ts';

export type DataLock = { release(): void };

const FILE = 'server.pid';

/**
 * Keeps two servers from running one embedded Redis on the same data. A lock that a killed server left
 * behind is taken over.
 * @throws StartFailure that names the other server.
 */
export function lockDataDir(dataDir: string): DataLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, FILE);
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return { release: () => release(file) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(readPid(file));
    if (pid !== process.pid && isServer(pid)) {
      throw new StartFailure(
        `Another server (process ${pid}) uses the data in ${resolve(dataDir)}.`,
        'Stop it first, or start this one with other data: npm start -- --data-dir .data-2 --port 8081',
      );
    }
    rmSync(file, { force: true });
  }
  throw new StartFailure(
    `${file} keeps coming back.`,
    'Stop the other servers that are starting, then try again.',
  );
}

function release(file: string): void {
  if (readPid(file) === String(process.pid)) rmSync(file, { force: true });
}

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Pids are used again, so a living process must also look like ours, where the system tells. */
function isServer(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 2) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return /\bmain\.ts|ledger\/cli\.ts/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return true;
  }
}
