import { simulation } from '../simulation/scenario.ts';
import { chatFlood } from './chat-flood.ts';
import { flashSaleStampede } from './flash-sale-stampede.ts';
import { joinStorm } from './join-storm/join-storm.ts';
import { ledgerVerify } from './ledger-verify.ts';
import { lottery1m } from './lottery-1m/lottery-1m.ts';
import { mediaFanout } from './media-fanout/media-fanout.ts';
import { mediaFirstFrame } from './media-first-frame/media-first-frame.ts';
import { memory } from './memory/memory.ts';
import { million } from './million/million.ts';
import { moderationRaid } from './moderation-raid/moderation-raid.ts';
import { orderStorm } from './order-storm/order-storm.ts';
import { pageSpeed } from './page-speed/page-speed.ts';
import { reconnectStorm } from './reconnect-storm/reconnect-storm.ts';
import { rollingRestart } from './rolling-restart/rolling-restart.ts';
import { scaling } from './scaling/scaling.ts';
import type { Scenario } from './scenario.ts';
import { slowReaders } from './slow-readers/slow-readers.ts';
import { stockTicker } from './stock-ticker/stock-ticker.ts';
import { textCheck } from './text-check.ts';
import { transitionCost } from './transition-cost/transition-cost.ts';
import { webhookDelivery } from './webhook-delivery/webhook-delivery.ts';

/** Every scenario, one line each. */
export const scenarios: readonly Scenario[] = [
  flashSaleStampede,
  stockTicker,
  orderStorm,
  transitionCost,
  webhookDelivery,
  ledgerVerify,
  chatFlood,
  textCheck,
  lottery1m,
  moderationRaid,
  mediaFanout,
  mediaFirstFrame,
  pageSpeed,
  slowReaders,
  memory,
  scaling,
  million,
  simulation,
  joinStorm,
  reconnectStorm,
  rollingRestart,
];
