import type { Receipt } from '../../../shared/kernel/receipt.ts';
import type { Random } from '../../kit/random.ts';
import { sleep } from '../../kit/wait.ts';
import { BuyerLine, type LineOptions } from './buyer-line.ts';
import { type Answer, decide, type Operation, type OrderAnswer } from './history.ts';
import { OrderFates } from './order-fates.ts';
import type { Shop } from './shop.ts';

export type StormSale = { saleId: string; guarded: boolean; limitPerBuyer: number };

/** What all buyers share: where their deeds are noted, and until when. */
export type StormBook = {
  sales: readonly [StormSale, ...StormSale[]];
  shop: Shop;
  /** No new intention after this; by `endByMs` everything begun must be over. This machine's clock. */
  actUntilMs: number;
  endByMs: number;
  /** Pause between two intentions of a buyer. */
  pausesMs: readonly [number, number];
  record(operation: Operation, undecided: readonly string[]): void;
  /** Something that must not be, in words. */
  surprise(text: string): void;
  /** A duplicate or a replay was compared with the first answer. */
  compared(): void;
};

type Held = { order: OrderAnswer; receipt: Receipt };
type Tokens = { tokens: { saleId: string; token: string | null }[] };
type Line = { saleId: string; quantity: number };
type Intent = { kind: 'grab' | 'cart'; opId: string; lines: Line[] };

/** One buyer, who grabs, fills carts, waits in line, and does with the orders whatever buyers do. */
export class Buyer {
  readonly line: BuyerLine;
  readonly #userId: string;
  readonly #book: StormBook;
  readonly #random: Random;
  readonly #lineOptions: LineOptions;
  readonly #fates: OrderFates;
  readonly #inLine = new Set<string>();
  #ops = 0;

  constructor(options: Omit<LineOptions, 'onOrder'>, book: StormBook, random: Random) {
    this.#userId = options.userId;
    this.#book = book;
    this.#random = random;
    this.#lineOptions = { ...options, onOrder: (order) => this.#fates.offered(order) };
    this.line = new BuyerLine(this.#lineOptions);
    this.#fates = new OrderFates({
      ...{ book, random, line: this.line, userId: this.#userId },
      nextOpId: () => this.#nextOpId(),
    });
  }

  /** Acts until time is up, and sees everything begun to its end. */
  async live(): Promise<void> {
    const [least, most] = this.#book.pausesMs;
    await sleep(this.#random.between(0, most));
    while (Date.now() < this.#book.actUntilMs) {
      const dice = this.#random.next();
      if (dice < 0.68) await this.#take(this.#grabIntent());
      else if (dice < 0.88) await this.#take(this.#cartIntent());
      else if (dice < 0.96) await this.#wait(this.#random.pick(this.#book.sales).saleId);
      else await this.#stopWaiting([...this.#inLine].slice(0, 1));
      await sleep(this.#random.between(least, most));
    }
    await this.#stopWaiting([...this.#inLine]);
    await this.#fates.over();
  }

  #nextOpId(): string {
    this.#ops += 1;
    return `storm-${this.#userId}-${this.#ops}`;
  }

  #grabIntent(): Intent {
    const { saleId, limitPerBuyer } = this.#random.pick(this.#book.sales);
    const quantity = this.#random.between(1, limitPerBuyer);
    return { kind: 'grab', opId: this.#nextOpId(), lines: [{ saleId, quantity }] };
  }

  /** Two or three lines, sometimes two of the same sale, which are to be summed. */
  #cartIntent(): Intent {
    const lines = Array.from({ length: this.#random.between(2, 3) }, () => {
      return { saleId: this.#random.pick(this.#book.sales).saleId, quantity: 1 };
    });
    return { kind: 'cart', opId: this.#nextOpId(), lines };
  }

  async #take(intent: Intent): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.1) await this.#takeOnTwoDevices(intent);
    else await this.#takeOn(this.line, intent, dice < 0.25);
  }

  /** @returns the operation as recorded, and what was held. */
  async #takeOn(line: BuyerLine, intent: Intent, loseFirstReply: boolean): Promise<Held | undefined> {
    const decided = await this.#decideOn(line, intent, loseFirstReply);
    const { data, undecided, ...rest } = decided;
    const orderId = data?.order.orderId ?? null;
    this.#note({ ...intent, ...rest, orderId, state: data?.order.state ?? null }, undecided);
    if (decided.code === 'SOLD_OUT' && this.#random.next() < 0.3) {
      await this.#wait(intent.lines[0]?.saleId ?? '');
    }
    if (data) await this.#took(intent, data);
    return data;
  }

  #decideOn(line: BuyerLine, intent: Intent, loseFirstReply: boolean, again = false) {
    return decide<Held>(async (nth) => {
      const input = await this.#inputOf(line, intent, again || nth > 1);
      if (input.kind !== 'ok') return input;
      const command = intent.kind === 'grab' ? 'flash-sale:grab' : 'order:hold';
      if (loseFirstReply && nth === 1) {
        await line.callAndVanish(command, input.data, this.#random.between(0, 30));
        return { kind: 'lost', reason: 'hung up' };
      }
      return line.call<Held>(command, input.data);
    });
  }

  /** The same intention, with one opId, on two nodes at once: one effect, one answer. */
  async #takeOnTwoDevices(intent: Intent): Promise<void> {
    const other = new BuyerLine({ ...this.#lineOptions, index: this.#lineOptions.index + 1 });
    const both = await Promise.all([
      this.#decideOn(this.line, intent, false),
      this.#decideOn(other, intent, false),
    ]);
    other.close();
    const granted = both.filter(({ outcome }) => outcome === 'ok');
    const ids = new Set(granted.map(({ data }) => data?.order.orderId));
    if (ids.size > 1) this.#surprise(`${intent.opId} has two effects: ${[...ids].join(' and ')}`);
    this.#book.compared();
    const [best] = [...granted, ...both.filter(({ outcome }) => outcome === 'unknown'), ...both];
    if (!best) return;
    const { data, undecided: _, ...rest } = best;
    const orderId = data?.order.orderId ?? null;
    const undecided = both.flatMap((each) => each.undecided);
    this.#note({ ...intent, ...rest, orderId, state: data?.order.state ?? null }, undecided);
    if (data) await this.#took(intent, data);
  }

  /** What the server wants with the intention: tokens for guarded sales, each bound to the opId. */
  async #inputOf(line: BuyerLine, { kind, opId, lines }: Intent, again: boolean): Promise<Answer<object>> {
    const guarded = this.#book.sales.filter((sale) => sale.guarded).map((sale) => sale.saleId);
    const saleIds = [...new Set(lines.map((each) => each.saleId))].filter((id) => guarded.includes(id));
    const tokens = new Map<string, string | null>();
    if (saleIds.length > 0) {
      const answer = await line.call<Tokens>('flash-sale:token', { opId, saleIds });
      // A retry asks for the result of a try that had its token: it needs none, and may get none any more.
      if (answer.kind === 'lost' || (answer.kind === 'refused' && !again)) return answer;
      const given = answer.kind === 'ok' ? answer.data.tokens : [];
      for (const { saleId, token } of given) tokens.set(saleId, token);
    }
    const withTokens = lines.map((each) => {
      const token = tokens.get(each.saleId);
      return token ? { ...each, token } : each;
    });
    return { kind: 'ok', data: kind === 'grab' ? { opId, ...withTokens[0] } : { opId, lines: withTokens } };
  }

  async #took(intent: Intent, { order, receipt }: Held): Promise<void> {
    if (receipt.verdict !== 'HELD' || receipt.orderId !== order.orderId || receipt.opId !== intent.opId) {
      this.#surprise(`the receipt of ${intent.opId} is of something else`);
    }
    this.#fates.decide(order);
    const dice = this.#random.next();
    if (dice < 0.1) await this.#again(intent, order);
    else if (dice < 0.15) await this.#again({ ...intent, lines: withOneMore(intent.lines) }, null);
  }

  /** A retry gets the first result; other input under the same opId is refused. */
  async #again(intent: Intent, first: OrderAnswer | null): Promise<void> {
    const { outcome, code, data } = await this.#decideOn(this.line, intent, false, true);
    if (outcome === 'unknown') return;
    this.#book.compared();
    if (first && data?.order.orderId !== first.orderId) {
      this.#surprise(`a retry of ${intent.opId} got ${data?.order.orderId ?? code}, first ${first.orderId}`);
    }
    if (first && data && data.order.state !== 'HELD') {
      this.#surprise(`a retry of ${intent.opId} got the state ${data.order.state}, first HELD`);
    }
    if (!first && code !== 'IDEMPOTENCY_MISMATCH') {
      this.#surprise(`${intent.opId} with other input was answered ${code}`);
    }
  }

  async #wait(saleId: string): Promise<void> {
    const opId = this.#nextOpId();
    const { data, undecided, ...rest } = await decide(() =>
      this.line.call<{ position: number; waiting: number }>('flash-sale:wait', { opId, saleId }),
    );
    this.#note({ kind: 'wait', opId, orderId: null, state: null, ...rest }, undecided);
    if (data && (data.position < 1 || data.position > data.waiting)) {
      this.#surprise(`position ${data.position} of ${data.waiting} in line`);
    }
    if (rest.outcome !== 'fail') this.#inLine.add(saleId);
  }

  async #stopWaiting(saleIds: readonly string[]): Promise<void> {
    for (const saleId of saleIds) {
      this.#inLine.delete(saleId);
      const opId = this.#nextOpId();
      const {
        undecided,
        data: _,
        ...rest
      } = await decide(() => this.line.call('flash-sale:stop-waiting', { opId, saleId }));
      this.#note({ kind: 'stop-waiting', opId, orderId: null, state: null, ...rest }, undecided);
    }
  }

  #note(operation: Omit<Operation, 'actor'>, undecided: readonly string[]): void {
    const { kind, opId, outcome, code, orderId, state, tries, sentAtMs, answeredAtMs } = operation;
    const actor = this.#userId;
    const all = { kind, actor, opId, outcome, code, orderId, state, tries, sentAtMs, answeredAtMs };
    this.#book.record(all, undecided);
  }

  #surprise(text: string): void {
    this.#book.surprise(`${this.#userId}: ${text}`);
  }
}

const withOneMore = ([first, ...rest]: readonly Line[]): Line[] =>
  first ? [{ ...first, quantity: first.quantity + 1 }, ...rest] : [];
