import { chatFlood } from './chat-flood.ts';
import { flashSaleStampede } from './flash-sale-stampede.ts';
import { ledgerVerify } from './ledger-verify.ts';
import { lottery1m } from './lottery-1m/lottery-1m.ts';
import { mediaFanout } from './media-fanout/media-fanout.ts';
import { mediaFirstFrame } from './media-first-frame/media-first-frame.ts';
import { moderationRaid } from './moderation-raid/moderation-raid.ts';
import { orderStorm } from './order-storm/order-storm.ts';
import type { Scenario } from './scenario.ts';
import { textCheck } from './text-check.ts';
import { transitionCost } from './transition-cost/transition-cost.ts';
import { webhookDelivery } from './webhook-delivery/webhook-delivery.ts';

/** Every scenario, one line each. */
export const scenarios: readonly Scenario[] = [
  flashSaleStampede,
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
];
