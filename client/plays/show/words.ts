import { currencyExponent } from '../../text/format.ts';
import { format } from '../../text/i18n.ts';
import { language } from '../../text/language.ts';
import type { Change, Value } from './series.ts';

/** Figures as they are read on the board and in the report. */

const shares = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
const steps = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
const shortMoneys = new Map<string, Intl.NumberFormat>();
/** What is not known has its place, too. */
export const NONE = '–';

const minutes = new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' });

/** "1 minute", "3 minutes". */
export function minutesLong(ms: number): string {
  return minutes.format(ms / 60_000);
}

export type Write = (value: number) => string;

export function share(value: number | null): string {
  return value === null ? NONE : shares.format(value);
}

export function written(value: Value | undefined, write: Write): string {
  return value === null || value === undefined ? NONE : write(value);
}

/** The size of a change; its sign is an arrow beside it. */
export function changeSize({ kind, by }: Change): string {
  return kind === 'percent' ? steps.format(Math.abs(by)) : format.number(Math.abs(by));
}

export function money(currency: string): Write {
  return (minor) => format.money(minor, currency);
}

/** ¥1.2K, for the side of a curve. */
export function shortMoney(currency: string): Write {
  let made = shortMoneys.get(currency);
  if (made === undefined) {
    const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
    made = new Intl.NumberFormat(language, {
      ...{ ...style, notation: 'compact', maximumFractionDigits: 1 },
      trailingZeroDisplay: 'stripIfInteger',
    });
    shortMoneys.set(currency, made);
  }
  const unit = 10 ** currencyExponent(currency);
  const short = made;
  return (minor) => short.format(minor / unit);
}
