import type { RoomState } from '../../plays/room/reducer.ts';
import { DemoTag, LiveTag, ViewerCount } from '../../plays/room/view.tsx';
import { text } from '../../text/i18n.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import './top-bar.css';

/** Who is on, how many watch, and the way out. */
export function TopBar({ room, onAbout }: { room: RoomState; onAbout: () => void }) {
  return (
    <header class="top-bar">
      <button type="button" class="host-pill glass" title={text.room.about} onClick={onAbout}>
        <Avatar name={room.room.hostName} size={36} />
        <span class="host-words">
          <bdi class="host-name">{room.room.hostName}</bdi>
          {room.session === null ? (
            <span class="host-state">{room.endedAtMs === null ? text.room.startsSoon : text.room.ended}</span>
          ) : (
            <LiveTag />
          )}
        </span>
      </button>
      <span class="top-right">
        {room.room.demo ? <DemoTag /> : null}
        <ViewerCount viewers={room.viewers} />
        <a class="icon-btn glass" href="/" aria-label={text.room.leave}>
          <Icon name="close" />
        </a>
      </span>
    </header>
  );
}
