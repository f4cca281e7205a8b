import { useState } from 'preact/hooks';
import { isOver, isSameOffAir, type OffAir, offAir } from '../../plays/room/off-air.ts';
import type { RoomState } from '../../plays/room/reducer.ts';
import { text } from '../../text/i18n.ts';
import { language } from '../../text/language.ts';
import { createWhen } from '../../text/when.ts';
import { useAsTimePasses } from '../../ui/as-time-passes.ts';
import { Icon } from '../../ui/icon.tsx';
import { lazy } from '../../ui/lazy.tsx';
import type { RoomView } from './room-view.ts';
import './stage-note.css';

const Replay = lazy(async () => (await import('./replay.tsx')).Replay);
const when = createWhen(language);

type Props = { view: RoomView; room: RoomState };

/** What the stage says while there is no show, with the last one to watch again; live, only the show's title. */
export function StageNote({ view, room }: Props) {
  if (room.session !== null) {
    return (
      <div class="stage-note is-live">
        <bdi>{room.session.title || room.room.title}</bdi>
      </div>
    );
  }
  return <OffAirNote view={view} room={room} />;
}

/** Its own component: once the host goes live, a replay that plays is gone with it. */
function OffAirNote({ view, room }: Props) {
  const [watchedUrl, setWatchedUrl] = useState<string | null>(null);
  const state = useAsTimePasses(view.model.nowMs, (nowMs) => offAir(room, nowMs), isSameOffAir);
  const { title, replayUrl } = room.room;
  if (replayUrl !== null && watchedUrl === replayUrl) {
    return <Replay key={replayUrl} title={title} url={replayUrl} onClose={() => setWatchedUrl(null)} />;
  }
  return (
    <div class="stage-note" data-testid="stage-note" data-state={state.kind}>
      <h1>
        <bdi>{title}</bdi>
      </h1>
      <Headline view={view} room={room} state={state} />
      {replayUrl === null ? null : (
        <button
          type="button"
          class="btn stage-replay"
          data-testid="replay-open"
          onClick={() => setWatchedUrl(replayUrl)}
        >
          <Icon name="play" size={20} /> {text.room.watchReplay}
        </button>
      )}
    </div>
  );
}

function Headline({ view, room, state }: Props & { state: OffAir }) {
  const isEnded = useAsTimePasses(view.model.nowMs, (nowMs) => isOver(room, nowMs));
  if (state.kind === 'planned') {
    return (
      <>
        {isEnded ? <p>{text.room.ended}</p> : null}
        <Planned view={view} startsAtMs={state.startsAtMs} />
        <p>{text.room.stayHere}</p>
      </>
    );
  }
  const words = {
    due: [text.room.anyMoment, text.room.stayHere],
    over: [text.room.ended, text.room.endedHint],
    quiet: [text.room.startsSoon, text.room.startsSoonHint],
  }[state.kind];
  return (
    <>
      <strong>{words[0]}</strong>
      <p>{words[1]}</p>
    </>
  );
}

/** The day in the reader's zone, and the time until then by the server's clock. */
function Planned({ view, startsAtMs }: { view: RoomView; startsAtMs: number }) {
  const { nowMs } = view.model;
  const shown = useAsTimePasses(nowMs, (now) => when.show(startsAtMs, now));
  const left = useAsTimePasses(nowMs, (now) => when.left(startsAtMs - now));
  return (
    <>
      <strong>
        {text.room.nextShow} <time dateTime={new Date(startsAtMs).toISOString()}>{shown}</time>
      </strong>
      <span class="stage-count">
        <span class="stage-count-label">{text.room.startsIn}</span>
        <span class="num" role="timer" data-testid="stage-countdown">
          {left}
        </span>
      </span>
    </>
  );
}
