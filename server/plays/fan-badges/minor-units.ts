import { currencyExponent } from '../../../shared/kernel/currency.ts';

/** How many of a currency's smallest units are one whole unit: 100 for EUR, 1 for JPY, 1000 for KWD. */
export function unitMinorOf(currency: string): number {
  return 10 ** currencyExponent(currency);
}
