import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import type { Log } from '../kernel/log.ts';

export type EmbeddedRedis = {
  /** `unix://…`, private to this user. */
  readonly url: string;
  /** Stops Redis cleanly: everything acknowledged is on disk afterwards. */
  close(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Path of redis-server. */
  binary: string;
  /** Folder for its data; made when missing. */
  dataDir: string;
  log: Log;
  /** Longest wait for it to answer, loading its data included. */
  startTimeoutMs?: number;
};

/** sun_path holds 108 bytes, the last one zero. */
const MAX_SOCKET_PATH = 107;
const STOP_TIMEOUT_MS = 15_000;
const RESTART_DELAYS_MS = [100, 250, 500, 1000];

/**
 * Starts redis-server as a child on a private unix socket, AOF on, and starts it again when it
 * dies. One that an earlier, killed server left running on the same data is stopped first.
 * @throws Error with Redis' own last words when it will not start.
 */
export async function startEmbeddedRedis(options: EmbeddedOptions): Promise<EmbeddedRedis> {
  const dir = resolve(options.dataDir, 'redis');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const socket = socketPath(dir);
  await stopLeftover(dir, socket, options.log);

  let closing: Promise<void> | undefined;
  let deaths = 0;
  let restart: NodeJS.Timeout | undefined;
  let child = launch(options.binary, dir, socket);
  const watch = (running: Launched): void => {
    running.process.once('exit', (code, signal) => {
      if (closing) return;
      const delayMs = RESTART_DELAYS_MS[Math.min(deaths, RESTART_DELAYS_MS.length - 1)] ?? 1000;
      deaths += 1;
      options.log.error(
        { code, signal, output: running.lastWords(), delayMs },
        'redis died; starting it again',
      );
      restart = setTimeout(() => {
        child = launch(options.binary, dir, socket);
        watch(child);
      }, delayMs);
    });
  };

  await untilReady(child, socket, options.startTimeoutMs ?? 60_000);
  watch(child);
  return {
    url: `unix://${socket}`,
    close() {
      closing ??= (async () => {
        clearTimeout(restart);
        await stop(child.process);
        rmSync(join(dir, 'redis.pid'), { force: true });
        rmSync(socket, { force: true });
        if (dirname(socket) !== dir) rmSync(dirname(socket), { recursive: true, force: true });
      })();
      return closing;
    },
  };
}

/** Where the embedded Redis of this data folder listens, whether or not it runs. */
export function embeddedSocket(dataDir: string): string {
  return socketPath(resolve(dataDir, 'redis'));
}

function socketPath(dir: string): string {
  const near = join(dir, 'redis.sock');
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH) return near;
  const far = join(tmpdir(), `livestall-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`);
  mkdirSync(far, { recursive: true, mode: 0o700 });
  return join(far, 'redis.sock');
}

type Launched = { process: ChildProcess; lastWords(): string; failure(): Error | undefined };

function launch(binary: string, dir: string, socket: string): Launched {
  const args = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', dir];
  args.push('--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--daemonize', 'no');
  args.push('--maxmemory-policy', 'noeviction', '--logfile', '', '--timeout', '0');
  // Its own group: Ctrl-C reaches the server alone, which stops Redis after itself.
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines: string[] = [];
  let failure: Error | undefined;
  const collect = (chunk: Buffer): void => {
    lines.push(...chunk.toString().split('\n').filter(Boolean));
    lines.splice(0, lines.length - 20);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.on('error', (error) => {
    failure = error;
  });
  if (child.pid) writeFileSync(join(dir, 'redis.pid'), String(child.pid));
  return { process: child, lastWords: () => lines.slice(-6).join('\n'), failure: () => failure };
}

async function untilReady(child: Launched, socket: string, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    const failure = child.failure();
    if (failure) throw new Error(`redis-server could not be started: ${failure.message}`);
    if (child.process.exitCode !== null || child.process.signalCode !== null) {
      throw new Error(`redis-server ended at once. Its last words:\n${child.lastWords()}`);
    }
    if (await answers(socket)) return;
    await delay(25);
  }
  await stop(child.process);
  throw new Error(
    `redis-server did not answer within ${timeoutMs} ms. Its last words:\n${child.lastWords()}`,
  );
}

/** Whether a Redis on this socket is up and has loaded its data. */
async function answers(socket: string): Promise<boolean> {
  const probe = new Redis({
    path: socket,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    connectTimeout: 1000,
    disableClientInfo: true,
  });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    return (await probe.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    probe.disconnect();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  // One that hangs would keep the server from ending; its file is as complete as after a crash.
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(force);
}

async function stopLeftover(dir: string, socket: string, log: Log): Promise<void> {
  const pid = readPid(join(dir, 'redis.pid'));
  if (pid === undefined || !isRedis(pid, socket)) {
    rmSync(socket, { force: true });
    return;
  }
  log.warn({ pid }, 'stopping the redis that an earlier server left behind');
  process.kill(pid, 'SIGTERM');
  const until = Date.now() + 15_000;
  while (isRedis(pid, socket)) {
    if (Date.now() > until)
      throw new Error(`the redis of an earlier server (pid ${pid}) does not stop; end it by hand`);
    await delay(50);
  }
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Pids are used again: only a process that serves our socket is ours. Redis shows it in its title. */
function isRedis(pid: number, socket: string): boolean {
  try {
    process.kill(pid, 0);
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return title.includes('redis-server') && title.includes(socket);
  } catch {
    return false;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
