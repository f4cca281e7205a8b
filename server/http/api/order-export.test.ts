import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OrderRecord, orderRecordSchema } from '../../../shared/trade/order.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { boundlessClock, type HttpNode, httpNode } from '../testing.ts';
import { API_LIMITS } from './limits.ts';
import { CSV_COLUMNS, exportedOrders } from './order-export.ts';
import { openShop, type Shop } from './testing/shop.ts';

const harness = useHarness();
let node: HttpNode;
let shop: Shop;
beforeAll(async () => {
  node = await httpNode(harness, { clock: boundlessClock() });
  shop = await openShop(node, { stock: 1000, limitPerBuyer: 1000 });
});

const exported = async (query = '', place = shop): Promise<string> =>
  (await node.api.call('GET', `${place.path}/orders/export${query}`)).text;

/** RFC 4180, strictly: fields by comma, records by CRLF, quotes doubled. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (let at = 0; at < text.length; ) {
    const quoted = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(text.slice(at));
    const plain = /^([^",\r\n]*)(,|\r\n)/.exec(text.slice(at));
    const match = quoted ?? plain;
    if (!match) throw new Error(`not RFC 4180 at ${at}: ${text.slice(at, at + 40)}`);
    records.at(-1)?.push(quoted ? (match[1] ?? '').replaceAll('""', '"') : (match[1] ?? ''));
    at += match[0].length;
    if (match[2] === '\r\n') records.push([]);
  }
  records.pop();
  return records;
}

describe('[HT23] exports', () => {
  it('[HT23] NDJSON has every order, oldest first, as it is read one by one', async () => {
    const place = await openShop(node);
    for (let i = 0; i < 3; i += 1) await place.grab();
    const lines = (await exported('?format=ndjson', place)).split('\n');
    expect(lines.pop()).toBe('');
    const orders = lines.map((line) => orderRecordSchema.parse(JSON.parse(line)));
    expect(orders.map(({ no }) => no)).toEqual([1, 2, 3]);
    for (const order of orders) {
      expect((await node.api.call('GET', `${place.path}/orders/${order.orderId}`)).json).toEqual({ order });
    }
  });

  it('[HT23] CSV has a row for each line, in RFC 4180', async () => {
    const place = await openShop(node);
    const order = await place.pay(await place.grab('u-1', 1));
    const answer = await node.api.call('GET', `${place.path}/orders/export`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="orders-${place.roomId}.csv"`,
    );
    const [header, row, ...rest] = parseCsv(answer.text);
    expect([header, rest]).toEqual([[...CSV_COLUMNS], []]);
    const value = Object.fromEntries(CSV_COLUMNS.map((column, i) => [column, row?.[i]]));
    expect(value).toMatchObject({
      ...{
        orderId: order.orderId,
        no: '1',
        state: 'PAID',
        userId: 'u-1',
        currency: 'CNY',
        lines: '1',
        line: '1',
      },
      ...{ orderAmountMinor: '5900', quantity: '1', priceMinor: '5900', lineAmountMinor: '5900' },
      ...{ paidAt: new Date(order.paidAtMs ?? 0).toISOString(), refundedAt: '', late: 'false', reason: '' },
    });
  });

  it('[HT23] CSV has a cart of several sales in as many rows', async () => {
    const place = await openShop(node);
    const terms = { productId: 'linen-shirt', priceMinor: 100, stock: 5, opensInMs: 0, limitPerBuyer: 5 };
    const planned = await node.api.call('POST', `${place.path}/sales`, terms, { 'idempotency-key': opId() });
    const { saleId } = (planned.json as { sale: { saleId: string } }).sale;
    const held = await node.core.stores.order.hold(
      place.roomId,
      { actor: 'u-1', opId: opId(), fingerprint: 'f' },
      [
        { saleId: place.saleId, quantity: 1, proofLevel: 2, place: 0 },
        { saleId, quantity: 3, proofLevel: 2, place: 1 },
      ],
    );
    expect(held.ok).toBe(true);
    const [, ...rows] = parseCsv(await exported('', place));
    const column = (name: (typeof CSV_COLUMNS)[number]) => rows.map((row) => row[CSV_COLUMNS.indexOf(name)]);
    expect([column('line'), column('lines')]).toEqual([
      ['1', '2'],
      ['2', '2'],
    ]);
    expect(column('lineAmountMinor')).toEqual(['5900', '300']);
    expect(column('orderAmountMinor')).toEqual(['6200', '6200']);
    expect(column('saleId')).toEqual([place.saleId, saleId]);
  });

  it.each([
    ['=HYPERLINK("https://evil.example","x")', `'=HYPERLINK("https://evil.example","x")`],
    ['+1+1', `'+1+1`],
    ['-1+cmd|calc', `'-1+cmd|calc`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['＝1+1', `'=1+1`],
    ['a;=1+1', `a;'=1+1`],
    ['a, b;"@SUM(A1)"; c', `a, b;"'@SUM(A1)"; c`],
    ['x;-1;＝2', `x;'-1;'=2`],
    ['a "quoted", and a comma', 'a "quoted", and a comma'],
    ['不想要了 🙁', '不想要了 🙁'],
  ])('[HT23] the reason %s is text, not a formula', async (reason, cell) => {
    const place = await openShop(node);
    await place.change(await place.grab(), 'cancellation', { reason });
    const [, row] = parseCsv(await exported('', place));
    expect(row?.at(-1)).toBe(cell);
  });

  it('[HT23] a byte order mark comes first where asked for', async () => {
    const place = await openShop(node);
    const { url } = node;
    const bytes = async (query: string): Promise<Buffer> => {
      const headers = { authorization: 'Bearer an-api-key-for-tests-that-is-long-enough' };
      const answer = await fetch(`${url}${place.path}/orders/export${query}`, { headers });
      return Buffer.from(await answer.arrayBuffer());
    };
    expect((await bytes('?bom=true')).subarray(0, 3).toString('hex')).toBe('efbbbf');
    expect((await bytes('')).subarray(0, 7).toString()).toBe('orderId');
  });

  it('[HT23] is filtered by state, number and time', async () => {
    const place = await openShop(node);
    const orders: OrderRecord[] = [];
    for (let i = 0; i < 5; i += 1) orders.push(await place.grab());
    await place.pay(orders[1] as OrderRecord);
    const { updatedAtMs } = await place.pay(orders[3] as OrderRecord);
    const nos = async (query: string): Promise<number[]> =>
      (await exported(`?format=ndjson${query}`, place))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as OrderRecord).no);
    expect(await nos('&state=PAID')).toEqual([2, 4]);
    expect(await nos('&fromNo=4')).toEqual([4, 5]);
    expect(await nos('&fromNo=3&state=PAID')).toEqual([4]);
    expect(await nos(`&changedSinceMs=${updatedAtMs}`)).toContain(4);
    expect(await nos(`&changedSinceMs=${updatedAtMs + 1}`)).toEqual([]);
    expect(await nos('&fromNo=9999999999')).toEqual([]);
  });

  it('[HT23] of an empty room has a header, or nothing', async () => {
    const place = await openShop(node);
    expect(parseCsv(await exported('', place))).toEqual([[...CSV_COLUMNS]]);
    expect(await exported('?format=ndjson', place)).toBe('');
    expect(await node.api.problem('GET', '/api/v1/rooms/nowhere/orders/export')).toMatchObject({
      ...{ status: 404, code: 'ROOM_NOT_FOUND' },
    });
  });

  it.each([
    'format=xml',
    'format=CSV',
    'state=NONE',
    'fromNo=-1',
    'fromNo=1e3',
    'changedSinceMs=now',
    'bom=1',
    'x=1',
  ])('[HT21] an export with ?%s is refused', async (query) => {
    expect(await node.api.problem('GET', `${shop.path}/orders/export?${query}`)).toMatchObject({
      ...{ code: 'INVALID_PAYLOAD', path: query.split('=')[0] },
    });
  });

  it('[HT10] [HT23] are not to be had without end', async () => {
    const stopped = { nowMs: () => Date.now(), monotonicMs: () => 0 };
    const other = await httpNode(harness, { clock: stopped });
    const { burst } = API_LIMITS.rates.exports;
    const path = `${shop.path}/orders/export?format=ndjson&fromNo=9999999999`;
    const answers = [];
    for (let i = 0; i <= burst; i += 1) answers.push(await other.api.call('GET', path));
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: burst }, () => 200), 429]);
    expect((await other.api.call('GET', `${shop.path}/orders`)).status).toBe(200);
  });

  it('[HT23] takes as much memory for 100,000 orders as for a few', async () => {
    const sample = await shop.grab();
    const batch = Array.from({ length: 100 }, () => sample);
    let batches = 0;
    async function* many(): AsyncGenerator<OrderRecord[]> {
      for (; batches < 1000; batches += 1) yield batch;
    }
    // What is still held on to, without garbage.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      collect();
      return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    };
    let bytes = 0;
    const samples: number[] = [];
    const { signal } = new AbortController();
    for await (const piece of exportedOrders(many(), { format: 'csv', bom: 'false' }, signal)) {
      bytes += piece.length;
      if (batches % 200 === 1) samples.push(held());
    }
    expect(bytes).toBeGreaterThan(15_000_000);
    expect(samples.length).toBeGreaterThan(4);
    expect(Math.max(...samples) - (samples[0] ?? 0)).toBeLessThan(2_000_000);
  });
});
