import { fourBytes, sha256 } from './tree.ts';

/** The tickets that a seed gives, one i after the other. */

const TWO_TO_256 = 1n << 256n;

/**
 * @param r a number below 2^256
 * @param size N, how many tickets the list has, at least 1
 * @returns r mod N + 1; undefined when r lies in the last, incomplete stretch of N numbers below 2^256
 */
export function ticketOfNumber(r: bigint, size: number): number | undefined {
  const n = BigInt(size);
  return r >= (TWO_TO_256 / n) * n ? undefined : Number(r % n) + 1;
}

export type DrawKey = {
  /** 32 bytes. */
  seed: Uint8Array;
  drawId: string;
  /** 32 bytes of randomness; none for an operator-trusted draw. */
  beacon: Uint8Array;
  /** N. */
  size: number;
};

const BLOCK_BYTES = 64;

/** HMAC-SHA256 as RFC 2104 section 2 writes it: a second way to the same bytes. The key fits in one block. */
function hmac(key: Uint8Array, message: Uint8Array): Buffer {
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES, 0x5c);
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  return sha256(outer, sha256(inner, message));
}

/** r of i: HMAC-SHA256 with the seed as key, as a number. */
export function numberOf({ seed, drawId, beacon }: Omit<DrawKey, 'size'>, i: number): bigint {
  const message = Buffer.concat([Buffer.from(drawId, 'utf8'), beacon, fourBytes(i)]);
  return BigInt(`0x${hmac(seed, message).toString('hex')}`);
}

/** What came up for the first time at i. */
export type FirstTime = { i: number; ticket: number };

/** The tickets in the order in which they first come up: repeats and the i without a ticket are left out. */
export function* ticketsInOrder(key: DrawKey, lastI: number): Generator<FirstTime, void> {
  const seen = new Set<number>();
  for (let i = 0; i <= lastI && seen.size < key.size; i += 1) {
    const ticket = ticketOfNumber(numberOf(key, i), key.size);
    if (ticket === undefined || seen.has(ticket)) continue;
    seen.add(ticket);
    yield { i, ticket };
  }
}

/**
 * The first `places` tickets that are drawn, or all valid ones if those are fewer: the winners in the order of their
 * ranks, and behind them who is next in line, since that is the same sequence.
 */
export function drawnTickets(
  key: DrawKey,
  isVoid: (ticket: number) => boolean,
  places: number,
  lastI = 999_999,
): FirstTime[] {
  const found: FirstTime[] = [];
  if (places === 0) return found;
  for (const first of ticketsInOrder(key, lastI)) {
    if (!isVoid(first.ticket)) found.push(first);
    if (found.length === places) break;
  }
  return found;
}
