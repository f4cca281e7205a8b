import type { ListEntry } from '../entry-list.ts';
import type { DrawRecord } from '../record.ts';

/** The example of docs/fair-draw.md: a draw of seven tickets with round 1000 of quicknet, which was out in August 2023. */
export const EXAMPLE_LIST: readonly ListEntry[] = [
  [1, 'Anna-4vQx81LmZk0', 'ok'],
  [2, 'BoTcH2nYw73_qPsE', 'void:absent'],
  [3, 'Cy9dKuRf05aJ-VgX', 'ok'],
  [4, 'Dm6WbZt1OiSxe8Nh', 'void:won-recently'],
  [5, 'Ek3ULpGj7_rAoDy2', 'ok'],
  [6, 'FzIvMqX0c5-TnBs9', 'ok'],
  [7, 'Gh8RwQeYk14uPdCl', 'void:watch'],
];

/** Hexadecimal, in ticket order. */
export const EXAMPLE_LEAVES: readonly string[] = [
  'a10212e02d8c89e207738921843e012c0c1b141ede3ad61ae00e04da854d1220',
  'b24f31c24b163b701581d8b97d4e01afc510dc38b9b08deff3f91390047b6084',
  'a11c863a094e10668e330069e46f4e2a0b72fd294b3fd955357cc5fcb24a7e65',
  '23f9ba0d70ec66a9aadc8334af72902a5451a89ab3829c2e7f2596272dfdf979',
  'ce4721798102e67a04ce86ff29e42d60691454ab49eb10bb488580d9ffed2a9e',
  '6ded1444cf40b90cc9ad6296268e8c6361998fe5c50e5a6ae04f18f1e08dae32',
  'dd23508cb43d9b66bba6d158ded6745283a1896382a5449b6ea349f458d7f222',
];

/** The tickets of i = 0, 1, 2 … */
export const EXAMPLE_TICKETS: readonly number[] = [1, 2, 7, 1, 7, 1, 3, 5, 2, 7, 5, 4, 1, 2, 7, 3];

export const EXAMPLE_RECORD: DrawRecord = {
  format: 'livestall-draw/1',
  roomId: 'linen-house',
  drawId: 'd_example',
  title: 'Spring bag',
  currency: 'EUR',
  prizes: [
    { title: 'Linen bag', valueMinor: 4900, count: 1 },
    { title: 'Voucher', valueMinor: 1000, count: 1 },
  ],
  committedAtMs: 1692805964000,
  openedAtMs: 1692806024000,
  closesAtMs: 1692806324000,
  commit: '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd',
  trust: 'beacon',
  beacon: {
    chainHash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
    publicKey:
      '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
    scheme: 'bls-unchained-g1-rfc9380',
    genesisTimeS: 1692803367,
    periodS: 3,
    round: 1000,
    movedFromRound: null,
    signature:
      'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
    randomness: 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
  },
  conditions: [{ kind: 'present' }, { kind: 'watch', minutes: 3 }],
  frozen: {
    atMs: 1692806329000,
    entries: 7,
    voided: 3,
    root: 'ab170b4406d2f7146e0fe1e207c1db18d2f1af8169a97c8a020c858e4bc4ab6f',
  },
  drawn: {
    atMs: 1692806365200,
    winners: [
      { rank: 1, i: 0, ticket: 1 },
      { rank: 2, i: 6, ticket: 3 },
    ],
  },
  awards: [
    { rank: 1, prizeIndex: 0, i: 0, ticket: 1, status: 'passed-on' },
    { rank: 2, prizeIndex: 1, i: 6, ticket: 3, status: 'claimed' },
    { rank: 1, prizeIndex: 0, i: 7, ticket: 5, status: 'won' },
  ],
  touched: [
    {
      ticket: 1,
      entryId: 'Anna-4vQx81LmZk0',
      state: 'ok',
      path: [
        'b24f31c24b163b701581d8b97d4e01afc510dc38b9b08deff3f91390047b6084',
        '2f67f7c88c899b74a323ca25ce2ec822e12cd8adb1ae1d62022e70749d8af5e8',
        '134b22efd0705c21a449345d4f9061c9940581b4b68e060d52c448ad06d3124a',
      ],
    },
    {
      ticket: 2,
      entryId: 'BoTcH2nYw73_qPsE',
      state: 'void:absent',
      path: [
        'a10212e02d8c89e207738921843e012c0c1b141ede3ad61ae00e04da854d1220',
        '2f67f7c88c899b74a323ca25ce2ec822e12cd8adb1ae1d62022e70749d8af5e8',
        '134b22efd0705c21a449345d4f9061c9940581b4b68e060d52c448ad06d3124a',
      ],
    },
    {
      ticket: 7,
      entryId: 'Gh8RwQeYk14uPdCl',
      state: 'void:watch',
      path: [
        '6c2ca49ebb36ff9d634de4202a3bf65d5f7a0f654fc1c46081c0a083411edb4e',
        '52bba01f97cf1cbcad4f46396e0a5200b5a88f5728b959f8c6a6e823ab6516c1',
      ],
    },
    {
      ticket: 3,
      entryId: 'Cy9dKuRf05aJ-VgX',
      state: 'ok',
      path: [
        '23f9ba0d70ec66a9aadc8334af72902a5451a89ab3829c2e7f2596272dfdf979',
        '81f41f1de4fa9b7e7f2d7ed1080a97a67e6d3f492ea24d9c3a6b5a91741b064a',
        '134b22efd0705c21a449345d4f9061c9940581b4b68e060d52c448ad06d3124a',
      ],
    },
    {
      ticket: 5,
      entryId: 'Ek3ULpGj7_rAoDy2',
      state: 'ok',
      path: [
        '6ded1444cf40b90cc9ad6296268e8c6361998fe5c50e5a6ae04f18f1e08dae32',
        'dd23508cb43d9b66bba6d158ded6745283a1896382a5449b6ea349f458d7f222',
        '52bba01f97cf1cbcad4f46396e0a5200b5a88f5728b959f8c6a6e823ab6516c1',
      ],
    },
  ],
  seed: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  redrawOf: null,
};
