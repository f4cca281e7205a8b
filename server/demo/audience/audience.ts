import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { within } from '../../kernel/closing.ts';
import type { Log } from '../../kernel/log.ts';
import type { Tokens } from '../../realtime/auth.ts';
import type { DemoShop } from '../shop.ts';
import type { AudienceSetup, FromAudience, ToAudience } from './messages.ts';
import { personaOf } from './personas.ts';

export type AudienceDeps = {
  setup: AudienceSetup;
  tokens: Pick<Tokens, 'mintSimulated'>;
  tokenTtlMs: number;
  shop: Pick<DemoShop, 'checkout'>;
  log: Log;
};

const FILE = fileURLToPath(new URL('process.ts', import.meta.url));
const AGAIN_MS = 2000;
const AGAIN_MAX_MS = 60_000;
const CLOSE_MS = 1000;
/** Two thousand viewers need less; one that grows past it is ended, not the server. */
const HEAP_MB = 256;

/**
 * Simulated viewers in a process of their own, so that they take no time from the server's event loop. They are real
 * clients of the node; from here they get tokens of theirs, and visits to the demo's checkout.
 */
export class Audience {
  readonly #deps: AudienceDeps;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #againMs = AGAIN_MS;
  #closed = false;

  constructor(deps: AudienceDeps) {
    this.#deps = deps;
  }

  /** The process, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { log, setup } = this.#deps;
    const child = fork(FILE, [], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      // What it prints is a bug's; nothing of the server's environment is of use to it.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {},
    });
    this.#child = child;
    child.on('error', (err) => log.warn({ err }, 'the audience has a problem'));
    child.on('message', (message) => void this.#hear(child, message as FromAudience));
    child.once('exit', (code, signal) => this.#ended(child, code, signal));
    say(child, { kind: 'start', setup });
    log.info({ viewers: setup.viewers, pid: child.pid }, 'a simulated audience comes in');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    if (await within(exited, CLOSE_MS)) return;
    child.kill('SIGKILL');
    await within(exited, CLOSE_MS);
  }

  #ended(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#closed) return;
    this.#deps.log.warn({ code, signal, againMs: this.#againMs }, 'the audience ended; another one comes');
    this.#timer = setTimeout(() => this.start(), this.#againMs);
    this.#timer.unref();
    this.#againMs = Math.min(AGAIN_MAX_MS, this.#againMs * 2);
  }

  async #hear(child: ChildProcess, message: FromAudience): Promise<void> {
    const { log, shop } = this.#deps;
    try {
      if (message.kind === 'want-token') {
        say(child, { kind: 'token', viewer: message.viewer, token: await this.#token(message.viewer) });
      } else await shop.checkout(message.ref, 'pay');
    } catch (err) {
      log.debug({ err }, 'a wish of the audience was not met');
      if (message.kind === 'want-token') say(child, { kind: 'token', viewer: message.viewer, token: null });
    }
  }

  async #token(viewer: number): Promise<string> {
    const { tokens, tokenTtlMs: ttlMs } = this.#deps;
    const { userId, name } = personaOf(viewer);
    return (await tokens.mintSimulated({ userId, name, ttlMs })).token;
  }
}

function say(child: ChildProcess, message: ToAudience): void {
  if (child.connected) child.send(message, () => undefined);
}
