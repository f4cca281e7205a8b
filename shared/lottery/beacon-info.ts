/**
 * Which randomness beacon (drand) a draw relies on, and when its rounds come. Rounds are numbered from 1, which comes
 * at the genesis time. Source: the chain's `/info`, and drand's protocol specification.
 */
export type BeaconInfo = {
  /** SHA-256 over what follows, 32 bytes in hexadecimal: the chain's name in addresses. */
  chainHash: string;
  /** Compressed point of G2, 96 bytes in hexadecimal. */
  publicKey: string;
  scheme: string;
  genesisTimeS: number;
  periodS: number;
};

/** The one scheme that is checked here: each round is signed on G1 by itself. */
export const QUICKNET_SCHEME = 'bls-unchained-g1-rfc9380';

/** The League of Entropy's "quicknet", run by some twenty organisations since 2023. */
export const QUICKNET: Readonly<BeaconInfo> = Object.freeze({
  chainHash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  scheme: QUICKNET_SCHEME,
  genesisTimeS: 1_692_803_367,
  periodS: 3,
});

type Times = Pick<BeaconInfo, 'genesisTimeS' | 'periodS'>;

/** The last round that is out at a moment (Unix time in ms); 0 before the first. */
export function roundAt({ genesisTimeS, periodS }: Times, ms: number): number {
  return Math.max(0, Math.floor((ms - genesisTimeS * 1000) / (periodS * 1000)) + 1);
}

/** When a round comes, Unix time in ms. */
export function timeOfRoundMs({ genesisTimeS, periodS }: Times, round: number): number {
  return (genesisTimeS + (round - 1) * periodS) * 1000;
}

/** The first round that comes after a moment, never at it. */
export function roundAfter(info: Times, ms: number): number {
  return roundAt(info, ms) + 1;
}
