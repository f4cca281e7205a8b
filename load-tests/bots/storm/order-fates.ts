import type { Random } from '../../kit/random.ts';
import { sleep } from '../../kit/wait.ts';
import type { StormBook } from './buyer.ts';
import type { BuyerLine } from './buyer-line.ts';
import { decide, type OrderAnswer } from './history.ts';

export type FatesOptions = {
  book: StormBook;
  random: Random;
  line: BuyerLine;
  userId: string;
  nextOpId: () => string;
};

/** What may become of a hold, and how often, in shares of 100. */
const FATES = [
  ['pay', 30],
  ['pay-again', 10],
  ['pay-twice-at-once', 8],
  ['release', 12],
  ['release-then-pay', 10],
  ['pay-and-release-at-once', 8],
  ['let-it-run-out', 8],
  ['pay-late', 10],
  ['pay-too-little', 4],
] as const;
type Fate = (typeof FATES)[number][0];

/** After its deadline a hold ends within 2 s; whoever pays late does so before, between and after. */
const LATE_MS = [-200, 3000] as const;
const MARGIN_MS = 2000;

/** Sees each order of one buyer to some end. Several go on at once. */
export class OrderFates {
  readonly #options: FatesOptions;
  readonly #running: Promise<void>[] = [];
  readonly #known = new Set<string>();

  constructor(options: FatesOptions) {
    this.#options = options;
  }

  /** A unit that came back was offered to this buyer, who stood in line. */
  offered(order: OrderAnswer): void {
    if (order.source === 'waitlist' && order.state === 'HELD') this.decide(order);
  }

  decide(order: OrderAnswer): void {
    if (this.#known.has(order.orderId)) return;
    this.#known.add(order.orderId);
    this.#running.push(
      this.#meet(order).catch((error: unknown) => this.#options.book.surprise(`bot: ${String(error)}`)),
    );
  }

  async over(): Promise<void> {
    // Fates that end may leave new ones.
    for (let next = this.#running.shift(); next; next = this.#running.shift()) await next;
  }

  #pick(order: OrderAnswer): Fate {
    const { random, book } = this.#options;
    let dice = random.next() * 100;
    let fate: Fate = 'pay';
    for (const [name, share] of FATES) {
      fate = name;
      dice -= share;
      if (dice < 0) break;
    }
    const inTime = order.holdExpiresAtMs + LATE_MS[1] + MARGIN_MS < book.endByMs;
    if (fate === 'pay-late' && !inTime) return 'release-then-pay';
    if (fate === 'let-it-run-out' && !inTime) return 'release';
    return fate;
  }

  async #meet(order: OrderAnswer): Promise<void> {
    const { random, book } = this.#options;
    const fate = this.#pick(order);
    await sleep(Math.max(0, Math.min(random.between(50, 2500), book.endByMs - Date.now() - MARGIN_MS)));
    switch (fate) {
      case 'pay':
        return this.#settled(order, await this.#pay(order));
      case 'pay-again':
        return this.#payAgain(order);
      case 'pay-twice-at-once':
        return this.#payTwiceAtOnce(order);
      case 'release':
        await this.#release(order);
        return;
      case 'release-then-pay':
        await this.#release(order);
        return this.#settled(order, await this.#pay(order));
      case 'pay-and-release-at-once': {
        const [state] = await Promise.all([this.#pay(order), this.#release(order)]);
        return this.#settled(order, state);
      }
      case 'let-it-run-out':
        return;
      case 'pay-late':
        await sleep(Math.max(0, order.holdExpiresAtMs + random.between(...LATE_MS) - Date.now()));
        return this.#settled(order, await this.#pay(order));
      case 'pay-too-little':
        await this.#payTooLittle(order);
        return;
    }
  }

  /** @returns the state of the order as answered; null when it is not known. */
  async #pay(order: OrderAnswer, paymentRef = `pay-${order.orderId}`): Promise<string | null> {
    const { state } = await this.#payWith(order, paymentRef, this.#options.nextOpId());
    return state;
  }

  async #payWith(order: OrderAnswer, paymentRef: string, opId: string) {
    const { undecided, ...operation } = await this.#options.book.shop.pay(order, { paymentRef }, opId);
    this.#options.book.record(operation, undecided);
    return operation;
  }

  /** The same payment told again: with its key, with a new key; then another payment. */
  async #payAgain(order: OrderAnswer): Promise<void> {
    const { book, nextOpId } = this.#options;
    const ref = `pay-${order.orderId}`;
    const opId = nextOpId();
    const first = await this.#payWith(order, ref, opId);
    const replay = await this.#payWith(order, ref, opId);
    const told = await this.#payWith(order, ref, nextOpId());
    const other = await this.#payWith(order, `${ref}-other`, nextOpId());
    if ([first, replay, told, other].some(({ outcome }) => outcome === 'unknown')) return;
    book.compared();
    const expected = `${first.code} ${first.state}`;
    for (const each of [replay, told]) {
      if (`${each.code} ${each.state}` !== expected)
        book.surprise(`${order.orderId} paid again: ${each.code} ${each.state}, first ${expected}`);
    }
    if (first.outcome === 'ok' && other.code !== 'PAID_ALREADY') {
      book.surprise(`${order.orderId}: a second payment was answered ${other.code}`);
    }
    return this.#settled(order, first.state);
  }

  async #payTwiceAtOnce(order: OrderAnswer): Promise<void> {
    const { book, nextOpId } = this.#options;
    const opId = nextOpId();
    const ref = `pay-${order.orderId}`;
    const both = await Promise.all([this.#payWith(order, ref, opId), this.#payWith(order, ref, opId)]);
    const states = new Set(both.filter(({ outcome }) => outcome === 'ok').map(({ state }) => state));
    book.compared();
    if (states.size > 1) book.surprise(`${opId} has two results: ${[...states].join(' and ')}`);
    return this.#settled(order, both.find(({ state }) => state !== null)?.state ?? null);
  }

  async #payTooLittle(order: OrderAnswer): Promise<void> {
    const { book, nextOpId } = this.#options;
    const payment = { paymentRef: `short-${order.orderId}`, amountMinor: order.amountMinor - 1 };
    const { undecided, ...operation } = await book.shop.pay(order, payment, nextOpId());
    book.record(operation, undecided);
    if (operation.outcome === 'ok') book.surprise(`${order.orderId} was paid with too little`);
    await this.#release(order);
  }

  async #release(order: OrderAnswer): Promise<void> {
    const { line, nextOpId, userId, book } = this.#options;
    const opId = nextOpId();
    const { data, undecided, ...rest } = await decide(() =>
      line.call<{ order: OrderAnswer }>('order:release', { opId, orderId: order.orderId }),
    );
    const state = data?.order.state ?? null;
    book.record({ kind: 'release', actor: userId, opId, orderId: order.orderId, state, ...rest }, undecided);
  }

  /** What the merchant does with a paid order. */
  async #settled({ orderId }: OrderAnswer, state: string | null): Promise<void> {
    const { book, random, nextOpId } = this.#options;
    const note = async (making: ReturnType<typeof book.shop.cancel>): Promise<void> => {
      const { undecided, ...operation } = await making;
      book.record(operation, undecided);
    };
    const dice = random.next();
    const returned = random.next() < 0.6;
    if (state === 'REFUND_REQUIRED' && dice < 0.8)
      await note(book.shop.refund(orderId, returned, nextOpId()));
    if (state !== 'PAID') return;
    if (dice < 0.15) await note(book.shop.refund(orderId, returned, nextOpId()));
    else if (dice < 0.25) {
      await note(book.shop.cancel(orderId, returned, nextOpId()));
      await note(book.shop.refund(orderId, true, nextOpId()));
    } else if (dice < 0.35) await note(book.shop.fulfil(orderId, nextOpId()));
  }
}
