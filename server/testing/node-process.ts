import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
export const PROCESS_SECRET = 'a-secret-for-node-processes-in-tests';

/** A node as operators run it: a process of its own. */
export type NodeProcess = {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<number | null>;
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM, and waits. */
  stop(): Promise<number | null>;
};

/** Starts `server/main.ts` with these flags and waits until it listens. */
export async function startNodeProcess(
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<NodeProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'livestall-node-'));
  const readyFile = join(dir, 'ready.json');
  const child: ChildProcess = spawn(process.execPath, [MAIN, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LIVESTALL_TOKEN_SECRET: PROCESS_SECRET, ...env, LIVESTALL_READY_FILE: readyFile },
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const code = await exited;
    rmSync(dir, { recursive: true, force: true });
    return code;
  };
  try {
    const ready = await eventually(
      () => {
        if (child.exitCode !== null) return undefined;
        return JSON.parse(readFileSync(readyFile, 'utf8')) as { url: string; pid: number };
      },
      { withinMs: 20_000 },
    );
    if (!ready) throw new Error(`the node ended at once:\n${output}`);
    return {
      ...ready,
      exited,
      output: () => output,
      signal: (name) => void child.kill(name),
      kill: async () => void (await end('SIGKILL')),
      stop: () => end('SIGTERM'),
    };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}
