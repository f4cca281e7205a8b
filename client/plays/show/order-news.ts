import type { ShowOrder } from '../../../shared/plays/show/contract.ts';
import type { Time } from '../../sdk/time.ts';

/** What has happened to orders, for those who hear it read out: sums, and not more often than one can listen. */

export type OrderNews = { made: number; paid: number; lost: number; due: number };

const EVERY_MS = 8_000;

/** What became of the orders that have changed after a moment. */
export function newsSince(orders: readonly ShowOrder[], sinceMs: number): OrderNews {
  const changed = orders.filter(({ changedAtMs }) => changedAtMs > sinceMs);
  const are = (...states: ShowOrder['state'][]) =>
    changed.filter(({ state }) => states.includes(state)).length;
  return {
    made: orders.filter(({ madeAtMs }) => madeAtMs > sinceMs).length,
    paid: are('PAID'),
    lost: are('EXPIRED', 'RELEASED'),
    due: are('REFUND_REQUIRED'),
  };
}

export type OrderTeller = { take(orders: readonly ShowOrder[]): void; close(): void };

/** Tells what is new in the orders it is given; what was there at first is no news. */
export function createOrderTeller(time: Time, tell: (news: OrderNews) => void): OrderTeller {
  let sinceMs: number | null = null;
  let latest: readonly ShowOrder[] = [];
  let nextAtMs = time.now();
  let cancel: (() => void) | null = null;
  const lastChange = () => Math.max(0, ...latest.map(({ changedAtMs }) => changedAtMs));

  function tellNow(): void {
    cancel = null;
    const news = newsSince(latest, sinceMs ?? 0);
    sinceMs = Math.max(sinceMs ?? 0, lastChange());
    if (news.made + news.paid + news.lost + news.due === 0) return;
    nextAtMs = time.now() + EVERY_MS;
    tell(news);
  }

  return {
    take(orders) {
      latest = orders;
      if (sinceMs === null) {
        sinceMs = lastChange();
        return;
      }
      if (lastChange() > sinceMs) cancel ??= time.after(Math.max(0, nextAtMs - time.now()), tellNow);
    },
    close() {
      cancel?.();
    },
  };
}

/** Those that want something done come first, then by number, the latest first: a row stays where it is when it changes. */
export function orderedForHost(orders: readonly ShowOrder[]): readonly ShowOrder[] {
  const isDue = ({ state }: ShowOrder) => (state === 'REFUND_REQUIRED' ? 1 : 0);
  return orders.toSorted((a, b) => isDue(b) - isDue(a) || b.no - a.no);
}

/** What is left to pay of a hold; null: it is none, or an older server that does not say. */
export function holdLeftMs(
  { state, holdExpiresAtMs }: Pick<ShowOrder, 'state' | 'holdExpiresAtMs'>,
  nowMs: number,
): number | null {
  if (state !== 'HELD' || holdExpiresAtMs === undefined) return null;
  return Math.max(0, holdExpiresAtMs - nowMs);
}
