import type { RoomState } from '../../plays/room/reducer.ts';
import { DemoTag, LiveTag, SellerDetails, ViewerCount } from '../../plays/room/view.tsx';
import { text } from '../../text/i18n.ts';
import { Avatar, toneOf } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Poster } from '../../ui/poster.tsx';
import { RoomChat, RoomPinned, SayOrSignIn } from './chat-parts.tsx';
import { isEmbedded } from './embedded.ts';
import { MenuButton } from './menu-button.tsx';
import { OrdersButton } from './orders-sheet.tsx';
import { PlayChips } from './play-chips.tsx';
import { RoomHeartButton, RoomHearts } from './room-hearts.tsx';
import { RoomShelf } from './room-shelf.tsx';
import { posterImage, type RoomView, useCurrentSales } from './room-view.ts';
import { SaleList } from './sale-cards.tsx';
import { ShareButton } from './share-button.tsx';
import { StageMedia, StageMediaControls, StageMediaNotice } from './stage-media.tsx';
import { StageNote } from './stage-note.tsx';
import { Follow, simulatedOf } from './top-bar.tsx';
import './wide-room.css';

type Props = { view: RoomView; room: RoomState };

/** Three columns: the stage, what is for sale, and the chat. */
export function WideRoom({ view, room }: Props) {
  const { model } = view;
  return (
    <div class="wide">
      <header class="wide-top">
        {isEmbedded ? null : (
          <a class="icon-btn" href="/" aria-label={text.room.leave}>
            <Icon name="store" size={24} />
          </a>
        )}
        <Avatar name={room.room.hostName} size={40} />
        <div class="wide-names">
          <h1>
            <bdi>{room.room.title}</bdi>
          </h1>
          <bdi>{room.room.hostName}</bdi>
        </div>
        {room.room.demo ? <DemoTag /> : null}
        <Follow view={view} room={room} />
        <ViewerCount viewers={room.viewers} simulated={simulatedOf(room)} />
        <OrdersButton view={view} />
        <ShareButton view={view} />
        <MenuButton view={view} />
      </header>
      <main class="wide-main">
        <section class="stage" data-theme="dark">
          <Poster
            imageUrl={posterImage(view)}
            tone={toneOf(room.room.roomId)}
            isCalm={room.session === null}
          />
          <StageMedia view={view} />
          <div class="stage-over">
            {room.session === null ? null : (
              <span class="stage-live glass">
                <LiveTag />
                <RoomHearts view={view} room={room} iconSize={14} />
              </span>
            )}
            <StageNote view={view} room={room} />
            <StageMediaNotice view={view} />
            <StageMediaControls view={view} />
          </div>
        </section>
        <section class="wide-goods" aria-label={text.shelf.title}>
          <PlayChips view={view} />
          <SaleList view={view} />
          <NoSales view={view} />
          <div class="panel">
            <h2>
              {text.shelf.title}
              <span class="tag num">{model.shelf.state.value.products.length}</span>
            </h2>
            <RoomShelf view={view} />
          </div>
          <div class="panel">
            <h2>{text.room.about}</h2>
            <SellerDetails room={room.room} />
          </div>
        </section>
        <section class="wide-chat panel" aria-label={text.chat.title}>
          <h2>{text.chat.title}</h2>
          <RoomPinned view={view} />
          <RoomChat view={view} />
          <div class="wide-say">
            <SayOrSignIn view={view} />
            <RoomHeartButton view={view} room={room} />
          </div>
        </section>
      </main>
    </div>
  );
}

function NoSales({ view }: { view: RoomView }) {
  if (useCurrentSales(view).length > 0) return null;
  return (
    <div class="no-sales">
      <Icon name="bolt" />
      <p>
        <strong>{text.sale.noSales}</strong> {text.sale.noSalesHint}
      </p>
    </div>
  );
}
