import {
  type OrderLine,
  type OrderRecord,
  orderSourceSchema,
  orderStateSchema,
} from '../../shared/trade/order.ts';

/** An order from the flat field list of its hash; fields that were never set are null. */
export function readOrder(flat: readonly string[]): OrderRecord {
  const fields = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) fields.set(flat[i] as string, flat[i + 1] as string);
  const text = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw new Error(`an order has no ${name}`);
    return value;
  };
  const number = (name: string): number => Number(text(name));
  const time = (name: string): number | null => (fields.has(name) ? number(name) : null);
  const words = (name: string): string | null => fields.get(name) ?? null;
  return {
    orderId: text('orderId'),
    no: number('no'),
    userId: text('userId'),
    state: orderStateSchema.parse(text('state')),
    source: orderSourceSchema.parse(text('source')),
    lines: JSON.parse(text('lines')) as OrderLine[],
    amountMinor: number('amountMinor'),
    currency: text('currency'),
    createdAtMs: number('createdAtMs'),
    holdExpiresAtMs: number('holdExpiresAtMs'),
    updatedAtMs: number('updatedAtMs'),
    paidAtMs: time('paidAtMs'),
    fulfilledAtMs: time('fulfilledAtMs'),
    cancelledAtMs: time('cancelledAtMs'),
    refundedAtMs: time('refundedAtMs'),
    paymentRef: words('paymentRef'),
    late: fields.has('late'),
    reason: words('reason'),
    refundRef: words('refundRef'),
    trackingRef: words('trackingRef'),
    unitsReturned: fields.has('unitsReturned'),
  };
}
