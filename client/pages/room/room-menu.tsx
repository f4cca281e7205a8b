import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { viewersInWords } from '../../plays/room/view.tsx';
import { format, text } from '../../text/i18n.ts';
import { LANGUAGES, language } from '../../text/language.ts';
import { menuText } from '../../text/room-menu.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { ThemeSwitch } from '../shared/theme-switch.tsx';
import { StaffLink, staffPages } from './community-news.tsx';
import { isEmbedded } from './embedded.ts';
import { ReportSeller } from './report-seller.tsx';
import { type RoomView, roomCurrency, type SheetName } from './room-view.ts';
import { shareRoom } from './share-button.tsx';
import { simulatedOf } from './top-bar.tsx';
import './room-menu.css';

/** Under who sells here: how many are here, and everything that has no button of its own in every layout. */
export function RoomMenu({ view }: { view: RoomView }) {
  const { model, sheet, isChatShown, isChatRead } = view;
  const room = model.room.state.value;
  if (room === null) return null;
  const go = (to: SheetName) => () => {
    sheet.value = to;
  };
  return (
    <div class="room-menu" data-testid="room-menu">
      <p class="room-menu-count num">
        {viewersInWords(room.viewers, simulatedOf(room))} · {menuText.followers(room.followers)}
      </p>
      <div class="room-menu-acts">
        <Act icon="chat" words={menuText.history} testId="menu-history" onPress={go('history')} />
        <Act icon="receipt" words={menuText.orders} testId="menu-orders" onPress={go('orders')} />
        <Act icon="gift" words={menuText.draws} testId="menu-draws" onPress={go('draws')} />
        {view.media.kit.value === null ? null : (
          <Act icon="sound" words={menuText.video} testId="menu-video" onPress={go('video')} />
        )}
        <Act icon="share" words={text.room.share} testId="menu-share" onPress={() => void shareRoom(view)} />
        <Act
          icon={isChatShown.value ? 'eye' : 'chat'}
          words={isChatShown.value ? menuText.hideChat : menuText.showChat}
          testId="menu-chat"
          isForSmall
          onPress={() => {
            isChatShown.value = !isChatShown.value;
            sheet.value = null;
          }}
        />
      </div>
      {staffPages(model).map((page) => (
        <StaffLink key={page.href} page={page} onPress={() => undefined} />
      ))}
      <div class="room-menu-rows">
        <label class="room-menu-row">
          <span>
            {menuText.readAll}
            <small>{menuText.readAllHint}</small>
          </span>
          <input
            type="checkbox"
            data-testid="read-all"
            checked={isChatRead.value}
            onChange={({ currentTarget }) => {
              isChatRead.value = currentTarget.checked;
            }}
          />
        </label>
        <div class="room-menu-row">
          <span>{menuText.colours}</span>
          <ThemeSwitch />
        </div>
        <Languages />
      </div>
      <details class="room-menu-report">
        <summary>
          <Icon name="flag" size={18} /> {menuText.report}
        </summary>
        <p>{menuText.reportMessage}</p>
        <button type="button" class="btn btn-line" onClick={go('history')}>
          {menuText.reportOpen}
        </button>
        <p>{menuText.reportSellerHint}</p>
        <ReportSeller view={view} />
        {room.room.sellerContact === '' ? null : (
          <p class="room-menu-contact">
            {menuText.reportWrite} <bdi>{room.room.sellerContact}</bdi>
          </p>
        )}
      </details>
      {isEmbedded ? null : (
        <a class="btn btn-line btn-wide" href="/" data-testid="menu-leave">
          {text.room.leave}
        </a>
      )}
    </div>
  );
}

type ActProps = {
  icon: IconName;
  words: string;
  testId: string;
  /** Where the chat has a column of its own, there is nothing to hide. */
  isForSmall?: boolean;
  onPress: () => void;
};

function Act({ icon, words, testId, isForSmall = false, onPress }: ActProps) {
  return (
    <button
      type="button"
      class={`room-menu-act ${isForSmall ? 'is-for-small' : ''}`}
      data-testid={testId}
      onClick={onPress}
    >
      <Icon name={icon} />
      <span>{words}</span>
    </button>
  );
}

/** The page is loaded anew in the language; what you are signed in as stays. */
function Languages() {
  return (
    <fieldset class="room-menu-row room-menu-languages">
      <legend class="visually-hidden">{menuText.language}</legend>
      <Icon name="globe" />
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <button
          key={tag}
          type="button"
          lang={tag}
          class="room-menu-language"
          aria-pressed={tag === language}
          onClick={() => {
            const there = new URL(location.href);
            there.searchParams.set('lang', tag);
            location.assign(there);
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

/** One product, as large as the sheet allows, with the sale of it that runs. */
export function ProductSheet({ view, productId, children }: ProductProps) {
  const { model } = view;
  const product = model.shelf.state.value.products.find((each) => each.productId === productId);
  const currency = roomCurrency(view);
  /** A report that is being written outlasts the product. */
  const shown = useRef(product);
  if (product !== undefined) shown.current = product;
  return (
    <div class="product-sheet" data-testid="product" data-product-id={productId}>
      {product === undefined ? (
        <p>{menuText.productGone}</p>
      ) : (
        <>
          {product.imageUrl === null ? null : <img src={product.imageUrl} alt="" decoding="async" />}
          {model.shelf.state.value.featuredProductId === productId ? (
            <span class="tag">{text.shelf.featured}</span>
          ) : null}
          <strong class="product-price num">
            <span class="visually-hidden">{text.shelf.usualPrice} </span>
            {format.money(product.priceMinor, currency)}
          </strong>
          <p class="product-text">
            <bdi>{product.description === '' ? menuText.noText : product.description}</bdi>
          </p>
          {children}
        </>
      )}
      {shown.current === undefined ? null : <ReportSeller view={view} product={shown.current} />}
    </div>
  );
}

type ProductProps = { view: RoomView; productId: string; children: ComponentChildren };
