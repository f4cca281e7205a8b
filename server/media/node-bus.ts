import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { StoreError } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import type { ShardSubscriber, ShardSubscription } from '../redis/shard-subscriber.ts';
import {
  decodeMessage,
  encodeMessage,
  type NodeAnswer,
  type NodeQuestion,
  refusalCode,
} from './node-bus-wire.ts';
import { type NodeBus, NodeRefused, NodeSilent } from './ports.ts';

export type NodeBusDeps = {
  redis: RedisClient;
  subscriber: Pick<ShardSubscriber, 'subscribe'>;
  keys: Pick<Keys, 'nodeChannel'>;
  nodeId: string;
  clock: Clock;
  log: Log;
  random: RandomSource;
  /** Handlers that run at once; twice as many wait, and what comes then is refused with `BUSY`. */
  maxHandlers?: number;
};

export type RunningNodeBus = NodeBus & {
  /**
   * Listens. Redis' return finds it listening again, without a further call.
   * @throws StoreError when Redis does not confirm
   */
  start(): Promise<void>;
  /** What was asked and not answered is silent at once; what is being answered is waited for, a while. */
  close(): Promise<void>;
  /** Messages on this node's channel that were none of ours. */
  readonly malformed: number;
};

type Handler = Parameters<NodeBus['handle']>[1];
type Waiting = { nodeId: string; settle: (answer: NodeAnswer | NodeSilent) => void };

const REQUEST_TIMEOUT_MS = 2000;
const START_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 1000;
const MAX_HANDLERS = 64;
const REPORT_EVERY_MS = 60_000;

/**
 * Questions and answers between nodes over Redis' sharded pub/sub, which standalone, Sentinel and Cluster all have.
 * Nothing is kept: what nobody hears is lost, and says so by the number of its receivers. A node that cannot be
 * reached is an exception for whoever asks, never for the process.
 */
export function createNodeBus(deps: NodeBusDeps): RunningNodeBus {
  return new RedisNodeBus(deps);
}

class RedisNodeBus implements RunningNodeBus {
  readonly #deps: NodeBusDeps;
  readonly #handlers = new Map<string, Handler>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Set<Promise<void>>();
  readonly #queue: NodeQuestion[] = [];
  readonly #maxHandlers: number;
  #subscription: ShardSubscription | undefined;
  #closed = false;
  #malformed = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: NodeBusDeps) {
    this.#deps = deps;
    this.#maxHandlers = deps.maxHandlers ?? MAX_HANDLERS;
  }

  get malformed(): number {
    return this.#malformed;
  }

  async start(): Promise<void> {
    const { subscriber, keys, nodeId } = this.#deps;
    const subscribed = subscriber.subscribe(
      keys.nodeChannel(nodeId),
      (raw) => this.#hear(raw),
      // What was said meanwhile is lost; those who asked know by their timeouts.
      () => undefined,
    );
    const unconfirmed = new StoreError('UNAVAILABLE', 'redis does not confirm the subscription');
    this.#subscription = await within(subscribed, START_TIMEOUT_MS, unconfirmed);
  }

  handle(method: string, handler: Handler): void {
    if (this.#handlers.has(method)) throw new Error(`${method} has a handler`);
    this.#handlers.set(method, handler);
  }

  async request(
    nodeId: string,
    method: string,
    payload: unknown,
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<unknown> {
    if (this.#closed) throw new NodeSilent('away');
    const id = this.#deps.random.id('q');
    const raw = encodeMessage({ id, from: this.#deps.nodeId, method, payload });
    if (raw === undefined) throw new Error(`${method} is too large a message`);
    const answer = await new Promise<NodeAnswer | NodeSilent>((settle) => {
      const timer = setTimeout(() => settle(new NodeSilent('late')), timeoutMs);
      const done = (what: NodeAnswer | NodeSilent): void => {
        clearTimeout(timer);
        settle(what);
      };
      this.#waiting.set(id, { nodeId, settle: done });
      this.#publish(nodeId, raw).then((receivers) => {
        if (receivers === undefined) done(new NodeSilent('away'));
        if (receivers === 0) done(new NodeSilent('gone'));
      });
    });
    this.#waiting.delete(id);
    if (answer instanceof NodeSilent) throw answer;
    if ('code' in answer) throw new NodeRefused(answer.code);
    return answer.data;
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#queue.length = 0;
      for (const { settle } of this.#waiting.values()) settle(new NodeSilent('away'));
    }
    const ends = [this.#subscription?.close(), ...this.#running];
    // Redis may be away, and the subscription wait for it; it ends with its client.
    await within(Promise.allSettled(ends), CLOSE_TIMEOUT_MS, undefined).catch(() => undefined);
  }

  /** How many heard it; undefined: Redis did not say. */
  async #publish(nodeId: string, raw: string): Promise<number | undefined> {
    const { redis, keys, log } = this.#deps;
    try {
      return Number(await guarded(() => redis.spublish(keys.nodeChannel(nodeId), raw)));
    } catch (error) {
      const level = error instanceof StoreError ? 'debug' : 'error';
      log[level]({ nodeId, err: error }, 'a message did not reach the other node');
      return undefined;
    }
  }

  #hear(raw: string): void {
    if (this.#closed) return;
    const message = decodeMessage(raw);
    if (!message) this.#countMalformed();
    else if ('method' in message) this.#take(message);
    else {
      const waiting = this.#waiting.get(message.id);
      // An answer that comes late has nobody waiting; one by another node than was asked is none.
      if (waiting?.nodeId === message.from) waiting.settle(message);
    }
  }

  #countMalformed(): void {
    this.#malformed += 1;
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#reportedAtMs < REPORT_EVERY_MS) return;
    this.#reportedAtMs = nowMs;
    this.#deps.log.error(
      { malformed: this.#malformed },
      "a message that is none of ours on a node's channel",
    );
  }

  #take(question: NodeQuestion): void {
    if (this.#running.size < this.#maxHandlers) this.#run(question);
    else if (this.#queue.length < 2 * this.#maxHandlers) this.#queue.push(question);
    else void this.#answer(question, { code: 'BUSY' });
  }

  #run(question: NodeQuestion): void {
    const work = this.#handle(question).finally(() => {
      this.#running.delete(work);
      const next = this.#closed ? undefined : this.#queue.shift();
      if (next) this.#run(next);
    });
    this.#running.add(work);
  }

  /** Never rejects. */
  async #handle(question: NodeQuestion): Promise<void> {
    const { method, payload, from } = question;
    const handler = this.#handlers.get(method);
    if (!handler) return this.#answer(question, { code: 'UNKNOWN_METHOD' });
    let data: unknown;
    try {
      data = await handler(payload, from);
    } catch (error) {
      const code = refusalCode(error);
      if (!code) this.#deps.log.error({ method, from, err: error }, 'a handler for other nodes failed');
      return this.#answer(question, { code: code ?? 'INTERNAL' });
    }
    return this.#answer(question, { data });
  }

  async #answer({ id, from, method }: NodeQuestion, answer: { data: unknown } | { code: string }) {
    if (this.#closed) return;
    const head = { id, from: this.#deps.nodeId };
    const raw = encodeMessage({ ...head, ...answer });
    if (raw === undefined) this.#deps.log.error({ method, from }, 'an answer that is too large');
    await this.#publish(from, raw ?? (encodeMessage({ ...head, code: 'INTERNAL' }) as string));
  }
}

async function within<T>(work: Promise<T>, timeoutMs: number, late: unknown): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
