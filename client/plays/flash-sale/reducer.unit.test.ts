import { expect, test } from 'vitest';
import type { EventOf } from '../events.ts';
import * as sales from './reducer.ts';
import { sampleHold, sampleSale } from './testing.ts';

const start = sales.salesFromSnapshot({ sales: [sampleSale()] }, { taken: {}, waiting: {} });

function hear(state: sales.SaleState, ...events: Pick<EventOf<'flash-sale'>, 'name' | 'data'>[]) {
  return events
    .map((event, i) => ({ seq: i + 1, atMs: 0, ...event }) as EventOf<'flash-sale'>)
    .reduce(sales.reduceSales, state);
}

test('a sale goes through its phases', () => {
  const phases: string[] = [];
  const events: Pick<EventOf<'flash-sale'>, 'name' | 'data'>[] = [
    { name: 'flash-sale:scheduled', data: { sale: sampleSale({ saleId: 's2', phase: 'scheduled' }) } },
    { name: 'flash-sale:opened', data: { saleId: 's2', opensAtMs: 5, endsAtMs: 50 } },
    { name: 'flash-sale:paused', data: { saleId: 's2' } },
    { name: 'flash-sale:resumed', data: { saleId: 's2' } },
    { name: 'flash-sale:extended', data: { saleId: 's2', endsAtMs: 90 } },
    { name: 'flash-sale:closed', data: { saleId: 's2', reason: 'host', endsAtMs: 70 } },
  ];
  let state = start;
  for (const event of events) {
    state = hear(state, event);
    phases.push(`${state.sales[0]?.phase} ${state.sales[0]?.endsAtMs}`);
  }
  expect(phases).toEqual(['scheduled 400000', 'open 50', 'paused 50', 'open 50', 'open 90', 'ended 70']);
  expect(state.sales.map(({ saleId }) => saleId)).toEqual(['s2', 's1']);
});

test('stock is taken over as told', () => {
  const data = { saleId: 's1', total: 12, available: 3, held: 4, sold: 5, epoch: 2 };
  expect(hear(start, { name: 'flash-sale:stock-changed', data }).sales[0]).toMatchObject(data);
});

test('how many wait is that of the last event, and none once the line is gone', () => {
  const waiting = (...events: Pick<EventOf<'flash-sale'>, 'name' | 'data'>[]) =>
    hear(start, ...events).sales[0]?.waiting;
  const joined = { name: 'flash-sale:waitlist-joined', data: { saleId: 's1', waiting: 3 } } as const;
  const left = { name: 'flash-sale:waitlist-left', data: { saleId: 's1', position: 1, waiting: 2 } } as const;
  expect([waiting(joined), waiting(joined, left)]).toEqual([3, 2]);
  expect(waiting(joined, { name: 'flash-sale:waitlist-closed', data: { saleId: 's1' } })).toBe(0);
});

test('a place in line moves with those before it, and goes with the line', () => {
  const placed = sales.stoodInLine(sales.pressed(start, 's1', 'wait'), 's1', {
    position: 2,
    waiting: 2,
    seq: 0,
  });
  expect(placed.outcomes.s1).toBeUndefined();
  const left = { name: 'flash-sale:waitlist-left', data: { saleId: 's1', position: 1, waiting: 1 } } as const;
  expect(hear(placed, left).places.bySale.s1).toEqual({ position: 1, waiting: 1, seq: 1 });
  const closed = { name: 'flash-sale:waitlist-closed', data: { saleId: 's1' } } as const;
  expect(hear(placed, closed).places.bySale).toEqual({});
  expect(sales.leftLine(placed, 's1').places.bySale).toEqual({});
});

test('whose turn came in vain is told why', () => {
  const placed = sales.stoodInLine(start, 's1', { position: 1, waiting: 1, seq: 0 });
  const told = sales.reduceSaleNotice(
    placed,
    {
      roomId: 'r1',
      name: 'flash-sale:waitlist-passed-over',
      data: { saleId: 's1', reason: 'TOO_MANY_HOLDS' },
    },
    700,
  );
  expect(told.places.bySale).toEqual({});
  expect(told.outcomes.s1).toEqual({ kind: 'passed-over', reason: 'TOO_MANY_HOLDS', atMs: 700 });
});

test('a press is under way until its answer comes', () => {
  const working = sales.pressed(start, 's1', 'grab');
  expect(working.outcomes.s1).toEqual({ kind: 'working', doing: 'grab' });
  expect(sales.succeeded(working, 's1').outcomes.s1).toBeUndefined();
});

test('what you may still take follows your orders', () => {
  const held = sampleHold();
  const taken = (before: typeof held | undefined, now: typeof held, state = start) =>
    sales.orderChanged(state, before, now);
  const holding = taken(undefined, held);
  expect(holding.taken).toEqual({ s1: 1 });
  expect(taken(held, { ...held, state: 'PAID' }, holding)).toBe(holding);
  const expired = taken(held, { ...held, state: 'EXPIRED' }, holding);
  expect(expired.taken).toEqual({ s1: 0 });
  const late = taken({ ...held, state: 'EXPIRED' }, { ...held, state: 'PAID' }, expired);
  expect(late.taken).toEqual({ s1: 1 });
  const refund = taken({ ...held, state: 'EXPIRED' }, { ...held, state: 'REFUND_REQUIRED' }, expired);
  expect(refund).toBe(expired);
});

test('refusals are kept with their time; some change what you may do', () => {
  const refuse = (code: string, retryAfterMs?: number) =>
    sales.refused(
      start,
      's1',
      { code, message: '', retryable: false, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      1_000,
    );
  expect(refuse('SOLD_OUT').outcomes.s1).toMatchObject({ kind: 'refused', atMs: 1_000 });
  expect(refuse('LIMIT_REACHED').taken).toEqual({ s1: 1 });
  expect(refuse('TOO_MANY_HOLDS', 9_000).blockedUntilMs).toBe(10_000);
});

test('what the server says of you replaces what you had', () => {
  const held = sales.orderChanged(start, undefined, sampleHold());
  const told = sales.yoursAnew(held, { taken: { s1: 2 }, waiting: {} });
  expect(told.taken).toEqual({ s1: 2 });
});
