import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { CallError } from '../../../shared/kernel/ack.ts';
import type {
  ListedShow,
  ShowReport as Report,
  ShowBucket,
  ShowOrder,
  ShowTotals,
} from '../../../shared/plays/show/contract.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { systemTime, type Time } from '../../sdk/time.ts';
import { pageVisibility, type Visibility } from './visibility.ts';

export type Board = {
  serverNowMs: number;
  minutes: readonly ShowBucket[];
  totals: ShowTotals | null;
  orders: readonly ShowOrder[];
};
/** The last board that came stays; `problem` says why none came after it. Times are the server's. */
export type BoardState = { board: Board | null; receivedAtMs: number; problem: CallError | null };
export type Loaded<T> =
  | { state: 'idle' | 'loading'; value: T | null }
  | { state: 'ready'; value: T }
  | { state: 'failed'; value: T | null; error: CallError };
export type Collected =
  | { state: 'done'; orders: readonly ShowOrder[] }
  | { state: 'stopped' }
  | { state: 'failed'; error: CallError };

export type ShowModel = {
  board: ReadonlySignal<BoardState>;
  isOnline: ReadonlySignal<boolean>;
  shows: ReadonlySignal<Loaded<readonly ListedShow[]>>;
  /** Of the show that was asked for last. */
  report: ReadonlySignal<Loaded<Report>>;
  loadShows(): Promise<void>;
  loadReport(sessionId: string): Promise<void>;
  /** Every order of a show, page by page; `signal` stops it. */
  collectOrders(
    sessionId: string,
    options: { signal: AbortSignal; onProgress: (count: number) => void },
  ): Promise<Collected>;
  /** The server's time. */
  now(): number;
  /** Stops asking, for good. */
  close(): void;
};

type Options = { time?: Time; visibility?: Visibility };

export const POLL_MS = 2_000;
const BACKOFF_MAX_MS = 30_000;
/** A board that takes longer than the next one is due is not worth waiting for. */
const BOARD_DEADLINE_MS = 5_000;
const PAGE = 200;
const SHOWS = 50;
const NOTHING = { state: 'idle', value: null } as const;
const NO_BOARD: BoardState = { board: null, receivedAtMs: 0, problem: null };

/** How a show goes, asked for while somebody who sells looks at it; and the shows before it. */
export function createShow(
  client: LivestallClient,
  isSelling: ReadonlySignal<boolean>,
  { time = systemTime, visibility = pageVisibility() }: Options = {},
): ShowModel {
  const board = signal(NO_BOARD);
  const isOnline = signal(client.status().state === 'online');
  const shows = signal<Loaded<readonly ListedShow[]>>(NOTHING);
  const report = signal<Loaded<Report>>(NOTHING);
  let isClosed = false;
  let isAsking = false;
  let refusals = 0;
  let dueAtMs = time.now();
  let cancel = () => {};
  let wantedReport = '';

  /** Called whenever something has changed that decides whether and when to ask. */
  function plan(): void {
    cancel();
    if (isClosed || isAsking || !isSelling.peek() || !isOnline.peek() || !visibility.isVisible()) return;
    cancel = time.after(Math.max(0, dueAtMs - time.now()), () => void ask());
  }

  async function ask(): Promise<void> {
    isAsking = true;
    const ack = await client.call('show:board', {}, { deadlineMs: BOARD_DEADLINE_MS });
    isAsking = false;
    refusals = ack.ok ? 0 : refusals + 1;
    if (!isSelling.peek() || isClosed) return;
    if (ack.ok) board.value = { board: ack.data, receivedAtMs: client.serverNow(), problem: null };
    else board.value = { ...board.peek(), problem: ack.error };
    const backoffMs = Math.min(BACKOFF_MAX_MS, POLL_MS * 2 ** refusals);
    const waitMs = ack.ok ? POLL_MS : Math.max(ack.error.retryAfterMs ?? 0, backoffMs);
    dueAtMs = time.now() + waitMs;
    plan();
  }

  const ends = [
    client.on('status', ({ state }) => {
      isOnline.value = state === 'online';
      plan();
    }),
    visibility.onChange(plan),
    effect(() => {
      // Who sells no more has no business with what they saw.
      if (!isSelling.value) board.value = NO_BOARD;
      plan();
    }),
  ];

  async function loadShows(): Promise<void> {
    shows.value = { state: 'loading', value: shows.peek().value };
    const ack = await client.call('show:list', { limit: SHOWS });
    shows.value = ack.ok
      ? { state: 'ready', value: ack.data.shows }
      : { state: 'failed', value: shows.peek().value, error: ack.error };
  }

  async function loadReport(sessionId: string): Promise<void> {
    const known = report.peek().value;
    wantedReport = sessionId;
    report.value = { state: 'loading', value: known?.show.sessionId === sessionId ? known : null };
    const ack = await client.call('show:report', { sessionId });
    // Another was asked for meanwhile.
    if (wantedReport !== sessionId) return;
    report.value = ack.ok
      ? { state: 'ready', value: ack.data.report }
      : { state: 'failed', value: report.peek().value, error: ack.error };
  }

  const collectOrders: ShowModel['collectOrders'] = async (sessionId, options) => {
    const { signal: stop, onProgress } = options;
    const orders: ShowOrder[] = [];
    for (let cursor: number | null = 0; cursor !== null; ) {
      const from: { cursor?: number } = cursor === 0 ? {} : { cursor };
      const ack = await client.call('show:orders', { sessionId, limit: PAGE, ...from });
      if (stop.aborted) return { state: 'stopped' };
      if (!ack.ok) return { state: 'failed', error: ack.error };
      orders.push(...ack.data.orders);
      onProgress(orders.length);
      const { nextCursor }: { nextCursor: number | null } = ack.data;
      // A cursor that does not move on would turn the same page for ever.
      cursor = nextCursor !== null && nextCursor > cursor ? nextCursor : null;
    }
    return { state: 'done', orders };
  };

  return {
    ...{ board, isOnline, shows, report, loadShows, loadReport, collectOrders },
    now: client.serverNow,
    close() {
      isClosed = true;
      cancel();
      for (const end of ends) end();
    },
  };
}
