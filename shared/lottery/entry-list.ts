import { hexOf } from './bytes.ts';
import { ENTRY_ID, type EntryState, type Hashes, isEntryState, isTicket, leafHash } from './fair-draw.ts';
import { MerkleBuilder } from './merkle-log.ts';
import { type Fault, fault } from './step.ts';

export type ListEntry = readonly [ticket: number, entryId: string, state: EntryState];

/** What the whole list comes to. */
export type EntryTotals = {
  entries: number;
  voided: number;
  /** Hexadecimal. */
  root: string;
  /** The first thing that is wrong with the list itself; nothing behind it was read. */
  fault: Fault;
  /** Whether all entryIds were told apart. */
  distinct: boolean;
};

/**
 * Reads the whole list in ticket order, entry by entry, so that it need not be held: memory is 17 to 35 bytes
 * an entry, to see that no entryId comes twice.
 */
export class EntryListReader {
  readonly #h: Hashes;
  readonly #tree: MerkleBuilder;
  readonly #ids = new IdSet();
  #voided = 0;
  #fault: Fault = null;

  constructor(h: Hashes) {
    this.#h = h;
    this.#tree = new MerkleBuilder(h);
  }

  /** Takes the next entry, whatever it is; false when there is no use in more. */
  push(entry: unknown): boolean {
    if (this.#fault !== null) return false;
    const line = this.#tree.size + 1;
    const [ticket, entryId, state] = Array.isArray(entry) && entry.length === 3 ? entry : [];
    if (!isTicket(ticket) || typeof entryId !== 'string' || !ENTRY_ID.test(entryId) || !isEntryState(state)) {
      this.#fault = fault('LIST_LINE', { line });
    } else if (ticket !== line) {
      this.#fault = fault('LIST_GAP', { line, ticket });
    } else if (!this.#ids.add(entryId)) {
      this.#fault = fault('LIST_TWICE', { line, ticket });
    } else {
      this.#tree.append(leafHash(this.#h, ticket, entryId, state));
      if (state !== 'ok') this.#voided += 1;
    }
    return this.#fault === null;
  }

  totals(): EntryTotals {
    return {
      entries: this.#tree.size,
      voided: this.#voided,
      root: hexOf(this.#tree.root()),
      fault: this.#fault,
      distinct: !this.#ids.gaveUp,
    };
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUE_OF_CODE = new Uint8Array(128);
for (const [value, char] of [...ALPHABET].entries()) VALUE_OF_CODE[char.charCodeAt(0)] = value;

/** Ids that were made to collide could make every look-up long. Those of a real draw never come near. */
const PROBES_MAX = 10_000;

/** A set of entryIds: 16 characters are 96 bits, three words in a table with open addressing. */
class IdSet {
  #table = new Uint32Array(3 * 1024);
  #used = new Uint8Array(1024);
  #size = 0;
  gaveUp = false;

  /** False when it was there already. */
  add(id: string): boolean {
    if (this.gaveUp) return true;
    if (this.#size * 4 > this.#used.length * 3) this.#grow();
    return this.#insert(word(id, 0), word(id, 1), word(id, 2));
  }

  #insert(a: number, b: number, c: number): boolean {
    const mask = this.#used.length - 1;
    let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    let slot = (mixed ^ (mixed >>> 13)) & mask;
    for (let probes = 0; this.#used[slot] === 1; probes += 1) {
      const at = slot * 3;
      if (this.#table[at] === a && this.#table[at + 1] === b && this.#table[at + 2] === c) return false;
      if (probes === PROBES_MAX) {
        this.gaveUp = true;
        return true;
      }
      slot = (slot + 1) & mask;
    }
    this.#used[slot] = 1;
    this.#table.set([a, b, c], slot * 3);
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const [table, used] = [this.#table, this.#used];
    this.#table = new Uint32Array(table.length * 2);
    this.#used = new Uint8Array(used.length * 2);
    this.#size = 0;
    for (let slot = 0; slot < used.length; slot += 1) {
      if (used[slot] !== 1) continue;
      const at = slot * 3;
      this.#insert(table[at] as number, table[at + 1] as number, table[at + 2] as number);
    }
  }
}

/** Five characters of an id and two bits of its last one: 32 bits, three of which are all of it. */
function word(id: string, part: 0 | 1 | 2): number {
  let value = 0;
  for (let at = part * 5; at < part * 5 + 5; at += 1) value = value * 64 + valueAt(id, at);
  return value * 4 + ((valueAt(id, 15) >> (part * 2)) & 3);
}

function valueAt(id: string, at: number): number {
  return VALUE_OF_CODE[id.charCodeAt(at)] as number;
}
