import { type Beacon, listProblems, type PublicRecord, shapeProblems } from './public-record.ts';
import { type DrawKey, ticketsInOrder } from './sequence.ts';
import { type Entry, leafHash, pathOf, rootByPath, sha256, treeRoot } from './tree.ts';

/**
 * A second verifier of draws, written from docs/fair-draw.md alone and without a line of the project's own: where
 * the two disagree, one of them, or the document, is wrong. It is there for its answer, not to be fast or kind.
 *
 * Left out: the signature of the beacon (BLS) is taken as it is, so it is for others to say that it is of this round;
 * whether a chain that is not known can be trusted; comparing with an earlier copy; the proof of one's own ticket.
 */

/** A beacon's chain as far as a record names it. */
export type Chain = Pick<Beacon, 'chainHash' | 'publicKey' | 'genesisTimeS' | 'periodS'>;

const QUICKNET: Chain = {
  chainHash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  genesisTimeS: 1_692_803_367,
  periodS: 3,
};
/** "A checker in a page computes a million values of i at most"; the first one is 0. */
const LAST_I = 999_999;
const CLOCK_SLACK_MS = 60_000;

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const isVoid = (state: string): boolean => state !== 'ok';
const count = <T>(values: readonly T[], holds: (value: T) => boolean): number => values.filter(holds).length;
const repeats = <T>(values: readonly T[]): boolean => new Set(values).size < values.length;

/**
 * @param record the public record, parsed
 * @param list the whole frozen list, parsed: `[ticket, entryId, state]` each; without it the list is known only by
 *   what the draw met
 * @param chains the chains that are known
 * @returns what does not hold, in words; empty when all that can be told by now holds
 */
export function drawProblems(
  record: unknown,
  list?: unknown,
  chains: readonly Chain[] = [QUICKNET],
): string[] {
  const shape = shapeProblems(record);
  if (list !== undefined) shape.push(...listProblems(list, 'list'));
  if (shape.length > 0) return shape;
  const draw = record as PublicRecord;
  return [
    ...commitProblems(draw),
    ...orderProblems(draw),
    ...beaconProblems(draw, chains),
    ...rootProblems(draw),
    ...(list === undefined ? [] : entriesProblems(draw, list as Entry[])),
    ...sequenceProblems(draw),
    ...winnersProblems(draw),
    ...awardsProblems(draw),
  ];
}

function commitProblems({ seed, commit }: PublicRecord): string[] {
  return seed === null || sha256(bytes(seed)).toString('hex') === commit
    ? []
    : ['commit: SHA-256 of the seed is another'];
}

const roundAtMs = ({ genesisTimeS, periodS }: Beacon, round: number): number =>
  (genesisTimeS + (round - 1) * periodS) * 1000;

function orderProblems(draw: PublicRecord): string[] {
  const { beacon, frozen, drawn, awards, touched, seed } = draw;
  const problems: string[] = [];
  const need = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(`order: ${problem}`);
  };
  const times = [draw.committedAtMs, draw.openedAtMs, draw.closesAtMs, frozen?.atMs, drawn?.atMs].filter(
    (atMs) => atMs !== undefined,
  );
  need(
    times.every((atMs, index) => index === 0 || atMs >= (times[index - 1] ?? 0)),
    'times go back',
  );
  need(drawn === null || frozen !== null, 'drawn from a list that is not frozen');
  need(drawn !== null || (awards.length === 0 && touched.length === 0), 'tickets met before the draw');
  need(drawn !== null || seed === null, 'the seed is out before the draw');
  if (beacon === null) return problems;
  const dueAtMs = roundAtMs(beacon, beacon.round);
  need(dueAtMs > draw.closesAtMs, 'the round was out while entries were open');
  need(frozen === null || dueAtMs > frozen.atMs, 'the round was out before the list was frozen');
  need(drawn === null || drawn.atMs >= dueAtMs - CLOCK_SLACK_MS, 'drawn before the round was out');
  need((beacon.signature === null) === (beacon.randomness === null), 'half of a round');
  need(beacon.signature === null || frozen !== null, 'the round was read before the list was frozen');
  need(drawn === null || beacon.randomness !== null, 'drawn without the round');
  if (beacon.movedFromRound === null) return problems;
  need(beacon.movedFromRound < beacon.round, 'moved to a round that is not later');
  need(
    frozen !== null && roundAtMs(beacon, beacon.movedFromRound) <= frozen.atMs,
    'moved to another round, though the first one was not out before the list was frozen',
  );
  return problems;
}

function beaconProblems({ beacon }: PublicRecord, chains: readonly Chain[]): string[] {
  if (beacon === null) return [];
  const problems: string[] = [];
  const { chainHash, publicKey, genesisTimeS, periodS, signature, randomness } = beacon;
  const known = chains.find((chain) => chain.chainHash === chainHash);
  const isSame =
    known === undefined ||
    (known.publicKey === publicKey && known.genesisTimeS === genesisTimeS && known.periodS === periodS);
  if (!isSame) problems.push('chain: not the key and times of that chain');
  if (signature !== null && sha256(bytes(signature)).toString('hex') !== randomness)
    problems.push('beacon: the randomness is not SHA-256 of the signature');
  return problems;
}

function rootProblems({ frozen, touched }: PublicRecord): string[] {
  if (frozen === null) return [];
  const { entries, voided, root } = frozen;
  const problems = touched
    .filter(({ ticket, entryId, state, path }) => {
      const leaf = leafHash([ticket, entryId, state]);
      return (
        ticket > entries || rootByPath(ticket - 1, entries, leaf, path.map(bytes))?.toString('hex') !== root
      );
    })
    .map(({ ticket }) => `root: ticket ${ticket} is not in the frozen list as it is shown`);
  if (entries === 0 && root !== treeRoot([]).toString('hex'))
    problems.push('root: not that of an empty list');
  if (repeats(touched.map(({ entryId }) => entryId))) problems.push('root: an entryId has two tickets');
  const voids = count(touched, ({ state }) => isVoid(state));
  if (voided > entries) problems.push('root: more void tickets than tickets');
  if (voids > voided || touched.length - voids > entries - voided)
    problems.push('root: the draw met more void, or more valid, tickets than there are');
  return problems;
}

function entriesProblems({ frozen, touched }: PublicRecord, list: readonly Entry[]): string[] {
  if (frozen === null) return [];
  const problems: string[] = [];
  const leaves = list.map(leafHash);
  if (list.length !== frozen.entries) problems.push('entries: the list has another size');
  if (list.some(([ticket], index) => ticket !== index + 1)) problems.push('entries: tickets have a gap');
  if (repeats(list.map(([, entryId]) => entryId))) problems.push('entries: an entryId comes twice');
  if (count(list, ([, , state]) => isVoid(state)) !== frozen.voided)
    problems.push('entries: another number of tickets is void');
  if (treeRoot(leaves).toString('hex') !== frozen.root) problems.push('entries: the list has another root');
  for (const { ticket, path } of touched) {
    const proof = pathOf(ticket - 1, leaves).map((hash) => hash.toString('hex'));
    if (proof.join() !== path.join()) problems.push(`entries: the list gives ticket ${ticket} another proof`);
  }
  return problems;
}

/** What HMAC takes: undefined as long as seed, list or round are not out. */
function keyOf({ seed, drawId, trust, beacon, frozen }: PublicRecord): DrawKey | undefined {
  if (seed === null || frozen === null || frozen.entries === 0) return undefined;
  if (trust === 'operator') return { seed: bytes(seed), drawId, beacon: Buffer.of(), size: frozen.entries };
  if (beacon?.randomness == null) return undefined;
  return { seed: bytes(seed), drawId, beacon: bytes(beacon.randomness), size: frozen.entries };
}

function sequenceProblems(draw: PublicRecord): string[] {
  const { touched, awards } = draw;
  const valid = count(touched, ({ state }) => !isVoid(state));
  const problems: string[] = [];
  if (valid !== awards.length) problems.push('sequence: not every valid ticket that came up has an award');
  if (touched.length > 0 && isVoid(touched.at(-1)?.state ?? ''))
    problems.push('sequence: a ticket was met after the last award');
  const key = keyOf(draw);
  if (key === undefined) {
    if (draw.frozen?.entries === 0 && touched.length > 0) problems.push('sequence: there are no tickets');
    return problems;
  }
  let met = 0;
  let awarded = 0;
  // Asking for a ticket costs work, so none is asked for after the last one that the record shows.
  const sequence = ticketsInOrder(key, LAST_I);
  while (met < touched.length) {
    const next = sequence.next();
    if (next.done) return [...problems, 'sequence: it ends, or is too long to follow, before what was met'];
    const { i, ticket } = next.value;
    const shown = touched[met];
    if (shown?.ticket !== ticket) return [...problems, `sequence: i ${i} gives ticket ${ticket}`];
    met += 1;
    if (isVoid(shown.state)) continue;
    const award = awards[awarded];
    awarded += 1;
    if (award?.i !== i || award.ticket !== ticket)
      return [...problems, `sequence: award ${awarded} is ticket ${ticket} at i ${i}`];
  }
  return problems;
}

function winnersProblems({ drawn, frozen, prizes, awards }: PublicRecord): string[] {
  if (drawn === null || frozen === null) return [];
  const { winners } = drawn;
  const problems: string[] = [];
  const places = prizes.reduce((sum, prize) => sum + prize.count, 0);
  if (winners.length !== Math.min(places, frozen.entries - frozen.voided))
    problems.push('winners: not as many as prizes, or as valid tickets');
  if (winners.some(({ rank }, index) => rank !== index + 1)) problems.push('winners: ranks are not 1, 2, 3');
  const asAwarded = winners.every(({ rank, i, ticket }, index) => {
    const award = awards[index];
    return award?.rank === rank && award.i === i && award.ticket === ticket;
  });
  if (!asAwarded) problems.push('winners: are not the first awards');
  return problems;
}

function awardsProblems({ drawn, prizes, awards }: PublicRecord): string[] {
  const problems: string[] = [];
  const prizeOfRank = prizes.flatMap((prize, index) => Array<number>(prize.count).fill(index));
  const lastOfRank = new Map<number, string>();
  const winners = drawn?.winners.length ?? 0;
  for (const [index, { rank, prizeIndex, i, status }] of awards.entries()) {
    if (prizeOfRank[rank - 1] !== prizeIndex) problems.push(`awards: rank ${rank} has another prize`);
    if (index > 0 && i <= (awards[index - 1]?.i ?? 0)) problems.push('awards: not in the order of i');
    const before = lastOfRank.get(rank);
    lastOfRank.set(rank, status);
    if (index < winners ? before !== undefined : before !== 'passed-on')
      problems.push(`awards: rank ${rank} was given again, and nobody had passed it on`);
  }
  return problems;
}
