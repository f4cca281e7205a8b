import type { Config } from './config/schema.ts';
import type { Clock } from './kernel/clock.ts';
import type { Observer } from './kernel/observer.ts';
import type { Play } from './kernel/play.ts';
import type { RandomSource } from './kernel/random.ts';
import type { Snapshots } from './kernel/snapshots.ts';
import { ChatStore } from './plays/chat/chat.store.ts';
import { createChatPlay } from './plays/chat/play.ts';
import { FlashSaleStore } from './plays/flash-sale/flash-sale.store.ts';
import { GrabBatcher } from './plays/flash-sale/grab-batcher.ts';
import { createFlashSalePlay } from './plays/flash-sale/play.ts';
import { SoldOutCache } from './plays/flash-sale/sold-out-cache.ts';
import { createRoomPlay } from './plays/room/play.ts';
import { RoomStore } from './plays/room/room.store.ts';
import { createShelfPlay } from './plays/shelf/play.ts';
import { ShelfStore } from './plays/shelf/shelf.store.ts';
import type { RedisClient } from './redis/client.ts';
import type { DueQueue } from './redis/due-queue.ts';
import type { EventLog } from './redis/event-log.ts';
import type { Keys } from './redis/keys.ts';

export type PlaysDeps = {
  config: Config;
  redis: RedisClient;
  keys: Keys;
  eventLog: EventLog;
  due: DueQueue;
  clock: Clock;
  random: RandomSource;
  observer: Observer;
  scriptNow: () => string;
  serverNowMs: () => number;
  /** Whether this node hears the event log without gaps. */
  feedHealthy: () => boolean;
  notify: (roomId: string, userId: string, name: string, data: unknown) => void;
  snapshots: () => Snapshots;
};

export type Stores = { room: RoomStore; shelf: ShelfStore; chat: ChatStore; flashSale: FlashSaleStore };

/** The server's half of shared/plays.ts: one line a play, in the same order. */
export function createPlays(deps: PlaysDeps): { plays: readonly Play[]; stores: Stores } {
  const stores: Stores = {
    room: new RoomStore(deps),
    shelf: new ShelfStore(deps),
    chat: new ChatStore(deps),
    flashSale: new FlashSaleStore(deps),
  };
  const plays = [
    createRoomPlay({ ...deps, store: stores.room }),
    createShelfPlay(stores.shelf),
    createChatPlay(stores.chat, deps.random),
    flashSale(deps, stores.flashSale),
  ];
  return { plays: plays as unknown as readonly Play[], stores };
}

function flashSale(deps: PlaysDeps, store: FlashSaleStore) {
  const { config, clock, observer, random, notify } = deps;
  const batcher = new GrabBatcher(store, {
    maxWaitMs: config.grabBatchMs,
    maxSize: config.grabBatchMax,
    onBatch: observer.grabBatch,
  });
  const soldOut = new SoldOutCache(store, clock, deps.feedHealthy);
  return createFlashSalePlay({
    store,
    batcher,
    soldOut,
    random,
    notify,
    onLocalAnswer: observer.grabAnsweredLocally,
  });
}
