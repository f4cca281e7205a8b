import type { Award, Draw } from '../../../shared/plays/lottery/draw.ts';

/** Samples for the tests of this play. */
export function sampleDraw(part: Partial<Draw> = {}): Draw {
  return {
    drawId: 'd1',
    title: 'Spring bag',
    currency: 'CNY',
    prizes: [
      { title: 'Linen bag', valueMinor: 4900, count: 1 },
      { title: 'Voucher', valueMinor: 1000, count: 3 },
    ],
    conditions: [{ kind: 'follow' }, { kind: 'phrase', phrase: 'spring' }],
    phase: 'open',
    trust: 'beacon',
    opensAtMs: 100_000,
    closesAtMs: 400_000,
    claimMs: 172_800_000,
    repeatMs: 0,
    commit: 'ab'.repeat(32),
    beaconRound: 1000,
    beaconAtMs: 403_000,
    entries: 12,
    voided: null,
    root: null,
    winners: null,
    shownWinners: [],
    cancelReason: null,
    redrawOf: null,
    redrawnBy: null,
    ...part,
  };
}

export function sampleAward(part: Partial<Award> = {}): Award {
  return { no: 0, prizeIndex: 1, ticket: 7, status: 'won', claimBeforeMs: 900_000, ...part };
}
