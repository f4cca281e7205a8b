import type { ComponentChildren } from 'preact';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { FanChip } from '../../plays/fan-badges/fan-chip.tsx';
import { DrawChip } from '../../plays/lottery/draw-chip.tsx';
import { drawsToShow, type EntryState, entryStateOf } from '../../plays/lottery/entry-state.ts';
import { countdown } from '../../text/format.ts';
import { format, text } from '../../text/i18n.ts';
import { sameItems, useAsTimePasses } from '../../ui/as-time-passes.ts';
import { Icon } from '../../ui/icon.tsx';
import { type RoomView, useCurrentSales } from './room-view.ts';
import { floatingOf } from './sale-cards.tsx';
import './play-chips.css';

/** More would hide the video; the others stand in the sheet of the first. */
const DRAWS_MAX = 2;

/** What runs, the most urgent first: draws, sales that have no card of their own; then what you are here. */
export function PlayChips({ view, children }: { view: RoomView; children?: ComponentChildren }) {
  const { model, sheet } = view;
  const { lottery, fans } = model;
  const role = model.role.value;
  const all = lottery.state.value;
  const draws = useAsTimePasses(model.nowMs, (nowMs) => drawsToShow(all, nowMs), sameItems);
  return (
    <div class="play-chips">
      {draws.slice(0, DRAWS_MAX).map((draw) => (
        <LiveDrawChip key={draw.drawId} view={view} draw={draw} />
      ))}
      <MoreSales view={view} />
      <FanChip
        fans={fans.state.value}
        onOpen={() => {
          sheet.value = 'club';
        }}
      />
      {role === 'viewer' || role === 'guest' ? null : (
        <span class={`role-badge is-${role}`} data-testid="your-role" data-state={role}>
          {text.roles[role]}
        </span>
      )}
      {children}
    </div>
  );
}

function LiveDrawChip({ view, draw }: { view: RoomView; draw: Draw }) {
  const { model, sheet } = view;
  const draws = model.lottery.state.value;
  const role = model.role.value;
  const isOnline = model.isOnline.value;
  const entry = useAsTimePasses(
    model.nowMs,
    (nowMs) => entryStateOf(draw, draws, role, isOnline, nowMs),
    (a, b) => a.state === b.state && leftOf(a) === leftOf(b),
  );
  return (
    <DrawChip
      draw={draw}
      entry={entry}
      onOpen={() => {
        sheet.value = { draw: draw.drawId };
      }}
    />
  );
}

function leftOf(entry: EntryState): string {
  return 'leftMs' in entry && entry.leftMs !== null ? countdown(entry.leftMs) : '';
}

/** The sale that has no card over the video, or how many there are of them. */
function MoreSales({ view }: { view: RoomView }) {
  const sales = useCurrentSales(view);
  const { others: more } = floatingOf(view, sales);
  if (more === 0) return null;
  const only = more === 1 ? sales.at(-1) : undefined;
  return (
    <button
      type="button"
      class="chip sale-chip"
      data-testid="more-sales"
      aria-label={only === undefined ? text.sale.more(more) : `${text.sale.flash}: ${only.title}`}
      onClick={() => {
        view.sheet.value = 'shelf';
      }}
    >
      <Icon name="bolt" size={18} />
      {only === undefined ? (
        <span class="num">+{format.number(more)}</span>
      ) : (
        <bdi class="sale-chip-name">{only.title}</bdi>
      )}
    </button>
  );
}
