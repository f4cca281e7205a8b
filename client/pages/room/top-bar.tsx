import { FollowButton } from '../../plays/room/follow-button.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import { LiveTag, ViewerCount } from '../../plays/room/view.tsx';
import { text } from '../../text/i18n.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { RoomView } from './room-view.ts';
import './top-bar.css';

/** Who is on, how many watch, and the way out. */
export function TopBar({ view, room, onAbout }: { view: RoomView; room: RoomState; onAbout: () => void }) {
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
      <Follow view={view} room={room} />
      <span class="top-right">
        <ViewerCount viewers={room.viewers} />
        <a class="icon-btn glass" href="/" aria-label={text.room.leave}>
          <Icon name="close" />
        </a>
      </span>
    </header>
  );
}

/** Guests are led to the sign-in, where this page has one. */
export function Follow({ view, room }: { view: RoomView; room: RoomState }) {
  const { model, sheet, report } = view;
  const isGuest = model.role.value === 'guest';
  if (model.you.value === null || (isGuest && !model.signIn.state.value.canSignIn)) return null;
  return (
    <FollowButton
      isFollowing={model.room.followingSinceMs.value !== null}
      followers={room.followers}
      onFollow={(wanted) => {
        if (isGuest) sheet.value = 'sign-in';
        else void report.run(model.room.follow(wanted));
      }}
    />
  );
}
