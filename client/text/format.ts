import { currencyExponent } from '../../shared/kernel/currency.ts';
import type { Language } from './messages.ts';

export { currencyExponent } from '../../shared/kernel/currency.ts';

/** Money, numbers and times in the reader's language. Amounts are in the currency's smallest unit. */
export type Format = {
  money(minor: number, currency: string): string;
  /** Whole units of a currency: ¥10. */
  units(units: number, currency: string): string;
  number(value: number): string;
  /** 3.2K, 1.2万. */
  compact(value: number): string;
  /** −54%. */
  discount(priceMinor: number, compareAtMinor: number): string;
  /** Hours and minutes of a moment, in the reader's own zone. */
  timeOfDay(atMs: number): string;
  /** To the millisecond: for what is told to be proved. */
  exactTime(atMs: number): string;
  /** "3 days", "47 hours", "9 minutes", rounded up in the largest unit of which there are two. */
  duration(ms: number): string;
  /** A moment to be at: the time, with the day where it is another than that of `nowMs`. */
  moment(atMs: number, nowMs: number): string;
  plural(count: number): Intl.LDMLPluralRule;
};

export function createFormat(language: Language): Format {
  const numbers = new Intl.NumberFormat(language);
  const compacts = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const percents = new Intl.NumberFormat(language, { style: 'percent', signDisplay: 'always' });
  const times = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const exactTimes = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
  const days = new Intl.DateTimeFormat(language, { year: 'numeric', month: 'numeric', day: 'numeric' });
  const daysAndTimes = new Intl.DateTimeFormat(language, {
    ...({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const),
  });
  const plurals = new Intl.PluralRules(language);
  const moneys = new Map<string, Intl.NumberFormat>();

  function moneyIn(currency: string): Intl.NumberFormat {
    let made = moneys.get(currency);
    if (made === undefined) {
      made = new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        minimumFractionDigits: currencyExponent(currency),
        maximumFractionDigits: currencyExponent(currency),
        trailingZeroDisplay: 'stripIfInteger',
      });
      moneys.set(currency, made);
    }
    return made;
  }

  return {
    money: (minor, currency) => moneyIn(currency).format(minor / 10 ** currencyExponent(currency)),
    units: (units, currency) => moneyIn(currency).format(units),
    number: (value) => numbers.format(value),
    compact: (value) => (value < 10_000 ? numbers.format(value) : compacts.format(value)),
    discount: (priceMinor, compareAtMinor) => percents.format(priceMinor / compareAtMinor - 1),
    timeOfDay: (atMs) => times.format(atMs),
    exactTime: (atMs) => exactTimes.format(atMs),
    duration(ms) {
      const [unit, unitMs] = UNITS.find(([, each]) => ms >= 2 * each) ?? SECONDS;
      const units = { style: 'unit', unit, unitDisplay: 'long' } as const;
      return new Intl.NumberFormat(language, units).format(Math.max(0, Math.ceil(ms / unitMs)));
    },
    moment: (atMs, nowMs) => (days.format(atMs) === days.format(nowMs) ? times : daysAndTimes).format(atMs),
    plural: (count) => plurals.select(count),
  };
}

const SECONDS = ['second', 1000] as const;
const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], SECONDS] as const;

const MOST_DIGITS = 10;
/** As written where a comma groups ("1,299.00"), and where it begins the fraction ("24,90", "1.299,00"). */
const AMOUNTS = [/^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/, /^(\d+|\d{1,3}(?:\.\d{3})+),(\d+)$/] as const;

/**
 * What a person typed as an amount ("59", "59.90", "24,90", "1,299") in the smallest unit; null if it is none, or could
 * be two: "1,299" is over a thousand, but of a currency with three decimals it may be little more than one.
 */
export function parseMoney(typed: string, currency: string): number | null {
  const exponent = currencyExponent(currency);
  const read = new Set<number>();
  for (const amount of AMOUNTS) {
    const [, whole = '', fraction = ''] = amount.exec(typed.trim()) ?? [];
    const digits = whole.replaceAll(/[.,]/g, '');
    if (digits === '' || digits.length > MOST_DIGITS || fraction.length > exponent) continue;
    read.add(Number(digits + fraction.padEnd(exponent, '0')));
  }
  const [only = null] = read;
  return read.size === 1 ? only : null;
}

/** The amount as it stands in an input field: no symbol, no grouping. */
export function plainMoney(minor: number, currency: string): string {
  const exponent = currencyExponent(currency);
  const value = minor / 10 ** exponent;
  return Number.isInteger(value) ? String(value) : value.toFixed(exponent);
}

/** A countdown that has just begun must not flash the next second because of a few ms of clock offset. */
const SLACK_MS = 100;

/** 00:47, 12:05, 1:02:03: rounded up, so that 00:00 means over. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil((leftMs - SLACK_MS) / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? minutes : `${Math.floor(seconds / 3600)}:${minutes}`;
}
