import type { CallError } from '../../../shared/kernel/ack.ts';
import type {
  FlashSale,
  FlashSaleSnapshot,
  FlashSaleYou,
  Hold,
} from '../../../shared/plays/flash-sale/contract.ts';
import { type EventOf, ignoreUnknown, type NoticeOf } from '../events.ts';

/** What became of your last press on the button of a sale. */
export type GrabOutcome =
  | { kind: 'working' }
  | { kind: 'refused'; error: CallError; atMs: number }
  | { kind: 'expired'; atMs: number };

export type SaleState = {
  /** Newest first. */
  sales: FlashSale[];
  /** Your running holds. */
  holds: Hold[];
  /** Units you hold or have paid, by sale. */
  taken: Readonly<Record<string, number>>;
  /** Holds known to be over, so that a late word of them does not bring them back. */
  endedHoldIds: string[];
  outcomes: Readonly<Record<string, GrabOutcome>>;
  /** Until then you may not grab: too many of your holds ran out. */
  blockedUntilMs: number;
};

const ENDED_HOLDS_KEPT = 50;

export const noSales: SaleState = {
  sales: [],
  holds: [],
  taken: {},
  endedHoldIds: [],
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

/** Your holds as the server has them now. */
export function yoursAnew(state: SaleState, you: FlashSaleYou): SaleState {
  return { ...state, holds: you.holds, taken: you.taken };
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
    default:
      return ignoreUnknown(state, event);
  }
}

export function reduceSaleNotice(state: SaleState, notice: NoticeOf<'flash-sale'>, nowMs: number): SaleState {
  switch (notice.name) {
    case 'flash-sale:held':
      return addHold(state, notice.data.hold);
    case 'flash-sale:hold-expired': {
      const { saleId, holdId } = notice.data;
      const ended = endHold(state, holdId);
      return withOutcome(ended, saleId, { kind: 'expired', atMs: nowMs });
    }
    default:
      return ignoreUnknown(state, notice);
  }
}

export function grabbing(state: SaleState, saleId: string): SaleState {
  return withOutcome(state, saleId, { kind: 'working' });
}

export function grabbed(state: SaleState, hold: Hold): SaleState {
  return addHold(withOutcome(state, hold.saleId, null), hold);
}

export function grabRefused(state: SaleState, saleId: string, error: CallError, nowMs: number): SaleState {
  const next = withOutcome(state, saleId, { kind: 'refused', error, atMs: nowMs });
  if (error.code === 'TOO_MANY_HOLDS') {
    return { ...next, blockedUntilMs: nowMs + (error.retryAfterMs ?? 0) };
  }
  if (error.code !== 'LIMIT_REACHED') return next;
  const limit = state.sales.find((sale) => sale.saleId === saleId)?.limitPerBuyer ?? 1;
  return { ...next, taken: { ...next.taken, [saleId]: Math.max(limit, next.taken[saleId] ?? 0) } };
}

function change(state: SaleState, saleId: string, part: Partial<FlashSale>): SaleState {
  return {
    ...state,
    sales: state.sales.map((sale) => (sale.saleId === saleId ? { ...sale, ...part } : sale)),
  };
}

function addHold(state: SaleState, hold: Hold): SaleState {
  const isKnown = state.holds.some(({ holdId }) => holdId === hold.holdId);
  if (isKnown || state.endedHoldIds.includes(hold.holdId)) return state;
  const units = (state.taken[hold.saleId] ?? 0) + hold.quantity;
  return { ...state, holds: [...state.holds, hold], taken: { ...state.taken, [hold.saleId]: units } };
}

function endHold(state: SaleState, holdId: string): SaleState {
  const endedHoldIds = [...state.endedHoldIds, holdId].slice(-ENDED_HOLDS_KEPT);
  const hold = state.holds.find((each) => each.holdId === holdId);
  if (hold === undefined) return { ...state, endedHoldIds };
  const units = Math.max(0, (state.taken[hold.saleId] ?? 0) - hold.quantity);
  return {
    ...state,
    endedHoldIds,
    holds: state.holds.filter((each) => each !== hold),
    taken: { ...state.taken, [hold.saleId]: units },
  };
}

function withOutcome(state: SaleState, saleId: string, outcome: GrabOutcome | null): SaleState {
  const { [saleId]: _last, ...others } = state.outcomes;
  return { ...state, outcomes: outcome === null ? others : { ...others, [saleId]: outcome } };
}
