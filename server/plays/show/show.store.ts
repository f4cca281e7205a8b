import type {
  ListedShow,
  ShowBucket,
  ShowOrder,
  ShowReport,
  ShowTotals,
} from '../../../shared/plays/show/contract.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import { Boards } from './board.reader.ts';
import { ShowCounts, type ShowCountsDeps } from './counts.store.ts';
import { Reports } from './reports.store.ts';
import { listed, ShowBook } from './show-book.reader.ts';
import { ShowOrders } from './show-orders.reader.ts';

/** A command waits for so long while its node reads the ledger; then the caller is to ask again. */
const PATIENCE_MS = 1500;
const RETRY_MS = 700;
const SWEEP_MS = 20_000;

export type Board = {
  serverNowMs: number;
  minutes: ShowBucket[];
  totals: ShowTotals | null;
  orders: ShowOrder[];
};

/** How the shows of rooms go and went. */
export class ShowStore {
  /** What this node counts; others tell it. */
  readonly counts: ShowCounts;
  readonly #serverNowMs: () => number;
  readonly #book: ShowBook;
  readonly #orders: ShowOrders;
  readonly #boards: Boards;
  readonly #reports: Reports;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: ShowCountsDeps) {
    this.#serverNowMs = deps.serverNowMs;
    this.counts = new ShowCounts(deps);
    this.#book = new ShowBook(deps);
    this.#orders = new ShowOrders({ ...deps, counts: this.counts });
    const all = { ...deps, counts: this.counts, book: this.#book, orders: this.#orders };
    this.#boards = new Boards(all);
    this.#reports = new Reports(all);
  }

  start(): void {
    this.counts.start();
    this.#timer = setInterval(() => {
      this.#boards.sweep();
      this.#reports.sweep();
    }, SWEEP_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.counts.close();
  }

  board(roomId: string): Promise<Outcome<Board, 'BUSY'>> {
    return patiently(async () => {
      const serverNowMs = this.#serverNowMs();
      const { showNo, orderNo } = await this.#book.now(roomId);
      const [{ minutes, orders }, totals] = await Promise.all([
        this.#boards.read(roomId, serverNowMs, orderNo),
        this.#totals(roomId, showNo),
      ]);
      return { serverNowMs, minutes, totals, orders };
    });
  }

  async list(roomId: string, limit: number): Promise<ListedShow[]> {
    return (await this.#book.list(roomId)).slice(0, limit).map(listed);
  }

  async report(
    roomId: string,
    sessionId: string,
  ): Promise<Outcome<{ report: ShowReport }, 'SHOW_NOT_FOUND' | 'BUSY'>> {
    const show = await this.#book.find(roomId, sessionId);
    if (!show) return refuse('SHOW_NOT_FOUND');
    return patiently(async () => ({ report: await this.#reports.report(roomId, show) }));
  }

  /** Keeps the reports of these sessions for good, if nothing changes in them any more. */
  settle(roomId: string, nos: readonly number[]): Promise<void> {
    return this.#reports.settle(roomId, nos);
  }

  /** By number; `fromNo`: where the page before ended. */
  async orders(
    roomId: string,
    sessionId: string,
    limit: number,
    fromNo = 1,
  ): Promise<Outcome<{ orders: ShowOrder[]; nextCursor: number | null }, 'SHOW_NOT_FOUND'>> {
    const show = await this.#book.find(roomId, sessionId);
    if (!show) return refuse('SHOW_NOT_FOUND');
    const last = show.orderLast ?? (await this.#book.now(roomId)).orderNo;
    const first = Math.max(fromNo, show.orderBefore + 1);
    const length = Math.max(0, Math.min(limit, last - first + 1));
    const records = await this.#orders.read(
      roomId,
      Array.from({ length }, (_, i) => first + i),
    );
    const nextCursor = first + length <= last ? first + length : null;
    return ok({ orders: await this.#orders.named(roomId, records), nextCursor });
  }

  async #totals(roomId: string, showNo: number): Promise<ShowTotals | null> {
    const show = showNo === 0 ? undefined : await this.#book.byNo(roomId, showNo);
    return show ? this.#reports.totals(roomId, show) : null;
  }
}

/** What takes long goes on behind the scenes, and is done sooner or later for who asks again. */
async function patiently<T>(work: () => Promise<T>): Promise<Outcome<T, 'BUSY'>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, 'late');
  });
  try {
    const done = await Promise.race([work().then((data) => ({ data })), late]);
    return done === 'late' ? refuse('BUSY', { retryAfterMs: RETRY_MS }) : ok(done.data);
  } finally {
    clearTimeout(timer);
  }
}
