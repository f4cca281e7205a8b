import type { Redis } from 'ioredis';
import { silentObserver } from '../../../server/kernel/observer.ts';
import { seededRandom } from '../../../server/kernel/random.ts';
import { FlashSaleStore, type ScheduleInput } from '../../../server/plays/flash-sale/flash-sale.store.ts';
import { OrderStore } from '../../../server/plays/order/order.store.ts';
import { DueQueue } from '../../../server/redis/due-queue.ts';
import { createKeys } from '../../../server/redis/keys.ts';
import { fingerprint } from '../../../server/redis/reply.ts';
import { type Op, Trade } from '../../../server/trade/trade.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { KEY_PREFIX } from '../../target/stored-sale.ts';

/** The announcement that goes before a transition is a call of its own; it is measured by itself. */
class UnannouncedQueue extends DueQueue {
  override async announce(): Promise<void> {}
}

/** One step of an order, done to the n-th order of a room that was made ready for it. */
export type Transition = {
  readonly name: string;
  /** Brings `n` orders of as many buyers to where the step starts. */
  prepare(bench: Bench, roomId: string, n: number): Promise<void>;
  act(bench: Bench, roomId: string, i: number): Promise<unknown>;
};

const HOUR_MS = 3_600_000;
const SALE: ScheduleInput = {
  productId: 'p_8Jk2mQ',
  priceMinor: 5900,
  compareAtMinor: null,
  compareAtBasis: null,
  stock: 1_000_000,
  opensInMs: 0,
  durationMs: 20 * HOUR_MS,
  limitPerBuyer: 2,
  holdMs: 120_000,
  guard: 'token',
};

/** The stores of a node, without a node around them: scripts and arguments are those of production. */
export class Bench {
  readonly flashSale: FlashSaleStore;
  readonly orders: OrderStore;
  readonly due: DueQueue;
  readonly #redis: Redis;
  readonly #keys = createKeys(KEY_PREFIX);
  readonly #held = new Map<string, OrderRecord[]>();
  #scriptNow = '';

  constructor(redis: Redis) {
    this.#redis = redis;
    const log = { debug() {}, info() {}, warn() {}, error() {} } as never;
    const common = { redis, keys: this.#keys, scriptNow: () => this.#scriptNow };
    this.due = new DueQueue({ ...common, log, onHandled: () => {} });
    const trade = new Trade({
      ...{ ...common, random: seededRandom(1), observer: silentObserver, notify: () => {} },
      due: new UnannouncedQueue({ ...common, log, onHandled: () => {} }),
    });
    this.flashSale = new FlashSaleStore({ ...common, trade });
    this.orders = new OrderStore({ ...common, trade });
  }

  head(roomId: string): string {
    return this.#keys.room(roomId).head;
  }

  /** As a command of this user comes from a socket. */
  op(actor: string, what: string, i: number): Op {
    const opId = `${what}-${String(i).padStart(6, '0')}-Zk3mP0aXw`;
    return { actor, opId, fingerprint: fingerprint(what, { i }) };
  }

  buyer(i: number): string {
    return `buyer_${String(i).padStart(6, '0')}`;
  }

  order(roomId: string, i: number): OrderRecord {
    const order = this.#held.get(roomId)?.[i];
    if (!order) throw new Error('There is no such order.');
    return order;
  }

  /** Two open sales, as `schedule` makes them. */
  async openSales(roomId: string): Promise<void> {
    const room = this.#keys.room(roomId);
    const product = { productId: SALE.productId, title: 'Linen shirt, washed', imageUrl: null };
    await this.#redis.hset(room.products, SALE.productId, JSON.stringify(product));
    await this.#redis.hset(room.meta, 'info', JSON.stringify({ currency: 'CNY' }));
    for (const saleId of ['sale_a', 'sale_b']) {
      const op = this.op('host', `schedule-${saleId}`, 0);
      expectOk(await this.flashSale.schedule(roomId, op, saleId, SALE));
    }
  }

  /** Lets `work` run as if it were that long ago. */
  async inThePast(agoMs: number, work: () => Promise<void>): Promise<void> {
    this.#scriptNow = String(Date.now() - agoMs);
    await work();
    this.#scriptNow = '';
  }

  async hold(roomId: string, n: number): Promise<void> {
    const held = await Promise.all(Array.from({ length: n }, (_, i) => this.grab(roomId, i)));
    this.#held.set(roomId, held);
  }

  async grab(roomId: string, i: number): Promise<OrderRecord> {
    const { actor: userId, opId, fingerprint: of } = this.op(this.buyer(i), 'grab', i);
    const request = { userId, opId, fingerprint: of, quantity: 1, proofLevel: 1 } as const;
    const [outcome] = await this.flashSale.grab(roomId, 'sale_a', [request]);
    return expectOk(outcome);
  }

  async pay(roomId: string, i: number): Promise<OrderRecord> {
    const { orderId, amountMinor, currency } = this.order(roomId, i);
    const payment = { amountMinor, currency, paymentRef: `pi_3Nq8f2${i}` };
    return expectOk(await this.orders.pay(roomId, this.op('@shop', 'pay', i), orderId, payment));
  }

  async payAll(roomId: string, n: number): Promise<void> {
    await this.hold(roomId, n);
    await Promise.all(Array.from({ length: n }, (_, i) => this.pay(roomId, i)));
  }
}

function expectOk<T>(outcome: { ok: true; data: T } | { ok: false; code: string } | undefined): T {
  if (!outcome?.ok) throw new Error(`A transition was refused: ${outcome?.code ?? 'no answer'}`);
  return outcome.data;
}

const REASON = 'The buyer changed their mind.';

export const transitions: readonly Transition[] = [
  {
    name: 'grab',
    prepare: async () => {},
    act: (bench, roomId, i) => bench.grab(roomId, i),
  },
  {
    name: 'hold',
    prepare: async () => {},
    async act(bench, roomId, i) {
      const op = bench.op(bench.buyer(i), 'hold', i);
      const lines = ['sale_a', 'sale_b'].map((saleId, place) => {
        return { saleId, quantity: 1, proofLevel: 1, place } as const;
      });
      return expectOk(await bench.orders.hold(roomId, op, lines));
    },
  },
  {
    name: 'pay',
    prepare: (bench, roomId, n) => bench.hold(roomId, n),
    act: (bench, roomId, i) => bench.pay(roomId, i),
  },
  {
    name: 'release',
    prepare: (bench, roomId, n) => bench.hold(roomId, n),
    async act(bench, roomId, i) {
      const op = bench.op(bench.buyer(i), 'release', i);
      return expectOk(await bench.orders.release(roomId, op, bench.order(roomId, i).orderId));
    },
  },
  {
    name: 'expire',
    prepare: (bench, roomId, n) => bench.inThePast(HOUR_MS, () => bench.hold(roomId, n)),
    act: (bench, roomId, i) => bench.orders.expire(roomId, [bench.order(roomId, i).no]),
  },
  {
    name: 'refund',
    prepare: (bench, roomId, n) => bench.payAll(roomId, n),
    async act(bench, roomId, i) {
      const { orderId } = bench.order(roomId, i);
      const how = { reason: REASON, refundRef: `re_8Hd02k${i}`, returnUnits: true };
      return expectOk(await bench.orders.refund(roomId, bench.op('@shop', 'refund', i), orderId, how));
    },
  },
  {
    name: 'cancel',
    prepare: (bench, roomId, n) => bench.payAll(roomId, n),
    async act(bench, roomId, i) {
      const { orderId } = bench.order(roomId, i);
      const how = { reason: REASON, returnUnits: false };
      return expectOk(await bench.orders.cancel(roomId, bench.op('@shop', 'cancel', i), orderId, how));
    },
  },
  {
    name: 'fulfil',
    prepare: (bench, roomId, n) => bench.payAll(roomId, n),
    async act(bench, roomId, i) {
      const { orderId } = bench.order(roomId, i);
      const how = { trackingRef: 'SF1400021345678' };
      return expectOk(await bench.orders.fulfil(roomId, bench.op('@shop', 'fulfil', i), orderId, how));
    },
  },
];
