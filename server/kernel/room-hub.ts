import type { RoomEvent } from '../../shared/kernel/ack.ts';
import type { EventLog } from '../redis/event-log.ts';
import type { Keys } from '../redis/keys.ts';
import type { ShardSubscriber, ShardSubscription } from '../redis/shard-subscriber.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { StoreError } from './outcome.ts';
import type { RandomSource } from './random.ts';
import { RoomChannel } from './room-channel.ts';
import type { Shapes } from './shaping.ts';
import type { TickPace } from './tick-pace.ts';

export type RoomHubDeps = {
  log: Log;
  clock: Clock;
  random: RandomSource;
  keys: Keys;
  eventLog: EventLog;
  subscriber: ShardSubscriber;
  shapes: Shapes;
  pace: TickPace;
  chatPerSecond: number;
  onEvent: (roomId: string, event: RoomEvent) => void;
  /** What was learnt of the room is void: this node stops following it, or missed some of it. */
  onClosed: (roomId: string) => void;
  onSent: (packets: number) => void;
};

type Entry = { channel: RoomChannel; subscription: ShardSubscription };

const SUBSCRIBE_TIMEOUT_MS = 2000;
/** A room is followed a little longer than its last member stays: people reload pages. */
const LINGER_MS = 10_000;

/** The rooms that this node follows: from the first local member until a while after the last. */
export class RoomHub {
  readonly #deps: RoomHubDeps;
  readonly #rooms = new Map<string, Promise<Entry>>();
  readonly #open = new Map<string, RoomChannel>();
  readonly #lingering = new Map<string, NodeJS.Timeout>();
  readonly #pins = new Map<string, number>();

  constructor(deps: RoomHubDeps) {
    this.#deps = deps;
  }

  /** Channels that are open, by room. */
  get channels(): ReadonlyMap<string, RoomChannel> {
    return this.#open;
  }

  get(roomId: string): RoomChannel | undefined {
    return this.#open.get(roomId);
  }

  /**
   * Follows a room. Everything after the channel's `flushedSeq` will be sent to its members.
   * @throws StoreError when Redis is away.
   */
  async open(roomId: string): Promise<RoomChannel> {
    clearTimeout(this.#lingering.get(roomId));
    this.#lingering.delete(roomId);
    let entry = this.#rooms.get(roomId);
    if (!entry) {
      entry = this.#follow(roomId);
      this.#rooms.set(roomId, entry);
      entry.catch(() => this.#rooms.delete(roomId));
    }
    return (await entry).channel;
  }

  /**
   * Follows a room also while nobody is in it, until the answer is called.
   * @throws StoreError when Redis is away.
   */
  async pin(roomId: string): Promise<() => void> {
    this.#pins.set(roomId, (this.#pins.get(roomId) ?? 0) + 1);
    let pinned = true;
    const unpin = (): void => {
      if (!pinned) return;
      pinned = false;
      const left = (this.#pins.get(roomId) ?? 1) - 1;
      if (left > 0) this.#pins.set(roomId, left);
      else this.#pins.delete(roomId);
      this.release(roomId);
    };
    try {
      await this.open(roomId);
    } catch (error) {
      unpin();
      throw error;
    }
    return unpin;
  }

  /** To be called after a member left; stops following when nobody came back. */
  release(roomId: string): void {
    const channel = this.#open.get(roomId);
    const needed = (): boolean => (channel?.size ?? 0) > 0 || this.#pins.has(roomId);
    if (!channel || needed() || this.#lingering.has(roomId)) return;
    const timer = setTimeout(() => {
      this.#lingering.delete(roomId);
      if (!needed()) void this.#drop(roomId);
    }, LINGER_MS);
    timer.unref();
    this.#lingering.set(roomId, timer);
  }

  async close(): Promise<void> {
    for (const timer of this.#lingering.values()) clearTimeout(timer);
    this.#lingering.clear();
    for (const channel of this.#open.values()) channel.close();
    this.#open.clear();
    this.#rooms.clear();
  }

  async #follow(roomId: string): Promise<Entry> {
    const deps = this.#deps;
    let channel: RoomChannel | undefined;
    const early: string[] = [];
    const subscription = await this.#subscribe(
      this.#deps.keys.room(roomId).events,
      (raw) => (channel ? channel.receive(raw) : early.push(raw)),
      () => channel?.catchUp(),
    );
    try {
      const headSeq = await deps.eventLog.headSeq(roomId);
      channel = new RoomChannel({ ...deps, roomId, onJump: deps.onClosed }, headSeq);
    } catch (error) {
      subscription.close().catch(() => undefined);
      throw error;
    }
    this.#open.set(roomId, channel);
    for (const raw of early) channel.receive(raw);
    return { channel, subscription };
  }

  async #subscribe(
    name: string,
    onMessage: (raw: string) => void,
    onGap: () => void,
  ): Promise<ShardSubscription> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new StoreError('UNAVAILABLE', 'redis does not confirm the subscription')),
        SUBSCRIBE_TIMEOUT_MS,
      );
    });
    const subscribing = this.#deps.subscriber.subscribe(name, onMessage, onGap);
    try {
      return await Promise.race([subscribing, timeout]);
    } catch (error) {
      // What Redis confirms now, nobody waits for any more.
      subscribing.then((late) => late.close()).catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #drop(roomId: string): Promise<void> {
    const entry = this.#rooms.get(roomId);
    this.#rooms.delete(roomId);
    this.#open.get(roomId)?.close();
    this.#open.delete(roomId);
    this.#deps.onClosed(roomId);
    try {
      await (await entry)?.subscription.close();
    } catch (error) {
      this.#deps.log.debug({ roomId, err: error }, 'could not unsubscribe');
    }
  }
}
