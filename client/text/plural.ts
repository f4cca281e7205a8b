const plurals = new Intl.PluralRules('en');

/** "1 message", "1,204 messages". */
export function many(count: number, one: string, other: string): string {
  return `${count.toLocaleString('en')} ${plurals.select(count) === 'one' ? one : other}`;
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> = { one: 'st', two: 'nd', few: 'rd' };

/** "1st", "22nd", "113th". */
export function ordinal(count: number): string {
  return `${count.toLocaleString('en')}${ENDINGS[ordinals.select(count)] ?? 'th'}`;
}
