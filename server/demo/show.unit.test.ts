import { describe, expect, it } from 'vitest';
import type { FlashSale } from '../../shared/plays/flash-sale/contract.ts';
import { flashSaleContract } from '../../shared/plays/flash-sale/contract.ts';
import { productSchema } from '../../shared/plays/shelf/contract.ts';
import { DEMO_PRODUCTS } from './seed.ts';
import { nextSale, QUIET_MS } from './show.rules.ts';

const NOW = 1_900_000_000_000;

function sale(saleId: string, fields: Partial<FlashSale> = {}): FlashSale {
  return {
    ...{ saleId, productId: 'linen-shirt', title: 'x', imageUrl: null, priceMinor: 1, compareAtMinor: null },
    ...{ compareAtBasis: null, limitPerBuyer: 1, holdMs: 120_000, phase: 'ended' as const },
    ...{ guard: 'token' as const, earlyLevel: 0 as const, earlyMs: 0, waiting: 0 },
    ...{ opensAtMs: NOW - 400_000, endsAtMs: NOW - 100_000 },
    ...{ total: 20, available: 20, held: 0, sold: 0, epoch: 0 },
    ...fields,
  };
}

describe('[DM3] what the show sells next', () => {
  it('[DM3] sells what the shelf and the contract allow', () => {
    for (const product of DEMO_PRODUCTS) {
      expect(productSchema.parse(product)).toEqual(product);
      const next = nextSale([], [product], NOW);
      const input = { opId: next?.opId, ...next?.input };
      expect(flashSaleContract.commands['flash-sale:schedule'].input.parse(input)).toMatchObject({
        productId: product.productId,
        compareAtMinor: product.priceMinor,
        stock: 20,
      });
    }
  });

  it('[DM3] waits while a sale runs or waits, and a moment after the last', () => {
    for (const phase of ['scheduled', 'open', 'paused'] as const) {
      expect(nextSale([sale('b', { phase }), sale('a')], DEMO_PRODUCTS, NOW)).toBeUndefined();
    }
    const just = [sale('a', { endsAtMs: NOW - QUIET_MS + 1 })];
    expect(nextSale(just, DEMO_PRODUCTS, NOW)).toBeUndefined();
    expect(nextSale(just, DEMO_PRODUCTS, NOW + 1)).toBeDefined();
  });

  it('[DM3] takes the shelf in turn', () => {
    const ids = DEMO_PRODUCTS.map((product) => product.productId);
    for (const [i, productId] of ids.entries()) {
      const next = nextSale([sale('a', { productId })], DEMO_PRODUCTS, NOW);
      expect(next?.input.productId).toBe(ids[(i + 1) % ids.length]);
    }
    expect(nextSale([sale('a', { productId: 'gone' })], DEMO_PRODUCTS, NOW)?.input.productId).toBe(ids[0]);
    expect(nextSale([sale('a')], [], NOW)).toBeUndefined();
  });

  it('[DM3] means the same sale wherever it decides, and another one after it', () => {
    const sales = [sale('b', { endsAtMs: NOW - 50_000 }), sale('a')];
    const here = nextSale(sales, DEMO_PRODUCTS, NOW);
    expect(nextSale(sales.toReversed(), DEMO_PRODUCTS, NOW + 5)).toEqual(here);
    expect(nextSale([sale('c', { endsAtMs: NOW - 20_000 }), ...sales], DEMO_PRODUCTS, NOW)?.opId).not.toBe(
      here?.opId,
    );
  });

  it('[DM3] a product that costs almost nothing has no compare-at price', () => {
    const [cheap] = DEMO_PRODUCTS.map((product) => ({ ...product, priceMinor: 1 }));
    expect(nextSale([], cheap ? [cheap] : [], NOW)?.input).toMatchObject({
      priceMinor: 1,
      compareAtMinor: null,
    });
  });
});
