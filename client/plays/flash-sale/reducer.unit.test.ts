import { expect, test } from 'vitest';
import type { EventOf } from '../events.ts';
import * as sales from './reducer.ts';
import { sampleHold, sampleSale } from './testing.ts';

const start = sales.salesFromSnapshot({ sales: [sampleSale()] }, { holds: [], taken: {} });

function hear(state: sales.SaleState, ...events: Pick<EventOf<'flash-sale'>, 'name' | 'data'>[]) {
  return events
    .map((event, i) => ({ seq: i + 1, atMs: 0, ...event }) as EventOf<'flash-sale'>)
    .reduce(sales.reduceSales, state);
}

const expired = (holdId: string) =>
  ({ roomId: 'r1', name: 'flash-sale:hold-expired', data: { saleId: 's1', holdId } }) as const;
const heldElsewhere = { roomId: 'r1', name: 'flash-sale:held', data: { hold: sampleHold() } } as const;

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

test('a grab is under way, then held; the same hold told twice counts once', () => {
  const working = sales.grabbing(start, 's1');
  expect(working.outcomes.s1).toEqual({ kind: 'working' });
  const told = sales.reduceSaleNotice(working, heldElsewhere, 0);
  const held = sales.grabbed(told, sampleHold());
  expect(held).toMatchObject({ holds: [{ holdId: 'h1' }], taken: { s1: 1 } });
  expect(held.outcomes.s1).toBeUndefined();
});

test('a hold that ran out is gone for good, also when its ack comes late', () => {
  const held = sales.grabbed(start, sampleHold());
  const ended = sales.reduceSaleNotice(held, expired('h1'), 500);
  expect(ended).toMatchObject({
    holds: [],
    taken: { s1: 0 },
    outcomes: { s1: { kind: 'expired', atMs: 500 } },
  });
  const early = sales.reduceSaleNotice(start, expired('h1'), 500);
  expect(sales.grabbed(early, sampleHold()).holds).toEqual([]);
});

test('refusals are kept with their time; some change what you may do', () => {
  const refuse = (code: string, retryAfterMs?: number) =>
    sales.grabRefused(
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
  const held = sales.grabbed(start, sampleHold());
  expect(sales.yoursAnew(held, { holds: [], taken: { s1: 1 } })).toMatchObject({
    holds: [],
    taken: { s1: 1 },
  });
});
