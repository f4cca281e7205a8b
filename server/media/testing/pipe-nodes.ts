import { expect } from 'vitest';
import type { Publication } from '../../../shared/plays/media/contract.ts';
import { systemClock } from '../../kernel/clock.ts';
import { systemRandom } from '../../kernel/random.ts';
import { createKeys } from '../../redis/keys.ts';
import { ShardSubscriber } from '../../redis/shard-subscriber.ts';
import { openClient, quietLog } from '../../redis/testing.ts';
import type { TestRedis } from '../../testing/test-redis.ts';
import { createNodeBus, type RunningNodeBus } from '../node-bus.ts';
import { createRemoteSources, type PipeTimes, type RemoteSourcesDeps } from '../pipes.ts';
import type { Origin, RemoteSources } from '../ports.ts';
import type { SfuProducer } from '../sfu.ts';
import { StubNetwork, StubRouter } from './stub-pipes.ts';

const closing: (() => unknown)[] = [];
/** To be called after each test. */
export async function closeNodes(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export const ROOM = 'linen-house';
export const QUICK: Partial<PipeTimes> = {
  aliveEveryMs: 40,
  stepMs: 150,
  answerWithinMs: 3000,
  searchAgainMs: 50,
};

/** Nodes that share a Redis, a network and a book. */
export class Nodes {
  readonly keys = createKeys(`${systemRandom.id('pipes')}:`);
  readonly network = new StubNetwork();
  readonly book = new Map<string, Origin>();
  readonly redis: TestRedis;
  constructor(redis: TestRedis) {
    this.redis = redis;
  }

  async add(options: Partial<RemoteSourcesDeps> = {}): Promise<PipeNode> {
    const [commands, listening] = [
      await openClient(this.redis.url),
      await openClient(this.redis.url, 'subscriber'),
    ];
    const nodeId = systemRandom.id('n');
    const common = { nodeId, clock: systemClock, log: quietLog, random: systemRandom };
    const subscriber = new ShardSubscriber(listening, quietLog);
    const bus = createNodeBus({ ...common, redis: commands, subscriber, keys: this.keys });
    const router = new StubRouter(nodeId, this.network);
    const published = new Map<string, SfuProducer>();
    const remote = createRemoteSources({
      ...common,
      bus,
      book: { origin: async (_roomId, publicationId) => this.book.get(publicationId) },
      localSource: async (roomId, publicationId) => {
        const producer = roomId === ROOM ? published.get(publicationId) : undefined;
        return producer && { router, producer };
      },
      pipesPerPublication: 8,
      times: { ...QUICK, ...options.times },
      ...options,
    });
    await bus.start();
    const disconnect = (): void => {
      commands.disconnect();
      listening.disconnect();
    };
    closing.push(async () => {
      await remote.close();
      await bus.close();
      disconnect();
    });
    /** As by SIGKILL: its sockets are closed, and it says nothing more. */
    const kill = async (): Promise<void> => {
      disconnect();
      await router.close();
    };
    return new PipeNode({ nodeId, bus, router, remote, published, kill });
  }

  publish(by: PipeNode, publicationId = systemRandom.id('pub')): Origin {
    by.published.set(publicationId, by.router.publish(`producer-${publicationId}`));
    const origin = { nodeId: by.nodeId, publication: { publicationId } as Publication };
    this.book.set(publicationId, origin);
    return origin;
  }

  path(producer: SfuProducer | undefined): string[] | undefined {
    const inner = producer && this.#find(producer);
    return inner && this.network.pathTo(inner);
  }

  readonly producers = new Map<SfuProducer, StubRouter>();
  #find(producer: SfuProducer) {
    return this.producers.get(producer)?.producers.get(producer.id);
  }

  /** Watches as a relay does: fetches, and again when the pipe is lost. */
  async watch(node: PipeNode, origin: Origin): Promise<void> {
    const got = await node.remote.fetch(ROOM, origin, node.router);
    node.outcomes.push(got.ok ? 'OK' : got.code);
    if (!got.ok) return;
    this.producers.set(got.data, node.router);
    node.watched = got.data;
    got.data.onClosed(() => {
      node.watched = undefined;
      if (node.watching) void this.watch(node, origin);
    });
  }
}

type Parts = {
  nodeId: string;
  bus: RunningNodeBus;
  router: StubRouter;
  remote: RemoteSources;
  published: Map<string, SfuProducer>;
  kill: () => Promise<void>;
};
export class PipeNode {
  readonly nodeId: string;
  readonly bus: RunningNodeBus;
  readonly router: StubRouter;
  readonly remote: RemoteSources;
  readonly published: Map<string, SfuProducer>;
  readonly kill: () => Promise<void>;
  readonly outcomes: string[] = [];
  watching = true;
  watched: SfuProducer | undefined;
  constructor(parts: Parts) {
    this.nodeId = parts.nodeId;
    this.bus = parts.bus;
    this.router = parts.router;
    this.remote = parts.remote;
    this.published = parts.published;
    this.kill = parts.kill;
  }
}

/** A publication at `a`, and `b` without it. */
export const pair = async (redis: TestRedis, options: Partial<RemoteSourcesDeps> = {}) => {
  const nodes = new Nodes(redis);
  const [a, b] = [await nodes.add(options), await nodes.add(options)];
  return { nodes, a, b, origin: nodes.publish(a) };
};
/** Nothing is left of any pipe at these nodes. */
export const expectNothing = (...all: PipeNode[]): void => {
  expect(all.map(({ remote, router }) => [remote.pipes, router.pipes.size])).toEqual(all.map(() => [0, 0]));
};
