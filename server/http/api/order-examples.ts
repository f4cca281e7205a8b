import type { OrderRecord } from '../../../shared/trade/order.ts';

/** Orders as the document shows them. */

export const heldOrder = {
  orderId: 'o1042-Xk29fLq8Zw01',
  state: 'HELD',
  source: 'grab',
  lines: [
    {
      saleId: 'sale_4mQ1rT',
      productId: 'linen-shirt',
      title: 'Linen shirt',
      quantity: 1,
      priceMinor: 5_900,
    },
  ],
  amountMinor: 5_900,
  currency: 'CNY',
  createdAtMs: 1_780_000_000_000,
  holdExpiresAtMs: 1_780_000_120_000,
  updatedAtMs: 1_780_000_000_000,
  paidAtMs: null,
  fulfilledAtMs: null,
  no: 1042,
  userId: 'u-1001',
  paymentRef: null,
  late: false,
  reason: null,
  refundRef: null,
  trackingRef: null,
  unitsReturned: false,
  cancelledAtMs: null,
  refundedAtMs: null,
} as const satisfies OrderRecord;

const paidAtMs = 1_780_000_064_000;
export const paidOrder = {
  ...heldOrder,
  state: 'PAID',
  paidAtMs,
  updatedAtMs: paidAtMs,
  paymentRef: 'pi_3Nq8f2',
} as const satisfies OrderRecord;

const laterMs = 1_780_000_500_000;
export const fulfilledOrder = {
  ...paidOrder,
  fulfilledAtMs: laterMs,
  updatedAtMs: laterMs,
  trackingRef: 'SF1400021345678',
} as const satisfies OrderRecord;

export const cancelledOrder = {
  ...paidOrder,
  state: 'CANCELLED',
  cancelledAtMs: laterMs,
  updatedAtMs: laterMs,
  reason: 'The buyer changed their mind.',
  unitsReturned: true,
} as const satisfies OrderRecord;

export const refundedOrder = {
  ...paidOrder,
  state: 'REFUNDED',
  refundedAtMs: laterMs,
  updatedAtMs: laterMs,
  reason: 'Arrived broken.',
  refundRef: 're_8Hd02k',
} as const satisfies OrderRecord;
