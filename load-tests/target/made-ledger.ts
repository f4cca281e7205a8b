import { createLog } from '../../server/kernel/log.ts';
import { silentObserver } from '../../server/kernel/observer.ts';
import { systemRandom } from '../../server/kernel/random.ts';
import { FlashSaleStore } from '../../server/plays/flash-sale/flash-sale.store.ts';
import { RoomStore } from '../../server/plays/room/room.store.ts';
import { ShelfStore } from '../../server/plays/shelf/shelf.store.ts';
import type { RedisClient } from '../../server/redis/client.ts';
import { DueQueue } from '../../server/redis/due-queue.ts';
import { createKeys } from '../../server/redis/keys.ts';
import { loadScripts, runScript } from '../../server/redis/scripts.ts';
import { Trade } from '../../server/trade/trade.ts';
import { KEY_PREFIX } from './stored-sale.ts';

const scripts = loadScripts(import.meta.url, ['make-orders']);

const SALE = 's1';
const ORDERS_AT_ONCE = 250;
const DAY_MS = 24 * 3_600_000;

/**
 * A room with a sale and about `facts` facts, two an order. Everything is written by the server's stores
 * and Lua libraries, so that it is consistent. Returns how many facts there are.
 */
export async function makeLedger(
  redis: RedisClient,
  roomId: string,
  facts: number,
  onProgress: (facts: number) => void,
): Promise<number> {
  const keys = createKeys(KEY_PREFIX);
  const scriptNow = (): string => '';
  const deps = { redis, keys, scriptNow, serverNowMs: () => Date.now() };
  const log = createLog({ level: 'silent', format: 'json' });
  const due = new DueQueue({ ...deps, log, onHandled: () => {} });
  const trade = new Trade({ ...deps, due, random: systemRandom, observer: silentObserver, notify: () => {} });
  const op = () => ({ actor: 'host', opId: systemRandom.id('op'), fingerprint: '' });
  const room = { title: 'Load test', hostName: 'Load', sellerContact: '', currency: 'CNY' };
  const more = { timeZone: 'Asia/Shanghai', checkoutUrl: null, demo: false, createdAtMs: Date.now() };
  const later = { simulated: 0, startsAtMs: null, replayUrl: null };
  await new RoomStore({ ...deps, due }).create({ roomId, ...room, ...more, ...later }, 'load');
  await new ShelfStore(deps).save(roomId, op(), {
    ...{ productId: 'p1', title: 'Linen shirt', description: '', imageUrl: null, priceMinor: 12_900 },
  });
  const terms = { productId: 'p1', priceMinor: 5_900, compareAtMinor: null, compareAtBasis: null };
  const times = { opensInMs: 0, durationMs: DAY_MS, holdMs: 120_000, guard: 'none' as const };
  const sales = new FlashSaleStore({ redis, keys, trade });
  await sales.schedule(roomId, op(), SALE, { ...terms, ...times, stock: 1_000_000, limitPerBuyer: 1000 });

  const {
    head,
    events,
    ledger,
    due: dueKey,
    sales: salesKey,
    salesRunning,
    orders,
    ordersOf,
    strikes,
  } = keys.room(roomId);
  const named = {
    head,
    events,
    ledger,
    due: dueKey,
    sales: salesKey,
    salesRunning,
    orders,
    ordersOf,
    strikes,
  };
  const wanted = Math.floor(facts / 2);
  // As in a room that has its regulars: each buys again and again.
  const args = { saleId: SALE, users: Math.max(10, Math.floor(wanted / 25)), offerMs: 60_000 };
  const strike = { max: 3, windowMs: 3_600_000, pauseMs: 600_000 };
  let last = 0;
  for (let from = 1; from <= wanted; from += ORDERS_AT_ONCE) {
    const batch = {
      from,
      orders: Math.min(ORDERS_AT_ONCE, wanted - from + 1),
      idSeed: systemRandom.id('seed'),
    };
    last = (await runScript(redis, scripts['make-orders'], named, [
      '',
      JSON.stringify({ ...args, ...batch, strike }),
    ])) as number;
    onProgress(last);
  }
  return last;
}
