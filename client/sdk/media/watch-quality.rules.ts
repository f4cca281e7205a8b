/**
 * When a bad network is better off with sound only. Fed once a second with what arrived since the second before.
 *
 * Pictures stop after loss that stays, or after seconds in which none could be shown while little came in. They are
 * tried again later, after a failed trial much later.
 */
export type QualitySample = {
  atMs: number;
  packetsReceived: number;
  packetsLost: number;
  videoPackets: number;
  framesDecoded: number;
  /** Some picture should be coming in: wanted by us, sent by its publisher, transport connected. */
  videoExpected: boolean;
};

export type Quality = {
  audioOnly: boolean;
  lossySinceMs: number | null;
  frozenSinceMs: number | null;
  /** When sound only, or the trial after it, began. */
  sinceMs: number;
  /** How long sound only lasts, this time. */
  pauseMs: number;
};

export const LOSSY_SHARE = 0.1;
/** Loss has ended once it is below this: between the two nothing changes. */
export const CLEAN_SHARE = 0.05;
export const LOSSY_FOR_MS = 4_000;
export const FROZEN_FOR_MS = 5_000;
/** A second of even the smallest layer has more. */
export const FEW_PACKETS = 10;
export const PAUSE_MIN_MS = 15_000;
export const PAUSE_MAX_MS = 120_000;
/** A trial that lasted so long was a success. */
export const TRIAL_MS = 30_000;
/** A share of fewer packets than these says nothing. */
const ENOUGH_PACKETS = 10;

export const FIRST_QUALITY: Quality = {
  audioOnly: false,
  lossySinceMs: null,
  frozenSinceMs: null,
  sinceMs: Number.NEGATIVE_INFINITY,
  pauseMs: PAUSE_MIN_MS,
};

export function judgeQuality(before: Quality, sample: QualitySample): Quality {
  const { atMs } = sample;
  if (before.audioOnly) {
    if (atMs - before.sinceMs < before.pauseMs) return before;
    return { ...before, audioOnly: false, lossySinceMs: null, frozenSinceMs: null, sinceMs: atMs };
  }
  if (!sample.videoExpected) return { ...before, lossySinceMs: null, frozenSinceMs: null };

  const lossySinceMs = lossySince(before.lossySinceMs, sample);
  const isFrozen = sample.framesDecoded === 0 && sample.videoPackets < FEW_PACKETS;
  const frozenSinceMs = isFrozen ? (before.frozenSinceMs ?? atMs) : null;
  const pauseMs = pauseAfter(before, atMs);
  const isPoor =
    (lossySinceMs !== null && atMs - lossySinceMs >= LOSSY_FOR_MS) ||
    (frozenSinceMs !== null && atMs - frozenSinceMs >= FROZEN_FOR_MS);
  if (!isPoor) return { ...before, lossySinceMs, frozenSinceMs, pauseMs };
  return {
    audioOnly: true,
    lossySinceMs: null,
    frozenSinceMs: null,
    sinceMs: atMs,
    pauseMs: atMs - before.sinceMs >= TRIAL_MS ? pauseMs : longer(pauseMs),
  };
}

function lossySince(before: number | null, sample: QualitySample): number | null {
  const sent = sample.packetsReceived + sample.packetsLost;
  if (sent < ENOUGH_PACKETS) return before;
  const share = sample.packetsLost / sent;
  if (share > LOSSY_SHARE) return before ?? sample.atMs;
  return share < CLEAN_SHARE ? null : before;
}

function pauseAfter({ sinceMs, pauseMs }: Quality, atMs: number): number {
  return atMs - sinceMs >= TRIAL_MS ? PAUSE_MIN_MS : pauseMs;
}

function longer(pauseMs: number): number {
  return Math.min(PAUSE_MAX_MS, pauseMs * 2);
}
