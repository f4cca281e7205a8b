import { describe, expect, it } from 'vitest';
import {
  decideOffer,
  decideTake,
  decideWait,
  freeUnits,
  lineOutlives,
  moveUnits,
  pauseLeftMs,
  phaseAt,
  type SaleState,
} from './sale.rules.ts';

const sale: SaleState = {
  phase: 'open',
  opensAtMs: 1000,
  endsAtMs: 2000,
  limitPerBuyer: 2,
  ...{ available: 3, held: 1, sold: 1, total: 5, epoch: 0, waiting: 0 },
};
const buyer = { taken: 0, pausedMs: 0 };
const paused = { ...sale, phase: 'paused' as const };

describe('taking', () => {
  it('[FS6] follows the clock, not the poller', () => {
    const scheduled = { ...sale, phase: 'scheduled' as const };
    expect(phaseAt(scheduled, 999)).toBe('scheduled');
    expect(phaseAt(scheduled, 1000)).toBe('open');
    expect(phaseAt(scheduled, 2000)).toBe('ended');
    expect(phaseAt(paused, 1999)).toBe('paused');
    expect(phaseAt(paused, 2000)).toBe('ended');
  });

  it.each([
    ['HELD', sale, buyer, 2],
    ['LIMIT_REACHED', sale, buyer, 3],
    ['SOLD_OUT', { ...sale, available: 1 }, buyer, 2],
    ['SOLD_OUT', { ...sale, waiting: 2 }, buyer, 2],
    ['LIMIT_REACHED', { ...sale, available: 0 }, { taken: 2, pausedMs: 0 }, 1],
    ['TOO_MANY_HOLDS', sale, { taken: 0, pausedMs: 1 }, 1],
    ['PAUSED', paused, buyer, 1],
  ])('[FS19] says %s', (verdict, state, who, quantity) => {
    expect(decideTake(state, who, quantity, 1500)).toBe(verdict);
  });

  it('[FS10] moves the units of an ended hold one way, paid ones included', () => {
    expect(moveUnits(sale, 1, 'held', 'sold')).toMatchObject({ available: 3, held: 0, sold: 2 });
    expect(moveUnits(sale, 1, 'held', 'available')).toMatchObject({
      available: 4,
      held: 0,
      sold: 1,
      epoch: 0,
    });
    expect(moveUnits({ ...sale, available: 0 }, 1, 'held', 'available')).toMatchObject({
      ...{ available: 1, held: 0, epoch: 1 },
    });
  });

  it('[FS11] counts unpaid holds within the window', () => {
    const rule = { max: 3, windowMs: 1000, pauseMs: 300 };
    expect(pauseLeftMs([100, 200], 300, rule)).toBe(0);
    expect(pauseLeftMs([100, 200, 300], 350, rule)).toBe(250);
    expect(pauseLeftMs([100, 200, 300], 600, rule)).toBe(0);
    expect(pauseLeftMs([100, 200, 1200], 1250, rule)).toBe(0);
  });
});

describe('waiting', () => {
  const gone = { ...sale, available: 0 };

  it.each([
    ['WAITING', gone, buyer],
    ['WAITING', { ...gone, available: 2, waiting: 2 }, buyer],
    ['NOT_SOLD_OUT', sale, buyer],
    ['NOT_SOLD_OUT', { ...sale, waiting: 2 }, buyer],
    ['LIMIT_REACHED', gone, { taken: 2, pausedMs: 0 }],
    ['TOO_MANY_HOLDS', gone, { taken: 2, pausedMs: 1 }],
    ['PAUSED', { ...gone, phase: 'paused' as const }, buyer],
    ['ENDED', { ...gone, endsAtMs: 1500 }, buyer],
    ['WAITLIST_FULL', { ...gone, waiting: 3 }, buyer],
  ])('[FS24] says %s', (verdict, state, who) => {
    expect(decideWait(state, who, 3, 1500)).toBe(verdict);
  });

  it('[FS26] leaves nothing to others that those in line have a claim on', () => {
    expect(freeUnits({ available: 3, waiting: 1 })).toBe(2);
    expect(freeUnits({ available: 1, waiting: 3 })).toBe(0);
  });

  it('[FS28] passes over whoever may not have a unit', () => {
    expect(decideOffer(sale, buyer)).toBe('offered');
    expect(decideOffer(sale, { taken: 2, pausedMs: 0 })).toBe('LIMIT_REACHED');
    expect(decideOffer(sale, { taken: 2, pausedMs: 5 })).toBe('TOO_MANY_HOLDS');
  });

  it('[FS29] outlives the end of a sale only while units may come back and the host has not said no', () => {
    const none = { ...sale, available: 0, held: 0 };
    expect(lineOutlives(sale, 'time')).toBe(true);
    expect(lineOutlives({ ...none, available: 1 }, 'time')).toBe(true);
    expect(lineOutlives(none, 'time')).toBe(false);
    expect(lineOutlives(sale, 'host')).toBe(false);
    expect(lineOutlives(paused, 'time')).toBe(false);
  });
});
