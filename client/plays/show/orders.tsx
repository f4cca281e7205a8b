import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ShowOrder } from '../../../shared/plays/show/contract.ts';
import { systemTime } from '../../sdk/time.ts';
import { countdown } from '../../text/format.ts';
import { format } from '../../text/i18n.ts';
import { showText } from '../../text/show.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { freshnessOf } from './freshness.ts';
import type { ShowModel } from './model.ts';
import { createOrderTeller, holdLeftMs, type OrderNews, orderedForHost } from './order-news.ts';
import { useSlide } from './use-slide.ts';
import './orders.css';

type Props = { show: ShowModel; nowMs: number };

const NOBODY: readonly ShowOrder[] = [];

/** Orders as they come and change. */
export function LiveOrders({ show, nowMs }: Props) {
  const state = show.board.value;
  const given = state.board?.orders ?? NOBODY;
  const orders = useMemo(() => orderedForHost(given), [given]);
  const list = useRef<HTMLUListElement>(null);
  useSlide(list, orders);
  const news = useNews(given, state.board !== null);
  const freshness = freshnessOf(state, show.isOnline.value, nowMs);
  return (
    <div class="live-orders" data-testid="live-orders" data-state={freshness}>
      <p class="visually-hidden" role="status" data-testid="orders-news">
        {news}
      </p>
      {orders.length > 0 ? (
        <ul class="live-orders-list" ref={list} aria-label={showText.orders.title}>
          {orders.map((order) => (
            <OrderRow key={order.orderId} order={order} leftMs={holdLeftMs(order, nowMs)} />
          ))}
        </ul>
      ) : freshness === 'loading' || freshness === 'failed' ? (
        <p class="live-orders-wait">
          {freshness === 'loading' ? showText.orders.loading : showText.board.failed}
        </p>
      ) : (
        <Empty icon="receipt" title={showText.orders.empty} hint={showText.orders.emptyHint} />
      )}
    </div>
  );
}

function OrderRow({ order, leftMs }: { order: ShowOrder; leftMs: number | null }) {
  const { orders: words } = showText;
  const [line, ...others] = order.lines;
  const isDue = order.state === 'REFUND_REQUIRED';
  return (
    <li
      class={`live-order is-${order.state}`}
      data-key={order.orderId}
      data-testid="live-order"
      data-state={order.state}
    >
      <span class="live-order-who">
        <SimulatedMark userId={order.userId} />
        <bdi>{order.name === '' ? words.somebody : order.name}</bdi>
      </span>
      <span class="live-order-amount num">{format.money(order.amountMinor, order.currency)}</span>
      <span class="live-order-what">
        <bdi>{line?.title}</bdi>
        {line === undefined || line.quantity === 1 ? null : (
          <span class="num">{words.quantity(line.quantity)}</span>
        )}
        {others.length === 0 ? null : <span class="num">{words.more(others.length)}</span>}
        <span class="num">
          {words.number(order.no)} · {format.timeOfDay(order.madeAtMs)}
        </span>
      </span>
      {/* Made anew with each state, so that it shows that it has changed. */}
      <span key={order.state} class="live-order-state tag num" data-testid="live-order-state">
        {isDue ? <Icon name="flag" size={14} /> : null}
        {words.states[order.state]}
        {leftMs === null ? null : (
          <time title={words.leftToPay(countdown(leftMs))} data-testid="live-order-left">
            {countdown(leftMs)}
          </time>
        )}
      </span>
    </li>
  );
}

/** What is new, in words, for a screen reader. */
function useNews(orders: readonly ShowOrder[], isKnown: boolean): string {
  const [words, setWords] = useState('');
  const teller = useMemo(() => createOrderTeller(systemTime, (news) => setWords(newsWords(news))), []);
  useEffect(() => () => teller.close(), [teller]);
  useEffect(() => {
    if (isKnown) teller.take(orders);
  }, [orders, isKnown]);
  return words;
}

function newsWords(news: OrderNews): string {
  const { news: words } = showText.orders;
  const kinds = ['made', 'paid', 'lost', 'due'] as const;
  const list = kinds.filter((kind) => news[kind] > 0).map((kind) => words[kind](news[kind]));
  return list.join(' · ');
}
