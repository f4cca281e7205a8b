import type { RoomState } from './reducer.ts';

/** What a room without a show is waiting for. */
export type OffAir =
  | { kind: 'planned'; startsAtMs: number }
  /** The time has come, and the host has not. */
  | { kind: 'due'; startsAtMs: number }
  | { kind: 'over' }
  | { kind: 'quiet' };

/** A host who is later than this is not about to begin any more. */
export const LATE_MS = 60 * 60_000;

/** Whoever comes later than this after a show did not come for it. */
export const OVER_MS = 12 * 60 * 60_000;

type Known = Pick<RoomState, 'room' | 'endedAtMs'>;

export function offAir({ room, endedAtMs }: Known, nowMs: number): OffAir {
  const { startsAtMs } = room;
  if (startsAtMs !== null && startsAtMs > nowMs) return { kind: 'planned', startsAtMs };
  // The show that ended before the planned time was another.
  const isDue = startsAtMs !== null && startsAtMs > nowMs - LATE_MS && (endedAtMs ?? 0) < startsAtMs;
  if (isDue) return { kind: 'due', startsAtMs };
  return isOver({ endedAtMs }, nowMs) ? { kind: 'over' } : { kind: 'quiet' };
}

/** A show ended lately, whatever is planned. */
export function isOver({ endedAtMs }: Pick<Known, 'endedAtMs'>, nowMs: number): boolean {
  return endedAtMs !== null && nowMs - endedAtMs < OVER_MS;
}

export function isSameOffAir(a: OffAir, b: OffAir): boolean {
  return (
    a.kind === b.kind && ('startsAtMs' in a ? a.startsAtMs : 0) === ('startsAtMs' in b ? b.startsAtMs : 0)
  );
}
