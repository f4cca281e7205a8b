/**
 * How many of a currency's smallest units are one whole unit: 100 for EUR, 1 for JPY, 1000 for KWD (ISO 4217 exponents,
 * as Intl knows them; 100 for a code that it doesn't know).
 */
export function unitMinorOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
}
