import type { Receipt } from '../kernel/receipt.ts';
import { receiptLeaf, receiptSignedBytes } from '../kernel/receipt-bytes.ts';

/**
 * Checks receipts with nothing but WebCrypto, so that it runs in a page and in Node alike. It carries no
 * zod: the shape is checked by hand, and a test compares that with the schema.
 */

/** An Ed25519 key as the server publishes it (RFC 8037). Further fields are of no concern here. */
export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string };

/**
 * - `MALFORMED`: not a receipt of this version;
 * - `UNKNOWN_KEY`: none of the keys given is the one it names;
 * - `BAD_PATH`: the path does not lead from this place among so many to a root;
 * - `BAD_SIGNATURE`: that root was not signed with the key, or something in the receipt was changed.
 */
export type ReceiptFault = 'MALFORMED' | 'UNKNOWN_KEY' | 'BAD_PATH' | 'BAD_SIGNATURE';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Whether one of `keys` signed this receipt as it stands. Every field counts: there is one way only to
 * write a receipt that holds.
 * @throws where the platform has no Ed25519, or no WebCrypto at all (a page that is not served over https).
 */
export async function checkReceipt(
  receipt: unknown,
  keys: readonly PublicJwk[],
): Promise<{ ok: true } | { ok: false; why: ReceiptFault }> {
  if (!isReceipt(receipt)) return { ok: false, why: 'MALFORMED' };
  const key = keys.find(({ kid }) => kid === receipt.keyId);
  if (key === undefined) return { ok: false, why: 'UNKNOWN_KEY' };
  const root = await rootOf(receipt);
  if (root === null) return { ok: false, why: 'BAD_PATH' };
  const signature = bytesOf(receipt.signature, 64);
  if (signature === null) return { ok: false, why: 'BAD_SIGNATURE' };
  const signed = receiptSignedBytes(receipt.size, root);
  const good = await crypto.subtle.verify('Ed25519', await imported(key), signature, signed);
  return good ? { ok: true } : { ok: false, why: 'BAD_SIGNATURE' };
}

/** The Ed25519 keys of a published set, or of one key alone; null when it is neither. Other keys are passed over. */
export function readKeySet(value: unknown): PublicJwk[] | null {
  if (isPublicJwk(value)) return [value];
  if (!isRecord(value) || !Array.isArray(value.keys)) return null;
  return value.keys.filter(isPublicJwk);
}

/**
 * The root that a receipt's path leads to, as in RFC 9162 section 2.1.3.2; null when the path is not one of
 * leaf `index` in a tree of `size` leaves.
 */
async function rootOf(receipt: Receipt): Promise<Bytes | null> {
  let place = receipt.index;
  let last = receipt.size - 1;
  if (place > last) return null;
  let hash = await sha256(0, new TextEncoder().encode(receiptLeaf(receipt)));
  for (const text of receipt.path) {
    const sibling = bytesOf(text, 32);
    if (sibling === null || last === 0) return null;
    if (place % 2 === 1 || place === last) {
      hash = await sha256(1, sibling, hash);
      // The last node of a level may have no neighbour; it then goes up as it is.
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = await sha256(1, hash, sibling);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

async function sha256(kind: 0 | 1, ...parts: readonly Uint8Array[]): Promise<Bytes> {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = kind;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

const importedKeys = new WeakMap<PublicJwk, Promise<CryptoKey>>();

function imported(key: PublicJwk): Promise<CryptoKey> {
  const known = importedKeys.get(key);
  if (known) return known;
  const importing = crypto.subtle.importKey('raw', bytesOf(key.x, 32) as Bytes, 'Ed25519', false, ['verify']);
  importedKeys.set(key, importing);
  return importing;
}

/** `length` bytes as base64url without padding. Null for any other text: two texts must not mean the same. */
function bytesOf(text: string, length: number): Bytes | null {
  if (text.length !== Math.ceil((length * 4) / 3) || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  // The last character has bits to spare, which decoding drops.
  const again = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return again === text ? Uint8Array.from(binary, (char) => char.charCodeAt(0)) : null;
}

function isPublicJwk(value: unknown): value is PublicJwk {
  if (!isRecord(value)) return false;
  const { kty, crv, x, kid } = value;
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof kid !== 'string' || typeof x !== 'string') return false;
  return bytesOf(x, 32) !== null;
}

const FIELDS: Readonly<Record<keyof Receipt, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  roomId: (value) => matches(value, /^[a-z0-9][a-z0-9-]{0,62}$/),
  userId: isText,
  opId: (value) => matches(value, /^[A-Za-z0-9_-]{8,64}$/),
  lines: (value) => Array.isArray(value) && value.length > 0 && value.every(isLine),
  verdict: (value) => value === 'HELD' || value === 'REFUSED',
  reason: (value) => value === null || isText(value),
  orderId: (value) => value === null || isText(value),
  seq: (value) => isWhole(value, 0),
  atMs: (value) => isWhole(value, 0, 9_999_999_999_999),
  keyId: isText,
  index: (value) => isWhole(value, 0),
  size: (value) => isWhole(value, 1),
  path: (value) => Array.isArray(value) && value.every(isText),
  signature: isText,
};

/** Whether a value has the shape of a receipt, and nothing besides. */
export function isReceipt(value: unknown): value is Receipt {
  return isRecord(value) && hasExactly(value, FIELDS);
}

function isLine(value: unknown): boolean {
  return isRecord(value) && hasExactly(value, LINE_FIELDS);
}

const LINE_FIELDS = {
  saleId: (value: unknown) => matches(value, /^[A-Za-z0-9_-]{1,64}$/),
  quantity: (value: unknown) => isWhole(value, 1),
};

function hasExactly(
  value: Record<string, unknown>,
  fields: Record<string, (value: unknown) => boolean>,
): boolean {
  const names = Object.keys(value);
  if (names.length !== Object.keys(fields).length) return false;
  return names.every((name) => Object.hasOwn(fields, name) && fields[name]?.(value[name]) === true);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isWhole(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}
