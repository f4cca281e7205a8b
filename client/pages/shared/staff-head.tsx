import type { ComponentChildren } from 'preact';
import type { RoomState } from '../../plays/room/reducer.ts';
import { DemoTag, ViewerCount } from '../../plays/room/view.tsx';
import { staffText } from '../../text/staff.ts';
import { Icon } from '../../ui/icon.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import './staff-head.css';

/** The head of studio and desk: which room, how many watch, and what the page adds. */
export function StaffHead({
  title,
  room,
  children,
}: {
  title: string;
  room: RoomState;
  children?: ComponentChildren;
}) {
  return (
    <header class="staff-head">
      <img src="/favicon.svg" alt="" width="32" height="32" />
      <div class="staff-names">
        <h1>
          <bdi>{room.room.title}</bdi>
        </h1>
        <span>{title}</span>
      </div>
      {room.room.demo ? <DemoTag /> : null}
      <ViewerCount viewers={room.viewers} simulated={room.room.simulated} />
      {children}
      <a
        class="icon-btn head-wide"
        href={`/r/${encodeURIComponent(room.room.roomId)}`}
        target="_blank"
        rel="noreferrer"
        title={staffText.studio.openRoom}
        aria-label={staffText.studio.openRoom}
      >
        <Icon name="store" />
      </a>
      <ThemeSwitch />
    </header>
  );
}
