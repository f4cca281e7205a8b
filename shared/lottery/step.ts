/**
 * What a check of a draw found, step by step, so that a page can show each. Texts are the reader's: a step has codes
 * and values, in no language.
 */

/** In the order in which they are shown; steps that do not concern a record are left out. */
export const STEP_IDS = [
  /** It is a record at all. */
  'shape',
  /** What an earlier copy of the record fixed has not changed. */
  'earlier',
  /** The seed is the one that was committed to. */
  'commit',
  /** Everything came in its order, and the beacon's round after closing and freezing. */
  'order',
  /** The beacon is one that many know. */
  'chain',
  /** The round's signature, and what the draw took from it. */
  'beacon',
  /** Every ticket that the draw met is in the frozen list. */
  'root',
  /** The whole list is the frozen one. */
  'entries',
  /** One's own ticket is in it. */
  'mine',
  /** The tickets come from seed and beacon, in this order, none left out. */
  'sequence',
  /** As many winners as there had to be, each with the prize of their rank. */
  'winners',
  /** Prizes went on only from who did not take them. */
  'awards',
] as const;
export type StepId = (typeof STEP_IDS)[number];

/**
 * `wrong`: shown to be false. `not-yet`: the draw has not come so far. `unchecked`: nothing speaks against it, but what
 * it would take to check is not there.
 */
export type StepResult = 'ok' | 'wrong' | 'not-yet' | 'unchecked';

export const STEP_DETAILS = [
  /** Of `ok` and `not-yet`. */
  ...(['HOLDS', 'NOT_YET'] as const),
  /** shape: `where` it goes wrong. */
  'MALFORMED',
  /** earlier: `field` was another; or the earlier copy is no record, or of another draw. */
  ...(['CHANGED', 'EARLIER_MALFORMED'] as const),
  /** commit: SHA-256 of the seed is not the commitment. */
  'SEED_NOT_COMMITTED',
  /** order: `field` is there before `missing`. */
  'TOO_SOON',
  /** order: `first` at `firstMs` came after `second` at `secondMs`. */
  'OUT_OF_ORDER',
  /** order: `round` was out at `roundAtMs`, not after `field` at `atMs`. */
  'ROUND_TOO_EARLY',
  /** order: drawn at `atMs`, before the round was out at `roundAtMs`. */
  'DRAWN_BEFORE_ROUND',
  /** order: `round` does not come after `movedFromRound`. */
  'MOVED_BACK',
  /** round, movedFromRound: that one was not out when the list was fixed. */
  'MOVED_FOR_NOTHING',
  /** chain, beacon: `trust` and `beacon` say different things. */
  'TRUST_UNCLEAR',
  /** beacon: there is none; the operator could know the outcome before closing. */
  'OPERATOR_TRUSTED',
  /** chain: not one that the checker knows; whoever has its key could know the outcome. */
  'UNKNOWN_CHAIN',
  /** chain: a well-known chain, but `field` is not its own. */
  'CHAIN_DIFFERS',
  /** beacon: drawn without the round, or the randomness without its signature. */
  'NO_SIGNATURE',
  ...(['NOT_RANDOMNESS', 'BAD_SIGNATURE', 'SIGNATURE_NOT_CHECKED'] as const),
  /** root: `ticket` is not in the list that was frozen. */
  'NOT_IN_LIST',
  /** root: more void or valid tickets than were counted. */
  'COUNTS',
  /** entries: the list was not given. */
  'NO_LIST',
  /** entries: `line` is no entry; its ticket is not the next one; its entryId was there before. */
  ...(['LIST_LINE', 'LIST_GAP', 'LIST_TWICE'] as const),
  /** entries: `listed`, but `frozen` in the record. */
  ...(['LIST_SIZE', 'LIST_VOIDED', 'LIST_ROOT'] as const),
  /** entries: too many entryIds alike to tell whether one comes twice. */
  'LIST_ALIKE',
  /** mine: not a ticket with its proof; the proof does not lead to the root. */
  ...(['MINE_MALFORMED', 'MINE_NOT_IN_LIST'] as const),
  /** sequence: `i` gives `ticket`, but the record has `recorded` (0: nothing). */
  'OTHER_TICKET',
  /** sequence: `ticket` is among those met, and was not. */
  'NEVER_MET',
  /** sequence: `i` up to `upTo` would have to be computed, more than the checker does. */
  'TOO_LONG',
  /** winners: `recorded` winners, but `expected`. */
  'WINNER_COUNT',
  /** winners, awards: the place `at` (from 0) is not what it must be: `field`. */
  ...(['WINNER_DIFFERS', 'AWARD_DIFFERS'] as const),
  /** awards: `rank` has another holder though the one before did not pass it on. */
  'NOT_PASSED_ON',
] as const;
export type StepDetail = (typeof STEP_DETAILS)[number];

export type Step = {
  id: StepId;
  result: StepResult;
  detail: StepDetail;
  values: Readonly<Record<string, string | number>>;
};

type Values = Step['values'];

/** What is wrong, or null: the form in which the checks answer among themselves. */
export type Fault = { detail: StepDetail; values: Values } | null;

export function fault(detail: StepDetail, values: Values = {}): NonNullable<Fault> {
  return { detail, values };
}

export function ok(id: StepId, values: Values = {}): Step {
  return { id, result: 'ok', detail: 'HOLDS', values };
}
export function notYet(id: StepId): Step {
  return { id, result: 'not-yet', detail: 'NOT_YET', values: {} };
}
export function wrong(id: StepId, { detail, values }: NonNullable<Fault>): Step {
  return { id, result: 'wrong', detail, values };
}
export function unchecked(id: StepId, detail: StepDetail, values: Values = {}): Step {
  return { id, result: 'unchecked', detail, values };
}
