import { type BeaconInfo, QUICKNET, timeOfRoundMs } from './beacon-info.ts';
import { bytesOfHex, hexOf } from './bytes.ts';
import type { EntryTotals } from './entry-list.ts';
import { commitOf, type Hashes } from './fair-draw.ts';
import type { DrawBeacon, DrawRecord } from './record.ts';
import { isDrawRecord, recordFault } from './record-shape.ts';
import { type Fault, fault, notYet, ok, type Step, unchecked, wrong } from './step.ts';
import { checkAwards, checkWinners } from './verify-awards.ts';
import { checkEarlier } from './verify-earlier.ts';
import { checkEntries, checkMine, checkRoot } from './verify-list.ts';
import { checkSequence } from './verify-sequence.ts';

/**
 * A page computes one in some 10 µs, so this is ten seconds. Only a draw of which nearly all tickets are void needs
 * more.
 */
export const STEPS_MAX = 1_000_000;

/**
 * The server's clock may be behind the beacon's: a draw that seems to come this much before its round is not called
 * wrong. The round cannot have been known earlier, whatever a clock said.
 */
export const CLOCK_SLACK_MS = 60_000;

export type VerifyOptions = {
  /** The whole list in ticket order, or what an `EntryListReader` made of it. */
  entries?: Iterable<unknown> | EntryTotals | undefined;
  /** One's own ticket with its proof, an `OwnTicket`. */
  mine?: unknown;
  /** A copy of the record that was kept from earlier: what it fixed must not have changed. */
  earlier?: unknown;
  /** Whether the beacon's key signed the round; undefined: cannot tell. See `verify-beacon.ts`. */
  checkBeacon?: ((beacon: DrawBeacon & { signature: string }) => boolean | undefined) | undefined;
  /** Chains that many know; a record may name any, also one whose key the operator has. */
  knownChains?: readonly BeaconInfo[] | undefined;
  /** So many values of i are computed at most, however many the record claims to need. */
  stepsMax?: number | undefined;
};

/**
 * Recomputes a draw from its public record. The record may be anything: what is no record gives one step that says so,
 * one of an early phase has steps that are `not-yet`. Never throws, and does not more than the size of what it was
 * given and `stepsMax` allow. The draw holds when no step is `wrong`; it is proved when none is `unchecked` either.
 */
export function verifyRecord(h: Hashes, record: unknown, options: VerifyOptions = {}): Step[] {
  if (!isDrawRecord(record))
    return [wrong('shape', fault('MALFORMED', { where: recordFault(record) ?? '' }))];
  return [
    ok('shape'),
    ...(options.earlier === undefined ? [] : [checkEarlier(record, options.earlier)]),
    checkCommit(h, record),
    checkOrder(record),
    ...(record.trust === 'beacon' ? [checkChain(record, options.knownChains ?? [QUICKNET])] : []),
    checkBeaconOf(h, record, options.checkBeacon),
    checkRoot(h, record),
    checkEntries(h, record, options.entries),
    ...(options.mine === undefined ? [] : [checkMine(h, record, options.mine)]),
    checkSequence(h, record, options.stepsMax ?? STEPS_MAX),
    checkWinners(record),
    checkAwards(record),
  ];
}

function checkCommit(h: Hashes, { seed, commit }: DrawRecord): Step {
  if (seed === null) return notYet('commit');
  if (hexOf(commitOf(h, bytesOfHex(seed))) === commit) return ok('commit');
  return wrong('commit', fault('SEED_NOT_COMMITTED'));
}

function checkOrder(record: DrawRecord): Step {
  const found = phaseFault(record) ?? timeFault(record) ?? roundFault(record);
  if (found !== null) return wrong('order', found);
  return record.drawn === null ? notYet('order') : ok('order');
}

/** What comes later is not there before what it rests on. */
function phaseFault({ beacon, frozen, drawn, seed, awards, touched }: DrawRecord): Fault {
  const rests: readonly (readonly [field: string, isThere: boolean, on: string, isOn: boolean])[] = [
    ['drawn', drawn !== null, 'frozen', frozen !== null],
    ['seed', seed !== null, 'drawn', drawn !== null],
    ['awards', awards.length > 0, 'drawn', drawn !== null],
    ['touched', touched.length > 0, 'drawn', drawn !== null],
    ['beacon.signature', (beacon?.signature ?? null) !== null, 'frozen', frozen !== null],
    ['beacon.randomness', (beacon?.randomness ?? null) !== null, 'frozen', frozen !== null],
  ];
  const early = rests.find(([, isThere, , isOn]) => isThere && !isOn);
  return early ? fault('TOO_SOON', { field: early[0], missing: early[2] }) : null;
}

function timeFault({ committedAtMs, openedAtMs, closesAtMs, frozen, drawn }: DrawRecord): Fault {
  const times = [
    ['committedAtMs', committedAtMs],
    ['openedAtMs', openedAtMs],
    ['closesAtMs', closesAtMs],
    ['frozen.atMs', frozen?.atMs],
    ['drawn.atMs', drawn?.atMs],
  ].filter((each): each is [string, number] => each[1] !== undefined);
  for (const [at, [second, secondMs]] of times.entries()) {
    const [first, firstMs] = times[at - 1] ?? [second, secondMs];
    if (firstMs > secondMs) return fault('OUT_OF_ORDER', { first, firstMs, second, secondMs });
  }
  return null;
}

/** The round comes after closing and after the freeze: nobody knew it while the list could still change. */
function roundFault({ beacon, closesAtMs, frozen, drawn }: DrawRecord): Fault {
  if (beacon === null) return null;
  const { round, movedFromRound } = beacon;
  if (movedFromRound !== null && movedFromRound >= round)
    return fault('MOVED_BACK', { round, movedFromRound });
  // A round is moved for one reason only: it was out before the list was fixed.
  if (movedFromRound !== null && (frozen === null || timeOfRoundMs(beacon, movedFromRound) > frozen.atMs))
    return fault('MOVED_FOR_NOTHING', { round, movedFromRound });
  const roundAtMs = timeOfRoundMs(beacon, round);
  const before = [
    ['closesAtMs', closesAtMs],
    ['frozen.atMs', frozen?.atMs],
  ].filter((each): each is [string, number] => each[1] !== undefined);
  for (const [field, atMs] of before) {
    if (roundAtMs <= atMs) return fault('ROUND_TOO_EARLY', { round, roundAtMs, field, atMs });
  }
  if (drawn === null || drawn.atMs >= roundAtMs - CLOCK_SLACK_MS) return null;
  return fault('DRAWN_BEFORE_ROUND', { round, roundAtMs, atMs: drawn.atMs });
}

const CHAIN_FIELDS = ['publicKey', 'scheme', 'genesisTimeS', 'periodS'] as const;

function checkChain({ beacon }: DrawRecord, known: readonly BeaconInfo[]): Step {
  if (beacon === null) return wrong('chain', fault('TRUST_UNCLEAR'));
  const chain = known.find(({ chainHash }) => chainHash === beacon.chainHash);
  if (chain === undefined) return unchecked('chain', 'UNKNOWN_CHAIN', { chainHash: beacon.chainHash });
  const field = CHAIN_FIELDS.find((name) => chain[name] !== beacon[name]);
  return field === undefined ? ok('chain') : wrong('chain', fault('CHAIN_DIFFERS', { field }));
}

function checkBeaconOf(
  h: Hashes,
  { trust, beacon, drawn }: DrawRecord,
  check: VerifyOptions['checkBeacon'],
): Step {
  if ((trust === 'beacon') !== (beacon !== null)) return wrong('beacon', fault('TRUST_UNCLEAR'));
  if (beacon === null) return unchecked('beacon', 'OPERATOR_TRUSTED');
  const { signature, randomness, round } = beacon;
  if (signature === null || randomness === null) {
    const isLacking = drawn !== null || signature !== null || randomness !== null;
    return isLacking ? wrong('beacon', fault('NO_SIGNATURE')) : notYet('beacon');
  }
  if (hexOf(h.sha256(bytesOfHex(signature))) !== randomness) return wrong('beacon', fault('NOT_RANDOMNESS'));
  const isSigned = check?.({ ...beacon, signature });
  if (isSigned === undefined) return unchecked('beacon', 'SIGNATURE_NOT_CHECKED', { round });
  return isSigned ? ok('beacon', { round }) : wrong('beacon', fault('BAD_SIGNATURE', { round }));
}
