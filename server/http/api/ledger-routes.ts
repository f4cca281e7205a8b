import { roomParams } from './common-schemas.ts';
import * as schemas from './ledger-schemas.ts';
import type { ApiRoute } from './route.ts';

const held = {
  n: 4,
  kind: 'order-held',
  atMs: 1_780_000_000_000,
  buyer: 'b_Zk3qJ5vWx8aTn0Lm',
  data: {
    ...{ no: 1, from: null, to: 'HELD', lines: [{ saleId: 'sale_4mQ1rT', quantity: 1 }] },
    ...{ amountMinor: 5_900, currency: 'CNY', source: 'grab', holdExpiresAtMs: 1_780_000_120_000 },
  },
};

export const ledgerRoutes = {
  readPublicLedger: {
    method: 'get',
    path: '/rooms/{roomId}/public-ledger',
    tag: 'Ledger',
    summary: 'Read the public part of a ledger',
    description:
      'One fact a line (NDJSON), oldest first, with gapless numbers `n`. Go on with `after` = the last `n` until an answer is empty. Buyers have pseudonyms; references of payments and reasons are left out. An answer with all of its `limit` facts that is older than some seconds may be cached for ever.',
    auth: 'none',
    rate: 'publicLedger',
    params: roomParams,
    query: schemas.publicLedgerQuery,
    success: { status: 200, text: 'The facts.', stream: ['application/x-ndjson'] },
    problems: ['ROOM_NOT_FOUND', 'FACTS_ARCHIVED'],
    example: {
      params: { roomId: 'linen-house' },
      query: { after: '3', limit: '1' },
      answer: `${JSON.stringify(held)}\n`,
    },
  },
  readStockProof: {
    method: 'get',
    path: '/rooms/{roomId}/sales/{saleId}/proof',
    tag: 'Ledger',
    summary: "Read what a sale's totals are claimed to be",
    description:
      'Read the public ledger from `fromFact` to `fact` and count: `available`, `held` and `sold` must come to `totals`. docs/ledger.md has the rules.',
    auth: 'none',
    rate: 'publicLedger',
    params: schemas.proofParams,
    success: { status: 200, text: 'The totals after a fact.', schema: schemas.proofAnswer },
    problems: ['ROOM_NOT_FOUND', 'SALE_NOT_FOUND'],
    example: {
      params: { roomId: 'linen-house', saleId: 'sale_4mQ1rT' },
      answer: {
        proof: {
          ...{ saleId: 'sale_4mQ1rT', title: 'Linen shirt', fact: 3, atMs: 1_780_000_000_000, fromFact: 2 },
          totals: { total: 20, available: 20, held: 0, sold: 0 },
        },
      },
    },
  },
  readPseudonym: {
    method: 'post',
    path: '/rooms/{roomId}/public-ledger/pseudonym',
    tag: 'Ledger',
    summary: 'Learn your own pseudonym',
    description:
      'Tells a signed-in buyer which `buyer` of the public ledger they are. The token is in the body, so that no log of addresses has it.',
    auth: 'none',
    rate: 'publicLedger',
    params: roomParams,
    body: schemas.pseudonymRequest,
    success: { status: 200, text: 'Your pseudonym.', schema: schemas.pseudonymAnswer },
    problems: ['ROOM_NOT_FOUND', 'UNAUTHENTICATED'],
    example: {
      params: { roomId: 'linen-house' },
      body: { token: 'eyJhbGciOiJIUzI1NiJ9' },
      answer: { buyer: 'b_Zk3qJ5vWx8aTn0Lm' },
    },
  },
} as const satisfies Record<string, ApiRoute>;
