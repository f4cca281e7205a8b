import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../../testing/eventually.ts';

const MAIN = fileURLToPath(new URL('../../../main.ts', import.meta.url));
export const BY_PRIMARY = fileURLToPath(new URL('serve-by-primary.ts', import.meta.url));
const REDIS = process.env.LIVESTALL_REDIS_SERVER_BIN ?? 'redis-server';
/** Three processes that start at once on a machine that does other things too. */
const START_MS = 60_000;

export type Line = Record<string, unknown> & { msg: string };

/** A server with several workers, as `npm start` runs it: a demo, on an embedded Redis, at any port. */
export class Machine {
  readonly dataDir: string;
  readonly pid: number;
  readonly exited: Promise<number | null>;
  readonly #child: ReturnType<typeof spawn>;
  #out = '';
  #err = '';

  constructor(flags: readonly string[], { file = MAIN, nodeOptions = '' } = {}) {
    this.dataDir = mkdtempSync(join(tmpdir(), 'livestall-workers-'));
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LIVESTALL_'));
    const env = {
      ...Object.fromEntries(inherited),
      ...(nodeOptions && { NODE_OPTIONS: nodeOptions }),
      LIVESTALL_READY_FILE: join(this.dataDir, 'ready.json'),
    };
    const port = flags.includes('--port') ? [] : ['--port', '0'];
    const own = ['--data-dir', this.dataDir, '--redis-server-bin', REDIS, '--log-level', 'info'];
    this.#child = spawn(process.execPath, [file, ...port, ...own, ...flags], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#err += chunk.toString();
    });
    this.exited = once(this.#child, 'exit').then(([code]) => code as number | null);
  }

  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  /** Its log so far. */
  lines(msg?: string): Line[] {
    const all = this.#out.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return all
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => msg === undefined || line.msg === msg);
  }

  /** Its address, once it is ready. */
  async ready(): Promise<string> {
    return eventually(
      () => {
        try {
          return (JSON.parse(readFileSync(join(this.dataDir, 'ready.json'), 'utf8')) as { url: string }).url;
        } catch {
          throw new Error(`not ready:\n${this.#out}${this.#err}`);
        }
      },
      { withinMs: START_MS },
    );
  }

  /** Pids of those that have listened, of each worker the newest. */
  workers(): Map<number, number> {
    const listening = this.lines('listening').filter((line) => line.process !== undefined);
    return new Map(listening.map((line) => [Number(line.process), Number(line.pid)]));
  }

  pidOf(worker: number): number {
    const pid = this.workers().get(worker);
    if (pid === undefined) throw new Error(`worker ${worker} has not listened`);
    return pid;
  }

  /** Waits until worker `worker` listens with another pid. */
  async replaced(worker: number, old: number): Promise<number> {
    return eventually(
      () => {
        const pid = this.pidOf(worker);
        if (pid === old) throw new Error(`worker ${worker} is not there again:\n${this.#out}`);
        return pid;
      },
      { withinMs: START_MS },
    );
  }

  get redisPid(): number {
    return Number(readFileSync(join(this.dataDir, 'redis', 'redis.pid'), 'utf8'));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Leaves nothing behind, whatever the test did. */
  async end(): Promise<void> {
    const left = [...this.workers().values()];
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signal('SIGTERM');
    await this.exited;
    try {
      left.push(this.redisPid);
    } catch {
      // It was stopped in order.
    }
    for (const pid of left.filter(alive)) process.kill(pid, 'SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** A process that nobody has reaped yet has no command line any more. */
export function alive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

export type Got = { status: number; body: string };

/** GET on a connection of its own, so that any worker may get it. */
export function get(url: string, timeoutMs = 10_000): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    asked.on('error', reject);
    asked.end();
  });
}

/** The value of a metric, with its labels if it has any. */
export function metric({ body }: Got, name: string): number {
  const line = body.split('\n').find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`there is no ${name} in\n${body}`);
  return Number(line.slice(name.length));
}
