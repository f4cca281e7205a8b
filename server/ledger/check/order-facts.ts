import type { OrderFactKind } from '../../../shared/trade/facts.ts';
import { ORDER_STATES, type OrderLine, type OrderState } from '../../../shared/trade/order.ts';
import { finish, hashNumber, hashText, SEED_LOW } from './hashing.ts';

/** The data of an order's fact, as far as it has been looked at. */
export type OrderData = {
  orderId: string;
  no: number;
  userId: string;
  from: OrderState | null;
  to: OrderState;
  lines: OrderLine[];
  amountMinor: number;
  currency: string;
  source?: string;
  holdExpiresAtMs?: number;
  paymentRef?: string;
  reason?: string | null;
  unitsReturned?: boolean;
  refundRef?: string | null;
  trackingRef?: string | null;
};

/** Each kind's step: from which states, to which. */
export const STEPS: Readonly<
  Record<OrderFactKind, { from: readonly (OrderState | null)[]; to: OrderState }>
> = {
  'order-held': { from: [null], to: 'HELD' },
  'order-paid': { from: ['HELD', 'EXPIRED', 'RELEASED'], to: 'PAID' },
  'order-expired': { from: ['HELD'], to: 'EXPIRED' },
  'order-released': { from: ['HELD'], to: 'RELEASED' },
  'order-refund-required': { from: ['EXPIRED', 'RELEASED'], to: 'REFUND_REQUIRED' },
  'order-refunded': { from: ['PAID', 'CANCELLED', 'REFUND_REQUIRED'], to: 'REFUNDED' },
  'order-cancelled': { from: ['PAID'], to: 'CANCELLED' },
  'order-fulfilled': { from: ['PAID'], to: 'PAID' },
};

export function isOrderKind(kind: string): kind is OrderFactKind {
  return Object.hasOwn(STEPS, kind);
}

const STATE_CODES = new Map<OrderState | null, number>([[null, 0]]);
for (const [i, state] of ORDER_STATES.entries()) STATE_CODES.set(state, i + 1);

/** 0 for none, and for what is no state. */
export const stateCode = (state: OrderState | null): number => STATE_CODES.get(state) ?? 0;
export const stateName = (code: number): string => ORDER_STATES[code - 1] ?? 'nothing';

/** What an order has been through besides its state. */
export const FLAG = { returned: 1, fulfilled: 2, paid: 4, late: 8, waitlist: 16 } as const;

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

/** What is wrong with the shape of an order's fact; undefined when nothing is. */
export function shapeProblem(kind: OrderFactKind, value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'its data is no object';
  const data = value as Record<keyof OrderData, unknown>;
  if (!isText(data.orderId)) return 'it has no orderId';
  if (!isCount(data.no) || data.no === 0) return 'it has no order number';
  if (!isText(data.userId) || data.userId === '') return 'it has no userId';
  if (!isCount(data.amountMinor)) return 'its amountMinor is no whole amount';
  if (!isText(data.currency)) return 'it has no currency';
  if (!Array.isArray(data.lines) || data.lines.length === 0) return 'it has no lines';
  for (const line of data.lines as Partial<OrderLine>[]) {
    if (!isText(line?.saleId) || !isText(line.productId) || !isText(line.title))
      return 'a line lacks its sale';
    if (!isCount(line.quantity) || line.quantity === 0) return 'a line has no quantity';
    if (!isCount(line.priceMinor)) return 'a line has no price';
  }
  switch (kind) {
    case 'order-held':
      if (!isCount(data.holdExpiresAtMs)) return 'it has no holdExpiresAtMs';
      return isText(data.source) ? undefined : 'it has no source';
    case 'order-paid':
    case 'order-refund-required':
      return isText(data.paymentRef) ? undefined : 'it has no paymentRef';
    case 'order-refunded':
      if (!isTextOrNull(data.refundRef)) return 'it has no refundRef';
      return typeof data.unitsReturned === 'boolean' ? undefined : 'it has no unitsReturned';
    case 'order-cancelled':
      return typeof data.unitsReturned === 'boolean' ? undefined : 'it has no unitsReturned';
    case 'order-fulfilled':
      return isTextOrNull(data.trackingRef) ? undefined : 'it has no trackingRef';
    case 'order-released':
      return isTextOrNull(data.reason) ? undefined : 'it has no reason';
    case 'order-expired':
      return undefined;
  }
}

export const hashOfText = (text: string): number => finish(hashText(SEED_LOW, text));
export const hashOfTime = (ms: number): number => finish(hashNumber(SEED_LOW, ms));

/** Of what never changes in an order, however its JSON is written. */
export function identityOf(
  userId: string,
  lines: readonly OrderLine[],
  amountMinor: number,
  currency: string,
): number {
  let hash = hashNumber(hashText(hashText(SEED_LOW, userId), currency), amountMinor);
  for (const line of lines) {
    hash = hashText(hashText(hashText(hash, line.saleId), line.productId), line.title);
    hash = hashNumber(hashNumber(hash, line.quantity), line.priceMinor);
  }
  return finish(hash);
}

/** Fields of an order's hash that are set at most once. */
export const ONCE_FIELDS = [
  'source',
  'createdAtMs',
  'holdExpiresAtMs',
  'paidAtMs',
  'paymentRef',
  'late',
  'fulfilledAtMs',
  'trackingRef',
  'cancelledAtMs',
  'refundedAtMs',
  'refundRef',
  'unitsReturned',
] as const;
export type OnceField = (typeof ONCE_FIELDS)[number];

const FIELD_SEEDS = Object.fromEntries(ONCE_FIELDS.map((name) => [name, hashText(SEED_LOW, name)])) as Record<
  OnceField,
  number
>;

/** A set of fields is the sum of these: fields can be added one by one, in any order. */
export const textField = (name: OnceField, value: string): number =>
  finish(hashText(FIELD_SEEDS[name], value));
export const timeField = (name: OnceField, ms: number): number => finish(hashNumber(FIELD_SEEDS[name], ms));
