/** CSV by RFC 4180, as spreadsheets read it. */

/** Excel takes a file without it for one in the machine's old code page, and breaks Chinese. */
export const BOM = '\ufeff';

/**
 * Rows of any text. What a spreadsheet would run as a formula gets a quote mark in front: names and titles come from
 * people (https://owasp.org/www-community/attacks/CSV_Injection). Numbers are ours and stay as they are.
 */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** The wide ones are formulas in East Asian versions. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
