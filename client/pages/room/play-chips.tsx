import type { ComponentChildren } from 'preact';
import { FanChip } from '../../plays/fan-badges/fan-chip.tsx';
import { DrawChip } from '../../plays/lottery/draw-chip.tsx';
import { drawsToShow, entryStateOf } from '../../plays/lottery/entry-state.ts';
import { text } from '../../text/i18n.ts';
import type { RoomView } from './room-view.ts';
import './play-chips.css';

/** More would hide the video; the others stand in the sheet of the first. */
const DRAWS_MAX = 2;

/** What runs besides sales, the most urgent first; then what you are here. */
export function PlayChips({ view, children }: { view: RoomView; children?: ComponentChildren }) {
  const { model, sheet } = view;
  const { lottery, fans } = model;
  const role = model.role.value;
  const nowMs = model.nowMs.value;
  const draws = lottery.state.value;
  return (
    <div class="play-chips">
      {drawsToShow(draws, nowMs)
        .slice(0, DRAWS_MAX)
        .map((draw) => (
          <DrawChip
            key={draw.drawId}
            draw={draw}
            entry={entryStateOf(draw, draws, role, model.isOnline.value, nowMs)}
            onOpen={() => {
              sheet.value = { draw: draw.drawId };
            }}
          />
        ))}
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
