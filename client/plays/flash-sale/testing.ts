import type { FlashSale, Hold } from '../../../shared/plays/flash-sale/contract.ts';

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
    phase: 'open',
    opensAtMs: 100_000,
    endsAtMs: 400_000,
    total: 10,
    available: 10,
    held: 0,
    sold: 0,
    epoch: 0,
    ...part,
  };
}

export function sampleHold(part: Partial<Hold> = {}): Hold {
  return { holdId: 'h1', saleId: 's1', quantity: 1, priceMinor: 5900, holdExpiresAtMs: 320_000, ...part };
}
