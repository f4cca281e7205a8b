import { cpuSecondsOf } from '../../kit/cpu.ts';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import { type Secrets, startNode } from '../../target/livestall.ts';
import type { RedisUnderTest } from '../../target/redis.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';

/** Level error and above, as pino writes it. */
const ERROR_LINE = /^\{"level":(50|60),/;
/** A node that is told to stop and has not stopped after this is killed, which is a violation. */
const STOP_LIMIT_MS = 40_000;
const LOOK_EVERY_MS = 200;

export type Restart = { stopMs: number; startMs: number };

/** Nodes on one Redis that are replaced one by one, as a deploy does it: stop the old process, start the new one. */
export class RollingNodes {
  readonly secrets: Secrets;
  readonly restarts: Restart[] = [];
  readonly #redis: RedisUnderTest;
  readonly #env: Readonly<Record<string, string>>;
  readonly #lifetimes: Lifetimes;
  readonly #slots: ServerUnderTest[] = [];
  readonly #ever: ServerUnderTest[] = [];
  readonly #problems: string[] = [];
  #starts = 0;
  #cpuSecondsOfStopped = 0;

  /** @param env settings of the nodes besides those of every run. */
  constructor(
    redis: RedisUnderTest,
    secrets: Secrets,
    env: Readonly<Record<string, string>>,
    lifetimes: Lifetimes,
  ) {
    this.#redis = redis;
    this.#env = env;
    this.secrets = secrets;
    this.#lifetimes = lifetimes;
  }

  get all(): readonly ServerUnderTest[] {
    return this.#slots;
  }

  /** CPU time of all nodes that there ever were. */
  get cpuSeconds(): number {
    return this.#slots.reduce((total, { pid }) => total + cpuSecondsOf(pid), this.#cpuSecondsOfStopped);
  }

  async start(nodes: number): Promise<void> {
    this.#slots.push(...(await Promise.all(Array.from({ length: nodes }, () => this.#startOne()))));
  }

  /** SIGTERM, as long as it takes, and a new process in its place. */
  async restart(slot: number): Promise<Restart> {
    const old = this.#slots[slot];
    if (!old) throw new Error(`There is no node ${slot}.`);
    const stoppingAtMs = performance.now();
    let cpuSeconds = cpuSecondsOf(old.pid);
    const watching = setInterval(() => {
      try {
        cpuSeconds = cpuSecondsOf(old.pid);
      } catch {
        // It is gone.
      }
    }, LOOK_EVERY_MS);
    await old.child.stop(STOP_LIMIT_MS).finally(() => clearInterval(watching));
    this.#cpuSecondsOfStopped += cpuSeconds;
    const stopMs = performance.now() - stoppingAtMs;
    const { exitCode, signalCode } = old.child.process;
    if (exitCode !== 0) {
      this.#problems.push(`${old.child.what} did not stop as it should: ${signalCode ?? `code ${exitCode}`}`);
    }
    const startingAtMs = performance.now();
    this.#slots[slot] = await this.#startOne();
    const restart = { stopMs, startMs: performance.now() - startingAtMs };
    this.restarts.push(restart);
    return restart;
  }

  /** Nodes that ended unasked or did not end when asked, and errors that any of them logged, in words. */
  problems(): string[] {
    const ended = this.#ever.map(({ child }) => child.problem()).filter((problem) => problem !== null);
    const errors = this.#ever.flatMap(({ child }) =>
      child.lastWords.split('\n').filter((line) => ERROR_LINE.test(line)),
    );
    const logged = errors.slice(0, 3).map((line) => `a node logged an error: ${line.slice(0, 600)}`);
    return [...this.#problems, ...ended, ...logged];
  }

  async #startOne(): Promise<ServerUnderTest> {
    this.#starts += 1;
    const name = `node-${this.#starts}`;
    const options = { redis: this.#redis, secrets: this.secrets, env: { ...this.#env } };
    const node = await startNode(name, options, this.#lifetimes);
    this.#ever.push(node);
    return node;
  }
}
