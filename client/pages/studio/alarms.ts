import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { isEnding, isLow } from '../../plays/flash-sale/sale-pulse.ts';
import type { PublishState } from '../../sdk/media/types.ts';

/** What a host must know of whatever they look at: the red lines of the studio, the gravest first. No DOM. */

export type Alarm =
  | { kind: 'offline' | 'no-picture' | 'no-sound' | 'not-sent' | 'replaced' }
  | { kind: 'low' | 'gone' | 'ending'; sale: FlashSale }
  /** Unpaid units that go back on sale within `HOLDS_ENDING_MS`. */
  | { kind: 'holds'; sale: FlashSale; units: number };

export type Sending = {
  state: PublishState;
  /** This server has a relay, as far as is known. */
  isPossible: boolean;
  isSending: boolean;
  isHeard: boolean;
  /** An encoder, or somebody else, sends to the show. */
  hasOthers: boolean;
};
/** An unpaid hold. */
export type Hold = { saleId: string; units: number; endsAtMs: number };

type Input = {
  isOnline: boolean;
  isLive: boolean;
  sending: Sending;
  sales: readonly FlashSale[];
  holds: readonly Hold[];
  nowMs: number;
};

export const HOLDS_ENDING_MS = 20_000;

export function alarmsOf({ isOnline, isLive, sending, sales, holds, nowMs }: Input): Alarm[] {
  const found: Alarm[] = [];
  if (!isOnline) found.push({ kind: 'offline' });
  if (isLive) found.push(...ofSending(sending));
  for (const sale of sales) {
    if (sale.phase !== 'open') continue;
    if (sale.available === 0 && sale.waiting > 0) found.push({ kind: 'gone', sale });
    else if (isLow(sale)) found.push({ kind: 'low', sale });
    if (isEnding(sale, nowMs)) found.push({ kind: 'ending', sale });
    const units = endingHolds(sale, holds, nowMs);
    if (units > 0) found.push({ kind: 'holds', sale, units });
  }
  return found;
}

function ofSending({ state, isPossible, isSending, isHeard, hasOthers }: Sending): Alarm[] {
  if (!isPossible) return [];
  if (state === 'replaced') return [{ kind: 'replaced' }];
  if (!isSending) return hasOthers ? [] : [{ kind: 'no-picture' }];
  if (state === 'failed' || state === 'reconnecting') return [{ kind: 'not-sent' }];
  return isHeard || hasOthers ? [] : [{ kind: 'no-sound' }];
}

function endingHolds({ saleId }: FlashSale, holds: readonly Hold[], nowMs: number): number {
  let units = 0;
  for (const hold of holds) {
    const leftMs = hold.endsAtMs - nowMs;
    if (hold.saleId === saleId && leftMs > 0 && leftMs <= HOLDS_ENDING_MS) units += hold.units;
  }
  return units;
}
