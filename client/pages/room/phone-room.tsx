import type { RoomState } from '../../plays/room/reducer.ts';
import { DemoTag } from '../../plays/room/view.tsx';
import { format, text } from '../../text/i18n.ts';
import { toneOf } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Poster } from '../../ui/poster.tsx';
import { RoomChat, RoomPinned, SayOrSignIn } from './chat-parts.tsx';
import { MenuButton } from './menu-button.tsx';
import { OrdersButton } from './orders-sheet.tsx';
import { PlayChips } from './play-chips.tsx';
import { RoomHeartButton } from './room-hearts.tsx';
import { posterImage, type RoomView } from './room-view.ts';
import { FloatingSales } from './sale-cards.tsx';
import { ShareButton } from './share-button.tsx';
import { StageMedia, StageMediaControls, StageMediaNotice } from './stage-media.tsx';
import { StageNote } from './stage-note.tsx';
import { TopBar } from './top-bar.tsx';
import './phone-room.css';
import './phone-landscape.css';

type Props = { view: RoomView; room: RoomState };

/** The video is the page, everything else floats. On its side, the chat becomes a drawer. */
export function PhoneRoom({ view, room }: Props) {
  const { sheet, isChatShown, model } = view;
  const { products } = model.shelf.state.value;
  return (
    <main class={`phone ${isChatShown.value ? '' : 'is-chat-hidden'}`} data-theme="dark">
      <Poster imageUrl={posterImage(view)} tone={toneOf(room.room.roomId)} isCalm={room.session === null} />
      <StageMedia view={view} />
      <div class="phone-scrim" aria-hidden="true" />
      {room.session === null ? null : (
        <h1 class="visually-hidden">
          <bdi>{room.room.title}</bdi>
        </h1>
      )}
      <div class="phone-top">
        <TopBar
          view={view}
          room={room}
          onAbout={() => {
            sheet.value = 'about';
          }}
        />
        <PlayChips view={view}>{room.room.demo ? <DemoTag /> : null}</PlayChips>
      </div>
      <div class="phone-note">
        <div class="stage-line">
          <StageNote view={view} room={room} />
          <StageMediaControls view={view} />
        </div>
        <StageMediaNotice view={view} />
      </div>
      <div class="phone-talk">
        <RoomPinned view={view} />
        <RoomChat view={view} />
      </div>
      <div class="heart-sky" aria-hidden="true" />
      <FloatingSales view={view} />
      <div class="phone-bar">
        <SayOrSignIn view={view} />
        <button
          type="button"
          class="icon-btn glass shelf-open"
          data-testid="shelf-open"
          aria-label={text.shelf.open(products.length)}
          onClick={() => {
            sheet.value = 'shelf';
          }}
        >
          <Icon name="bag" />
          <span class="count num" aria-hidden="true">
            {format.number(products.length)}
          </span>
        </button>
        <OrdersButton view={view} />
        <ShareButton view={view} />
        <RoomHeartButton view={view} room={room} />
        <MenuButton view={view} />
        <button
          type="button"
          class="icon-btn glass chat-toggle"
          data-testid="chat-toggle"
          aria-label={isChatShown.value ? text.room.hideChat : text.room.showChat}
          aria-expanded={isChatShown.value}
          onClick={() => {
            isChatShown.value = !isChatShown.value;
          }}
        >
          <Icon name="chat" />
        </button>
      </div>
    </main>
  );
}
