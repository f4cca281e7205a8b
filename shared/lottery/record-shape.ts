import { isHex } from './bytes.ts';
import { ENTRY_ID, isEntryState, isTicket, MAX_TICKET } from './fair-draw.ts';
import type { DrawRecord, ListedTicket } from './record.ts';
import { AWARD_STATUSES, RECORD_FORMAT, RECORD_LIMITS } from './record-limits.ts';

/**
 * The shape of a record, checked by hand so that a page need not carry zod. A check answers where a value first goes
 * wrong, or null.
 */
type Check = (value: unknown) => string | null;

const is =
  (good: (value: unknown) => boolean): Check =>
  (value) =>
    good(value) ? null : '';

const whole = (min: number, max: number): Check =>
  is((value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max);
const text = (pattern: RegExp): Check => is((value) => typeof value === 'string' && pattern.test(value));
const hex = (bytes: number): Check => is((value) => isHex(value, bytes));
const oneOf = (...values: readonly unknown[]): Check => is((value) => values.includes(value));
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);

function list(check: Check, max = Number.POSITIVE_INFINITY, min = 0): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) return '';
    for (let at = 0; at < value.length; at += 1) {
      const wrong = check(value[at]);
      if (wrong !== null) return `[${at}]${wrong}`;
    }
    return null;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Exactly these fields. */
function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value) => {
    if (!isObject(value)) return '';
    for (const [name, check] of Object.entries(checks)) {
      const wrong = Object.hasOwn(value, name) ? check(value[name]) : '';
      if (wrong !== null) return `.${name}${wrong}`;
    }
    return Object.keys(value).every((name) => Object.hasOwn(checks, name)) ? null : '';
  };
}

const { text: textMax, winners, prizes, conditions, path: pathMax, seconds, periodS, round } = RECORD_LIMITS;
const words = is((value) => typeof value === 'string' && value.length <= textMax);
const timeMs = whole(0, 9_999_999_999_999);
const id = text(/^[A-Za-z0-9_-]{1,64}$/);
const ticket = is(isTicket);
const i = whole(0, MAX_TICKET);
const rank = whole(1, winners);
const path = list(hex(32), pathMax);

const listedTicket = fields({ ticket, entryId: text(ENTRY_ID), state: is(isEntryState), path });

const prize = fields({ title: words, valueMinor: whole(0, 1_000_000_000_000), count: whole(1, winners) });

const beacon = fields({
  chainHash: hex(32),
  publicKey: hex(96),
  scheme: words,
  genesisTimeS: whole(0, seconds),
  periodS: whole(1, periodS),
  round: whole(1, round),
  movedFromRound: nullable(whole(1, round)),
  signature: nullable(hex(48)),
  randomness: nullable(hex(32)),
});

const prizeList = list(prize, prizes, 1);
/** Together they are no more than one draw may have winners. */
const prizesOf: Check = (value) => {
  const wrong = prizeList(value);
  if (wrong !== null) return wrong;
  const all = (value as DrawRecord['prizes']).reduce((sum, { count }) => sum + count, 0);
  return all <= winners ? null : '';
};

const record = fields({
  format: oneOf(RECORD_FORMAT),
  roomId: text(/^[a-z0-9][a-z0-9-]{0,62}$/),
  drawId: id,
  title: words,
  currency: text(/^[A-Z]{3}$/),
  prizes: prizesOf,
  committedAtMs: timeMs,
  openedAtMs: timeMs,
  closesAtMs: timeMs,
  commit: hex(32),
  trust: oneOf('beacon', 'operator'),
  beacon: nullable(beacon),
  conditions: list((value) => (isObject(value) ? prefixed('.kind', words(value.kind)) : ''), conditions),
  frozen: nullable(
    fields({ atMs: timeMs, entries: whole(0, MAX_TICKET), voided: whole(0, MAX_TICKET), root: hex(32) }),
  ),
  drawn: nullable(fields({ atMs: timeMs, winners: list(fields({ rank, i, ticket }), winners) })),
  awards: list(fields({ rank, prizeIndex: whole(0, prizes), i, ticket, status: oneOf(...AWARD_STATUSES) })),
  touched: list(listedTicket),
  seed: nullable(hex(32)),
  redrawOf: nullable(fields({ drawId: id, reason: words })),
});

function prefixed(name: string, wrong: string | null): string | null {
  return wrong === null ? null : name + wrong;
}

/** Null when a value has the shape of a record; otherwise where it first goes wrong, e.g. `prizes[0].count`. */
export function recordFault(value: unknown): string | null {
  const wrong = record(value);
  return wrong === null ? null : wrong.replace(/^\./, '') || 'record';
}

export function isDrawRecord(value: unknown): value is DrawRecord {
  return record(value) === null;
}

/** A ticket with its proof; the state may be left out by who does not know it. Other fields are of no concern. */
export type OwnTicket = Omit<ListedTicket, 'state'> & { state?: ListedTicket['state'] | undefined };

const ownTicket = fields({ ticket, entryId: text(ENTRY_ID), path });

export function isOwnTicket(value: unknown): value is OwnTicket {
  if (!isObject(value)) return false;
  const { ticket: number, entryId, state, path: siblings } = value;
  if (state !== undefined && !isEntryState(state)) return false;
  return ownTicket({ ticket: number, entryId, path: siblings }) === null;
}
