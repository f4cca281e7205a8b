import { chatFlood } from './chat-flood.ts';
import { flashSaleStampede } from './flash-sale-stampede.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, one line each. */
export const scenarios: readonly Scenario[] = [flashSaleStampede, chatFlood];
