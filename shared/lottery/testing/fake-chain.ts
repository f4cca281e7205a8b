import { createHash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { type BeaconInfo, QUICKNET_SCHEME } from '../beacon-info.ts';
import { hexOf, numberBytes } from '../bytes.ts';
import { BEACON_DST } from '../verify-beacon.ts';

const bls = bls12_381.shortSignatures;

export type SignedRound = { round: number; randomness: string; signature: string };

/** A randomness chain with a key of its own: its rounds are signed as drand signs them. */
export class FakeChain {
  readonly info: BeaconInfo;
  readonly #secret: Uint8Array;
  readonly #signed = new Map<number, SignedRound>();

  constructor({ genesisTimeS = 1_700_000_000, periodS = 3, keySeed = 'a' } = {}) {
    const { secretKey, publicKey } = bls.keygen(
      createHash('sha512').update(keySeed).digest().subarray(0, 48),
    );
    this.#secret = secretKey;
    const key = publicKey.toBytes();
    const chainHash = createHash('sha256')
      .update(numberBytes(periodS, 4))
      .update(numberBytes(genesisTimeS, 8))
      .update(key)
      .digest('hex');
    this.info = { chainHash, publicKey: hexOf(key), scheme: QUICKNET_SCHEME, genesisTimeS, periodS };
  }

  /** Signing takes some 20 ms, once a round. */
  sign(round: number): SignedRound {
    const signed = this.#signed.get(round) ?? this.#sign(round);
    this.#signed.set(round, signed);
    return signed;
  }

  #sign(round: number): SignedRound {
    const message = createHash('sha256').update(numberBytes(round, 8)).digest();
    const signature = bls.Signature.toBytes(bls.sign(bls.hash(message, BEACON_DST), this.#secret));
    return {
      round,
      randomness: createHash('sha256').update(signature).digest('hex'),
      signature: hexOf(signature),
    };
  }
}
