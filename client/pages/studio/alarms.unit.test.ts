import { describe, expect, it } from 'vitest';
import { sampleSale } from '../../plays/flash-sale/testing.ts';
import { alarmsOf, HOLDS_ENDING_MS } from './alarms.ts';

const FINE = {
  isOnline: true,
  isLive: true,
  sending: { state: 'live', isPossible: true, isSending: true, isHeard: true, hasOthers: false },
  sales: [],
  holds: [],
  nowMs: 200_000,
} as const satisfies Parameters<typeof alarmsOf>[0];
const kinds = (part: Partial<Parameters<typeof alarmsOf>[0]>) =>
  alarmsOf({ ...FINE, ...part }).map(({ kind }) => kind);
const sending = (part: Partial<Parameters<typeof alarmsOf>[0]['sending']>) =>
  kinds({ sending: { ...FINE.sending, ...part } });

describe('what needs the host', () => {
  it('[PG69] is nothing while all is well, or while the show is off', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ isLive: false, sending: { ...FINE.sending, isSending: false } })).toEqual([]);
  });

  it('[PG69] is a lost connection, and what is wrong with picture and sound', () => {
    expect(kinds({ isOnline: false })).toEqual(['offline']);
    expect(sending({ isHeard: false })).toEqual(['no-sound']);
    expect(sending({ isSending: false, state: 'idle' })).toEqual(['no-picture']);
    expect(sending({ state: 'reconnecting' })).toEqual(['not-sent']);
    expect(sending({ state: 'replaced', isSending: false })).toEqual(['replaced']);
  });

  it('is not what an encoder or a co-host sends instead, nor a relay that this server has not', () => {
    expect(sending({ isSending: false, state: 'idle', hasOthers: true })).toEqual([]);
    expect(sending({ isSending: false, isPossible: false })).toEqual([]);
  });

  it('[PG69] is few units, people in line for none, an end that is near, and holds that run out', () => {
    const sale = (part: Parameters<typeof sampleSale>[0]) => ({ sales: [sampleSale(part)] });
    expect(kinds(sale({ available: 1, sold: 9 }))).toEqual(['low']);
    expect(kinds(sale({ available: 0, sold: 10, waiting: 3 }))).toEqual(['gone']);
    expect(kinds({ ...sale({ available: 5, sold: 5 }), nowMs: 380_000 })).toEqual(['ending']);
    expect(kinds(sale({ phase: 'paused', available: 1, sold: 9 }))).toEqual([]);
    const holds = [0, 1, HOLDS_ENDING_MS, HOLDS_ENDING_MS + 1].map((leftMs) => ({
      ...{ saleId: 's1', units: 1, endsAtMs: FINE.nowMs + leftMs },
    }));
    expect(alarmsOf({ ...FINE, ...sale({}), holds })).toMatchObject([{ kind: 'holds', units: 2 }]);
  });
});
