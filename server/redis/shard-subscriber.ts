import type { Log } from '../kernel/log.ts';
import type { RedisClient } from './client.ts';
import { guarded } from './errors.ts';

const RETRY_MS = 500;

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
  #round = 0;
  #retry: NodeJS.Timeout | undefined;

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
    try {
      await guarded(() => this.#client.ssubscribe(channel));
    } catch (error) {
      // Whoever asks again brings a listener of their own.
      if (this.#channels.get(channel) === listener) this.#channels.delete(channel);
      throw error;
    }
    return {
      close: async () => {
        // Somebody else may have subscribed meanwhile.
        if (this.#channels.get(channel) !== listener) return;
        this.#channels.delete(channel);
        await this.#client.sunsubscribe(channel);
      },
    };
  }

  /** One channel that cannot be subscribed yet keeps no other waiting. */
  async #resubscribe(): Promise<void> {
    const round = this.#nextRound();
    const again = async ([channel, { onGap }]: [string, { onGap: () => void }]): Promise<boolean> => {
      try {
        await this.#client.ssubscribe(channel);
        onGap();
        return true;
      } catch (error) {
        this.#log.warn({ channel, err: error }, 'could not subscribe again yet');
        return false;
      }
    };
    const done = await Promise.all([...this.#channels].map(again));
    if (round !== this.#round) return;
    this.#healthy = done.every(Boolean);
    // Without a connection, the next one begins with this; on a Cluster one shard may be away, and the client is not.
    if (this.#healthy || this.#client.status !== 'ready') return;
    this.#retry = setTimeout(() => void this.#resubscribe(), RETRY_MS);
    this.#retry.unref();
  }

  #nextRound(): number {
    clearTimeout(this.#retry);
    this.#round += 1;
    return this.#round;
  }
}
