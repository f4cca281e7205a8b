const plurals = new Intl.PluralRules('en');

/** "1 message", "1,204 messages". */
export function many(count: number, one: string, other: string): string {
  return `${count.toLocaleString('en')} ${plurals.select(count) === 'one' ? one : other}`;
}
