import { randomBytes } from 'node:crypto';
import { cpuSecondsOf } from '../../kit/cpu.ts';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import type { Random } from '../../kit/random.ts';
import { freshSecrets, type Secrets, startNode } from '../../target/livestall.ts';
import type { RedisUnderTest } from '../../target/redis.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';

/** Servers of the shop, with an API key and an address each: the API takes 100 requests a second of one. */
const SHOP_SERVERS = 4;

/** Level error and above, as pino writes it. */
const ERROR_LINE = /^\{"level":(50|60),/;

export type ApiKey = { name: string; key: string };

/** Nodes on one Redis, of which one is killed and started again now and then. */
export class StormNodes {
  readonly secrets: Secrets = freshSecrets();
  readonly apiKeys: readonly ApiKey[] = Array.from({ length: SHOP_SERVERS }, (_, n) => {
    return { name: `shop-${n + 1}`, key: randomBytes(24).toString('hex') };
  });
  readonly #redis: RedisUnderTest;
  readonly #lifetimes: Lifetimes;
  readonly #slots: ServerUnderTest[] = [];
  #starts = 0;
  #cpuSecondsOfKilled = 0;
  readonly #ever: ServerUnderTest[] = [];
  kills = 0;
  readonly startMs: number[] = [];

  constructor(redis: RedisUnderTest, lifetimes: Lifetimes) {
    this.#redis = redis;
    this.#lifetimes = lifetimes;
  }

  get urls(): string[] {
    return this.#slots.map(({ url }) => url);
  }

  /** CPU time of all nodes that there ever were. */
  get cpuSeconds(): number {
    return this.#slots.reduce((total, { pid }) => total + cpuSecondsOf(pid), this.#cpuSecondsOfKilled);
  }

  get all(): readonly ServerUnderTest[] {
    return this.#slots;
  }

  async start(nodes: number): Promise<void> {
    this.#slots.push(...(await Promise.all(Array.from({ length: nodes }, () => this.#startOne()))));
  }

  /** kill -9 of one of them, and a new one in its place. `urls` changes once the new one listens. */
  async killOne(random: Random): Promise<void> {
    const slot = random.between(0, this.#slots.length - 1);
    const doomed = this.#slots[slot];
    if (!doomed) return;
    this.#cpuSecondsOfKilled += cpuSecondsOf(doomed.pid);
    await doomed.child.kill();
    this.kills += 1;
    const startedAtMs = performance.now();
    this.#slots[slot] = await this.#startOne();
    this.startMs.push(performance.now() - startedAtMs);
  }

  /** Nodes that ended without having been killed, and errors that any of them logged, in words. */
  problems(): string[] {
    const ended = this.#ever.map(({ child }) => child.problem()).filter((problem) => problem !== null);
    const errors = this.#ever.flatMap(({ child }) =>
      child.lastWords.split('\n').filter((line) => ERROR_LINE.test(line)),
    );
    const logged = errors.slice(0, 3).map((line) => `a node logged an error: ${line.slice(0, 600)}`);
    return [...ended, ...logged];
  }

  async #startOne(): Promise<ServerUnderTest> {
    this.#starts += 1;
    const keys = [{ name: 'load', key: this.secrets.apiKey }, ...this.apiKeys];
    const env = {
      LIVESTALL_API_KEYS: keys.map(({ name, key }) => `${name}:${key}`).join(','),
      // Where a reverse proxy stands in front, the shop's servers have addresses of their own.
      LIVESTALL_TRUSTED_PROXY_HOPS: '1',
      LIVESTALL_WEBHOOK_ALLOW_PRIVATE: '127.0.0.1',
      // Thousands of buyers who are told of every change ten times a second would be a test of fan-out.
      LIVESTALL_TICK_MS: '1000',
    };
    const { secrets } = this;
    const options = { redis: this.#redis, secrets, env };
    const node = await startNode(`node-${this.#starts}`, options, this.#lifetimes);
    this.#ever.push(node);
    return node;
  }
}
