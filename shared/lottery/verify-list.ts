import { bytesOfHex, hexOf } from './bytes.ts';
import { EntryListReader, type EntryTotals } from './entry-list.ts';
import { ENTRY_STATES, type EntryState, type Hashes, leafHash } from './fair-draw.ts';
import { rootFromChunks, verifyInclusion } from './merkle-log.ts';
import type { DrawRecord, ListedTicket } from './record.ts';
import { isOwnTicket } from './record-shape.ts';
import { type Fault, fault, notYet, ok, type Step, unchecked, wrong } from './step.ts';

/** The frozen list: what the draw met of it, the whole of it, and one's own place in it. */

type Frozen = NonNullable<DrawRecord['frozen']>;

/** Every ticket that the draw met is in the frozen list, in the state that the record says. */
export function checkRoot(h: Hashes, { frozen, drawn, touched }: DrawRecord): Step {
  if (frozen === null) return notYet('root');
  const found =
    countFault(frozen, touched) ??
    twiceFault(touched) ??
    emptyFault(h, frozen) ??
    touchedFault(h, frozen, touched);
  if (found !== null) return wrong('root', found);
  return drawn === null ? notYet('root') : ok('root', { tickets: touched.length });
}

function countFault({ entries, voided }: Frozen, touched: readonly ListedTicket[]): Fault {
  const valid = touched.filter(({ state }) => state === 'ok').length;
  const isPossible = valid <= entries - voided && touched.length - valid <= voided;
  return isPossible ? null : fault('COUNTS', { entries, voided });
}

/** One entrant has one ticket. */
function twiceFault(touched: readonly ListedTicket[]): Fault {
  const ticketOf = new Map<string, number>();
  for (const { entryId, ticket } of touched) {
    const other = ticketOf.get(entryId);
    if (other !== undefined && other !== ticket) return fault('LIST_TWICE', { ticket });
    ticketOf.set(entryId, ticket);
  }
  return null;
}

function emptyFault(h: Hashes, { entries, root }: Frozen): Fault {
  if (entries > 0 || root === hexOf(rootFromChunks(h, []))) return null;
  return fault('LIST_ROOT', { listed: hexOf(rootFromChunks(h, [])), frozen: root });
}

function touchedFault(h: Hashes, frozen: Frozen, touched: readonly ListedTicket[]): Fault {
  const outside = touched.find((each) => !isListed(h, frozen, each, each.state));
  return outside ? fault('NOT_IN_LIST', { ticket: outside.ticket }) : null;
}

function isListed(
  h: Hashes,
  { entries, root }: Frozen,
  { ticket, entryId, path }: Pick<ListedTicket, 'ticket' | 'entryId' | 'path'>,
  state: EntryState,
): boolean {
  return verifyInclusion(h, {
    leaf: leafHash(h, ticket, entryId, state),
    index: ticket - 1,
    size: entries,
    path: path.map(bytesOfHex),
    root: bytesOfHex(root),
  });
}

/** The whole list has the size, the void tickets and the root that were frozen. */
export function checkEntries(
  h: Hashes,
  { frozen }: DrawRecord,
  given: Iterable<unknown> | EntryTotals | undefined,
): Step {
  if (frozen === null) return notYet('entries');
  if (typeof given !== 'object' || given === null) {
    return unchecked('entries', 'NO_LIST', { entries: frozen.entries });
  }
  const totals = Symbol.iterator in given ? totalsOf(h, given, frozen.entries) : given;
  if (totals.fault !== null) return wrong('entries', totals.fault);
  if (totals.entries !== frozen.entries) {
    return wrong('entries', fault('LIST_SIZE', { listed: totals.entries, frozen: frozen.entries }));
  }
  if (totals.root !== frozen.root) {
    return wrong('entries', fault('LIST_ROOT', { listed: totals.root, frozen: frozen.root }));
  }
  if (totals.voided !== frozen.voided) {
    return wrong('entries', fault('LIST_VOIDED', { listed: totals.voided, frozen: frozen.voided }));
  }
  if (!totals.distinct) return unchecked('entries', 'LIST_ALIKE');
  return ok('entries', { entries: totals.entries, voided: totals.voided });
}

/** Reads one entry more than there should be at most: an endless list ends here. */
function totalsOf(h: Hashes, entries: Iterable<unknown>, max: number): EntryTotals {
  const reader = new EntryListReader(h);
  let count = 0;
  for (const entry of entries) {
    count += 1;
    if (!reader.push(entry) || count > max) break;
  }
  return reader.totals();
}

/** One's own ticket is in the frozen list. Its state is in the leaf: who does not know it learns it here. */
export function checkMine(h: Hashes, { frozen, drawn, awards }: DrawRecord, mine: unknown): Step {
  if (!isOwnTicket(mine)) return wrong('mine', fault('MINE_MALFORMED'));
  if (frozen === null) return notYet('mine');
  const { ticket } = mine;
  const states = mine.state === undefined ? ENTRY_STATES : [mine.state];
  const state = states.find((each) => isListed(h, frozen, mine, each));
  if (state === undefined) return wrong('mine', fault('MINE_NOT_IN_LIST', { ticket }));
  const award = awards.findLast((each) => each.ticket === ticket);
  const rank = drawn === null || award === undefined ? {} : { rank: award.rank };
  return ok('mine', { ticket, state, ...rank });
}
