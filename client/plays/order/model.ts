import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Order } from '../../../shared/trade/order.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { systemTime, type Time } from '../../sdk/time.ts';
import type { You } from '../../sdk/types.ts';
import { isEventOf, isNoticeOf } from '../events.ts';
import { createPayLinks, type PayLinks } from './pay-links.ts';
import {
  newsOf,
  type OrderNews,
  type Orders,
  orderNumber,
  ordersAsOf,
  withOlder,
  withOrder,
} from './reducer.ts';

export type OrderPlay = {
  orders: Signal<Orders>;
  payLinks: PayLinks['links'];
  /** The latest change that is worth a word, until `hideNews`. */
  news: Signal<{ kind: OrderNews; order: Order } | null>;
  hideNews(): void;
  /** There are older orders than those shown. */
  hasOlder: Signal<boolean>;
  loadOlder(): Promise<void>;
  /** An order as an answer to a command of this page brought it. */
  take(order: Order): void;
  release(orderId: string): Promise<Ack<unknown>>;
  /** Asks how things stand, if anything may have changed unheard: the page came back to the front. */
  refresh(): void;
  /** Every change, also those of other devices; `before` is undefined for a new order. */
  onChange(listener: (before: Order | undefined, now: Order) => void): void;
};

type Options = { time?: Time; base?: string };

/** As in the contract's limits, which carry zod; a test fails when it drifts. */
export const ORDERS_KEPT = 20;

/** A hold ends within 2 s of its deadline; past that without a word, ask. */
const ASK_AFTER_MS = 2_500;
const ASK_AGAIN_MS = 3_000;
/** Notices can be lost with the node that sent them: while something is held, the server is asked this often. */
const QUIET_MS = 20_000;
/** A payment may still be on its way for this long after a hold has run out. */
const LATE_PAYMENT_MS = 300_000;

export function createOrderPlay(client: LivestallClient, options: Options = {}): OrderPlay {
  const { time = systemTime, base = globalThis.location?.href ?? 'http://localhost/' } = options;
  const orders = signal<Orders>([]);
  const news: OrderPlay['news'] = signal(null);
  const hasOlder = signal(false);
  const listeners: ((before: Order | undefined, now: Order) => void)[] = [];
  const payLinks = createPayLinks({
    ...{ client, time, base },
    isHeld: (orderId) => orders.value.some((order) => order.orderId === orderId && order.state === 'HELD'),
  });
  let userId: string | null = null;
  let isAsking = false;
  let cancelAsk: () => void = () => {};

  client.on('snapshot', ({ you }) => setAsOf(you));
  client.on('you', setAsOf);
  client.on('notice', (notice) => {
    if (isNoticeOf('order', notice)) take(notice.data.order);
  });
  client.on('events', ({ events }) => {
    if (!events.some((event) => isEventOf('room', event) && event.name === 'room:changed')) return;
    payLinks.forget();
    follow();
  });

  function setAsOf(you: You): void {
    const listed = you.plays.order.orders;
    const isSomeoneElse = you.userId !== userId;
    if (isSomeoneElse) {
      // What was so before we came is no news.
      userId = you.userId;
      orders.value = [];
      news.value = null;
      payLinks.forget();
      hasOlder.value = listed.length >= ORDERS_KEPT;
    }
    const before = orders.value;
    orders.value = ordersAsOf(before, listed, ORDERS_KEPT, client.serverNow());
    // `you` of the other plays counts these already.
    if (!isSomeoneElse) tell(before, false);
    follow();
  }

  function take(order: Order): void {
    const before = orders.value;
    orders.value = withOrder(before, order);
    if (orders.value !== before) tell(before, true);
    follow();
  }

  function tell(before: Orders, toListeners: boolean): void {
    for (const now of orders.value) {
      const then = before.find(({ orderId }) => orderId === now.orderId);
      if (then === now) continue;
      const kind = newsOf(then, now);
      if (kind !== null) news.value = { kind, order: now };
      if (toListeners) for (const listener of listeners) listener(then, now);
    }
  }

  /** Fetches what paying needs, and wakes when the next word is due but may have got lost. */
  function follow(): void {
    const nowMs = client.serverNow();
    const held = orders.value.filter(({ state }) => state === 'HELD');
    payLinks.want(held.map(({ orderId }) => orderId));
    const late = orders.value.some(
      ({ state, holdExpiresAtMs }) => state === 'EXPIRED' && nowMs - holdExpiresAtMs < LATE_PAYMENT_MS,
    );
    cancelAsk();
    if (held.length === 0 && !late) return;
    const dueMs = Math.min(...held.map(({ holdExpiresAtMs }) => holdExpiresAtMs)) + ASK_AFTER_MS - nowMs;
    cancelAsk = time.after(Math.min(QUIET_MS, dueMs > 0 ? dueMs : ASK_AGAIN_MS), () => void ask());
  }

  async function ask(): Promise<void> {
    if (isAsking || client.status().state === 'closed') return;
    isAsking = true;
    const ack = await client.call('order:mine', { limit: ORDERS_KEPT }, { deadlineMs: 5_000 });
    isAsking = false;
    if (!ack.ok) {
      follow();
      return;
    }
    const before = orders.value;
    orders.value = ordersAsOf(before, ack.data.orders, ORDERS_KEPT, client.serverNow());
    tell(before, true);
    follow();
  }

  return {
    orders,
    payLinks: payLinks.links,
    news,
    hideNews: () => {
      news.value = null;
    },
    hasOlder,
    async loadOlder() {
      const last = orders.value.at(-1);
      if (last === undefined) return;
      const ack = await client.call('order:mine', { limit: ORDERS_KEPT, cursor: orderNumber(last) });
      if (!ack.ok) return;
      orders.value = withOlder(orders.value, ack.data.orders);
      hasOlder.value = ack.data.nextCursor !== null;
    },
    take,
    async release(orderId) {
      const ack = await client.call('order:release', { orderId });
      if (ack.ok) take(ack.data.order);
      // Paid or ended meanwhile: look how it stands.
      else void ask();
      return ack;
    },
    refresh() {
      const mayChange = orders.value.some(({ state }) => state === 'HELD' || state === 'EXPIRED');
      if (mayChange && client.status().state === 'online') void ask();
    },
    onChange: (listener) => listeners.push(listener),
  };
}
