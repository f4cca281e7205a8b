import { expect, test } from 'vitest';
import { FLASH_SALE_LIMITS } from '../../../shared/plays/flash-sale/contract.ts';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { validateWithContracts } from '../../sdk/validate.ts';
import { readFields, SALE_DEFAULTS, type SaleFields, startingFields, wholeNumber } from './form-rules.ts';

const product: Product = {
  productId: 'p1',
  title: 'Linen shirt',
  description: '',
  imageUrl: null,
  priceMinor: 12_900,
};
const starting = startingFields(product, 'CNY', 'our usual price');
const problemsOf = (part: Partial<SaleFields>) => {
  const read = readFields(product, 'CNY', { ...starting, ...part });
  return read.ok ? {} : read.problems;
};

test('the defaults are those of the contract', () => {
  for (const [name, value] of Object.entries(SALE_DEFAULTS)) {
    expect([name, value]).toEqual([name, FLASH_SALE_LIMITS[name as keyof typeof SALE_DEFAULTS].value]);
  }
});

test('what the form starts with can be sent as it is', () => {
  const read = readFields(product, 'CNY', starting);
  expect(read).toMatchObject({ ok: true, input: { priceMinor: 7_700, compareAtMinor: 12_900, stock: 20 } });
  if (read.ok) {
    expect(validateWithContracts('flash-sale:schedule', { opId: 'op-12345', ...read.input })).toBe(null);
  }
});

test('each field says what it needs', () => {
  expect(problemsOf({ price: 'cheap' })).toEqual({ price: 'needPrice' });
  expect(problemsOf({ compareAt: '50' })).toEqual({ compareAt: 'needCompare' });
  expect(problemsOf({ compareBasis: '  ' })).toEqual({ compareBasis: 'needBasis' });
  expect(problemsOf({ stock: '0', limit: '1.5' })).toEqual({ stock: 'needStock', limit: 'needStock' });
});

test('a sale need not be compared with anything', () => {
  const read = readFields(product, 'CNY', { ...starting, compareAt: '', compareBasis: 'x' });
  expect(read).toMatchObject({ ok: true, input: { compareAtMinor: null, compareAtBasis: null } });
});

test('whole numbers only', () => {
  expect(['1', '007', '-1', '1e3', '', '250'].map(wholeNumber)).toEqual([1, null, null, null, null, 250]);
});

test('fans first is sent only when a level is chosen', () => {
  const read = readFields(product, 'CNY', { ...starting, earlyLevel: 3, earlyMs: 20_000 });
  expect(read).toMatchObject({ ok: true, input: { earlyLevel: 3, earlyMs: 20_000 } });
  if (read.ok) {
    expect(validateWithContracts('flash-sale:schedule', { opId: 'op-12345', ...read.input })).toBe(null);
  }
  const none = readFields(product, 'CNY', { ...starting, earlyLevel: 0 });
  expect(none.ok && 'earlyLevel' in none.input).toBe(false);
});
