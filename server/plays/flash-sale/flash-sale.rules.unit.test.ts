import { describe, expect, it } from 'vitest';
import {
  decideGrab,
  endHold,
  pauseLeftMs,
  phaseAt,
  replayStock,
  type SaleState,
} from './flash-sale.rules.ts';

const sale: SaleState = {
  phase: 'open',
  opensAtMs: 1000,
  endsAtMs: 2000,
  limitPerBuyer: 2,
  available: 3,
  held: 1,
  sold: 1,
  total: 5,
  epoch: 0,
};
const buyer = { taken: 0, pausedMs: 0 };

describe('decisions', () => {
  it('[FS6] follow the clock, not the poller', () => {
    const scheduled = { ...sale, phase: 'scheduled' as const };
    expect(phaseAt(scheduled, 999)).toBe('scheduled');
    expect(phaseAt(scheduled, 1000)).toBe('open');
    expect(phaseAt(scheduled, 2000)).toBe('ended');
    expect(phaseAt({ ...sale, phase: 'paused' }, 1999)).toBe('paused');
    expect(phaseAt({ ...sale, phase: 'paused' }, 2000)).toBe('ended');
  });

  it.each([
    ['HELD', sale, buyer, 2],
    ['LIMIT_REACHED', sale, buyer, 3],
    ['SOLD_OUT', { ...sale, available: 1 }, buyer, 2],
    ['LIMIT_REACHED', { ...sale, available: 0 }, { taken: 2, pausedMs: 0 }, 1],
    ['TOO_MANY_HOLDS', sale, { taken: 0, pausedMs: 1 }, 1],
    ['PAUSED', { ...sale, phase: 'paused' as const }, buyer, 1],
  ])('[FS19] say %s', (verdict, state, who, quantity) => {
    expect(decideGrab(state, who, quantity, 1500)).toBe(verdict);
  });

  it('[FS10] move the units of an ended hold one way, paid ones included', () => {
    expect(endHold(sale, 1, 'PAID')).toMatchObject({ available: 3, held: 0, sold: 2 });
    expect(endHold(sale, 1, 'RELEASED')).toMatchObject({ available: 4, held: 0, sold: 1, epoch: 0 });
    expect(endHold({ ...sale, available: 0 }, 1, 'EXPIRED')).toMatchObject({
      available: 1,
      held: 0,
      epoch: 1,
    });
  });

  it('[FS11] count unpaid holds within the window', () => {
    const rule = { max: 3, windowMs: 1000, pauseMs: 300 };
    expect(pauseLeftMs([100, 200], 300, rule)).toBe(0);
    expect(pauseLeftMs([100, 200, 300], 350, rule)).toBe(250);
    expect(pauseLeftMs([100, 200, 300], 600, rule)).toBe(0);
    expect(pauseLeftMs([100, 200, 1200], 1250, rule)).toBe(0);
  });

  it('[FS1] replay facts of one sale only', () => {
    const facts = [
      { kind: 'sale-scheduled', data: { saleId: 'a', total: 5 } },
      { kind: 'sale-scheduled', data: { saleId: 'b', total: 9 } },
      { kind: 'held', data: { saleId: 'a', quantity: 2 } },
      { kind: 'restocked', data: { saleId: 'a', units: 3 } },
      { kind: 'hold-expired', data: { saleId: 'a', quantity: 1 } },
    ];
    expect(replayStock(facts, 'a')).toEqual({ total: 8, available: 7, held: 1, sold: 0 });
  });
});
