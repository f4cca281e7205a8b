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

export function offAir({ room, endedAtMs }: Pick<RoomState, 'room' | 'endedAtMs'>, nowMs: number): OffAir {
  const { startsAtMs } = room;
  if (startsAtMs !== null && startsAtMs > nowMs) return { kind: 'planned', startsAtMs };
  if (endedAtMs !== null) return { kind: 'over' };
  if (startsAtMs !== null && startsAtMs > nowMs - LATE_MS) return { kind: 'due', startsAtMs };
  return { kind: 'quiet' };
}

export function isSameOffAir(a: OffAir, b: OffAir): boolean {
  return (
    a.kind === b.kind && ('startsAtMs' in a ? a.startsAtMs : 0) === ('startsAtMs' in b ? b.startsAtMs : 0)
  );
}
