import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { RoomModel } from '../../model/room-model.ts';
import type { SignIn } from '../../model/sign-in.ts';
import { payUrl } from '../../plays/order/pay-links.ts';
import { orderNumber } from '../../plays/order/reducer.ts';
import { createEmbedParent, type EmbedParent } from './embed-parent.ts';
import { embedSignIn, type ShopSignIn } from './embed-sign-in.ts';
import type { RoomView } from './room-view.ts';

/** The room inside `<livestall-room>`: it signs in by the shop, and tells it what happens. */
export type Embed = {
  /** Called once. */
  signInOver(own: SignIn): SignIn;
  /** Called once, right after the model is made, so that nothing is missed. */
  follow(view: RoomView): void;
  isRenewing: ReadonlySignal<boolean>;
  /** The reader gave up on the shop's sign-in. */
  asGuest(): void;
};

/** Says hello at once: the element waits for it. */
export function startEmbed(): Embed {
  const isRenewing = signal(false);
  let signIn: ShopSignIn | undefined;
  let couldSignIn = false;
  const parent = createEmbedParent({ window, onRefresh: () => void signIn?.refresh() });
  return {
    isRenewing,
    asGuest: () => signIn?.asGuest(),
    signInOver(own) {
      signIn = embedSignIn(own, parent, isRenewing);
      // The shop may be able to, even if this page is not: the first press shows.
      couldSignIn = own.state.value.canSignIn;
      own.state.value = { ...own.state.value, canSignIn: true };
      return signIn;
    },
    follow(view) {
      signIn?.follow(view.model.client);
      tellSession(view, parent);
      tellOrders(view, parent);
      offerSignIn(view, parent, () => couldSignIn);
      tellProducts(view, parent);
      document.addEventListener('click', (event) => offerCheckout(view, parent, event));
    },
  };
}

/** Ready, then live and offline as they change. */
function tellSession({ model }: RoomView, parent: EmbedParent): void {
  let before: string | null | undefined;
  effect(() => {
    const state = model.room.state.value;
    if (state === null) return;
    const { session, endedAtMs } = state;
    const { roomId, title } = state.room;
    const now = session?.sessionId ?? null;
    if (now === before) return;
    if (before === undefined) parent.tell('ready', { roomId, title, isLive: session !== null });
    else if (session === null) {
      parent.tell('offline', { roomId, endedAtMs: endedAtMs ?? model.client.serverNow() });
    }
    if (before !== undefined && session !== null) {
      parent.tell('live', { roomId, sessionId: session.sessionId, startedAtMs: session.startedAtMs });
    }
    before = now;
  });
}

type WithOrders = { model: Pick<RoomModel, 'client' | 'you' | 'orders'> };

/** Changes of the buyer's orders. Those that were there when this user came are no news, nor older ones that they page to. */
export function tellOrders({ model }: WithOrders, parent: Pick<EmbedParent, 'tell'>): void {
  const known = new Map<string, string>();
  let knownOf: string | null = null;
  let oldest = 0;
  // After the model's own listeners, so that its orders are this user's.
  model.client.on('snapshot', ({ you }) => {
    if (you.userId === knownOf) return;
    known.clear();
    const orders = model.orders.orders.value;
    for (const { orderId, state } of orders) known.set(orderId, state);
    oldest = orders.length === 0 ? 0 : Math.min(...orders.map(orderNumber));
    knownOf = you.userId;
  });
  effect(() => {
    const orders = model.orders.orders.value;
    if (model.you.value === null || model.you.value.userId !== knownOf) return;
    for (const order of orders) {
      const { orderId, state, amountMinor, currency } = order;
      const before = known.get(orderId);
      if (before === state) continue;
      known.set(orderId, state);
      if (before === undefined && orderNumber(order) < oldest) continue;
      parent.tell('order', { orderId, state, amountMinor, currency });
    }
  });
}

/** A guest was led to the sign-in: the shop's own, if it has one; else the room's, as ever. */
function offerSignIn({ model, sheet }: RoomView, parent: EmbedParent, canAlone: () => boolean): void {
  let isOffered = false;
  effect(() => {
    if (sheet.value !== 'sign-in') {
      isOffered = false;
      return;
    }
    if (isOffered) return;
    sheet.value = null;
    void parent.offer('sign-in', { roomId: model.client.roomId }).then((isHandled) => {
      if (isHandled || sheet.value !== null) return;
      const { state } = model.signIn;
      state.value = { ...state.value, canSignIn: canAlone() };
      isOffered = true;
      sheet.value = 'sign-in';
    });
  });
}

/** "Pay now" is a link to the shop. The shop may want to open its checkout around the room instead. */
function offerCheckout({ model }: RoomView, parent: EmbedParent, event: MouseEvent): void {
  const { target } = event;
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href]') : null;
  const hasChoice = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (link === null || event.defaultPrevented || hasChoice || event.button !== 0) return;
  const paid = Object.entries(model.orders.payLinks.value).find(([, each]) => payUrl(each) === link.href);
  if (paid === undefined) return;
  const [orderId] = paid;
  const url = link.href;
  event.preventDefault();
  void parent.offer('checkout', { orderId, url }).then((isHandled) => {
    if (!isHandled) window.open(url, '_blank', 'noopener');
  });
}

/** A product was pressed, on the shelf or where the host shows it: its sheet opens. */
function tellProducts({ model, sheet }: RoomView, parent: EmbedParent): void {
  effect(() => {
    const of = sheet.value;
    if (of === null || typeof of !== 'object' || !('product' in of)) return;
    const product = model.shelf.state.peek().products.find(({ productId }) => productId === of.product);
    if (product !== undefined) parent.tell('product', { productId: product.productId, title: product.title });
  });
}
