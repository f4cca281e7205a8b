import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type PersonStorage, readPerson } from '../../model/demo-person.ts';
import { homeText } from '../../text/home.ts';
import { text } from '../../text/i18n.ts';
import { LANGUAGES, language } from '../../text/language.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ThemeSwitch } from '../shared/theme-switch.tsx';
import { AccountButton, AccountSheet } from './account.tsx';
import type { HomeModel } from './home-model.ts';
import { LiveCard, QuietCard, ReplayCard, SoonCard } from './room-cards.tsx';
import { type ListedRoom, sectionsOf } from './rooms.ts';
import './home.css';

/** A demo has this one from its start, see server/demo/people.ts. */
const DEMO_ROOM_ID = 'demo';

type Props = {
  model: HomeModel;
  /** Null until the server said so. */
  isDemo: ReadonlySignal<boolean | null>;
  storage: PersonStorage;
};

export function HomePage({ model, isDemo, storage }: Props) {
  const [person, setPerson] = useState(() => readPerson(storage));
  const [isAccountOpen, setAccountOpen] = useState(false);
  const list = model.list.value;
  const roomId = (list.kind === 'rooms' ? list.rooms[0]?.roomId : undefined) ?? DEMO_ROOM_ID;
  return (
    <div class="home">
      <header class="home-head">
        <a class="home-brand" href="/" aria-label="Livestall">
          <img src="/favicon.svg" alt="" width="36" height="36" />
          <strong>Livestall</strong>
        </a>
        <ThemeSwitch />
        {isDemo.value === true ? <AccountButton person={person} onOpen={() => setAccountOpen(true)} /> : null}
      </header>
      <main>
        <section class="home-hero">
          <h1>{homeText.heading}</h1>
          <p>{homeText.about}</p>
          {isDemo.value === true ? <p class="home-demo">{homeText.demoNote}</p> : null}
          <a class="btn btn-strong" href="/new" data-testid="make-room">
            <Icon name="plus" size={20} /> {homeText.make}
          </a>
        </section>
        <Rooms model={model} />
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
        <a href="/api/docs">{homeText.docs}</a>
      </footer>
      {isAccountOpen ? (
        <AccountSheet
          {...{ storage, person, roomId }}
          onPerson={setPerson}
          onClose={() => setAccountOpen(false)}
        />
      ) : null}
    </div>
  );
}

function Rooms({ model }: { model: HomeModel }) {
  const state = model.list.value;
  if (state.kind === 'loading') {
    return (
      <div class="home-grid" aria-busy="true">
        <span class="visually-hidden" role="status">
          {text.common.loading}
        </span>
        <div class="card-ghost" />
        <div class="card-ghost" />
        <div class="card-ghost" />
      </div>
    );
  }
  if (state.kind === 'failed') {
    return (
      <div class="home-failed" role="alert" data-testid="home-failed">
        <Empty icon="off" title={homeText.failed} hint={homeText.failedHint} />
        <button type="button" class="btn btn-strong" onClick={() => void model.refresh()}>
          {text.common.tryAgain}
        </button>
      </div>
    );
  }
  return (
    <div data-testid="home-list" data-state={state.isStale ? 'stale' : 'fresh'}>
      <p class="home-stale" role="status">
        {state.isStale ? homeText.stale : ''}
      </p>
      {state.rooms.length === 0 ? (
        <Empty icon="store" title={homeText.empty} hint={homeText.emptyHint} />
      ) : (
        <Listed rooms={state.rooms} nowMs={model.nowMs} />
      )}
    </div>
  );
}

function Listed({ rooms, nowMs }: { rooms: ListedRoom[]; nowMs: ReadonlySignal<number> }) {
  const { live, soon, replays, quiet } = sectionsOf(rooms, nowMs.value);
  return (
    <div class="home-sections">
      <Section name="live" title={homeText.live} count={live.length}>
        {live.length === 0 ? (
          <div class="home-none">
            <Icon name="live" size={26} />
            <p>
              <strong>{homeText.noLive}</strong> {homeText.noLiveHint}
            </p>
          </div>
        ) : (
          <ul class="home-grid home-live">
            {live.map((room) => (
              <li key={room.roomId}>
                <LiveCard room={room} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      {soon.length === 0 ? null : (
        <Section name="soon" title={homeText.soon} count={soon.length}>
          <ul class="home-grid is-wide">
            {soon.map((room) => (
              <li key={room.roomId}>
                <SoonCard room={room} nowMs={nowMs} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {replays.length === 0 ? null : (
        <Section name="replays" title={homeText.replays} count={replays.length}>
          <ul class="home-grid">
            {replays.map((room) => (
              <li key={room.roomId}>
                <ReplayCard room={room} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {quiet.length === 0 ? null : (
        <Section name="quiet" title={homeText.quiet} count={quiet.length}>
          <ul class="home-grid is-tight">
            {quiet.map((room) => (
              <li key={room.roomId}>
                <QuietCard room={room} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

type SectionProps = { name: string; title: string; count: number; children: ComponentChildren };

function Section({ name, title, count, children }: SectionProps) {
  return (
    <section aria-labelledby={`home-${name}`} data-testid={`home-${name}`}>
      <h2 id={`home-${name}`}>
        {title}
        {count < 2 ? null : <span class="tag num">{count}</span>}
      </h2>
      {children}
    </section>
  );
}
