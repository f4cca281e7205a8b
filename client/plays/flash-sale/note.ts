import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { errorText, text } from '../../text/i18n.ts';
import { earlyLeftMs, endedOrderOf, type GrabState, type Yours } from './grab-state.ts';
import type { GrabOutcome } from './reducer.ts';

/** How long a refusal stays to be read. */
const NOTE_MS = 8_000;

/** A line under the button where the button's own words are not enough; a strip has room for what is urgent only. */
export function noteOf(
  sale: FlashSale,
  { sales, orders }: Yours,
  grab: GrabState,
  nowMs: number,
  isCompact: boolean,
): string {
  const isYours = grab.state === 'held' || grab.state === 'offered' || grab.state === 'waiting';
  const refusal = isYours ? null : refusalOf(sales.outcomes[sale.saleId], nowMs);
  if (refusal !== null) return refusal;
  const ended = isYours ? undefined : endedOrderOf(sale.saleId, orders, nowMs);
  if (ended !== undefined) return text.orders.notes[ended.state];
  if (isCompact) return '';
  switch (grab.state) {
    case 'held':
      return text.sale.heldNote;
    case 'offered':
      return text.sale.offeredNote;
    case 'waiting':
      return text.sale.inLineNote(grab.position - 1);
    case 'blocked':
      return text.sale.blockedNote;
    case 'fans-first':
      return text.sale.fansFirstNote(grab.level);
    case 'open':
      return earlyLeftMs(sale, nowMs) > 0 ? text.sale.fansFirstYou : '';
    case 'sold-out':
      return [text.sale.soldOutNote, text.sale.lineNote(sale.waiting)].join(' ').trim();
    case 'limit':
      return text.sale.limitNote;
    case 'paused':
      return text.sale.pausedNote;
    default:
      return '';
  }
}

/** What follows that line and changes by the second: shown, and not said, or a screen reader would say it each time. */
export function tickingNoteOf(
  sale: FlashSale,
  yours: Yours,
  grab: GrabState,
  nowMs: number,
  isCompact: boolean,
): string {
  const isTold = noteOf(sale, yours, grab, nowMs, isCompact) === text.sale.fansFirstYou;
  return isTold ? text.sale.fansFirstEnds(earlyLeftMs(sale, nowMs)) : '';
}

function refusalOf(outcome: GrabOutcome | undefined, nowMs: number): string | null {
  if (outcome === undefined || outcome.kind === 'working' || nowMs - outcome.atMs >= NOTE_MS) return null;
  return outcome.kind === 'refused' ? errorText(outcome.error) : text.sale.passedOver[outcome.reason];
}
