import { useState } from 'preact/hooks';
import { countdown } from '../../text/format.ts';
import { format } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { Field } from '../../ui/field.tsx';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { RoomState } from './reducer.ts';
import { LiveTag } from './view.tsx';
import './session-control.css';

type Props = { room: RoomState; nowMs: number; onStart: (title: string) => void; onEnd: () => void };

const TITLE_MAX = 80;

/** Going live and ending the show. */
export function SessionControl({ room, nowMs, onStart, onEnd }: Props) {
  const [title, setTitle] = useState(room.room.title);
  const { session } = room;
  if (session !== null) {
    return (
      <div class="session is-live">
        <div class="session-state">
          <p class="session-time">
            <LiveTag />
            <span class="num">{countdown(nowMs - session.startedAtMs)}</span>
            <span>{staffText.studio.since(format.timeOfDay(session.startedAtMs))}</span>
          </p>
          <strong>
            <bdi>{session.title}</bdi>
          </strong>
        </div>
        <HoldButton label={staffText.studio.endShow} icon="stop" testId="session-end" onHeld={onEnd} />
      </div>
    );
  }
  return (
    <form
      class="session"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== '') onStart(title.trim());
      }}
    >
      <div class="session-state">
        <strong>{staffText.studio.offAir}</strong>
        <span>{staffText.studio.offAirHint}</span>
      </div>
      <Field label={staffText.studio.goLiveTitle}>
        {(ids) => (
          <input
            {...ids}
            data-testid="session-title"
            dir="auto"
            maxLength={TITLE_MAX}
            value={title}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        )}
      </Field>
      <button
        type="submit"
        class="btn btn-strong btn-wide"
        data-testid="session-start"
        disabled={title.trim() === ''}
      >
        <Icon name="live" size={20} /> {staffText.studio.goLive}
      </button>
    </form>
  );
}
