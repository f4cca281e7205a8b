import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';

/** A redis-server of this test's own, on a private socket in a folder of its own. */
export type TestRedis = {
  readonly url: string;
  readonly path: string;
  /** A client for looking at keys; closed with the server. */
  readonly client: Redis;
  /** Signals the process; with SIGSTOP it hangs, with SIGCONT it goes on. */
  signal(name: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export async function startTestRedis(options: { appendonly?: boolean } = {}): Promise<TestRedis> {
  const dir = mkdtempSync(join(tmpdir(), 'livestall-test-'));
  const path = join(dir, 'redis.sock');
  const binary = process.env.LIVESTALL_REDIS_SERVER_BIN ?? 'redis-server';
  let child: ChildProcess;
  const launch = async (): Promise<void> => {
    const args = [
      '--port',
      '0',
      '--unixsocket',
      path,
      '--dir',
      dir,
      '--save',
      '',
      '--logfile',
      join(dir, 'log'),
    ];
    if (options.appendonly) args.push('--appendonly', 'yes', '--appendfsync', 'everysec');
    child = spawn(binary, args, { stdio: 'ignore' });
    await eventually(() => ping(path), { withinMs: 10_000 });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await exited;
  };
  await launch();
  const client = new Redis({ path, protocol: 2, disableClientInfo: true, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  return {
    url: `unix://${path}`,
    path,
    client,
    signal: (name) => void child.kill(name),
    kill: () => end('SIGKILL'),
    restart: launch,
    async close() {
      client.disconnect();
      await end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function ping(path: string): Promise<void> {
  const probe = new Redis({
    path,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
  });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    await probe.ping();
  } finally {
    probe.disconnect();
  }
}
