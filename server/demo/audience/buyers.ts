import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import type { RandomSource } from '../../kernel/random.ts';
import { fateOf, mayAsk, reactionMs } from './buying.rules.ts';
import type { Happening } from './picture.ts';
import type { Viewer } from './viewer.ts';
import type { Wheel } from './wheel.ts';

export type BuyersDeps = {
  random: RandomSource;
  nowMs: () => number;
  wheel: Wheel;
  picture: { sales: ReadonlyMap<string, FlashSale> };
  here: () => readonly Viewer[];
  pay: (ref: string) => void;
  said: (occasion: 'got-one' | 'sold-out', viewer: Viewer) => void;
};

/** What the audience has of one sale. */
type Book = {
  openedAtMs: number;
  gotOneAtMs: number;
  underWay: number;
  tried: Set<Viewer>;
  orders: Set<string>;
  inLine: Set<Viewer>;
};

/** More than this much of an audience never tries. */
const TRY_SHARE = 0.6;
const LATER_MS = 9000;
const LINE_MAX = 2;
const LINE_MS = 20_000;

/** Grabs, pays, lets go, stands in line; within the bounds of `buying.rules.ts`. */
export class Buyers {
  readonly #deps: BuyersDeps;
  readonly #books = new Map<string, Book>();
  readonly #busy = new Set<Viewer>();

  constructor(deps: BuyersDeps) {
    this.#deps = deps;
  }

  /** Has a hold to pay, or stands in line. */
  isBusy(viewer: Viewer): boolean {
    return this.#busy.has(viewer);
  }

  happened(happening: Happening): void {
    if (happening.what === 'sale-open') this.#opened(happening.sale);
    if (happening.what === 'stock' && happening.sale.available === 0 && happening.wasAvailable > 0)
      this.#soldOut(happening.sale);
  }

  #opened({ saleId, endsAtMs, opensAtMs }: FlashSale): void {
    const { here, nowMs, random, wheel } = this.#deps;
    const book: Book = {
      ...{ openedAtMs: nowMs(), gotOneAtMs: Number.NEGATIVE_INFINITY, underWay: 0 },
      ...{ tried: new Set(), orders: new Set(), inLine: new Set() },
    };
    this.#books.set(saleId, book);
    const keen = here().filter(({ persona }) => persona.buys && random.next() < TRY_SHARE);
    for (const viewer of keen) wheel.after(reactionMs(random), () => void this.#grab(viewer, saleId, book));
    this.#later(saleId, book);
    wheel.after(Math.max(0, endsAtMs - opensAtMs) + LINE_MS, () => {
      if (this.#books.get(saleId) === book) this.#books.delete(saleId);
    });
  }

  /** After the rush somebody decides now and then. */
  #later(saleId: string, book: Book): void {
    const { here, random, wheel, picture } = this.#deps;
    wheel.after(LATER_MS * (0.5 + random.next()), () => {
      if (this.#books.get(saleId) !== book || picture.sales.get(saleId)?.phase === 'ended') return;
      const free = here().filter((viewer) => viewer.persona.buys && !book.tried.has(viewer));
      const one = free[Math.floor(random.next() * free.length)];
      if (one) void this.#grab(one, saleId, book);
      this.#later(saleId, book);
    });
  }

  async #grab(viewer: Viewer, saleId: string, book: Book): Promise<void> {
    const { nowMs, picture, said, random } = this.#deps;
    const sale = picture.sales.get(saleId);
    const asked = (others: number) => ({
      ...{ taken: book.orders.size, underWay: others, openForMs: nowMs() - book.openedAtMs },
      gotOneForMs: nowMs() - book.gotOneAtMs,
    });
    if (!sale || !viewer.isHere || book.tried.has(viewer) || !mayAsk(sale, asked(book.underWay))) return;
    book.tried.add(viewer);
    book.underWay += 1;
    try {
      const opId = `sim-grab-${random.id('g').slice(2, 40)}`;
      const passed = await viewer.call('flash-sale:token', { opId, saleIds: [saleId] });
      if (!passed.ok) return;
      const [pass] = (passed.data as { tokens: { token: string | null; workBits: number }[] }).tokens;
      const token = pass?.token ?? undefined;
      // Visitors may have bought in the meantime.
      const now = picture.sales.get(saleId);
      if (pass?.workBits || !now || !mayAsk(now, asked(book.underWay - 1))) return;
      const grabbed = await viewer.call('flash-sale:grab', {
        opId,
        saleId,
        quantity: 1,
        ...(token && { token }),
      });
      if (!grabbed.ok) return;
      const { order } = grabbed.data as { order: Order };
      book.orders.add(order.orderId);
      book.gotOneAtMs = nowMs();
      // What the stock event will say anyway: the next one to decide must know it now.
      if (now.available > 0) now.available -= 1;
      said('got-one', viewer);
      this.#goOn(viewer, order, book, sale.holdMs);
    } finally {
      book.underWay -= 1;
    }
  }

  #goOn(viewer: Viewer, { orderId }: Order, book: Book, holdMs: number): void {
    const { random, wheel } = this.#deps;
    const fate = fateOf(holdMs, random);
    this.#busy.add(viewer);
    wheel.after(fate.afterMs, () => {
      if (fate.what === 'pay') void this.#pay(viewer, orderId);
      else if (fate.what === 'release') void viewer.act('order:release', { orderId }, false);
      this.#busy.delete(viewer);
    });
    // What is not paid goes back on sale, and may be taken again.
    if (fate.what !== 'pay')
      wheel.after(fate.what === 'release' ? fate.afterMs : holdMs, () => void book.orders.delete(orderId));
  }

  async #pay(viewer: Viewer, orderId: string): Promise<void> {
    const checkout = await viewer.call('order:checkout', { orderId });
    if (!checkout.ok) return;
    const ref = new URL((checkout.data as { url: string }).url, 'http://shop.invalid').searchParams.get(
      'ref',
    );
    if (ref !== null) this.#deps.pay(ref);
  }

  /** A few stand in line for a while, behind whoever is there, and leave it again. */
  #soldOut({ saleId }: FlashSale): void {
    const { here, random, wheel, said } = this.#deps;
    const book = this.#books.get(saleId);
    if (!book) return;
    const sorry = here().filter(({ persona }) => persona.buys && !this.#busy.size);
    for (const viewer of sorry.slice(0, LINE_MAX)) {
      if (book.inLine.size >= LINE_MAX) return;
      book.inLine.add(viewer);
      wheel.after(1500 + random.next() * 4000, async () => {
        const waiting = await viewer.act('flash-sale:wait', { saleId }, false);
        if (!waiting.ok) return void book.inLine.delete(viewer);
        said('sold-out', viewer);
        wheel.after(LINE_MS * (0.5 + random.next()), () => {
          book.inLine.delete(viewer);
          void viewer.act('flash-sale:stop-waiting', { saleId }, false);
        });
      });
    }
  }

  /** A unit that came to one of us in line is given back at once: the next in line may be a visitor. */
  noticed(viewer: Viewer, notice: unknown): void {
    const { name, data } = notice as { name: string; data: { order?: Order } };
    if (name !== 'order:changed' || data.order?.source !== 'waitlist' || data.order.state !== 'HELD') return;
    void viewer.act('order:release', { orderId: data.order.orderId }, false);
  }
}
