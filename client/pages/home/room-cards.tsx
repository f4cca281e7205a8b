import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { DemoTag, LiveTag } from '../../plays/room/view.tsx';
import { homeText } from '../../text/home.ts';
import { format } from '../../text/i18n.ts';
import { language } from '../../text/language.ts';
import { createWhen } from '../../text/when.ts';
import { Avatar, toneOf } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Poster } from '../../ui/poster.tsx';
import { saveCalendar } from './calendar.ts';
import type { ListedRoom } from './rooms.ts';
import './room-cards.css';

const when = createWhen(language);

type CardProps = { room: ListedRoom; kind: string; children: ComponentChildren };

/** A room behind its poster; the whole of it is the link, and what it says is the link's name. */
function Card({ room, kind, children }: CardProps) {
  return (
    <a
      class={`room-card is-${kind}`}
      href={`/r/${encodeURIComponent(room.roomId)}`}
      data-testid={`card-${kind}`}
      data-room={room.roomId}
    >
      <Poster imageUrl={room.imageUrl} tone={toneOf(room.roomId)} isCalm={false} />
      {children}
    </a>
  );
}

function Names({ title, room }: { title: string; room: ListedRoom }) {
  return (
    <span class="card-foot">
      <Avatar name={room.hostName} size={40} />
      <span class="card-names">
        <bdi class="card-title">{title}</bdi>
        <bdi class="card-host">{homeText.by(room.hostName)}</bdi>
      </span>
    </span>
  );
}

export function LiveCard({ room }: { room: ListedRoom }) {
  const { viewers, simulated } = room;
  const watching =
    simulated === 0
      ? homeText.watching(viewers)
      : `${homeText.watching(viewers)}, ${homeText.simulatedOf(simulated)}`;
  return (
    <Card room={room} kind="live">
      <span class="card-top">
        <span class="card-live">
          <LiveTag />
        </span>
        <span class="card-pill">
          <Icon name="eye" size={16} />
          <span class="num" data-testid="card-viewers" aria-hidden="true">
            {format.compact(viewers)}
          </span>
          <span class="visually-hidden">{watching}</span>
        </span>
        {simulated === 0 ? null : (
          <span
            class="card-pill"
            title={homeText.simulatedWhy}
            aria-hidden="true"
            data-testid="card-simulated"
          >
            {homeText.simulated(simulated)}
          </span>
        )}
        {room.demo ? <DemoTag /> : null}
      </span>
      <span class="card-words">
        {room.sessionTitle === null || room.sessionTitle === room.title ? null : (
          <bdi class="card-session">{room.sessionTitle}</bdi>
        )}
        <Names title={room.title} room={room} />
      </span>
    </Card>
  );
}

type SoonProps = { room: ListedRoom; nowMs: ReadonlySignal<number> };

export function SoonCard({ room, nowMs }: SoonProps) {
  const startsAtMs = room.startsAtMs ?? 0;
  const isDue = startsAtMs <= nowMs.value;
  const shown = when.show(startsAtMs, nowMs.value);
  return (
    <article class="soon-card">
      <Card room={room} kind="soon">
        <span class="soon-words">
          <time class="soon-when" dateTime={new Date(startsAtMs).toISOString()}>
            {shown}
          </time>
          <span class="soon-left num" data-testid="card-left">
            {isDue ? homeText.anyMoment : homeText.startsIn(when.left(startsAtMs - nowMs.value))}
          </span>
          <bdi class="card-title">{room.title}</bdi>
          <bdi class="card-host">{homeText.by(room.hostName)}</bdi>
        </span>
      </Card>
      {isDue ? null : (
        <button
          type="button"
          class="icon-btn soon-calendar"
          title={homeText.calendar}
          aria-label={homeText.calendarOf(room.title)}
          data-testid="card-calendar"
          onClick={() => saveCalendar(room, startsAtMs, nowMs.value)}
        >
          <Icon name="calendar" />
        </button>
      )}
    </article>
  );
}

export function ReplayCard({ room }: { room: ListedRoom }) {
  return (
    <Card room={room} kind="replay">
      <span class="card-play">
        <Icon name="play" size={28} />
        <span class="visually-hidden">{homeText.replays}</span>
      </span>
      <span class="card-words">
        <Names title={room.title} room={room} />
      </span>
    </Card>
  );
}

/** Nothing is planned: one line. */
export function QuietCard({ room }: { room: ListedRoom }) {
  return (
    <a
      class="quiet-card"
      href={`/r/${encodeURIComponent(room.roomId)}`}
      data-testid="card-quiet"
      data-room={room.roomId}
    >
      <Avatar name={room.hostName} size={40} />
      <span class="card-names">
        <bdi class="card-title">{room.title}</bdi>
        <bdi class="card-host">{homeText.by(room.hostName)}</bdi>
      </span>
      <Icon name="chevron" size={18} />
    </a>
  );
}
