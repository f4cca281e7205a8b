import type { RequestListener } from 'node:http';
import { afterAll, beforeAll } from 'vitest';
import type { Role } from '../../shared/kernel/units.ts';
import type { Product } from '../../shared/plays/shelf/contract.ts';
import { type App, createApp } from '../app.ts';
import { type Config, defaultConfig } from '../config/schema.ts';
import type { Core } from '../core.ts';
import { createLog } from '../kernel/log.ts';
import { type Observer, silentObserver } from '../kernel/observer.ts';
import { systemRandom } from '../kernel/random.ts';
import { TestClient } from './test-client.ts';
import {
  type StandaloneOptions,
  type StandaloneRedis,
  startTestRedis,
  type TestRedis,
} from './test-redis.ts';

/** Redis' time as the scripts see it, turned by hand. Starts at a round number to make logs readable. */
export class TestTime {
  nowMs: number;
  /** Nodes of one time share a key prefix: others, whose clock differs, would serve what is due too soon. */
  readonly keyPrefix = `${systemRandom.id('time')}:`;
  constructor(startMs = 1_900_000_000_000) {
    this.nowMs = startMs;
  }
  advance(ms: number): void {
    this.nowMs += ms;
  }
}

export type NodeOptions = {
  config?: Partial<Config>;
  /** Without one, scripts take Redis' own time. */
  time?: TestTime;
  createHandler?: (core: Core) => RequestListener;
  observer?: Partial<Observer>;
  /** Another Redis than the harness' own: a Cluster, a Sentinel. */
  redisUrl?: string;
};

/** A harness whose Redis can be killed is one that was asked to be standalone. */
export type HarnessArguments<R extends TestRedis> = R extends StandaloneRedis
  ? [StandaloneOptions]
  : [options?: undefined];

export type TestNode = App & {
  token(user: {
    userId: string;
    name?: string;
    role?: Exclude<Role, 'guest'>;
    room: string;
    ttlMs?: number;
  }): Promise<string>;
};

/**
 * One Redis for a test file, nodes and clients on it, all closed at the end. It is what this run of tests is on, if
 * the test does not ask for one process that it can stop, kill and look into.
 */
export class Harness<R extends TestRedis = TestRedis> {
  readonly #options: Partial<StandaloneOptions>;
  readonly #clients: TestClient[] = [];
  readonly #nodes: TestNode[] = [];
  #redis: R | undefined;

  constructor(...[options]: HarnessArguments<R>) {
    this.#options = options ?? {};
  }

  get redis(): R {
    if (!this.#redis) throw new Error('the harness has not started');
    return this.#redis;
  }

  async start(): Promise<void> {
    this.#redis = (await startTestRedis(this.#options)) as R;
  }

  async node(options: NodeOptions = {}): Promise<TestNode> {
    const { time } = options;
    const config = defaultConfig({
      maxConnectionsPerAddress: 10_000,
      ...(time ? { redisKeyPrefix: time.keyPrefix } : {}),
      ...options.config,
    });
    const app = await createApp({
      config,
      redisUrl: options.redisUrl ?? this.redis.url,
      log: createLog({ level: config.logLevel, format: 'json' }),
      createHandler: options.createHandler ?? (() => (_request, response) => response.writeHead(404).end()),
      observer: { ...silentObserver, ...options.observer },
      ...(time ? { scriptNow: () => String(time.nowMs) } : {}),
    });
    const node: TestNode = Object.assign(app, {
      token: async (user: Parameters<TestNode['token']>[0]) => {
        const { name = user.userId, role = 'viewer' as const, ttlMs = 3_600_000 } = user;
        return (await app.core.tokens.mint({ ...user, name, role, ttlMs })).token;
      },
    });
    this.#nodes.push(node);
    return node;
  }

  /** A room of its own for one test, with products; ids are random, so tests don't meet. */
  async room(node: TestNode, products: readonly Partial<Product>[] = [{}]): Promise<string> {
    const roomId = systemRandom
      .id('t')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 16);
    const { room, shelf } = node.core.stores;
    const created = await room.create(
      {
        roomId,
        title: 'A room',
        hostName: 'Host',
        sellerContact: 'host@example.com',
        currency: 'CNY',
        timeZone: 'Asia/Shanghai',
        checkoutUrl: null,
        demo: false,
        ...{ simulated: 0, startsAtMs: null, replayUrl: null },
        createdAtMs: node.core.serverNowMs(),
      },
      'tests',
    );
    if (!created.ok) throw new Error(created.code);
    for (const [i, product] of products.entries()) {
      const saved = await shelf.save(
        roomId,
        { actor: 'tests', opId: systemRandom.id('op'), fingerprint: '' },
        {
          productId: `p${i + 1}`,
          title: `Product ${i + 1}`,
          description: '',
          imageUrl: null,
          priceMinor: 12_900,
          ...product,
        },
      );
      if (!saved.ok) throw new Error(saved.code);
    }
    return roomId;
  }

  /** Connects and joins as someone. */
  async join(
    node: TestNode,
    roomId: string,
    user: { userId: string; name?: string; role?: Exclude<Role, 'guest'> } | 'guest',
  ): Promise<TestClient> {
    const token = user === 'guest' ? undefined : await node.token({ ...user, room: roomId });
    const client = await this.connect(node, token);
    await client.must('room:join', { roomId });
    return client;
  }

  async connect(
    node: { url: string },
    token?: string,
    headers?: Record<string, string>,
  ): Promise<TestClient> {
    const client = new TestClient(node.url, token, headers);
    this.#clients.push(client);
    return client.connected();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const node of this.#nodes) await node.close();
    await this.#redis?.close();
  }
}

/** A harness for the calling test file. */
export function useHarness(options: StandaloneOptions): Harness<StandaloneRedis>;
export function useHarness(): Harness;
export function useHarness(options?: StandaloneOptions): Harness {
  const harness = options ? standaloneHarness(options) : new Harness();
  beforeAll(() => harness.start());
  afterAll(() => harness.close());
  return harness;
}

/** A harness whose Redis is one process of its own, whatever this run of tests is on; not started. */
export function standaloneHarness(options: { appendonly?: boolean } = {}): Harness<StandaloneRedis> {
  return new Harness<StandaloneRedis>({ topology: 'standalone', ...options });
}

let ops = 0;
/** A fresh opId. */
export function opId(): string {
  ops += 1;
  return `op-${process.pid}-${ops}-test`;
}
