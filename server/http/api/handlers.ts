import { createDemoHandlers } from './demo-handlers.ts';
import type { ApiDeps } from './deps.ts';
import { createDrawHandlers } from './draw-handlers.ts';
import type { ApiHandlers } from './handler.ts';
import { createKeyHandlers } from './key-handlers.ts';
import { createLedgerHandlers } from './ledger-handlers.ts';
import { createModerationHandlers } from './moderation-handlers.ts';
import { createOrderHandlers } from './order-handlers.ts';
import { createProductHandlers } from './product-handlers.ts';
import { createReportHandlers } from './report-handlers.ts';
import { createRoomHandlers } from './room-handlers.ts';
import { createSaleHandlers } from './sale-handlers.ts';
import { createTokenHandlers } from './token-handlers.ts';
import { createWebhookHandlers } from './webhook-handlers.ts';

/** A handler for every operation of the table. */
export function createApiHandlers(deps: ApiDeps): ApiHandlers {
  return {
    ...createRoomHandlers(deps),
    ...createTokenHandlers(deps),
    ...createProductHandlers(deps),
    ...createSaleHandlers(deps),
    ...createOrderHandlers(deps),
    ...createWebhookHandlers(deps),
    ...createKeyHandlers(deps),
    ...createLedgerHandlers(deps),
    ...createDrawHandlers(deps),
    ...createModerationHandlers(deps),
    ...createReportHandlers(deps),
    ...createDemoHandlers(deps),
  };
}
