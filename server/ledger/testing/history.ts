import { type RandomSource, seededRandom } from '../../kernel/random.ts';
import type { Harness, TestNode, TestTime } from '../../testing/harness.ts';

/** Orders, sales and operations of a made-up day in a room. */
export type History = { roomId: string; saleIds: string[]; orderIds: string[] };

export type HistoryOptions = {
  seed: number;
  steps: number;
  users?: number;
  /** A room that goes on, instead of a new one. */
  roomId?: string;
};

/** The parts of a node that a history is made with. Its poller should rest: `node.core.due.close()`. */
type Stage = { harness: Harness; node: TestNode; time: TestTime };

/** Carries out what is due in a room by now, as the poller would. */
export async function serveDue({ node, time }: Omit<Stage, 'harness'>, roomId: string): Promise<void> {
  const { due } = node.core.keys.room(roomId);
  for (let round = 0; round < 20; round += 1) {
    const members = await node.core.redis.zrangebyscore(due, '-inf', time.nowMs);
    if (members.length === 0) return;
    const nos = members.flatMap((member) => /^order:expire:(\d+)$/.exec(member)?.[1] ?? []);
    if (nos.length > 0) await node.core.stores.order.expire(roomId, nos.map(Number));
    for (const member of members) {
      const saleId = /^flash-sale:\w+:(.+)$/.exec(member)?.[1];
      if (saleId) await node.core.stores.flashSale.tick(roomId, saleId);
    }
  }
}

/** A random history in a room of its own, through the real stores and scripts. */
export async function makeHistory(stage: Stage, options: HistoryOptions): Promise<History> {
  const roomId = options.roomId ?? (await stage.harness.room(stage.node));
  const history: History = { roomId, saleIds: [], orderIds: [] };
  const player = new Player(stage, history, options);
  await player.schedule(0);
  for (let step = 0; step < options.steps; step += 1) await player.step();
  return history;
}

class Player {
  readonly #stage: Stage;
  readonly #history: History;
  readonly #random: RandomSource;
  readonly #users: number;
  readonly #seed: number;
  #ops = 0;

  constructor(stage: Stage, history: History, { seed, users = 6 }: HistoryOptions) {
    this.#stage = stage;
    this.#history = history;
    this.#random = seededRandom(seed);
    this.#users = users;
    this.#seed = seed;
  }

  #between(min: number, max: number): number {
    return min + Math.floor(this.#random.next() * (max - min + 1));
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#between(0, items.length - 1)] as T;
  }

  #op(actor: string) {
    this.#ops += 1;
    return { actor, opId: `op-${this.#seed}-${this.#ops}`, fingerprint: '' };
  }

  #user = (): string => `u${this.#between(1, this.#users)}`;
  #saleId = (): string => this.#pick(this.#history.saleIds);
  /** The latest are the ones that something can still happen to. */
  #orderId = (): string | undefined =>
    this.#history.orderIds.length === 0 ? undefined : this.#pick(this.#history.orderIds.slice(-12));

  async schedule(opensInMs: number): Promise<void> {
    const saleId = `s${this.#seed}-${this.#history.saleIds.length + 1}`;
    const sale = {
      productId: 'p1',
      priceMinor: this.#between(0, 9900),
      compareAtMinor: null,
      compareAtBasis: null,
    };
    const terms = { stock: this.#between(1, 5), limitPerBuyer: this.#between(1, 3), guard: 'none' as const };
    const times = {
      opensInMs,
      durationMs: this.#between(60, 400) * 1000,
      holdMs: this.#between(30, 90) * 1000,
    };
    const { flashSale } = this.#stage.node.core.stores;
    const outcome = await flashSale.schedule(this.#history.roomId, this.#op('host'), saleId, {
      ...{ ...sale, ...terms, ...times },
    });
    if (outcome.ok) this.#history.saleIds.push(saleId);
  }

  async step(): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.3) await this.#grab();
    else if (dice < 0.4) await this.#cart();
    else if (dice < 0.5) await this.#wait();
    else if (dice < 0.75) await this.#change();
    else if (dice < 0.85) await this.#steer();
    else await this.#pass();
  }

  async #grab(): Promise<void> {
    const { flashSale } = this.#stage.node.core.stores;
    const saleId = this.#saleId();
    const requests = Array.from({ length: this.#between(1, 4) }, () => {
      const op = this.#op(this.#user());
      return {
        userId: op.actor,
        opId: op.opId,
        fingerprint: '',
        quantity: this.#between(1, 2),
        proofLevel: 0 as const,
      };
    });
    for (const outcome of await flashSale.grab(this.#history.roomId, saleId, requests)) {
      if (outcome.ok) this.#history.orderIds.push(outcome.data.orderId);
    }
  }

  async #cart(): Promise<void> {
    const saleIds = [...new Set([this.#saleId(), this.#saleId()])];
    const lines = saleIds.map((saleId, place) => ({
      ...{ saleId, place },
      quantity: this.#between(1, 2),
      proofLevel: 0 as const,
    }));
    const { order } = this.#stage.node.core.stores;
    const outcome = await order.hold(this.#history.roomId, this.#op(this.#user()), lines);
    if (outcome.ok) this.#history.orderIds.push(outcome.data.orderId);
  }

  async #wait(): Promise<void> {
    const { flashSale } = this.#stage.node.core.stores;
    const { roomId } = this.#history;
    const op = this.#op(this.#user());
    if (this.#between(1, 4) > 1) await flashSale.wait(roomId, op, this.#saleId());
    else await flashSale.stopWaiting(roomId, op, this.#saleId());
  }

  /** The buyer gives up, or the merchant does something to an order, whatever its state. */
  async #change(): Promise<void> {
    const { order } = this.#stage.node.core.stores;
    const { roomId } = this.#history;
    const orderId = this.#orderId();
    const record = orderId === undefined ? undefined : await order.read(roomId, orderId);
    if (!record || orderId === undefined) return;
    const { amountMinor, currency, userId } = record;
    const merchant = this.#op('@shop');
    const returnUnits = this.#between(0, 1) === 1;
    const dice = this.#between(1, 10);
    if (dice <= 5) {
      const payment = { amountMinor, currency, paymentRef: `pay-${orderId}` };
      await order.pay(roomId, merchant, orderId, payment);
      // The shop tells twice: the same key, then another one.
      if (dice === 1) await order.pay(roomId, merchant, orderId, payment);
      if (dice <= 2) await order.pay(roomId, this.#op('@shop'), orderId, payment);
    } else if (dice === 6) await order.release(roomId, this.#op(userId), orderId);
    else if (dice === 7)
      await order.cancel(roomId, merchant, orderId, { reason: 'called "off"', returnUnits });
    else if (dice <= 9) {
      const refundRef = this.#between(0, 1) === 1 ? `back-${orderId}` : undefined;
      await order.refund(roomId, merchant, orderId, { reason: 'too small', refundRef, returnUnits });
    } else await order.fulfil(roomId, merchant, orderId, { trackingRef: `track/${orderId}` });
  }

  async #steer(): Promise<void> {
    const { flashSale } = this.#stage.node.core.stores;
    const { roomId } = this.#history;
    const saleId = this.#saleId();
    const op = this.#op('host');
    const dice = this.#between(1, 12);
    if (dice <= 2) await this.schedule(this.#pick([0, 0, 20_000]));
    else if (dice <= 4) await flashSale.restock(roomId, op, saleId, this.#between(1, 3));
    else if (dice === 5) await flashSale.correct(roomId, op, saleId, { units: 1, reason: 'found one' });
    else if (dice === 6) await flashSale.correct(roomId, op, saleId, { units: -1, reason: 'broke one' });
    else if (dice === 7) await flashSale.steer(roomId, op, saleId, 'close');
    else if (dice === 8) await flashSale.steer(roomId, op, saleId, 'extend', { byMs: 60_000 });
    else
      await flashSale.steer(roomId, op, saleId, this.#pick(['pause', 'resume', 'resume', 'open'] as const));
  }

  async #pass(): Promise<void> {
    const { time } = this.#stage;
    // Small steps, so that holds end in time.
    const steps = this.#pick([1, 5, 20, 80]);
    for (let i = 0; i < steps; i += 1) {
      time.advance(1000);
      await serveDue(this.#stage, this.#history.roomId);
    }
  }
}
