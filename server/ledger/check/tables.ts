/**
 * Tables of typed arrays: a ledger of a million facts fits into a few dozen megabytes, none of which the
 * garbage collector looks at.
 */

const FIRST_SLOTS = 1024;
/** Slots of 100 that may be taken. */
const LOAD = 70;

/** Whole numbers by 64-bit keys. Open addressing with linear probing; nothing is ever taken out. */
export class CountTable {
  #low = new Uint32Array(FIRST_SLOTS);
  #high = new Uint32Array(FIRST_SLOTS);
  #values = new Int32Array(FIRST_SLOTS);
  size = 0;

  /** undefined for a key that was never set. */
  get(low: number, high: number): number | undefined {
    const slot = this.#find(low, high);
    return this.#low[slot] === 0 ? undefined : this.#values[slot];
  }

  set(low: number, high: number, value: number): void {
    this.#values[this.#claim(low, high)] = value;
  }

  /** Adds, and returns the sum; a new key starts from 0. */
  add(low: number, high: number, delta: number): number {
    const slot = this.#claim(low, high);
    const sum = (this.#values[slot] as number) + delta;
    this.#values[slot] = sum;
    return sum;
  }

  #claim(low: number, high: number): number {
    let slot = this.#find(low, high);
    if (this.#low[slot] !== 0) return slot;
    if ((this.size + 1) * 100 > this.#low.length * LOAD) {
      this.#grow();
      slot = this.#find(low, high);
    }
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.size += 1;
    return slot;
  }

  #find(low: number, high: number): number {
    const mask = this.#low.length - 1;
    let slot = (low ^ (high >>> 7)) & mask;
    while (this.#low[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [low, high, values] = [this.#low, this.#high, this.#values];
    const slots = low.length * 2;
    this.#low = new Uint32Array(slots);
    this.#high = new Uint32Array(slots);
    this.#values = new Int32Array(slots);
    for (let i = 0; i < low.length; i += 1) {
      if (low[i] === 0) continue;
      const slot = this.#find(low[i] as number, high[i] as number);
      this.#low[slot] = low[i] as number;
      this.#high[slot] = high[i] as number;
      this.#values[slot] = values[i] as number;
    }
  }
}

/**
 * When each (actor, opId) last had an effect, for as long as the server remembers it. Two generations: the
 * older one goes as a whole once everything in it is older than the horizon.
 */
export class OpTimes {
  readonly #horizonS: number;
  #now = new CountTable();
  #before = new CountTable();
  /** Times are kept from the first one on: they have 31 bits. */
  #firstS: number | undefined;
  #startedS = 0;

  constructor(horizonMs: number) {
    this.#horizonS = Math.floor(horizonMs / 1000);
  }

  /** Takes note, and says whether the same one had an effect less than the horizon ago. */
  seen(low: number, high: number, atMs: number): boolean {
    this.#firstS ??= Math.floor(atMs / 1000);
    const atS = Math.floor(atMs / 1000) - this.#firstS;
    if (atS - this.#startedS > this.#horizonS) {
      this.#before = this.#now;
      this.#now = new CountTable();
      this.#startedS = atS;
    }
    const last = this.#now.get(low, high) ?? this.#before.get(low, high);
    this.#now.set(low, high, atS);
    // A second less: whole seconds are kept, and a repeat in the last one may be right.
    return last !== undefined && atS - last < this.#horizonS - 1;
  }
}

const CHUNK_BITS = 13;
const CHUNK = 1 << CHUNK_BITS;

type Chunk = {
  state: Uint8Array;
  flags: Uint8Array;
  id: Uint32Array;
  identity: Uint32Array;
  fields: Uint32Array;
  reason: Uint32Array;
  updated: Uint32Array;
};

/** What is kept of an order: 22 bytes. Hashes stand for texts. */
export type OrderRow = {
  /** Index into ORDER_STATES, counted from 1; 0: there is none. */
  state: number;
  flags: number;
  /** Its id. */
  id: number;
  /** Buyer, lines, amount and currency: what never changes. */
  identity: number;
  /** Sum of the hashes of the fields that are set once. */
  fields: number;
  reason: number;
  /** Time of the last change. */
  updated: number;
};

export const emptyRow = (): OrderRow => ({
  ...{ state: 0, flags: 0, id: 0, identity: 0, fields: 0, reason: 0, updated: 0 },
});

/** Orders by number. Grows by chunks, so nothing is copied. */
export class OrderTable {
  readonly #chunks: (Chunk | undefined)[] = [];

  state(no: number): number {
    return this.#chunks[no >>> CHUNK_BITS]?.state[no & (CHUNK - 1)] ?? 0;
  }

  /** Fills `row`, which the caller uses again and again. */
  read(no: number, row: OrderRow): void {
    const chunk = this.#chunks[no >>> CHUNK_BITS];
    const i = no & (CHUNK - 1);
    row.state = chunk?.state[i] ?? 0;
    row.flags = chunk?.flags[i] ?? 0;
    row.id = chunk?.id[i] ?? 0;
    row.identity = chunk?.identity[i] ?? 0;
    row.fields = chunk?.fields[i] ?? 0;
    row.reason = chunk?.reason[i] ?? 0;
    row.updated = chunk?.updated[i] ?? 0;
  }

  write(no: number, row: OrderRow): void {
    let chunk = this.#chunks[no >>> CHUNK_BITS];
    if (!chunk) {
      chunk = newChunk();
      this.#chunks[no >>> CHUNK_BITS] = chunk;
    }
    const i = no & (CHUNK - 1);
    chunk.state[i] = row.state;
    chunk.flags[i] = row.flags;
    chunk.id[i] = row.id;
    chunk.identity[i] = row.identity;
    chunk.fields[i] = row.fields;
    chunk.reason[i] = row.reason;
    chunk.updated[i] = row.updated;
  }
}

function newChunk(): Chunk {
  const words = (): Uint32Array => new Uint32Array(CHUNK);
  return {
    ...{ state: new Uint8Array(CHUNK), flags: new Uint8Array(CHUNK) },
    ...{ id: words(), identity: words(), fields: words(), reason: words(), updated: words() },
  };
}
