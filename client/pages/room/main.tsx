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
import { applyTheme } from '../shared/theme-switch.tsx';
import { RoomAnnouncer } from './chat-parts.tsx';
import { CommunityNews } from './community-news.tsx';
import { applyEmbedTheme, isEmbedded, isInElement, openLinksBeside } from './embedded.ts';
import { OrderNewsBar } from './order-news.tsx';
import { PhoneRoom } from './phone-room.tsx';
import { createRoomView, isOut, type RoomView } from './room-view.ts';
import { RoomSheets } from './sheets.tsx';
import { SkipLinks } from './skip-links.tsx';
import { WideRoom } from './wide-room.tsx';
import './waiting.css';

const OutPage = lazy(async () => (await import('./out-page.tsx')).OutPage);

const WIDE = '(min-width: 960px) and (min-height: 480px)';

type PageProps = {
  view: RoomView;
  isWide: ReadonlySignal<boolean>;
  /** A shop's page is being asked for another token. */
  isRenewing: ReadonlySignal<boolean> | undefined;
};

function RoomPage({ view, isWide, isRenewing }: PageProps) {
  const { model } = view;
  const room = model.room.state.value;
  if (isOut(view)) return <OutPage view={view} />;
  return (
    <>
      <SkipLinks />
      <ConnectionLine status={model.status} />
      {room === null ? <Waiting /> : null}
      {room !== null && isWide.value ? <WideRoom view={view} room={room} /> : null}
      {room !== null && !isWide.value ? <PhoneRoom view={view} room={room} /> : null}
      <div class="order-news-slot" role="status">
        <OrderNewsBar view={view} />
        <CommunityNews view={view} />
      </div>
      <RoomAnnouncer view={view} />
      <RoomSheets view={view} />
      {isRenewing?.value === true ? null : (
        <ClosedNotice
          status={model.status}
          onTryAgain={() => {
            if (model.status.value.reason === 'UNAUTHENTICATED') model.signIn.forget();
            model.client.reconnect();
          }}
          onAsGuest={() => {
            model.signIn.forget();
            embed?.asGuest();
            model.client.reconnect();
          }}
        />
      )}
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

applyTheme();
const roomId = roomIdFromPath(location.pathname);
const inviterId = new URLSearchParams(location.search).get('by');
applyEmbedTheme();
if (isEmbedded) openLinksBeside();
const [own, embed] = await Promise.all([
  startSignIn('room', roomId),
  isInElement ? import('./embed.ts').then(({ startEmbed }) => startEmbed()) : null,
]);
const model = await createRoomModel(roomId, embed?.signInOver(own) ?? own, { inviterId });
const view = createRoomView(model);
embed?.follow(view);
model.room.state.subscribe((state) => {
  if (state !== null) document.title = `${state.room.title} · Livestall`;
});
followKeyboard();
const app = document.getElementById('app');
if (app !== null) {
  render(<RoomPage view={view} isWide={mediaSignal(WIDE)} isRenewing={embed?.isRenewing} />, app);
}
