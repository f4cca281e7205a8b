import type { Redis } from 'ioredis';
import { createKeys } from '../../server/redis/keys.ts';
import { loadScripts, runScript } from '../../server/redis/scripts.ts';
import { KEY_PREFIX } from './stored-sale.ts';

const scripts = loadScripts(import.meta.url, ['write-facts']);
const AT_ONCE = 500;

/** What the fact of a hold says, as hold.lua writes it; each of another order. */
const heldFact = (no: number): string =>
  JSON.stringify({
    orderId: `o${no}-Xk29fLq8Zw01`,
    no,
    userId: `buyer-${no}`,
    from: null,
    to: 'HELD',
    lines: [
      {
        saleId: 'sale_Ab3dEf6hIj9kLmNo',
        productId: 'shirt',
        title: 'Linen shirt',
        quantity: 1,
        priceMinor: 5900,
      },
    ],
    amountMinor: 5900,
    currency: 'CNY',
    source: 'grab',
    holdExpiresAtMs: 1_780_000_120_000,
  });

/** Appends so many facts of orders to a room's ledger, numbered on from `fromNo`. @returns the last one's number. */
export async function writeHeldFacts(
  redis: Redis,
  roomId: string,
  fromNo: number,
  count: number,
): Promise<number> {
  const { head, events, ledger } = createKeys(KEY_PREFIX).room(roomId);
  let last = 0;
  for (let i = 0; i < count; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, k) => [
      'order-held',
      heldFact(fromNo + i + k),
    ]);
    const argv = ['', JSON.stringify(some)];
    last = (await runScript(redis, scripts['write-facts'], { head, events, ledger }, argv)) as number;
  }
  return last;
}
