import type { SalePhase } from '../../../shared/plays/flash-sale/contract.ts';

/**
 * What a flash sale decides, without I/O. lua/grab.lua decides the same inside Redis; a test runs
 * both on the same random histories.
 */
export type SaleState = {
  phase: SalePhase;
  opensAtMs: number;
  endsAtMs: number;
  limitPerBuyer: number;
  available: number;
  held: number;
  sold: number;
  total: number;
  epoch: number;
};

export type GrabVerdict =
  | 'HELD'
  | 'NOT_OPEN'
  | 'PAUSED'
  | 'ENDED'
  | 'TOO_MANY_HOLDS'
  | 'LIMIT_REACHED'
  | 'SOLD_OUT';

/** The phase at a moment: the clock decides, whether or not the due action has run yet. */
export function phaseAt(sale: Pick<SaleState, 'phase' | 'opensAtMs' | 'endsAtMs'>, nowMs: number): SalePhase {
  if (sale.phase === 'ended') return 'ended';
  if (sale.phase === 'scheduled' && nowMs < sale.opensAtMs) return 'scheduled';
  if (nowMs >= sale.endsAtMs) return 'ended';
  return sale.phase === 'scheduled' ? 'open' : sale.phase;
}

/** `taken` is what the buyer holds and has paid of this sale; `pausedMs` what is left of their pause. */
export function decideGrab(
  sale: SaleState,
  buyer: { taken: number; pausedMs: number },
  quantity: number,
  nowMs: number,
): GrabVerdict {
  switch (phaseAt(sale, nowMs)) {
    case 'scheduled':
      return 'NOT_OPEN';
    case 'paused':
      return 'PAUSED';
    case 'ended':
      return 'ENDED';
    case 'open':
      if (buyer.pausedMs > 0) return 'TOO_MANY_HOLDS';
      if (buyer.taken + quantity > sale.limitPerBuyer) return 'LIMIT_REACHED';
      return quantity > sale.available ? 'SOLD_OUT' : 'HELD';
  }
}

/** How long a buyer must wait for having left holds unpaid, from the times at which those ended. */
export function pauseLeftMs(
  unpaidAtMs: readonly number[],
  nowMs: number,
  rule: { max: number; windowMs: number; pauseMs: number },
): number {
  const recent = unpaidAtMs.filter((atMs) => atMs > nowMs - rule.windowMs);
  if (recent.length < rule.max) return 0;
  return Math.max(0, Math.max(...recent) + rule.pauseMs - nowMs);
}

/** Where units are: a hold ends exactly once, and each end moves its units one way. */
export type HoldEnd = 'PAID' | 'EXPIRED' | 'RELEASED';

/** Units of a hold that ends. Paid units are sold; all others go back on sale. */
export function endHold(sale: SaleState, quantity: number, end: HoldEnd): SaleState {
  if (end === 'PAID') return { ...sale, held: sale.held - quantity, sold: sale.sold + quantity };
  return { ...returnUnits(sale, quantity), held: sale.held - quantity };
}

/** Units that come back or are added; a sold-out sale that has units again starts a new epoch. */
export function returnUnits(sale: SaleState, units: number): SaleState {
  const epoch = sale.available === 0 && units > 0 ? sale.epoch + 1 : sale.epoch;
  return { ...sale, available: sale.available + units, epoch };
}

export type Stock = Pick<SaleState, 'total' | 'available' | 'held' | 'sold'>;
export type SaleFact = {
  kind: string;
  data: { saleId?: string; quantity?: number; units?: number; total?: number };
};

/** Replays the ledger of one sale. Equal to the live figures, at every prefix of the ledger. */
export function replayStock(facts: readonly SaleFact[], saleId: string): Stock {
  let stock: Stock = { total: 0, available: 0, held: 0, sold: 0 };
  for (const { kind, data } of facts) {
    if (data.saleId !== saleId) continue;
    const { total = 0, quantity = 0, units = 0 } = data;
    if (kind === 'sale-scheduled') stock = { total, available: total, held: 0, sold: 0 };
    else if (kind === 'held') {
      stock = { ...stock, available: stock.available - quantity, held: stock.held + quantity };
    } else if (kind === 'hold-expired') {
      stock = { ...stock, available: stock.available + quantity, held: stock.held - quantity };
    } else if (kind === 'restocked') {
      stock = { ...stock, total: stock.total + units, available: stock.available + units };
    }
  }
  return stock;
}
