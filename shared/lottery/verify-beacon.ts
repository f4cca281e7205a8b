import { bls12_381 } from '@noble/curves/bls12-381.js';
import { QUICKNET_SCHEME } from './beacon-info.ts';
import { bytesOfHex, hexOf, isHex, numberBytes } from './bytes.ts';
import type { Hashes } from './fair-draw.ts';

/**
 * Checks a round's signature. It carries the pairing arithmetic, far more than the rest of a draw: load it when
 * there is a signature to check.
 */

/** RFC 9380 section 8.8.1; the scheme's name says so. */
export const BEACON_DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const SIGNATURE_BYTES = 48;
const PUBLIC_KEY_BYTES = 96;

export type SignedRound = { publicKey: string; scheme: string; round: number; signature: string };

/**
 * Whether the key signed this round: a BLS signature on G1 over SHA-256 of the round as 8 bytes big-endian. Undefined
 * for another scheme than `bls-unchained-g1-rfc9380`. Never throws: what is no signature is a wrong one.
 */
export function checkRound(
  h: Hashes,
  { publicKey, scheme, round, signature }: SignedRound,
): boolean | undefined {
  if (scheme !== QUICKNET_SCHEME) return undefined;
  if (!isHex(signature, SIGNATURE_BYTES) || !isHex(publicKey, PUBLIC_KEY_BYTES)) return false;
  if (!Number.isSafeInteger(round) || round < 1) return false;
  const bls = bls12_381.shortSignatures;
  const message = bls.hash(h.sha256(numberBytes(round, 8)), BEACON_DST);
  try {
    return bls.verify(bytesOfHex(signature), message, bytesOfHex(publicKey));
  } catch {
    // Not a point of the curve, or not of the group.
    return false;
  }
}

/** The 32 bytes that a draw takes from a round, in hexadecimal: SHA-256 of its signature. */
export function randomnessOf(h: Hashes, signature: string): string {
  return hexOf(h.sha256(bytesOfHex(signature)));
}
