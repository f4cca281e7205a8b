import { type Signal, signal } from '@preact/signals';
import { render } from 'preact';
import { DemoTag, LiveTag } from '../../plays/room/view.tsx';
import { text } from '../../text/i18n.ts';
import { LANGUAGES, language } from '../../text/language.ts';
import { Avatar, toneOf } from '../../ui/avatar.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Poster } from '../../ui/poster.tsx';
import { fetchRooms, type ListedRoom } from './rooms.ts';
import '../tokens.css';
import '../base.css';
import '../../ui/button.css';
import './home.css';

type List = { kind: 'loading' } | { kind: 'failed' } | { kind: 'rooms'; rooms: ListedRoom[] };

async function load(list: Signal<List>): Promise<void> {
  list.value = { kind: 'loading' };
  try {
    list.value = { kind: 'rooms', rooms: await fetchRooms() };
  } catch {
    list.value = { kind: 'failed' };
  }
}

function HomePage({ list }: { list: Signal<List> }) {
  return (
    <div class="home">
      <header class="home-head">
        <img src="/favicon.svg" alt="" width="44" height="44" />
        <div>
          <strong class="home-brand">Livestall</strong>
          <p>{text.home.tagline}</p>
        </div>
      </header>
      <main>
        <h1>{text.home.title}</h1>
        <Rooms list={list} />
      </main>
      <footer class="home-foot">
        <nav aria-label={text.common.language}>
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <a
              key={tag}
              href={`?lang=${tag}`}
              lang={tag}
              aria-current={tag === language ? 'true' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      </footer>
    </div>
  );
}

function Rooms({ list }: { list: Signal<List> }) {
  const state = list.value;
  if (state.kind === 'loading') {
    return (
      <div class="home-rooms" aria-busy="true">
        <span class="visually-hidden">{text.common.loading}</span>
        <div class="room-card is-ghost" />
        <div class="room-card is-ghost" />
      </div>
    );
  }
  if (state.kind === 'failed') {
    return (
      <div class="home-failed" role="alert">
        <p>{text.home.failed}</p>
        <button type="button" class="btn btn-strong" onClick={() => load(list)}>
          {text.common.tryAgain}
        </button>
      </div>
    );
  }
  if (state.rooms.length === 0) {
    return <Empty icon="store" title={text.home.empty} hint={text.home.emptyHint} />;
  }
  return (
    <ul class="home-rooms">
      {state.rooms.map((room) => (
        <li key={room.roomId}>
          <RoomCard room={room} />
        </li>
      ))}
    </ul>
  );
}

function RoomCard({ room }: { room: ListedRoom }) {
  return (
    <a
      class="room-card"
      href={`/r/${encodeURIComponent(room.roomId)}`}
      aria-label={text.home.enter(room.title)}
      data-testid="room-card"
    >
      <Poster imageUrl={null} tone={toneOf(room.roomId)} isCalm={!room.live} />
      <span class="room-card-top">
        {room.live ? <LiveTag /> : <span class="room-card-soon">{text.home.soon}</span>}
        {room.demo ? <DemoTag /> : null}
      </span>
      <span class="room-card-foot">
        <Avatar name={room.hostName} size={40} />
        <span>
          <bdi class="room-card-title">{room.title}</bdi>
          <span class="room-card-host">{text.home.by(room.hostName)}</span>
        </span>
      </span>
    </a>
  );
}

const list = signal<List>({ kind: 'loading' });
const app = document.getElementById('app');
if (app !== null) render(<HomePage list={list} />, app);
await load(list);
