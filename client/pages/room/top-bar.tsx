import { FollowButton } from '../../plays/room/follow-button.tsx';
import { isOver } from '../../plays/room/off-air.ts';
import type { RoomState } from '../../plays/room/reducer.ts';
import { LiveTag, ViewerCount } from '../../plays/room/view.tsx';
import { format, text } from '../../text/i18n.ts';
import { useAsTimePasses } from '../../ui/as-time-passes.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { isEmbedded } from './embedded.ts';
import { RoomHearts } from './room-hearts.tsx';
import type { RoomView } from './room-view.ts';
import './top-bar.css';

/** Who is on, how many follow and watch, and the way out. */
export function TopBar({ view, room, onAbout }: { view: RoomView; room: RoomState; onAbout: () => void }) {
  const isEnded = useAsTimePasses(view.model.nowMs, (nowMs) => isOver(room, nowMs));
  return (
    <header class="top-bar">
      <button
        type="button"
        class="host-pill glass"
        data-testid="host-pill"
        title={text.room.about}
        onClick={onAbout}
      >
        <Avatar name={room.room.hostName} size={36} />
        <span class="host-words">
          <bdi class="host-name">{room.room.hostName}</bdi>
          <span class="host-state">
            {room.session === null ? (
              <span data-testid="host-state">{isEnded ? text.room.endedShort : text.room.startsSoon}</span>
            ) : (
              <LiveTag />
            )}
            <RoomHearts view={view} room={room} iconSize={12} />
            {room.followers === 0 ? null : (
              <span class="host-followers num" aria-hidden="true">
                <Icon name="person" size={12} /> {format.compact(room.followers)}
              </span>
            )}
          </span>
        </span>
      </button>
      <Follow view={view} room={room} />
      <span class="top-right">
        <ViewerCount viewers={room.viewers} simulated={simulatedOf(room)} />
        {isEmbedded ? null : (
          <a class="icon-btn glass leave" href="/" aria-label={text.room.leave}>
            <Icon name="close" />
          </a>
        )}
      </span>
    </header>
  );
}

/** Of those who watch; a server from before there was a simulated audience says nothing of it. */
export function simulatedOf({ room }: RoomState): number {
  return room.simulated ?? 0;
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
