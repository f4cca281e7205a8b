import type { ReadonlySignal } from '@preact/signals';
import { render } from 'preact';
import { mediaSignal, roomIdFromPath, startSignIn } from '../../model/page.ts';
import { createRoomModel } from '../../model/room-model.ts';
import { text } from '../../text/i18n.ts';
import { lazy } from '../../ui/lazy.tsx';
import { ClosedNotice } from '../shared/closed-notice.tsx';
import { ConnectionLine } from '../shared/connection-line.tsx';
import { followKeyboard } from '../shared/keyboard.ts';
import '../tokens.css';
import '../base.css';
import '../../ui/button.css';
import { CommunityNews } from './community-news.tsx';
import { OrderNewsBar } from './order-news.tsx';
import { PhoneRoom } from './phone-room.tsx';
import { createRoomView, isOut, type RoomView } from './room-view.ts';
import { RoomSheets } from './sheets.tsx';
import { WideRoom } from './wide-room.tsx';
import './waiting.css';

const OutPage = lazy(async () => (await import('./out-page.tsx')).OutPage);

const WIDE = '(min-width: 960px) and (min-height: 480px)';

function RoomPage({ view, isWide }: { view: RoomView; isWide: ReadonlySignal<boolean> }) {
  const { model } = view;
  const room = model.room.state.value;
  if (isOut(view)) return <OutPage view={view} />;
  return (
    <>
      <ConnectionLine status={model.status} />
      {room === null ? <Waiting /> : null}
      {room !== null && isWide.value ? <WideRoom view={view} room={room} /> : null}
      {room !== null && !isWide.value ? <PhoneRoom view={view} room={room} /> : null}
      <div class="order-news-slot" role="status">
        <OrderNewsBar view={view} />
        <CommunityNews view={view} />
      </div>
      <RoomSheets view={view} />
      <ClosedNotice
        status={model.status}
        onTryAgain={() => {
          if (model.status.value.reason === 'UNAUTHENTICATED') model.signIn.forget();
          model.client.reconnect();
        }}
      />
    </>
  );
}

function Waiting() {
  return (
    <main class="waiting">
      <span class="waiting-mark" aria-hidden="true" />
      <p>{text.common.loading}</p>
    </main>
  );
}

const roomId = roomIdFromPath(location.pathname);
const inviterId = new URLSearchParams(location.search).get('by');
const model = await createRoomModel(roomId, await startSignIn('room', roomId), { inviterId });
model.room.state.subscribe((state) => {
  if (state !== null) document.title = `${state.room.title} · Livestall`;
});
followKeyboard();
const app = document.getElementById('app');
if (app !== null) {
  render(<RoomPage view={createRoomView(model)} isWide={mediaSignal(WIDE)} />, app);
}
