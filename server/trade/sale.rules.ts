/**
 * What a sale decides, without I/O. The Lua beside this file and in the plays decides the same inside Redis; a
 * test runs both on the same random histories.
 */
export type SalePhase = 'scheduled' | 'open' | 'paused' | 'ended';

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
  /** Buyers in line. */
  waiting: number;
};

/** `taken`: what they hold and have paid of this sale; `pausedMs`: what is left of their pause. */
export type BuyerState = { taken: number; pausedMs: number };

export type TakeVerdict =
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

/** What a phase says to whoever wants units, or a place in line; undefined when it is open. */
export function phaseRefusal(
  sale: Pick<SaleState, 'phase' | 'opensAtMs' | 'endsAtMs'>,
  nowMs: number,
): 'NOT_OPEN' | 'PAUSED' | 'ENDED' | undefined {
  const refusals = { scheduled: 'NOT_OPEN', paused: 'PAUSED', ended: 'ENDED', open: undefined } as const;
  return refusals[phaseAt(sale, nowMs)];
}

/** Units that nobody has a claim on: those in line come first. */
export function freeUnits(sale: Pick<SaleState, 'available' | 'waiting'>): number {
  return Math.max(0, sale.available - sale.waiting);
}

/** A grab, or one line of a cart. */
export function decideTake(sale: SaleState, buyer: BuyerState, quantity: number, nowMs: number): TakeVerdict {
  const refusal = phaseRefusal(sale, nowMs);
  if (refusal) return refusal;
  if (buyer.pausedMs > 0) return 'TOO_MANY_HOLDS';
  if (buyer.taken + quantity > sale.limitPerBuyer) return 'LIMIT_REACHED';
  return quantity > freeUnits(sale) ? 'SOLD_OUT' : 'HELD';
}

export type WaitVerdict =
  | 'WAITING'
  | Exclude<TakeVerdict, 'HELD' | 'SOLD_OUT'>
  | 'NOT_SOLD_OUT'
  | 'WAITLIST_FULL';

/** Someone who is not in line yet wants to be. A place is for one unit. */
export function decideWait(
  sale: SaleState,
  buyer: BuyerState,
  waitlistMax: number,
  nowMs: number,
): WaitVerdict {
  const verdict = decideTake({ ...sale, available: 1, waiting: 0 }, buyer, 1, nowMs);
  if (verdict !== 'HELD') return verdict as Exclude<TakeVerdict, 'HELD' | 'SOLD_OUT'>;
  if (freeUnits(sale) > 0) return 'NOT_SOLD_OUT';
  return sale.waiting >= waitlistMax ? 'WAITLIST_FULL' : 'WAITING';
}

/** What comes of the first in line when a unit came back. Either way they leave the line. */
export function decideOffer(
  sale: Pick<SaleState, 'limitPerBuyer'>,
  buyer: BuyerState,
): 'offered' | 'LIMIT_REACHED' | 'TOO_MANY_HOLDS' {
  if (buyer.pausedMs > 0) return 'TOO_MANY_HOLDS';
  return buyer.taken + 1 > sale.limitPerBuyer ? 'LIMIT_REACHED' : 'offered';
}

/** What became of the line when a sale ends: it stays for what may still come back, unless the host said no. */
export function lineOutlives(
  sale: Pick<SaleState, 'phase' | 'available' | 'held'>,
  endedBy: 'time' | 'host',
): boolean {
  if (endedBy === 'host' || sale.phase === 'paused') return false;
  return sale.held > 0 || sale.available > 0;
}

export type PauseRule = { max: number; windowMs: number; pauseMs: number };

/** How long a buyer must wait for having left holds unpaid, from the times at which those ended. */
export function pauseLeftMs(unpaidAtMs: readonly number[], nowMs: number, rule: PauseRule): number {
  const recent = unpaidAtMs.filter((atMs) => atMs > nowMs - rule.windowMs);
  if (recent.length < rule.max) return 0;
  return Math.max(0, Math.max(...recent) + rule.pauseMs - nowMs);
}

/** Units that come back or are added; a sold-out sale that has units again starts a new epoch. */
export function returnUnits<S extends Pick<SaleState, 'available' | 'epoch'>>(sale: S, units: number): S {
  const epoch = sale.available === 0 && units > 0 ? sale.epoch + 1 : sale.epoch;
  return { ...sale, available: sale.available + units, epoch };
}

export type Column = 'available' | 'held' | 'sold';

/** Units of an order go from one column to another. */
export function moveUnits<S extends Pick<SaleState, Column | 'epoch'>>(
  sale: S,
  quantity: number,
  from: Column,
  to: Column,
): S {
  const taken = { ...sale, [from]: sale[from] - quantity };
  return to === 'available' ? returnUnits(taken, quantity) : { ...taken, [to]: taken[to] + quantity };
}
