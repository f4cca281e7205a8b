import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';

/** Samples for the tests of this play. */
export function sampleSale(part: Partial<FlashSale> = {}): FlashSale {
  return {
    saleId: 's1',
    productId: 'p1',
    title: 'Linen shirt',
    imageUrl: null,
    priceMinor: 5900,
    compareAtMinor: 12900,
    compareAtBasis: 'our usual price',
    limitPerBuyer: 1,
    holdMs: 120_000,
    guard: 'token',
    earlyLevel: 0,
    earlyMs: 0,
    phase: 'open',
    opensAtMs: 100_000,
    endsAtMs: 400_000,
    total: 10,
    available: 10,
    held: 0,
    sold: 0,
    epoch: 0,
    waiting: 0,
    ...part,
  };
}

/** One unit of a sale, held until 320 s. */
export function sampleHold(part: Partial<Order> & { saleId?: string } = {}): Order {
  const { saleId = 's1', ...rest } = part;
  return {
    orderId: 'o1-AAAAAAAAAAAA',
    state: 'HELD',
    source: 'grab',
    lines: [{ saleId, productId: 'p1', title: 'Linen shirt', quantity: 1, priceMinor: 5900 }],
    amountMinor: 5900,
    currency: 'CNY',
    createdAtMs: 200_000,
    holdExpiresAtMs: 320_000,
    updatedAtMs: 200_000,
    paidAtMs: null,
    fulfilledAtMs: null,
    ...rest,
  };
}
