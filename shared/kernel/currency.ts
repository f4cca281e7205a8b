/**
 * Digits after the decimal point by ISO 4217 where they are not two. A table of our own: what Intl says follows the
 * habits of cash in some browsers and the norm in others (IDR, HUF, COP, PKR…), and an amount must not change by 100
 * with the browser that reads it.
 */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG'].map((code) => [code, 0] as const),
  ...['RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
]);

/** 2 for CNY, 0 for JPY, 3 for KWD: how many of its smallest units are one whole unit, as a power of ten. */
export function currencyExponent(currency: string): number {
  return EXPONENTS.get(currency) ?? 2;
}
