import { ONCE_FIELDS } from './order-facts.ts';

/** Fields of an order's hash, in the order in which they are read. */
export const LIVE_ORDER_FIELDS = [
  'orderId',
  'userId',
  'no',
  'state',
  'lines',
  'amountMinor',
  'currency',
  'reason',
  'updatedAtMs',
  ...ONCE_FIELDS,
] as const;

/** An order as it lies in Redis, and what points to it. */
export type LiveOrder = {
  /** As LIVE_ORDER_FIELDS; null: not set. */
  values: readonly (string | null)[];
  /** In its buyer's list of orders. */
  listed: boolean;
  /** Length of that list. */
  ordersOfUser: number;
  /** When its hold is due to end, in ms; null: it is not in the queue. */
  dueAtMs: number | null;
};

export type LiveSale = {
  fields: Readonly<Record<string, string>>;
  /** In line, first in first: user and the number of the fact of their joining. */
  line: readonly (readonly [userId: string, n: number])[];
  /** Length of the hash of buyers. */
  buyers: number;
  /** Among the sales that are scheduled, open or paused. */
  running: boolean;
};

/** All live keys of a room that the ledger accounts for, read at one moment. For rooms that fit in memory. */
export type LiveRoom = {
  /** Number of the last fact and of the last order, as `head` counts them. */
  fact: number;
  order: number;
  /** Redis' time. */
  atMs: number;
  saleIds: readonly string[];
  sales: ReadonlyMap<string, LiveSale>;
  /** Units by sale and user. */
  units: ReadonlyMap<string, readonly (readonly [userId: string, units: number])[]>;
  orders: ReadonlyMap<number, LiveOrder>;
};
