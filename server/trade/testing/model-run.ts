import { expect } from 'vitest';
import { FLASH_SALE_LIMITS } from '../../../shared/plays/flash-sale/contract.ts';
import { ORDER_LIMITS } from '../../../shared/plays/order/contract.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { sumLines } from '../../plays/order/order.rules.ts';
import { type Harness, opId, type TestNode, type TestTime } from '../../testing/harness.ts';
import { phaseAt } from '../sale.rules.ts';
import { SALES, type Step, USERS } from './history.ts';
import { type ModelOrder, ModelRoom } from './model-room.ts';

/** Text that JSON, Lua and people could stumble over. */
const ODD = 'a "b" \\ / c\u0001\u007f\u2028 🫖 ünï {"d":1}';
const HOLD_MS = 30_000;
const DURATION_MS = 300_000;
const MERCHANT = '@shop';

type Done = { run: (fingerprint: string) => Promise<Outcome<unknown>>; first: unknown; fingerprint: string };
type Grabbed = { userId: string; opId: string; saleId: string; quantity: number; first: unknown };

/** Does a history to the model and to Redis, and compares them after every step. */
export class ModelRun {
  readonly model: ModelRoom;
  readonly roomId: string;
  readonly #node: TestNode;
  readonly #time: TestTime;
  readonly #ids = new Map<number, string>();
  readonly #grabbed: Grabbed[] = [];
  readonly #done: Done[] = [];

  private constructor(node: TestNode, time: TestTime, roomId: string) {
    this.#node = node;
    this.#time = time;
    this.roomId = roomId;
    this.model = new ModelRoom({
      nowMs: time.nowMs,
      cartHoldMs: ORDER_LIMITS.cartHoldMs.value,
      waitlistMax: FLASH_SALE_LIMITS.waitlistMax.value,
    });
  }

  static async start(harness: Harness, node: TestNode, time: TestTime, stock: number): Promise<ModelRun> {
    const roomId = await harness.room(node, [{ title: ODD }]);
    const run = new ModelRun(node, time, roomId);
    for (const [i, saleId] of SALES.entries()) {
      const terms = { productId: 'p1', priceMinor: 990 + i, limitPerBuyer: 3, stock, guard: 'none' as const };
      const rest = { compareAtMinor: null, compareAtBasis: null, durationMs: DURATION_MS, holdMs: HOLD_MS };
      const opensInMs = i * 5000;
      const op = { actor: 'host', opId: opId(), fingerprint: '' };
      await node.core.stores.flashSale.schedule(roomId, op, saleId, { ...terms, ...rest, opensInMs });
      run.model.sales.set(saleId, {
        ...{ saleId, productId: 'p1', title: ODD, priceMinor: terms.priceMinor, currency: 'CNY' },
        ...{ durationMs: DURATION_MS, holdMs: HOLD_MS, limitPerBuyer: 3, phase: 'scheduled' },
        ...{ opensAtMs: time.nowMs + opensInMs, endsAtMs: time.nowMs + opensInMs + DURATION_MS },
        ...{ total: stock, available: stock, held: 0, sold: 0, epoch: 0 },
        ...{ line: [], taken: new Map(), soldOuts: 0 },
      });
    }
    run.model.advance(0);
    return run;
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'grab':
        return this.#grab(SALES[step.sale] as string, step.batch);
      case 'cart':
        return this.#cart(USERS[step.user] as string, step.lines);
      case 'advance':
        this.#time.advance(step.ms);
        return this.model.advance(step.ms);
      case 'poll':
        return this.poll();
      case 'repeat':
        return this.#repeat(step.op, step.otherInput);
      case 'restock':
      case 'correct':
      case 'steer':
        return this.#host(step);
      case 'wait':
      case 'stop-waiting':
        return this.#line(step.do, SALES[step.sale] as string, USERS[step.user] as string);
      default:
        return this.#order(step);
    }
  }

  /** What a poller would do now: ends holds, opens and ends sales. */
  async poll(): Promise<void> {
    const { order, flashSale } = this.#node.core.stores;
    const nos = this.model.orders.map(({ no }) => no);
    this.model.expire();
    if (nos.length > 0) await order.expire(this.roomId, nos);
    for (const saleId of SALES) await flashSale.tick(this.roomId, saleId);
    await this.#learnIds();
  }

  async #grab(saleId: string, batch: (Step & { do: 'grab' })['batch']): Promise<void> {
    const requests = batch.map(({ user, quantity, retryOf }) => {
      const retried =
        retryOf === null ? undefined : this.#grabbed[retryOf % Math.max(1, this.#grabbed.length)];
      const again = retried?.saleId === saleId ? retried : undefined;
      return again ?? { userId: USERS[user] as string, opId: opId(), saleId, quantity, first: undefined };
    });
    const outcomes = await this.#node.core.stores.flashSale.grab(
      this.roomId,
      saleId,
      requests.map(({ userId, opId: id, quantity }) => {
        return { userId, opId: id, quantity, proofLevel: 0, fingerprint: `${saleId}-${quantity}` };
      }),
    );
    for (const [i, request] of requests.entries()) {
      const outcome = outcomes[i] as (typeof outcomes)[number];
      if (request.first !== undefined) {
        expect(outcome).toEqual(request.first);
        continue;
      }
      this.#expectTaken(outcome, this.model.grab(saleId, request.userId, request.quantity));
      if (outcome.ok) this.#grabbed.push({ ...request, first: outcome });
    }
  }

  async #cart(userId: string, wanted: { sale: number; quantity: number }[]): Promise<void> {
    const lines = sumLines(wanted.map(({ sale, quantity }) => ({ saleId: SALES[sale] as string, quantity })));
    const op = { actor: userId, opId: opId() };
    const run = (fingerprint: string) =>
      this.#node.core.stores.order.hold(
        this.roomId,
        { ...op, fingerprint },
        lines.map(({ saleId, quantity, place }) => ({ saleId, quantity, place, proofLevel: 0 })),
      );
    const outcome = await run('cart');
    this.#expectTaken(outcome, this.model.cart(userId, lines));
    if (outcome.ok) this.#done.push({ run, first: outcome, fingerprint: 'cart' });
    await this.#learnIds();
  }

  async #order(step: Step & { order: number }): Promise<void> {
    const { orders } = this.model;
    if (orders.length === 0) return;
    // 0 is the newest.
    const order = orders[orders.length - 1 - (step.order % orders.length)] as ModelOrder;
    const { no, userId } = order;
    const { order: store } = this.#node.core.stores;
    const id = this.#ids.get(no) as string;
    const id_ = opId();
    const merchant = (fingerprint: string) => ({ actor: MERCHANT, opId: id_, fingerprint });
    const act = async (said: string, run: Done['run']): Promise<void> => {
      const outcome = await run(step.do);
      expect(outcome.ok ? 'OK' : outcome.code).toBe(said);
      if (!outcome.ok) return;
      expect(withoutId(outcome.data as OrderRecord)).toEqual(this.model.order(no));
      this.#done.push({ run, first: outcome, fingerprint: step.do });
    };
    if (step.do === 'pay') {
      const payment = {
        amountMinor: order.amountMinor + (step.flaw === 'amount' ? 1 : 0),
        currency: step.flaw === 'currency' ? 'EUR' : 'CNY',
        paymentRef: `${ODD} ${no}${step.flaw === 'reference' ? ' other' : ''}`,
      };
      await act(this.model.pay(no, payment), (print) => store.pay(this.roomId, merchant(print), id, payment));
    } else if (step.do === 'release') {
      const actor = step.byOther ? 'someone-else' : userId;
      const said = this.model.release(no, actor);
      await act(said, (fingerprint) => store.release(this.roomId, { actor, opId: id_, fingerprint }, id));
    } else if (step.do === 'cancel' || step.do === 'refund') {
      const how = { reason: ODD, returnUnits: step.unitsBack };
      const said = this.model[step.do](no, ODD, step.unitsBack);
      await act(said, (print) => store[step.do as 'cancel'](this.roomId, merchant(print), id, how));
    } else if (step.do === 'fulfil') {
      await act(this.model.fulfil(no), (print) => store.fulfil(this.roomId, merchant(print), id, {}));
    }
    await this.#learnIds();
  }

  async #host(step: Step & { do: 'restock' | 'correct' | 'steer' }): Promise<void> {
    const { flashSale } = this.#node.core.stores;
    const saleId = SALES[step.sale] as string;
    const op = { actor: 'host', opId: opId(), fingerprint: '' };
    let outcome: Outcome<unknown>;
    let said: string;
    if (step.do === 'steer') {
      outcome = await flashSale.steer(this.roomId, op, saleId, step.verb);
      said = this.model.steer(saleId, step.verb);
    } else if (step.do === 'restock') {
      outcome = await flashSale.restock(this.roomId, op, saleId, step.units);
      said = this.model.restock(saleId, step.units);
    } else {
      outcome = await flashSale.correct(this.roomId, op, saleId, { units: step.units, reason: ODD });
      said = this.model.correct(saleId, step.units);
    }
    expect([step, outcome.ok ? 'OK' : outcome.code]).toEqual([step, said]);
    await this.#learnIds();
  }

  async #line(what: 'wait' | 'stop-waiting', saleId: string, userId: string): Promise<void> {
    const { flashSale } = this.#node.core.stores;
    const op = { actor: userId, opId: opId(), fingerprint: what };
    if (what === 'stop-waiting') {
      const outcome = await flashSale.stopWaiting(this.roomId, op, saleId);
      expect(outcome.ok ? 'OK' : outcome.code).toBe(this.model.stopWaiting(saleId, userId));
      return;
    }
    const outcome = await flashSale.wait(this.roomId, op, saleId);
    expect(outcome.ok ? 'OK' : outcome.code).toBe(this.model.wait(saleId, userId));
    const { line } = this.model.sale(saleId);
    if (!outcome.ok) return;
    expect(outcome.data).toMatchObject({ position: line.indexOf(userId) + 1, waiting: line.length });
  }

  async #repeat(which: number, otherInput: boolean): Promise<void> {
    const done = this.#done[which % Math.max(1, this.#done.length)];
    if (!done) return;
    const outcome = await done.run(otherInput ? 'other-input' : done.fingerprint);
    if (otherInput) expect(outcome).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    else expect(outcome).toEqual(done.first);
  }

  #expectTaken(outcome: Outcome<OrderRecord>, said: string): void {
    expect(outcome.ok ? 'OK' : outcome.code).toBe(said);
    if (!outcome.ok) return;
    this.#ids.set(outcome.data.no, outcome.data.orderId);
    expect(withoutId(outcome.data)).toEqual(this.model.order(outcome.data.no));
  }

  /** Orders that nobody asked for (offers) have ids that only Redis knows. */
  async #learnIds(): Promise<void> {
    if (this.#ids.size === this.model.orders.length) return;
    for await (const page of this.#node.core.stores.order.all(this.roomId)) {
      for (const { no, orderId } of page) this.#ids.set(no, orderId);
    }
  }

  /** The live figures are the model's. */
  async compare(): Promise<void> {
    for (const sale of await this.#node.core.stores.flashSale.list(this.roomId)) {
      const { line, ...expected } = this.model.sale(sale.saleId);
      const { total, available, held, sold, epoch } = sale;
      expect({ total, available, held, sold, epoch }).toEqual({
        ...{ total: expected.total, available: expected.available, held: expected.held },
        ...{ sold: expected.sold, epoch: expected.epoch },
      });
      expect(phaseAt(sale, this.#time.nowMs)).toBe(expected.phase);
      // A poller that has not come yet leaves the line of an ended sale for a moment.
      if (sale.phase === expected.phase) expect(sale.waiting).toBe(line.length);
    }
  }

  /** Every order is the model's, field by field. */
  async compareOrders(): Promise<void> {
    const records: OrderRecord[] = [];
    for await (const page of this.#node.core.stores.order.all(this.roomId)) records.push(...page);
    expect(records.map(withoutId)).toEqual(this.model.orders);
  }
}

function withoutId({ orderId: _, ...rest }: OrderRecord): ModelOrder {
  return rest;
}
