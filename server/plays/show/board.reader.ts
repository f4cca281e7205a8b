import { SHOW_LIMITS, type ShowBucket, type ShowOrder } from '../../../shared/plays/show/contract.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { AskedFor } from './asked-for.ts';
import type { ShowCounts, ShowCountsDeps } from './counts.store.ts';
import { addTo, bucketOf, MINUTE_MS, minuteOf } from './curve.ts';
import { firstFactSince, LedgerTail } from './ledger-tail.reader.ts';
import type { ShowOrders } from './show-orders.reader.ts';
import { MinutesTally } from './tally.ts';

const MINUTES = SHOW_LIMITS.minutesShown.value;
const ORDERS = SHOW_LIMITS.ordersShown.value;

/** The last minutes of a room, and the orders that were on its board the last time. */
type Followed = { tail: LedgerTail<MinutesTally>; known: Map<number, OrderRecord> };

/** What happens in rooms right now, whether or not a show runs. */
export class Boards {
  readonly #deps: ShowCountsDeps & { counts: ShowCounts; orders: ShowOrders };
  readonly #followed: AskedFor<Promise<Followed>>;

  constructor(deps: ShowCountsDeps & { counts: ShowCounts; orders: ShowOrders }) {
    this.#deps = deps;
    this.#followed = new AskedFor(deps.clock);
  }

  sweep(): void {
    this.#followed.sweep();
  }

  /** `orderNo`: of the room's latest order. */
  async read(
    roomId: string,
    nowMs: number,
    orderNo: number,
  ): Promise<{ minutes: ShowBucket[]; orders: ShowOrder[] }> {
    const last = minuteOf(nowMs);
    const first = last - MINUTES + 1;
    const open = (): Promise<Followed> => this.#open(roomId, first);
    return this.#followed.using(roomId, open, async (opening) => {
      const followed = await opening.catch((error: unknown) => {
        this.#followed.drop(roomId);
        throw error;
      });
      const [counted] = await Promise.all([
        this.#deps.counts.minutes(roomId, first, last),
        followed.tail.catchUp(),
      ]);
      const { sink } = followed.tail;
      sink.forgetBefore(first);
      const minutes = Array.from({ length: MINUTES }, (_, i) => {
        const row = { ...sink.row(first + i) };
        addTo(row, counted.get(first + i) ?? {});
        return bucketOf((first + i) * MINUTE_MS, row);
      });
      const newest = Array.from({ length: Math.min(ORDERS, orderNo) }, (_, i) => orderNo - i);
      const nos = new Set([...newest, ...sink.changedSince(first)]);
      return { minutes, orders: await this.#orders(roomId, followed, nos) };
    });
  }

  async #open(roomId: string, firstMinute: number): Promise<Followed> {
    const { redis, keys } = this.#deps;
    const room = keys.room(roomId);
    const fromN = await firstFactSince(redis, room, firstMinute * MINUTE_MS);
    return { tail: new LedgerTail(redis, room, fromN, () => new MinutesTally()), known: new Map() };
  }

  /** Last changed first. Of those that were read before, only the ones that changed are read again. */
  async #orders(roomId: string, { tail, known }: Followed, nos: ReadonlySet<number>): Promise<ShowOrder[]> {
    const { dirty } = tail.sink;
    const wanted = [...nos].filter((no) => !known.has(no) || dirty.has(no));
    dirty.clear();
    try {
      for (const record of await this.#deps.orders.read(roomId, wanted)) known.set(record.no, record);
    } catch (error) {
      for (const no of wanted) known.delete(no);
      throw error;
    }
    for (const no of known.keys()) if (!nos.has(no)) known.delete(no);
    const records = [...nos].flatMap((no) => known.get(no) ?? []);
    records.sort((a, b) => b.updatedAtMs - a.updatedAtMs || b.no - a.no);
    return this.#deps.orders.named(roomId, records.slice(0, ORDERS));
  }
}
