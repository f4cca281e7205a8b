import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enShow } from '../../text/en-show.ts';
import { currencyExponent } from '../../text/format.ts';
import { nameInWords } from '../../ui/simulated-words.ts';
import { BOM, csv } from './csv.ts';
import { fileName, localTime, ordersCsv } from './orders-csv.ts';
import { sampleOrder } from './testing.ts';

/** RFC 4180, read strictly; made apart from what writes it. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    let value = '';
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        if (at >= text.length) throw new Error('a quote is not closed');
        if (text[at] === '"' && text[at + 1] === '"') at += 1;
        else if (text[at] === '"') break;
        value += text[at];
      }
      at += 1;
    } else {
      while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
        if (text[at] === '"' || text[at] === '\n') throw new Error('a bare quote or line feed');
        value += text[at];
        at += 1;
      }
    }
    row.push(value);
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else throw new Error(`neither a comma nor an end of line at ${at}`);
  }
  return rows;
}

const DANGEROUS = /^[=+\-@\t\r\n＝＋－＠]/;
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '=1+1',
    '+44',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\r',
    '\n',
    '＝1',
    'a,b',
    'say "hi"',
    '中文，名',
    '',
  ),
);

const seed = Number(process.env.LIVESTALL_TEST_SEED);

test('any text parses back as it was, and no text is a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.array(hostile, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), (rows) => {
      // A row of one empty cell is an empty line, which no reader can tell from none.
      const told = rows.filter((row) => row.length > 1 || row[0] !== '');
      const back = parse(csv(told));
      expect(back.flat().filter((value) => DANGEROUS.test(value))).toEqual([]);
      // As text with the marks taken out again: they are all that was added.
      const plain = (value: string) => value.replaceAll("'", '');
      expect(back.map((row) => row.map(plain))).toEqual(told.map((row) => row.map(plain)));
    }),
    { seed },
  );
});

test('[PG131] no text begins a formula either where a semicolon or a tab begins a cell, in quotes or not', () => {
  const told = csv([['x', 'Ana;=HYPERLINK("http://e")', 'b,;"=1', 'c\t+1', 'd\r\n@SUM(A1)', 'e; =1; f-1;g']]);
  expect(told).toBe(`x,"Ana;'=HYPERLINK(""http://e"")","b,;""'=1",c\t'+1,"d\r\n'@SUM(A1)",e; =1; f-1;g\r\n`);
});

test('numbers stay numbers', () => {
  expect(csv([[-3, 59.9, 'x']])).toBe('-3,59.9,x\r\n');
});

const how = { words: enShow, exponentOf: currencyExponent, nameOf: nameInWords };

test('an order is a row for each of its lines, with the amount of that line alone', () => {
  const order = sampleOrder({
    no: 12,
    name: '=cmd|calc',
    state: 'PAID',
    lines: [
      { saleId: 's1', title: '亚麻衬衫, "L"', quantity: 2, unitPriceMinor: 5990 },
      { saleId: 's2', title: 'Tea', quantity: 1, unitPriceMinor: 900 },
    ],
    amountMinor: 12_880,
  });
  const text = ordersCsv([order], how);
  expect(text.startsWith(BOM)).toBe(true);
  const [head = [], first = [], second = [], ...rest] = parse(text.slice(1));
  expect(rest).toEqual([]);
  const cell = (row: string[], column: string) => row[head.indexOf(column)];
  expect(cell(first, 'Buyer')).toBe("'=cmd|calc");
  expect(cell(first, 'Product')).toBe('亚麻衬衫, "L"');
  expect([cell(first, 'Quantity'), cell(first, 'Unit price'), cell(first, 'Amount')]).toEqual([
    ...['2', '59.9', '119.8'],
  ]);
  expect([cell(second, 'Amount'), cell(second, 'State'), cell(second, 'No.')]).toEqual(['9', 'Paid', '12']);
  expect(cell(first, 'Ordered at')).toBe(localTime(order.madeAtMs));
});

test('[AU9] a simulated buyer is told from people by name', () => {
  const orders = [
    sampleOrder({ no: 1, userId: 'sim:4', name: '=Ada' }),
    sampleOrder({ no: 2, userId: 'u-4', name: 'Ada' }),
  ];
  const [head = [], ...rows] = parse(ordersCsv(orders, how).slice(1));
  expect(rows.map((row) => row[head.indexOf('Buyer')])).toEqual(["'=Ada (simulated)", 'Ada']);
});

test('the amounts of all rows are the amounts of all orders, in currencies of any exponent', () => {
  const line = fc.record({
    saleId: fc.constant('s1'),
    title: hostile,
    quantity: fc.integer({ min: 1, max: 1000 }),
    unitPriceMinor: fc.integer({ min: 0, max: 100_000_000 }),
  });
  const currencies = fc.constantFrom('CNY', 'JPY', 'KWD');
  fc.assert(
    fc.property(
      fc.array(fc.array(line, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
      currencies,
      (all, currency) => {
        const orders = all.map((lines, i) => sampleOrder({ no: i + 1, lines, currency }));
        const [head = [], ...rows] = parse(ordersCsv(orders, how).slice(1));
        const scale = 10 ** currencyExponent(currency);
        const told = rows.map((row) => Math.round(Number(row[head.indexOf('Amount')]) * scale));
        expect(told).toEqual(all.flat().map(({ quantity, unitPriceMinor }) => quantity * unitPriceMinor));
      },
    ),
    { seed },
  );
});

test('a file has a name that every system takes', () => {
  const at = new Date(2026, 10, 24, 21, 5, 33).getTime();
  expect(localTime(at)).toBe('2026-11-24 21:05:33');
  expect(fileName('orders 亚麻之夜: "A/B"?', at, 'csv')).toBe('orders 亚麻之夜 A B 2026-11-24.csv');
  expect(fileName(`x\u202e${'y'.repeat(200)}`, at, 'json')).toMatch(/^x y{58} 2026-11-24\.json$/);
});
