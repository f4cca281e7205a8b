import type { CallError } from '../../../shared/kernel/ack.ts';
import type {
  FlashSale,
  FlashSaleSnapshot,
  FlashSaleYou,
} from '../../../shared/plays/flash-sale/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import { type EventOf, ignoreUnknown, type NoticeOf } from '../events.ts';
import * as line from './places.ts';

/** What became of your last press on the button of a sale. */
export type GrabOutcome =
  | { kind: 'working'; doing: 'grab' | 'wait' | 'leave' }
  | { kind: 'refused'; error: CallError; atMs: number }
  /** Your turn in line came in vain. */
  | { kind: 'passed-over'; reason: 'LIMIT_REACHED' | 'TOO_MANY_HOLDS' | 'BANNED'; atMs: number };

export type SaleState = {
  /** Newest first. */
  sales: FlashSale[];
  /** Units you hold or have paid, by sale. */
  taken: Readonly<Record<string, number>>;
  places: line.Places;
  outcomes: Readonly<Record<string, GrabOutcome>>;
  /** Until then you may not grab: too many of your holds ran out. */
  blockedUntilMs: number;
};

export const noSales: SaleState = {
  sales: [],
  taken: {},
  places: line.noPlaces,
  outcomes: {},
  blockedUntilMs: 0,
};

export function salesFromSnapshot(
  snapshot: FlashSaleSnapshot,
  you: FlashSaleYou,
  before: SaleState = noSales,
): SaleState {
  return yoursAnew({ ...before, sales: snapshot.sales }, you);
}

/** What you have and where you stand, as the server has it now. */
export function yoursAnew(state: SaleState, you: FlashSaleYou): SaleState {
  return { ...state, taken: you.taken, places: line.placesTold(state.places, you.waiting) };
}

export function reduceSales(state: SaleState, event: EventOf<'flash-sale'>): SaleState {
  switch (event.name) {
    case 'flash-sale:scheduled': {
      const { sale } = event.data;
      const others = state.sales.filter(({ saleId }) => saleId !== sale.saleId);
      return { ...state, sales: [sale, ...others] };
    }
    case 'flash-sale:opened': {
      const { saleId, opensAtMs, endsAtMs } = event.data;
      return change(state, saleId, { phase: 'open', opensAtMs, endsAtMs });
    }
    case 'flash-sale:paused':
      return change(state, event.data.saleId, { phase: 'paused' });
    case 'flash-sale:resumed':
      return change(state, event.data.saleId, { phase: 'open' });
    case 'flash-sale:extended':
      return change(state, event.data.saleId, { endsAtMs: event.data.endsAtMs });
    case 'flash-sale:stock-changed': {
      const { saleId, ...stock } = event.data;
      return change(state, saleId, stock);
    }
    case 'flash-sale:closed':
      return change(state, event.data.saleId, { phase: 'ended', endsAtMs: event.data.endsAtMs });
    case 'flash-sale:waitlist-joined': {
      const { saleId, waiting } = event.data;
      const places = line.someoneJoined(state.places, saleId, waiting, event.seq);
      return { ...change(state, saleId, { waiting }), places };
    }
    case 'flash-sale:waitlist-left': {
      const { saleId, waiting } = event.data;
      const places = line.someoneLeft(state.places, { seq: event.seq, ...event.data });
      return { ...change(state, saleId, { waiting }), places };
    }
    case 'flash-sale:waitlist-closed': {
      const { saleId } = event.data;
      return { ...change(state, saleId, { waiting: 0 }), places: line.placeGone(state.places, saleId) };
    }
    default:
      return ignoreUnknown(state, event);
  }
}

export function reduceSaleNotice(state: SaleState, notice: NoticeOf<'flash-sale'>, nowMs: number): SaleState {
  switch (notice.name) {
    case 'flash-sale:waitlist-passed-over': {
      const { saleId, reason } = notice.data;
      const gone = { ...state, places: line.placeGone(state.places, saleId) };
      return withOutcome(gone, saleId, { kind: 'passed-over', reason, atMs: nowMs });
    }
    default:
      return ignoreUnknown(state, notice.name);
  }
}

/** A press is under way. */
export function pressed(state: SaleState, saleId: string, doing: 'grab' | 'wait' | 'leave'): SaleState {
  return withOutcome(state, saleId, { kind: 'working', doing });
}

/** It did what it should. */
export function succeeded(state: SaleState, saleId: string): SaleState {
  return withOutcome(state, saleId, null);
}

export function stoodInLine(state: SaleState, saleId: string, place: line.Place): SaleState {
  return { ...succeeded(state, saleId), places: line.placeTold(state.places, saleId, place) };
}

export function leftLine(state: SaleState, saleId: string): SaleState {
  return { ...succeeded(state, saleId), places: line.placeGone(state.places, saleId) };
}

export function refused(state: SaleState, saleId: string, error: CallError, nowMs: number): SaleState {
  const next = withOutcome(state, saleId, { kind: 'refused', error, atMs: nowMs });
  if (error.code === 'TOO_MANY_HOLDS') {
    return { ...next, blockedUntilMs: nowMs + (error.retryAfterMs ?? 0) };
  }
  if (error.code === 'NOT_WAITING') return { ...next, places: line.placeGone(next.places, saleId) };
  if (error.code !== 'LIMIT_REACHED') return next;
  const limit = state.sales.find((sale) => sale.saleId === saleId)?.limitPerBuyer ?? 1;
  return { ...next, taken: { ...next.taken, [saleId]: Math.max(limit, next.taken[saleId] ?? 0) } };
}

/** An order of yours is new or has changed: what you may still take changes with it. */
export function orderChanged(state: SaleState, before: Order | undefined, now: Order): SaleState {
  const change = weight(now) - (before === undefined ? 0 : weight(before));
  if (change === 0) return state;
  const taken = { ...state.taken };
  for (const { saleId, quantity } of now.lines) {
    taken[saleId] = Math.max(0, (taken[saleId] ?? 0) + change * quantity);
  }
  return { ...state, taken };
}

/** Whether its units count as yours. A paid order that is called off may keep them; the server knows. */
function weight({ state }: Order): 0 | 1 {
  return state === 'HELD' || state === 'PAID' || state === 'CANCELLED' ? 1 : 0;
}

function change(state: SaleState, saleId: string, part: Partial<FlashSale>): SaleState {
  return {
    ...state,
    sales: state.sales.map((sale) => (sale.saleId === saleId ? { ...sale, ...part } : sale)),
  };
}

function withOutcome(state: SaleState, saleId: string, outcome: GrabOutcome | null): SaleState {
  const { [saleId]: _last, ...others } = state.outcomes;
  return { ...state, outcomes: outcome === null ? others : { ...others, [saleId]: outcome } };
}
