import type { OrderFactKind } from './facts.ts';
import type { OrderState } from './order.ts';

/** Units of a sale, by where they are. available + held + sold = total, always. */
export type Stock = { total: number; available: number; held: number; sold: number };

export const NO_STOCK: Stock = { total: 0, available: 0, held: 0, sold: 0 };

type Column = 'available' | 'held' | 'sold';

/** Which way the units of an order go with a fact; undefined: they stay. */
export function unitsMove(
  kind: OrderFactKind,
  from: OrderState | null,
  unitsReturned: boolean,
): { from: Column; to: Column } | undefined {
  switch (kind) {
    case 'order-held':
      return { from: 'available', to: 'held' };
    case 'order-paid':
      return { from: from === 'HELD' ? 'held' : 'available', to: 'sold' };
    case 'order-expired':
    case 'order-released':
      return { from: 'held', to: 'available' };
    case 'order-refunded':
    case 'order-cancelled':
      return unitsReturned ? { from: 'sold', to: 'available' } : undefined;
    case 'order-refund-required':
    case 'order-fulfilled':
      return undefined;
  }
}

/** A fact as far as stock is concerned; the public part of the ledger has as much. */
export type StockFact = {
  kind: string;
  data: {
    saleId?: string;
    total?: number;
    units?: number;
    from?: OrderState | null;
    unitsReturned?: boolean;
    lines?: readonly { saleId: string; quantity: number }[];
  };
};

/** The stock of one sale after one more fact. */
export function replayStock(stock: Stock, fact: StockFact, saleId: string): Stock {
  const { kind, data } = fact;
  if (data.lines) {
    const quantity = data.lines.find((line) => line.saleId === saleId)?.quantity ?? 0;
    const move = unitsMove(kind as OrderFactKind, data.from ?? null, data.unitsReturned ?? false);
    if (quantity === 0 || !move) return stock;
    const next = { ...stock };
    next[move.from] -= quantity;
    next[move.to] += quantity;
    return next;
  }
  if (data.saleId !== saleId) return stock;
  const { total = 0, units = 0 } = data;
  if (kind === 'sale-scheduled') return { total, available: total, held: 0, sold: 0 };
  if (kind === 'restocked')
    return { ...stock, total: stock.total + units, available: stock.available + units };
  if (kind === 'written-off')
    return { ...stock, total: stock.total - units, available: stock.available - units };
  return stock;
}
