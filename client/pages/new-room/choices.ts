import type { Language } from '../../text/messages.ts';
import { readersZone } from '../../text/when.ts';

/** Where live selling is at home, and the large ones. The API takes any of ISO 4217. */
export const CURRENCIES = [
  ...[
    'CNY',
    'TWD',
    'HKD',
    'USD',
    'EUR',
    'GBP',
    'JPY',
    'KRW',
    'SGD',
    'MYR',
    'THB',
    'VND',
    'IDR',
    'PHP',
    'INR',
  ],
  ...['AUD', 'NZD', 'CAD', 'CHF', 'SEK', 'NOK', 'DKK', 'PLN', 'BRL', 'MXN', 'AED', 'ZAR'],
];

/** CNY → "CNY · Chinese Yuan". */
export function currencyNames(language: Language): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames(language, { type: 'currency' });
  return new Map(CURRENCIES.map((code) => [code, `${code} · ${names.of(code) ?? code}`]));
}

export function firstCurrency(language: Language): string {
  return { en: 'USD', 'zh-CN': 'CNY', 'zh-TW': 'TWD' }[language];
}

/** All that this browser knows, and its own among them. */
export function zoneNames(): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return [...new Set([readersZone(), 'UTC', ...known])].toSorted();
}
