import type { Config } from '../../config/schema.ts';
import type { RoomPlaces } from '../../demo/room-places.ts';
import type { DemoRooms } from '../../demo/rooms.ts';
import type { DemoSignIn } from '../../demo/sign-in.ts';
import type { RandomSource } from '../../kernel/random.ts';
import type { PublicLedger } from '../../ledger/public-ledger.ts';
import type { FlashSaleStore } from '../../plays/flash-sale/flash-sale.store.ts';
import type { LotteryStore } from '../../plays/lottery/lottery.store.ts';
import type { ActionLog } from '../../plays/moderation/action-log.ts';
import type { SellerReportsStore } from '../../plays/moderation/seller-reports.store.ts';
import type { Words } from '../../plays/moderation/words.ts';
import type { OrderStore } from '../../plays/order/order.store.ts';
import type { RoomStore } from '../../plays/room/room.store.ts';
import type { ShelfStore } from '../../plays/shelf/shelf.store.ts';
import type { Signing } from '../../plays.ts';
import type { Tokens } from '../../realtime/auth.ts';
import type { Revocations } from '../../realtime/revocations.ts';
import type { WebhookService } from '../../webhooks/service.ts';

/** What the handlers of the HTTP API work with. server/startup/node.ts fills it in. */
export type ApiDeps = {
  config: Config;
  random: RandomSource;
  tokens: Tokens;
  revocations: Revocations;
  rooms: RoomStore;
  shelf: ShelfStore;
  orders: OrderStore;
  sales: FlashSaleStore;
  signing: Signing;
  webhooks: WebhookService;
  publicLedger: PublicLedger;
  draws: LotteryStore;
  words: Words;
  actionLog: ActionLog;
  sellerReports: SellerReportsStore;
  /** Only in demo mode. */
  demo: { signIn: DemoSignIn; rooms: DemoRooms; places: RoomPlaces } | undefined;
  serverNowMs: () => number;
};
