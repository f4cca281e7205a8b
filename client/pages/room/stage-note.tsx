import type { RoomState } from '../../plays/room/reducer.ts';
import { text } from '../../text/i18n.ts';
import './stage-note.css';

/** What the stage says while there is no show; live, only the show's title. */
export function StageNote({ room }: { room: RoomState }) {
  if (room.session !== null) {
    return (
      <div class="stage-note is-live">
        <bdi>{room.session.title || room.room.title}</bdi>
      </div>
    );
  }
  const isOver = room.endedAtMs !== null;
  return (
    <div class="stage-note">
      <h1>
        <bdi>{room.room.title}</bdi>
      </h1>
      <strong>{isOver ? text.room.ended : text.room.startsSoon}</strong>
      <p>{isOver ? text.room.endedHint : text.room.startsSoonHint}</p>
    </div>
  );
}
