import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { format } from '../../text/i18n.ts';
import { showText } from '../../text/show.ts';
import { Empty } from '../../ui/empty.tsx';
import { MinuteTable } from './board-table.tsx';
import { ChartCard } from './chart-card.tsx';
import { type ChartName, liveRows, setupsOf } from './charts.ts';
import { freshnessOf } from './freshness.ts';
import type { Board, ShowModel } from './model.ts';
import {
  chatFigure,
  chatTrack,
  conversionOf,
  type Figure,
  most,
  SPAN,
  sumFigure,
  trackOf,
  type Value,
  viewersFigure,
} from './series.ts';
import { type Sign, signsOf } from './signs.ts';
import { Sums } from './sums.tsx';
import { money, NONE, share, type Write, written } from './words.ts';
import './board.css';

type Props = {
  show: ShowModel;
  currency: string;
  nowMs: number;
  /** A sale runs without a unit to grab. */
  isSoldOut: boolean;
};

/** How the show goes: the sums since it began, and four curves of its last minutes. */
export function ShowBoard({ show, currency, nowMs, isSoldOut }: Props) {
  const state = show.board.value;
  const { board } = state;
  const freshness = freshnessOf(state, show.isOnline.value, nowMs);
  // The clock ticks four times a second, the figures come every two: what is drawn of them stays as it is.
  const drawn = useMemo(
    () => (board === null ? null : <Drawn board={board} currency={currency} isSoldOut={isSoldOut} />),
    [board, currency, isSoldOut],
  );
  const isEmpty = board !== null && board.totals === null && isQuiet(board);
  return (
    <section
      class="show-board"
      aria-label={showText.board.title}
      data-testid="show-board"
      data-state={freshness}
    >
      <header class="board-head">
        <h2>{showText.board.title}</h2>
        {board === null ? null : <LiveTag isLive={board.totals !== null} />}
        <p class="board-news num" role="status" data-testid="board-news">
          {freshness === 'stale' ? showText.board.stale(format.timeOfDay(state.receivedAtMs)) : ''}
        </p>
      </header>
      {drawn === null || isEmpty ? (
        <div class="board-empty">
          {freshness === 'loading' ? (
            <p class="board-loading">{showText.board.loading}</p>
          ) : freshness === 'failed' ? (
            <p class="board-loading">{showText.board.failed}</p>
          ) : (
            <Empty icon="chart" title={showText.board.empty} hint={showText.board.emptyHint} />
          )}
        </div>
      ) : (
        drawn
      )}
    </section>
  );
}

function LiveTag({ isLive }: { isLive: boolean }) {
  return (
    <span class="tag" data-testid="board-live">
      {isLive ? showText.board.live : showText.board.offAir}
    </span>
  );
}

function isQuiet({ minutes, orders }: Board): boolean {
  return (
    orders.length === 0 &&
    minutes.every(({ messages, grabs, held, paid }) => messages + grabs + held + paid === 0)
  );
}

function Drawn({ board, currency, isSoldOut }: { board: Board; currency: string; isSoldOut: boolean }) {
  const { minutes, totals, serverNowMs: nowMs } = board;
  const triedAtMs = useLastTry(totals?.grabs ?? 0, nowMs);
  const [slot, setSlot] = useState<number | null>(null);
  const onPoint = useCallback((next: number | null) => setSlot(next), []);
  const setups = useMemo(() => setupsOf(currency, true), [currency]);
  const rows = useMemo(() => liveRows(minutes, nowMs), [minutes, nowMs]);
  const signs = signsOf(minutes, totals !== null, nowMs, { isSoldOut, triedAtMs });
  const whole = money(currency);
  const { number } = format;
  const { said, sums, against } = showText;

  const viewers = viewersFigure(minutes);
  const chat = chatFigure(minutes, nowMs);
  const grabs = sumFigure(minutes, 'grabs', nowMs);
  const held = sumFigure(minutes, 'held', nowMs);
  const paid = sumFigure(minutes, 'paid', nowMs);
  const revenue = sumFigure(minutes, 'revenueMinor', nowMs);
  const first = minutes.at(-SPAN) ?? minutes[0];
  const pointedMs = slot === null || first === undefined ? null : first.atMs + slot * 60_000;
  const times = [first === undefined ? '' : format.timeOfDay(first.atMs), showText.board.now] as const;

  const common = (name: ChartName) => ({
    ...{ testId: `chart-${name}`, setup: setups[name], rows: rows[name], slot, onPoint, times },
  });
  /** The minute that is pointed at, beside the one ten minutes before. */
  const pointed = (before: readonly Value[], write: Write) =>
    slot === null || pointedMs === null ? null : (
      <>
        <b>{format.timeOfDay(pointedMs)}</b>
        <span>
          {showText.board.tenBefore} {written(before[slot], write)}
        </span>
      </>
    );
  const at = (figure: Figure, values: readonly Value[]) => (slot === null ? figure.now : values[slot]);
  const kept = (label: string, value: string) => (
    <span>
      {label} <b>{value}</b>
    </span>
  );
  const [viewersBefore = [], viewersNow = []] = rows.viewers;
  const [chatBefore = [], chatNow = []] = rows.chat;
  const [grabsNow = [], paidBefore = [], heldNow = [], paidNow = []] = rows.units;
  const [revenueBefore = [], revenueNow = []] = rows.revenue;

  return (
    <>
      <Sums totals={totals} currency={currency} />
      <div class="board-charts">
        <ChartCard
          {...common('viewers')}
          label={showText.viewers}
          of=""
          change={viewers.change}
          against={against.trend}
          said={said.viewers(written(viewers.now, number), written(most(viewersNow), number))}
          figure={written(at(viewers, viewersNow), number)}
          note={
            pointed(viewersBefore, number) ??
            kept(sums.viewersMost, totals === null ? NONE : number(totals.viewersMost))
          }
          sign={one(signs, ['viewers-leave'])}
        />
        <ChartCard
          {...common('chat')}
          label={showText.chat}
          of=""
          change={chat.change}
          against={against.trend}
          said={said.chat(written(chat.now, number), written(most(chatTrack(minutes, nowMs).now), number))}
          figure={written(at(chat, chatNow), number)}
          note={
            pointed(chatBefore, number) ??
            kept(sums.messages, totals === null ? NONE : number(totals.messages))
          }
          sign={one(signs, ['chat-silent'])}
        />
        <ChartCard
          {...common('units')}
          label={showText.units}
          of={showText.board.span}
          change={paid.change}
          against={`${showText.paid}: ${against.span}`}
          said={said.units(written(grabs.now, number), written(held.now, number), written(paid.now, number))}
          figure={
            <span class="chart-keys">
              <Key name="grabs" value={at(grabs, grabsNow)} />
              <Key name="held" value={at(held, heldNow)} />
              <Key name="paid" value={at(paid, paidNow)} />
            </span>
          }
          note={
            pointed(paidBefore, number) ?? (
              <>
                {kept(sums.heldUnits, totals === null ? NONE : number(totals.heldUnits))}
                {kept(sums.paidUnits, totals === null ? NONE : number(totals.paidUnits))}
              </>
            )
          }
          sign={one(signs, ['grabs-empty', 'held-unpaid'])}
        />
        <ChartCard
          {...common('revenue')}
          label={showText.revenue}
          of={showText.board.span}
          change={revenue.change}
          against={against.span}
          said={said.revenue(written(revenue.now, whole))}
          figure={written(at(revenue, revenueNow), whole)}
          note={
            pointed(revenueBefore, whole) ??
            kept(showText.conversion, share(totals === null ? null : conversionOf(totals)))
          }
          sign={one(signs, ['more-returned'])}
        />
      </div>
      <MinuteTable minutes={trackedMinutes(board)} currency={currency} />
    </>
  );
}

/** When the sum of grabs rose last. */
function useLastTry(grabs: number, nowMs: number): number | null {
  const last = useRef<{ grabs: number; triedAtMs: number | null }>({ grabs, triedAtMs: null });
  if (grabs > last.current.grabs) last.current.triedAtMs = nowMs;
  last.current.grabs = grabs;
  return last.current.triedAtMs;
}

/** The ten minutes that the curves show. */
function trackedMinutes({ minutes }: Board) {
  return minutes.slice(-trackOf(minutes, 'paid').now.length);
}

function Key({ name, value }: { name: 'grabs' | 'held' | 'paid'; value: Value | undefined }) {
  return (
    <span class={`chart-key is-${name}`}>
      <b>{written(value, format.compact)}</b>
      <span>{showText[name]}</span>
    </span>
  );
}

function one(signs: ReadonlySet<Sign>, names: readonly Sign[]): Sign | null {
  return names.find((name) => signs.has(name)) ?? null;
}
