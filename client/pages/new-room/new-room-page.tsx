import { useEffect, useState } from 'preact/hooks';
import { serverOffsetMs } from '../../model/server-offset.ts';
import { text } from '../../text/i18n.ts';
import { newRoomText } from '../../text/new-room.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ThemeSwitch } from '../shared/theme-switch.tsx';
import { MadeView } from './made-view.tsx';
import type { MadeRoom } from './new-room.ts';
import { NewRoomForm } from './room-form.tsx';
import './new-room.css';

type Server = { kind: 'asking' } | { kind: 'silent' } | { kind: 'known'; isDemo: boolean; offsetMs: number };

/** A form, then what it made. */
export function NewRoomPage() {
  const [server, setServer] = useState<Server>({ kind: 'asking' });
  const [made, setMade] = useState<MadeRoom | null>(null);
  async function ask(): Promise<void> {
    setServer({ kind: 'asking' });
    setServer(await askServer());
  }
  useEffect(() => void ask(), []);
  useEffect(() => {
    document.title = `${made === null ? newRoomText.title : newRoomText.madeTitle(made.title)} · Livestall`;
  }, [made]);
  return (
    <div class="new-room">
      <header class="new-room-head">
        <a class="btn new-room-back" href="/">
          <Icon name="chevron" size={18} /> {newRoomText.back}
        </a>
        <ThemeSwitch />
      </header>
      <main class="new-room-card">
        {server.kind === 'asking' ? (
          <p class="new-room-wait" role="status">
            {text.common.loading}
          </p>
        ) : null}
        {server.kind === 'silent' ? (
          <div class="new-room-wait" role="alert">
            <Empty icon="off" title={newRoomText.configFailed} hint="" />
            <button type="button" class="btn btn-strong" onClick={ask}>
              {text.common.tryAgain}
            </button>
          </div>
        ) : null}
        {server.kind === 'known' && made === null ? (
          <>
            <div class="new-room-intro">
              <h1>{newRoomText.title}</h1>
              <p>{newRoomText.intro}</p>
              {server.isDemo ? <p class="new-room-demo">{newRoomText.demoNote}</p> : null}
            </div>
            <NewRoomForm isDemo={server.isDemo} now={() => Date.now() + server.offsetMs} onMade={setMade} />
          </>
        ) : null}
        {made === null ? null : <MadeView room={made} onAnother={() => setMade(null)} />}
      </main>
    </div>
  );
}

/** Whether a key is needed only the server knows: a guess would lead to the wrong form. */
async function askServer(): Promise<Server> {
  try {
    const response = await fetch('/client-config.json');
    if (!response.ok) return { kind: 'silent' };
    const config = (await response.json()) as { demo?: unknown };
    const offsetMs = serverOffsetMs(response, Date.now());
    return { kind: 'known', isDemo: config.demo === true, offsetMs };
  } catch {
    return { kind: 'silent' };
  }
}
