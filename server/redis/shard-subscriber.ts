import type { Log } from '../kernel/log.ts';
import type { RedisClient } from './client.ts';
import { guarded } from './errors.ts';

export type ShardSubscription = { close(): Promise<void> };

/**
 * One subscriber connection for the shard channels of all rooms that this node follows. After every
 * reconnect it subscribes again and calls `onGap`: what was published meanwhile must be read from
 * the log.
 */
export class ShardSubscriber {
  readonly #client: RedisClient;
  readonly #log: Log;
  readonly #channels = new Map<string, { onMessage: (raw: string) => void; onGap: () => void }>();
  #healthy = true;

  constructor(client: RedisClient, log: Log) {
    this.#client = client;
    this.#log = log;
    client.on('smessage', (channel: string, raw: string) => this.#channels.get(channel)?.onMessage(raw));
    client.on('close', () => {
      this.#healthy = false;
    });
    client.on('ready', () => void this.#resubscribe());
    // A Cluster client loses and replaces its subscriber of one shard without being closed itself.
    client.on('-subscriber', () => {
      this.#healthy = false;
    });
    client.on('subscribersReady', () => void this.#resubscribe());
  }

  /** False from the loss of the connection until every channel is subscribed again. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /** Resolves when Redis has confirmed: everything published from now on is heard. */
  async subscribe(
    channel: string,
    onMessage: (raw: string) => void,
    onGap: () => void,
  ): Promise<ShardSubscription> {
    const listener = { onMessage, onGap };
    this.#channels.set(channel, listener);
    await guarded(() => this.#client.ssubscribe(channel));
    return {
      close: async () => {
        // Somebody else may have subscribed meanwhile.
        if (this.#channels.get(channel) !== listener) return;
        this.#channels.delete(channel);
        await this.#client.sunsubscribe(channel);
      },
    };
  }

  async #resubscribe(): Promise<void> {
    try {
      for (const channel of this.#channels.keys()) await this.#client.ssubscribe(channel);
      this.#healthy = true;
      for (const { onGap } of this.#channels.values()) onGap();
    } catch (error) {
      this.#log.warn({ err: error }, 'could not subscribe again; waiting for redis');
    }
  }
}
