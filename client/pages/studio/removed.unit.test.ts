import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { createShelfUndo, stillThere } from './removed.ts';

const product = (productId: string) => ({ productId, title: `${productId}!` }) as Product;

function setUp(featuredProductId: string | null = null) {
  const calls: string[] = [];
  let isRefused = false;
  const answer = async (what: string) => {
    calls.push(what);
    return isRefused
      ? { ok: false as const, error: { code: 'BUSY', message: '', retryable: true } }
      : { ok: true as const, data: {} };
  };
  const state = signal({ products: [] as Product[], featuredProductId });
  const undo = createShelfUndo(
    {
      state,
      save: (saved) => answer(`save ${saved.productId}`),
      remove(productId) {
        if (state.value.featuredProductId === productId) {
          state.value = { ...state.value, featuredProductId: null };
        }
        return answer(`remove ${productId}`);
      },
      feature: (productId) => answer(`feature ${productId}`),
    },
    { run: async (call) => (await call).ok },
  );
  const left = (nowMs: number) => stillThere(undo.removed.value, nowMs).map((each) => each.product.productId);
  const at = (productId: string) => {
    const found = undo.removed.value.find((each) => each.product.productId === productId);
    if (found === undefined) throw new Error(`${productId} is not there`);
    return found;
  };
  const refuse = (is: boolean) => {
    isRefused = is;
  };
  return { undo, calls, left, at, refuse };
}

test('[PG137] each of several products can be put back in its time, in any order', async () => {
  const { undo, calls, left, at } = setUp('mug');
  await undo.remove(product('shirt'), 0);
  await undo.remove(product('mug'), 3_000);
  await undo.remove(product('hat'), 4_000);
  expect(left(9_999)).toEqual(['shirt', 'mug', 'hat']);
  await undo.undo(at('mug'));
  // What was on screen is there again.
  expect(calls.slice(3)).toEqual(['save mug', 'feature mug']);
  expect(left(9_999)).toEqual(['shirt', 'hat']);
  expect(left(10_000)).toEqual(['hat']);
  await undo.undo(at('shirt'));
  expect(calls.slice(5)).toEqual(['save shirt']);
});

test('[PG137] two presses put it back once, and what was refused stays to be tried again', async () => {
  const { undo, calls, left, at, refuse } = setUp();
  await undo.remove(product('shirt'), 0);
  await undo.remove(product('mug'), 1_000);
  const shirt = at('shirt');
  refuse(true);
  await undo.undo(shirt);
  expect(left(2_000)).toEqual(['shirt', 'mug']);
  refuse(false);
  await Promise.all([undo.undo(shirt), undo.undo(shirt)]);
  expect(calls.filter((call) => call === 'save shirt')).toHaveLength(2);
  expect(left(2_000)).toEqual(['mug']);
});

test('[PG137] what was taken off again is there once, with its whole time', async () => {
  const { undo, left } = setUp();
  await undo.remove(product('shirt'), 0);
  await undo.remove(product('shirt'), 8_000);
  expect(undo.removed.value).toHaveLength(1);
  expect(left(17_999)).toEqual(['shirt']);
});
