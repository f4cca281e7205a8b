import { withoutFormulas } from '../../../shared/kernel/spreadsheet.ts';

/** CSV by RFC 4180, as spreadsheets read it. */

/** Excel takes a file without it for one in the machine's old code page, and breaks Chinese. */
export const BOM = '\ufeff';

/** Rows of any text, without formulas. Numbers are ours and stay as they are. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = withoutFormulas(value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
