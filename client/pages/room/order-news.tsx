import { useEffect } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import type { RoomView } from './room-view.ts';
import './order-news.css';

/** What is good news stays shorter than what you must know. */
const SHOWN_MS = 12_000;

const ICONS: Readonly<Record<string, IconName>> = { offered: 'bell', paid: 'check', sent: 'check' };

/** The latest change of an order of yours, in words, for a while; also when it happened on another device. */
export function OrderNewsBar({ view }: { view: RoomView }) {
  const { news, hideNews } = view.model.orders;
  const isInSheet = view.sheet.value === 'orders';
  const current = isInSheet ? null : news.value;
  useEffect(() => {
    if (isInSheet) hideNews();
    if (current === null) return;
    const timer = setTimeout(hideNews, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [current, isInSheet, hideNews]);

  return (
    <>
      {current === null ? null : (
        <p class={`order-news is-${current.kind}`} data-testid="order-news" data-state={current.kind}>
          <Icon name={ICONS[current.kind] ?? 'info'} size={20} />
          <span>{text.orders.news[current.kind](titleOf(current.order.lines))}</span>
          <button
            type="button"
            class="btn"
            onClick={() => {
              hideNews();
              view.sheet.value = 'orders';
            }}
          >
            {text.orders.newsOpen}
          </button>
        </p>
      )}
    </>
  );
}

function titleOf(lines: readonly { title: string }[]): string {
  return lines.map(({ title }) => title).join(', ');
}
