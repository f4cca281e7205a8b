import type { ShowOrder } from '../../../shared/plays/show/contract.ts';
import type { ShowMessages } from '../../text/messages.ts';
import { BOM, csv } from './csv.ts';

/** What the words of the file are: its columns, and states and sources of orders. */
export type CsvWords = {
  csv: ShowMessages['csv'];
  orders: Pick<ShowMessages['orders'], 'states' | 'sources'>;
};
export type CsvHow = {
  words: CsvWords;
  exponentOf: (currency: string) => number;
  /** A buyer's name as people read it. */
  nameOf: (buyer: { userId: string; name: string }) => string;
};

/**
 * Orders as a spreadsheet wants them: a row for each line of an order, with the amount of that line alone, so that a sum
 * over rows counts nothing twice. Money as decimals, moments in this device's time.
 */
export function ordersCsv(orders: readonly ShowOrder[], { words, exponentOf, nameOf }: CsvHow): string {
  const { csv: heads, orders: names } = words;
  const columns = [
    ...[
      heads.no,
      heads.orderId,
      heads.state,
      heads.source,
      heads.buyer,
      heads.userId,
      heads.product,
      heads.saleId,
    ],
    ...[heads.quantity, heads.unitPrice, heads.amount, heads.currency, heads.madeAt, heads.changedAt],
  ];
  const rows = orders.flatMap((order) =>
    order.lines.map(({ saleId, title, quantity, unitPriceMinor }) => {
      const decimals = (minor: number) => {
        const exponent = exponentOf(order.currency);
        return Number((minor / 10 ** exponent).toFixed(exponent));
      };
      return [
        ...[order.no, order.orderId, names.states[order.state], names.sources[order.source], nameOf(order)],
        ...[order.userId, title, saleId, quantity, decimals(unitPriceMinor)],
        ...[decimals(unitPriceMinor * quantity), order.currency],
        ...[localTime(order.madeAtMs), localTime(order.changedAtMs)],
      ];
    }),
  );
  return BOM + csv([columns, ...rows]);
}

/** 2026-11-24 21:05:33: a spreadsheet in any language reads it as a moment. */
export function localTime(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** A name that every file system takes; titles come from people. */
export function fileName(words: string, atMs: number, ending: string): string {
  const safe = words
    .replaceAll(/[\p{Cc}\p{Cf}\\/:*?"<>|.]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `${[...safe].slice(0, 60).join('').trim()} ${localTime(atMs).slice(0, 10)}.${ending}`;
}
