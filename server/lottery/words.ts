import type { DrawRecord } from '../../shared/lottery/record.ts';
import type { Step, StepDetail, StepId, StepResult } from '../../shared/lottery/step.ts';

/** What was found, in words. Texts of a record may be anybody's: nothing of them reaches the terminal as it is. */

const SHOWN_MAX = 100;

/** Letters of any script as they are; control, formatting and direction characters as escapes. */
export function plain(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return cut.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${(char.codePointAt(0) as number).toString(16)}}`,
  );
}

const RESULTS: Readonly<Record<StepResult, string>> = {
  ok: 'ok       ',
  wrong: 'WRONG    ',
  'not-yet': 'not yet  ',
  unchecked: 'unchecked',
};

/** What each step shows when it holds. */
const HOLDS: Readonly<Record<StepId, string>> = {
  shape: 'this is the record of a draw',
  earlier: 'nothing has changed since the earlier copy',
  commit: 'the seed is the one that was committed to before entries opened',
  order: 'commitment, entries, frozen list, beacon, draw: in this order',
  chain: 'the beacon is one that is known here',
  beacon: "round {round} has the beacon's signature, and the draw used its randomness",
  root: 'the {tickets} tickets that the draw met are in the frozen list',
  entries: 'the whole list is the frozen one: {entries} tickets, {voided} of them void',
  mine: 'ticket {ticket} is in the frozen list as {state}',
  sequence: 'seed and beacon give these tickets in this order, none left out ({steps} steps)',
  winners: '{winners} winners, as many as there had to be',
  awards: '{awards} awards, {passedOn} of them to the next in line',
};

/** What is awaited, where a step has not come so far. */
const AWAITED: Partial<Record<StepId, string>> = {
  commit: 'the seed has not been revealed',
  order: 'the draw has not been made',
  beacon: "the beacon's round is not out, or has not been read",
  root: 'the draw has met no ticket',
  entries: 'the list has not been frozen',
  mine: 'the list has not been frozen',
  sequence: 'seed and beacon are not both out',
  winners: 'no winners have been drawn',
  awards: 'no prizes have been given',
};

const DETAILS: Readonly<Record<Exclude<StepDetail, 'HOLDS' | 'NOT_YET'>, string>> = {
  MALFORMED: 'this is not the record of a draw: {where} is not what it should be',
  CHANGED: '{field} is not what it was in the earlier copy',
  EARLIER_MALFORMED: 'the earlier copy is not the record of a draw',
  SEED_NOT_COMMITTED: 'the seed is not the one that was committed to',
  TOO_SOON: '{field} is there, and {missing} is not',
  OUT_OF_ORDER: '{first} ({firstMs}) is after {second} ({secondMs})',
  ROUND_TOO_EARLY: 'round {round} was out at {roundAtMs}, not after {field} ({atMs}): it could be known',
  DRAWN_BEFORE_ROUND: 'drawn at {atMs}, before round {round} was out ({roundAtMs})',
  MOVED_FOR_NOTHING:
    'the draw was moved from round {movedFromRound} to round {round}, though round {movedFromRound} was still to come when the list was fixed',
  MOVED_BACK: 'round {round} does not come after round {movedFromRound}, from which the draw was moved',
  TRUST_UNCLEAR: 'it does not say clearly whether there is a beacon',
  OPERATOR_TRUSTED:
    'there is no beacon: the operator, who had the seed, could know the outcome while entries came in',
  UNKNOWN_CHAIN: "the beacon {chainHash} is not one that is known here: its key may be the operator's own",
  CHAIN_DIFFERS: 'the beacon has the name of a known chain, but not its {field}',
  NO_SIGNATURE: 'the round and its signature are not both there',
  NOT_RANDOMNESS: 'the randomness is not that of the signature',
  BAD_SIGNATURE: 'the beacon has not signed this as round {round}',
  SIGNATURE_NOT_CHECKED: 'the signature of round {round} could not be checked',
  NOT_IN_LIST: 'ticket {ticket} is not in the frozen list like this',
  COUNTS: 'the tickets that were met do not fit {entries} tickets with {voided} void ones',
  NO_LIST: 'the list of {entries} tickets was not given',
  LIST_LINE: 'entry {line} of the list is not one',
  LIST_GAP: 'entry {line} of the list has ticket {ticket}',
  LIST_TWICE: 'ticket {ticket} has an entryId that another has',
  LIST_SIZE: 'the list has {listed} tickets, the frozen one {frozen}',
  LIST_VOIDED: 'the list has {listed} void tickets, the frozen one {frozen}',
  LIST_ROOT: 'the list has the root {listed}, the frozen one {frozen}',
  LIST_ALIKE: 'the entryIds of the list are too much alike to tell whether one comes twice',
  MINE_MALFORMED: 'this is not a ticket with its proof',
  MINE_NOT_IN_LIST: 'ticket {ticket} is not in the frozen list like this',
  OTHER_TICKET: 'i = {i} gives ticket {ticket}; the record has {recorded} there (0: nothing)',
  NEVER_MET: 'ticket {ticket} does not come up there',
  TOO_LONG: 'it takes {upTo} steps, more than the {i} that are made here',
  WINNER_COUNT: '{recorded} winners; there had to be {expected}',
  WINNER_DIFFERS: 'winner no. {at} (from 0): {field} is not what it must be',
  AWARD_DIFFERS: 'award no. {at} (from 0): {field} is not what it must be',
  NOT_PASSED_ON: 'award no. {at} (from 0): rank {rank} was not passed on before',
};

/** One line a step. */
export function wordsOfStep({ id, result, detail, values }: Step): string {
  const template =
    detail === 'HOLDS' ? HOLDS[id] : detail === 'NOT_YET' ? (AWAITED[id] ?? '') : DETAILS[detail];
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => shown(name, values[name]));
  const rank = id === 'mine' && values.rank !== undefined ? `; it was drawn for rank ${values.rank}` : '';
  return `${RESULTS[result]}  ${id.padEnd(8)}  ${filled}${rank}`;
}

const COUNTS: ReadonlySet<string> = new Set(['entries', 'voided', 'tickets', 'winners', 'steps', 'awards']);

function shown(name: string, value: string | number | undefined): string {
  if (typeof value !== 'number') return plain(value ?? '?');
  if (name.endsWith('Ms')) return new Date(value).toISOString();
  return COUNTS.has(name) ? value.toLocaleString('en') : String(value);
}

/** What draw it is. */
export function wordsOfDraw({ drawId, roomId, title, frozen, trust, redrawOf, beacon }: DrawRecord): string {
  const lines = [`Draw ${plain(drawId)} of room ${plain(roomId)}: ${plain(title)}`];
  if (redrawOf) lines.push(`A redraw of ${plain(redrawOf.drawId)}: ${plain(redrawOf.reason)}`);
  if (trust === 'operator') lines.push('Operator-trusted: without a beacon.');
  if (beacon && beacon.movedFromRound !== null) {
    lines.push(`The list was frozen late: round ${beacon.round} instead of ${beacon.movedFromRound}.`);
  }
  if (frozen) {
    const { entries, voided } = frozen;
    lines.push(`${entries.toLocaleString('en')} tickets, ${voided.toLocaleString('en')} of them void.`);
  }
  return lines.join('\n');
}

const STATUSES = { won: '', claimed: ', claimed', 'passed-on': ', passed on' } as const;

/** Who won what, in the order of i. */
export function wordsOfAwards({ awards, prizes, touched }: DrawRecord): string {
  const ids = new Map(touched.map(({ ticket, entryId }) => [ticket, entryId]));
  return awards
    .map(({ rank, prizeIndex, i, ticket, status }) => {
      const prize = plain(prizes[prizeIndex]?.title ?? '?');
      const entryId = ids.get(ticket) ?? '?';
      return `${String(rank).padStart(5)}. ticket ${ticket} (${entryId}), i = ${i}: ${prize}${STATUSES[status]}`;
    })
    .join('\n');
}
