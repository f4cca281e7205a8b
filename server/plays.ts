import type { CommunityDeps } from './community/deps.ts';
import { FanNews } from './community/fan-news.ts';
import { People } from './community/people.ts';
import type { Config } from './config/schema.ts';
import type { Clock } from './kernel/clock.ts';
import type { LocalPeople } from './kernel/local-people.ts';
import type { Log } from './kernel/log.ts';
import type { Observer } from './kernel/observer.ts';
import type { Play } from './kernel/play.ts';
import type { RandomSource } from './kernel/random.ts';
import type { Snapshots } from './kernel/snapshots.ts';
import type { PublicationBook, Relay } from './media/ports.ts';
import { ChatStore } from './plays/chat/chat.store.ts';
import { createChatPlay } from './plays/chat/play.ts';
import { FanBadgesStore } from './plays/fan-badges/fan-badges.store.ts';
import { createFanBadgesPlay } from './plays/fan-badges/play.ts';
import { FlashSaleStore } from './plays/flash-sale/flash-sale.store.ts';
import { GrabAdmission } from './plays/flash-sale/grab-admission.ts';
import { GrabBatcher } from './plays/flash-sale/grab-batcher.ts';
import { createFlashSalePlay } from './plays/flash-sale/play.ts';
import { SaleGuards } from './plays/flash-sale/sale-guards.ts';
import { SoldOutCache } from './plays/flash-sale/sold-out-cache.ts';
import { HeartsStore } from './plays/hearts/hearts.store.ts';
import { createHeartsPlay } from './plays/hearts/play.ts';
import { LotteryStore } from './plays/lottery/lottery.store.ts';
import { createLotteryPlay } from './plays/lottery/play.ts';
import { type IsCarried, MediaStore } from './plays/media/media.store.ts';
import { createMediaPlay } from './plays/media/play.ts';
import { StreamKeyStore } from './plays/media/stream-keys.store.ts';
import { createActionLog } from './plays/moderation/action-log.reader.ts';
import type { ActionLog } from './plays/moderation/action-log.ts';
import { ModerationStore } from './plays/moderation/moderation.store.ts';
import { createModerationPlay } from './plays/moderation/play.ts';
import { SellerReportsStore } from './plays/moderation/seller-reports.store.ts';
import { Words } from './plays/moderation/words.ts';
import { OrderStore } from './plays/order/order.store.ts';
import { createOrderPlay } from './plays/order/play.ts';
import { createRoomPlay } from './plays/room/play.ts';
import { RoomStore } from './plays/room/room.store.ts';
import { createShelfPlay } from './plays/shelf/play.ts';
import { ShelfStore } from './plays/shelf/shelf.store.ts';
import { createShowPlay } from './plays/show/play.ts';
import { ShowStore } from './plays/show/show.store.ts';
import type { RedisClient } from './redis/client.ts';
import type { DueQueue } from './redis/due-queue.ts';
import type { EventLog } from './redis/event-log.ts';
import type { Keys } from './redis/keys.ts';
import { CheckoutLinks } from './trade/checkout-links.ts';
import { GrabTokens } from './trade/grab-tokens.ts';
import { Receipts } from './trade/receipts.ts';
import { ed25519Key, purposeKey, type SigningKey, signingSecretOf } from './trade/signing-keys.ts';
import { Trade } from './trade/trade.ts';

export type PlaysDeps = {
  config: Config;
  redis: RedisClient;
  keys: Keys;
  eventLog: EventLog;
  due: DueQueue;
  clock: Clock;
  random: RandomSource;
  observer: Observer;
  log: Log;
  scriptNow: () => string;
  serverNowMs: () => number;
  /** Whether this node hears the event log without gaps. */
  feedHealthy: () => boolean;
  notify: (roomId: string, userId: string, name: string, data: unknown) => void;
  /** This node's sockets, once it takes any. */
  local: () => LocalPeople | undefined;
  snapshots: () => Snapshots;
  /** This node's media relay, on the book of what is published. */
  openRelay: (book: PublicationBook) => Relay;
  isCarried: IsCarried;
};

export type Stores = {
  room: RoomStore;
  shelf: ShelfStore;
  chat: ChatStore;
  flashSale: FlashSaleStore;
  order: OrderStore;
  lottery: LotteryStore;
  fanBadges: FanBadgesStore;
  moderation: ModerationStore;
  sellerReports: SellerReportsStore;
  words: Words;
  actionLog: ActionLog;
  media: MediaStore;
  streamKeys: StreamKeyStore;
  show: ShowStore;
  hearts: HeartsStore;
};

/** What is signed in the server's name. */
export type Signing = { key: SigningKey; receipts: Receipts; tokens: GrabTokens; checkout: CheckoutLinks };

/** The server's half of shared/plays.ts: one line a play, in the same order. */
export function createPlays(deps: PlaysDeps): {
  plays: readonly Play[];
  stores: Stores;
  signing: Signing;
  relay: Relay;
  people: People;
} {
  const trade = new Trade(deps);
  const room = new RoomStore(deps);
  const community: CommunityDeps = {
    ...deps,
    calendars: room.calendars,
    fanNews: new FanNews(deps.notify),
  };
  const stores: Stores = {
    room,
    shelf: new ShelfStore(deps),
    chat: new ChatStore(community),
    flashSale: new FlashSaleStore({ ...deps, trade }),
    order: new OrderStore({ ...deps, trade }),
    lottery: new LotteryStore(community),
    fanBadges: new FanBadgesStore(community),
    moderation: new ModerationStore(community),
    sellerReports: new SellerReportsStore(community),
    words: new Words(community),
    actionLog: createActionLog(deps),
    media: new MediaStore(deps),
    streamKeys: new StreamKeyStore(deps),
    show: new ShowStore(deps),
    hearts: new HeartsStore(deps),
  };
  const { listed } = stores.room;
  const { rooms: reported } = stores.sellerReports;
  for (const index of [listed, reported])
    deps.due.watch({ visit: () => Promise.resolve(), mark: (roomId) => index.mark(roomId) });
  const signing = createSigning(deps, stores.room);
  const people = new People(deps);
  const relay = deps.openRelay(stores.media);
  const plays = [
    createRoomPlay({
      ...{ ...deps, store: stores.room, people },
      onEntered: (roomId, user) => stores.show.counts.entered(roomId, user),
    }),
    createShelfPlay(stores.shelf),
    createChatPlay(stores.chat, deps.random),
    flashSale(deps, stores, signing),
    createOrderPlay({
      ...{ ...signing, store: stores.order },
      onHeld: (roomId, user) => stores.show.counts.named(roomId, user),
    }),
    createLotteryPlay(community, stores.lottery),
    createFanBadgesPlay(community, stores.fanBadges),
    createModerationPlay(community, stores.moderation, stores.sellerReports),
    createMediaPlay({ ...deps, relay, people, book: stores.media, streamKeys: stores.streamKeys }),
    createShowPlay(stores.show),
    createHeartsPlay(stores.hearts, deps.observer.heartsGiven),
  ];
  return { plays: plays as unknown as readonly Play[], stores, signing, relay, people };
}

function createSigning({ config, serverNowMs }: PlaysDeps, rooms: RoomStore): Signing {
  const secret = signingSecretOf(config);
  const key = ed25519Key(purposeKey(secret, 'receipts'));
  return {
    key,
    receipts: new Receipts(key),
    tokens: new GrabTokens(purposeKey(secret, 'grab-tokens'), serverNowMs),
    checkout: new CheckoutLinks({
      key,
      issuer: config.tokenIssuer,
      templateOf: async (roomId) => (await rooms.read(roomId))?.room.checkoutUrl ?? null,
    }),
  };
}

function flashSale(deps: PlaysDeps, { flashSale: store, show }: Stores, { receipts, tokens }: Signing) {
  const { config, clock, observer, random, serverNowMs } = deps;
  const perSecond = config.grabsPerSecondPerSale;
  const batcher = new GrabBatcher(store, {
    maxWaitMs: config.grabBatchMs,
    maxSize: config.grabBatchMax,
    admission: new GrabAdmission({ rate: { perSecond, burst: perSecond }, clock, random }),
    clock,
    onBatch: observer.grabBatch,
    onBusy: observer.grabBusy,
  });
  return createFlashSalePlay({
    ...{ store, batcher, receipts, tokens, random, serverNowMs },
    soldOut: new SoldOutCache(store, clock, deps.feedHealthy),
    guards: new SaleGuards(store, serverNowMs, deps.feedHealthy),
    onLocalAnswer: observer.grabAnsweredLocally,
    onDecided: (roomId, user, isHeld) => show.counts.decided(roomId, user, isHeld),
    onWaiting: (roomId, user) => show.counts.named(roomId, user),
  });
}
