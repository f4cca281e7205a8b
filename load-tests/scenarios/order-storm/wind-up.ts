import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createKeys } from '../../../server/redis/keys.ts';
import type { StormSale } from '../../bots/storm/buyer.ts';
import { Shop, type ShopOptions } from '../../bots/storm/shop.ts';
import { sleep } from '../../kit/wait.ts';
import { KEY_PREFIX, readOrders } from '../../target/stored-sale.ts';
import type { StormHost } from './storm-host.ts';

const TIMEOUT_MS = 60_000;
const AT_ONCE = 20;

/**
 * Ends what would still take minutes: the host closes the sales, so that nothing is offered any more, and the
 * merchant releases what is still held.
 *
 * @returns the operations, for the history.
 */
export async function windUp(
  redis: Redis,
  host: StormHost,
  sales: readonly StormSale[],
  shopOptions: ShopOptions,
) {
  const keys = createKeys(KEY_PREFIX).room(shopOptions.roomId);
  const shop = new Shop(shopOptions);
  const operations = [];
  for (const { saleId } of sales) {
    await host.call('flash-sale:close', { opId: randomUUID(), saleId }).catch((error: Error) => {
      if (!/WRONG_PHASE/.test(error.message)) throw error;
    });
  }
  const giveUpAtMs = performance.now() + TIMEOUT_MS;
  for (let round = 1; ; round += 1) {
    const held = (await readOrders(redis, keys)).filter(({ state }) => state === 'HELD');
    if (held.length === 0) return operations;
    if (performance.now() > giveUpAtMs) throw new Error(`${held.length} holds could not be ended.`);
    for (let i = 0; i < held.length; i += AT_ONCE) {
      const some = held.slice(i, i + AT_ONCE);
      operations.push(
        ...(await Promise.all(
          some.map(({ orderId, no }) => shop.cancel(orderId, false, `wind-up-${no}-${round}`)),
        )),
      );
    }
    await sleep(100);
  }
}
