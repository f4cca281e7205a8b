import { ORDER_LIMITS, type OrderYou } from '../../../shared/plays/order/contract.ts';
import { buyersOrder } from '../../../shared/trade/order.ts';
import type { Reader } from '../../kernel/play.ts';
import { queueScript } from '../../redis/queued-script.ts';
import { loadScripts } from '../../redis/scripts.ts';
import { readOrder } from '../../trade/order-record.ts';

const { mine } = loadScripts(import.meta.url, ['mine']);
const KEPT = String(ORDER_LIMITS.ordersKept.value);

/** Your latest orders. */
export function orderYouReader(userId: string): Reader<OrderYou> {
  return {
    queue(pipe, keys) {
      queueScript(pipe, mine, [keys.orders, keys.ordersOf], [userId, '', KEPT]);
    },
    parse([reply]) {
      return { orders: (reply as string[][]).map((flat) => buyersOrder(readOrder(flat))) };
    },
  };
}
