import { expect, test } from 'vitest';
import type { Stock } from '../../shared/trade/replay.ts';
import { linesOf, proveStock } from './stock-proof.ts';

const stock = (sold: number): Stock => ({ total: 9, available: 9 - sold, held: 0, sold });
const counted = (sold: number, claimed = sold) => ({
  claim: { fact: 7, fromFact: 2, totals: stock(claimed) },
  recount: { stock: stock(sold), fromFact: 2, upToFact: 7, facts: 3, problem: null },
});
const noPause = async () => {};

test('agrees when the page shows what the ledger says', async () => {
  const proof = await proveStock(
    async () => counted(4),
    () => stock(4),
    noPause,
  );
  expect(proof).toMatchObject({ agrees: true, recount: { facts: 3 } });
});

test('the page may be a tick behind the ledger', async () => {
  const shown = [stock(3), stock(4)];
  const proof = await proveStock(
    async () => counted(4),
    () => shown.shift() ?? stock(4),
    noPause,
  );
  expect(proof.agrees).toBe(true);
});

test('a sale that moves is counted again, and one that differs for good is said to differ', async () => {
  let now = 0;
  const moving = await proveStock(
    async () => counted(now++),
    () => stock(2),
    noPause,
  );
  expect(moving).toMatchObject({ agrees: true, recount: { stock: { sold: 2 } } });
  const wrong = await proveStock(
    async () => counted(1),
    () => stock(2),
    noPause,
  );
  expect(wrong).toMatchObject({ agrees: false, recount: { stock: { sold: 1 } }, shown: { sold: 2 } });
});

test('[PG15] a claim that the ledger does not bear out is said to differ, whatever the page shows', async () => {
  const proof = await proveStock(
    async () => counted(1, 2),
    () => stock(1),
    noPause,
  );
  expect(proof.agrees).toBe(false);
});

test('a sale that the page no longer shows is counted all the same', async () => {
  const proof = await proveStock(
    async () => counted(4),
    () => null,
    noPause,
  );
  expect(proof).toMatchObject({ shown: null, agrees: true });
});

test('lines come whole however the bytes are cut', async () => {
  const bytes = new TextEncoder().encode('{"a":"é"}\n\n{"b":2}\n{"c":3}');
  for (let size = 1; size < bytes.length; size += 1) {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    const lines: string[] = [];
    for await (const line of linesOf(body)) lines.push(line);
    expect(lines).toEqual(['{"a":"é"}', '{"b":2}', '{"c":3}']);
  }
});
