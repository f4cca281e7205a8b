import { hexOf, joined, numberBytes } from './bytes.ts';

/**
 * The fair draw's arithmetic, without any I/O: what is hashed and how a ticket comes of it. docs/fair-draw.md has
 * the method in words and every byte. The same code runs on the server, in the page and on the command line.
 */

/** The two functions that a draw needs, synchronous. `node:crypto` on the server, `plain-hashes.ts` in a page. */
export type Hashes = {
  sha256(bytes: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
};

/** Why a ticket is void at the freeze, each with the letter that stands for it where space counts. */
const VOID_CODES = {
  absent: 'a',
  watch: 'w',
  level: 'l',
  follow: 'f',
  invites: 'i',
  phrase: 'p',
  purchase: 'b',
  'won-recently': 'r',
  banned: 'x',
  left: 'q',
} as const;

export type VoidReason = keyof typeof VOID_CODES;
export const VOID_REASONS = Object.keys(VOID_CODES) as readonly VoidReason[];

/** The state of a ticket in the frozen list. Part of its leaf, letter for letter. */
export type EntryState = 'ok' | `void:${VoidReason}`;

/** One character a state: `.` for ok, a lower-case letter for each reason. */
export const STATE_CODES = Object.freeze(
  Object.fromEntries([
    ['ok', '.'],
    ...Object.entries(VOID_CODES).map(([reason, code]) => [`void:${reason}`, code]),
  ]),
) as Readonly<Record<EntryState, string>>;
export const ENTRY_STATES = Object.keys(STATE_CODES) as readonly EntryState[];

const STATE_OF_CODE = new Map(ENTRY_STATES.map((state) => [STATE_CODES[state], state]));

export function isEntryState(value: unknown): value is EntryState {
  return typeof value === 'string' && Object.hasOwn(STATE_CODES, value);
}

export function codeOfState(state: EntryState): string {
  return STATE_CODES[state];
}

/** @throws RangeError for a character that stands for no state. */
export function stateOfCode(code: string): EntryState {
  const state = STATE_OF_CODE.get(code);
  if (state === undefined) throw new RangeError(`no state has the code ${JSON.stringify(code)}`);
  return state;
}

/** Tickets and `i` are written in four bytes. */
export const MAX_TICKET = 2 ** 32 - 1;
export const ENTRY_ID = /^[A-Za-z0-9_-]{16}$/;
export const ENTRY_ID_LENGTH = 16;

/** What is published before entries open: SHA-256 of the 32 secret bytes. */
export function commitOf(h: Hashes, seed: Uint8Array): Uint8Array {
  return h.sha256(seed);
}

const STATE_BYTES = new Map(ENTRY_STATES.map((state) => [state, new TextEncoder().encode(state)]));
const LEAF_HEAD = 1 + 4 + ENTRY_ID_LENGTH;

/**
 * SHA-256(0x00 ‖ ticket, 4 bytes big-endian ‖ entryId ‖ state), the leaf hash of RFC 9162 section 2.1.1. The fields
 * cannot run into each other: only the last one varies in length.
 * @throws RangeError when the ticket is not 1 … 2^32-1, or the id not 16 URL-safe base64 characters.
 */
export function leafHash(h: Hashes, ticket: number, entryId: string, state: EntryState): Uint8Array {
  const stateBytes = STATE_BYTES.get(state);
  if (stateBytes === undefined) throw new RangeError('no such state of a ticket');
  if (!isTicket(ticket)) throw new RangeError('a ticket is a whole number from 1 to 4294967295');
  if (!ENTRY_ID.test(entryId)) throw new RangeError('an entryId is 16 URL-safe base64 characters');
  const bytes = new Uint8Array(LEAF_HEAD + stateBytes.length);
  bytes[1] = ticket >>> 24;
  bytes[2] = ticket >>> 16;
  bytes[3] = ticket >>> 8;
  bytes[4] = ticket;
  for (let at = 0; at < ENTRY_ID_LENGTH; at += 1) bytes[5 + at] = entryId.charCodeAt(at);
  bytes.set(stateBytes, LEAF_HEAD);
  return h.sha256(bytes);
}

export function isTicket(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_TICKET;
}

/**
 * The ticket, 1 … N, that a number below 2^bits stands for; undefined in the last, incomplete round of N numbers, which
 * would favour the low tickets. Every ticket has exactly as many numbers as every other.
 */
export function ticketOf(r: bigint, entries: bigint, bits: bigint): number | undefined {
  const space = 1n << bits;
  return r < space - (space % entries) ? Number(r % entries) + 1 : undefined;
}

export type DrawInputs = {
  /** 32 bytes, secret until the draw. */
  seed: Uint8Array;
  drawId: string;
  /** The beacon's randomness, 32 bytes; none of them when the draw is operator-trusted. */
  beacon: Uint8Array;
  /** N: all tickets of the frozen list, void ones too. */
  entries: number;
};

/**
 * The tickets in the order in which they are drawn, void ones and repeats among them: HMAC-SHA256(seed,
 * drawId ‖ beacon ‖ i) for i = 0, 1, 2 … as a number below 2^256, and its ticket. Going on later needs no more than
 * the next i.
 */
export class TicketSequence {
  readonly #h: Hashes;
  readonly #seed: Uint8Array;
  /** drawId ‖ beacon, and room for i. */
  readonly #message: Uint8Array;
  readonly #entries: bigint;
  #i: number;

  /** @throws RangeError when N or `fromI` is out of range: nothing can be drawn from no tickets. */
  constructor(h: Hashes, { seed, drawId, beacon, entries }: DrawInputs, fromI = 0) {
    if (!isTicket(entries)) throw new RangeError('a draw needs 1 to 4294967295 tickets');
    if (!Number.isInteger(fromI) || fromI < 0) throw new RangeError('i counts from 0');
    this.#h = h;
    this.#seed = seed;
    this.#message = joined(new TextEncoder().encode(drawId), beacon, new Uint8Array(4));
    this.#entries = BigInt(entries);
    this.#i = fromI;
  }

  /** The next ticket, and the i that gave it. @throws RangeError after i = 2^32-1, which no real draw comes near. */
  next(): { i: number; ticket: number } {
    for (;;) {
      const i = this.#i;
      if (i > MAX_TICKET) throw new RangeError('there is no further i');
      this.#i += 1;
      this.#message.set(numberBytes(i, 4), this.#message.length - 4);
      const r = BigInt(`0x${hexOf(this.#h.hmacSha256(this.#seed, this.#message))}`);
      const ticket = ticketOf(r, this.#entries, 256n);
      if (ticket !== undefined) return { i, ticket };
    }
  }
}
