import type { DrawRecord } from './record.ts';
import { isDrawRecord } from './record-shape.ts';
import { fault, ok, type Step, wrong } from './step.ts';

/**
 * Compares a record with a copy that was kept from earlier. A record alone shows that it fits together; that it is
 * still the draw that was announced, only who saw the announcement can tell.
 */

/** Fixed when the draw is announced. */
const ANNOUNCED = [
  ...(['roomId', 'drawId', 'title', 'currency', 'prizes', 'conditions', 'committedAtMs'] as const),
  ...(['commit', 'trust', 'redrawOf'] as const),
];
const CHAIN = ['chainHash', 'publicKey', 'scheme', 'genesisTimeS', 'periodS'] as const;

export function checkEarlier(record: DrawRecord, earlier: unknown): Step {
  if (!isDrawRecord(earlier)) return wrong('earlier', fault('EARLIER_MALFORMED'));
  const field = changedField(record, earlier);
  return field === null ? ok('earlier') : wrong('earlier', fault('CHANGED', { field }));
}

function changedField(now: DrawRecord, then: DrawRecord): string | null {
  const announced = ANNOUNCED.find((name) => !isSame(now[name], then[name]));
  if (announced !== undefined) return announced;
  const chain = CHAIN.find((name) => now.beacon?.[name] !== then.beacon?.[name]);
  if (chain !== undefined) return `beacon.${chain}`;
  if (!isRoundKept(now, then)) return 'beacon.round';
  // When entries open and close may be moved until they are frozen; the round is after them in any case.
  const settled = (['openedAtMs', 'closesAtMs'] as const).find((name) => now[name] !== then[name]);
  if (then.frozen !== null && settled !== undefined) return settled;
  for (const name of ['frozen', 'drawn', 'seed'] as const) {
    if (then[name] !== null && !isSame(now[name], then[name])) return name;
  }
  for (const name of ['signature', 'randomness'] as const) {
    const before = then.beacon?.[name] ?? null;
    if (before !== null && now.beacon?.[name] !== before) return `beacon.${name}`;
  }
  if (!then.touched.every((each, at) => isSame(now.touched[at], each))) return 'touched';
  if (!then.awards.every((each, at) => isAwardKept(now.awards[at], each))) return 'awards';
  return null;
}

/** A list that was frozen late takes a later round, and says which one it had. */
function isRoundKept({ beacon: now }: DrawRecord, { beacon: then, frozen }: DrawRecord): boolean {
  if (now === null || then === null) return now === then;
  if (now.round === then.round) return now.movedFromRound === then.movedFromRound;
  if (frozen !== null || now.round < then.round) return false;
  return now.movedFromRound === (then.movedFromRound ?? then.round);
}

type Award = DrawRecord['awards'][number];

/** Only who has won may yet claim or pass on. */
function isAwardKept(now: Award | undefined, then: Award): boolean {
  if (now === undefined) return false;
  return (
    isSame({ ...now, status: '' }, { ...then, status: '' }) &&
    (then.status === 'won' || now.status === then.status)
  );
}

const DEPTH_MAX = 20;

/** Equal as JSON, in whatever order of fields. What is nested deeper than anything here is never equal. */
function isSame(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true;
  if (depth > DEPTH_MAX || typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], depth + 1),
  );
}
