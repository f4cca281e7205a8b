import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { Hashes } from '../../shared/lottery/fair-draw.ts';

/** A draw uses one key again and again; making a key object of it costs six times as much as using one. */
const known = new WeakMap<Uint8Array, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  const made = known.get(key) ?? createSecretKey(key);
  known.set(key, made);
  return made;
}

/** The draw's hash functions by `node:crypto`. Whoever gives a key does not write into it afterwards. */
export const nodeHashes: Hashes = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  hmacSha256: (key, bytes) => createHmac('sha256', keyObject(key)).update(bytes).digest(),
};
