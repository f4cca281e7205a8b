import type { Exported } from './archive/export.ts';
import type { Trimmed } from './archive/trim.ts';
import type { Violation } from './check/findings.ts';
import type { RoomVerdict } from './check-room.ts';
import type { SaleVerdict } from './prove-sale.ts';

/** What people read. */

const count = (n: number): string => n.toLocaleString('en');
const SALES_SHOWN = 30;
const VIOLATIONS_SHOWN = 5;

function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const pad = (cell: string, i: number): string =>
    i > 0 && i < 5 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => `  ${row.map(pad).join('  ')}`.trimEnd());
}

export function violationText({ invariant, n, saleId, orderId, message }: Violation): string {
  const where = [
    ...(n === undefined ? [] : [`fact ${n}`]),
    ...(orderId === undefined ? [] : [`order ${orderId}`]),
    ...(saleId === undefined ? [] : [`sale ${saleId}`]),
  ].join(', ');
  return `invariant ${invariant}${where ? `, ${where}` : ''}: ${message}`;
}

export function verifyText(roomId: string, verdict: RoomVerdict): string {
  const { facts, orders, violations, found, late, sales } = verdict;
  const lines = [roomId];
  if (sales.length > 0) {
    const rows = sales
      .slice(-SALES_SHOWN)
      .map(({ saleId, total, available, held, sold, phase, title }) => [
        ...[saleId, ...[total, available, held, sold].map(count), phase, title],
      ]);
    lines.push(...table([['sale', 'total', 'available', 'held', 'sold', 'phase', 'title'], ...rows]));
    if (sales.length > SALES_SHOWN)
      lines.push(`  and ${count(sales.length - SALES_SHOWN)} sales before these`);
  }
  const figures = `${count(facts)} facts, ${count(orders)} orders`;
  lines.push(found === 0 ? `${figures}: consistent` : `${figures}: NOT consistent`);
  for (const violation of violations.slice(0, VIOLATIONS_SHOWN)) lines.push(`  ${violationText(violation)}`);
  const more = found - Math.min(found, VIOLATIONS_SHOWN);
  if (more > 0) lines.push(`  and ${count(more)} more, which may follow from the first`);
  if (late.first) {
    const { message, ...where } = late.first;
    const first = violationText({ invariant: 7, ...where, message }).replace('invariant 7, ', '');
    lines.push(
      `${count(late.count)} holds ended late, at most by ${count(late.maxMs)} ms; was the server down? ${first}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export function exportText(roomId: string, { file, before, facts, hash, mendedBytes }: Exported): string {
  const lines = [
    `${roomId}: ${count(facts - before)} facts written, ${count(facts)} in ${file}`,
    `hash ${hash}`,
  ];
  if (mendedBytes > 0)
    lines.unshift(`${count(mendedBytes)} bytes of a line that was not finished were cut off.`);
  return `${lines.join('\n')}\n`;
}

const LIMITS: Readonly<Record<Trimmed['limit'], string>> = {
  exported: 'all that was exported',
  webhooks: 'a webhook endpoint still needs what follows',
  points: 'what follows has not been counted for the points of fans',
  'running sale': 'what follows belongs to a sale that still runs',
  age: 'what follows is younger than --keep-days',
};

export function trimText(roomId: string, { gone, firstN, lastN, limit }: Trimmed): string {
  return `${roomId}: ${count(gone)} facts trimmed; exported up to fact ${count(lastN)}, the ledger begins at fact ${count(firstN)} (${LIMITS[limit]})\n`;
}

export function proofText({ proof, recount, ok }: SaleVerdict): string {
  const { stock, fromFact, facts, problem } = recount;
  const row = (name: string, { total, available, held, sold }: SaleVerdict['proof']['totals']): string[] => [
    ...[name, ...[total, available, held, sold].map(count)],
  ];
  const lines = [
    `${proof.saleId}  ${proof.title}`,
    ...table([
      ['', 'total', 'available', 'held', 'sold'],
      row('claimed', proof.totals),
      row('recomputed', stock),
    ]),
    `${count(facts)} facts of the sale, from fact ${fromFact} up to fact ${proof.fact}: ${ok ? 'they agree' : 'they do NOT agree'}`,
  ];
  if (problem) lines.push(`  fact ${problem.n}: ${problem.what}`);
  return `${lines.join('\n')}\n`;
}
