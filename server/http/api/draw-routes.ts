import type { DrawRecord } from '../../../shared/lottery/record.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { roomParams } from './common-schemas.ts';
import * as schemas from './draw-schemas.ts';
import type { ApiRoute } from './route.ts';

const params = { roomId: 'linen-house', drawId: 'draw_7Hs2kQ' };
const commit = '9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a';
const times = { opensAtMs: 1_780_000_000_000, closesAtMs: 1_780_000_300_000 };
const prizes = [{ title: 'A linen shirt', valueMinor: 12_900, count: 1 }];

const draw = {
  ...{ drawId: params.drawId, title: 'Lucky bag', currency: 'CNY', prizes, conditions: [{ kind: 'follow' }] },
  ...{ phase: 'open', trust: 'operator', ...times, claimMs: 172_800_000, repeatMs: 2_592_000_000, commit },
  ...{ beaconRound: null, beaconAtMs: null, entries: 1, voided: null, root: null, winners: null },
  ...{ shownWinners: [], cancelReason: null, redrawOf: null, redrawnBy: null },
} satisfies Draw;

const record = {
  ...{ format: 'livestall-draw/1', ...params, title: draw.title, currency: 'CNY', prizes },
  ...{ committedAtMs: times.opensAtMs, openedAtMs: times.opensAtMs, closesAtMs: times.closesAtMs, commit },
  ...{ trust: 'operator', beacon: null, conditions: [{ kind: 'follow' }], frozen: null, drawn: null },
  ...{ awards: [], touched: [], seed: null, redrawOf: null },
} satisfies DrawRecord;

const listed = { ticket: 1, entryId: 'Zk3qJ5vWx8aTn0Lm', state: 'ok' as const };

export const drawRoutes = {
  listDraws: {
    method: 'get',
    path: '/rooms/{roomId}/draws',
    tag: 'Draws',
    summary: 'List the draws of a room, newest first',
    auth: 'none',
    rate: 'draws',
    params: roomParams,
    query: schemas.drawPageQuery,
    success: { status: 200, text: 'A page of draws.', schema: schemas.drawsAnswer },
    problems: ['ROOM_NOT_FOUND', 'DRAW_NOT_FOUND'],
    example: {
      params: { roomId: params.roomId },
      query: { limit: '10' },
      answer: { draws: [draw], nextCursor: null },
    },
  },
  readDrawRecord: {
    method: 'get',
    path: '/rooms/{roomId}/draws/{drawId}/record',
    tag: 'Draws',
    summary: 'Read the public record of a draw',
    description:
      'All that it takes to check the draw, in every phase of it: the commitment first, then the Merkle root, the beacon, the winners, the seed. `npm run lottery -- verify` checks a saved record; docs/fair-draw.md has every byte.',
    auth: 'none',
    rate: 'draws',
    params: schemas.drawParams,
    success: { status: 200, text: 'The record.', schema: schemas.recordAnswer },
    problems: ['ROOM_NOT_FOUND', 'DRAW_NOT_FOUND'],
    example: { params, answer: record },
  },
  readDrawProof: {
    method: 'get',
    path: '/rooms/{roomId}/draws/{drawId}/proof',
    tag: 'Draws',
    summary: 'Read the inclusion proof of a ticket',
    description:
      'That the ticket is in the frozen list, and in which state: the sibling hashes from its leaf up to the root (RFC 9162 section 2.1.3).',
    auth: 'none',
    rate: 'draws',
    params: schemas.drawParams,
    query: schemas.proofQuery,
    success: { status: 200, text: 'The ticket and its proof.', schema: schemas.proofAnswer },
    problems: ['ROOM_NOT_FOUND', 'DRAW_NOT_FOUND', 'DRAW_NOT_FROZEN', 'TICKET_NOT_FOUND'],
    example: { params, query: { ticket: '1' }, answer: { ...listed, path: [] } },
  },
  readDrawEntries: {
    method: 'get',
    path: '/rooms/{roomId}/draws/{drawId}/entries',
    tag: 'Draws',
    summary: 'Read the frozen list of a draw',
    description:
      'One ticket a line (NDJSON), in order: `[ticket, entryId, state]`. Put it behind the record, each on lines of its own, and `npm run lottery -- verify` computes the Merkle root anew.',
    auth: 'none',
    rate: 'drawLists',
    params: schemas.drawParams,
    query: schemas.entriesQuery,
    success: { status: 200, text: 'The list.', stream: ['application/x-ndjson'] },
    problems: ['ROOM_NOT_FOUND', 'DRAW_NOT_FOUND', 'DRAW_NOT_FROZEN'],
    example: {
      params,
      query: { after: '0', limit: '1' },
      answer: `${JSON.stringify([listed.ticket, listed.entryId, listed.state])}\n`,
    },
  },
  listClaims: {
    method: 'get',
    path: '/rooms/{roomId}/draws/{drawId}/claims',
    tag: 'Draws',
    summary: 'List who won what, and where it goes',
    auth: 'api-key',
    params: schemas.drawParams,
    query: schemas.claimsQuery,
    success: { status: 200, text: 'A page of claims.', schema: schemas.claimsAnswer },
    problems: ['ROOM_NOT_FOUND', 'DRAW_NOT_FOUND'],
    example: {
      params,
      query: { limit: '20' },
      answer: {
        claims: [
          {
            award: {
              ...{ no: 0, prizeIndex: 0, ticket: 1, status: 'claimed' as const },
              claimBeforeMs: 1_780_172_800_000,
            },
            userId: 'u-1001',
            contact: 'Mei, 12 Linen Lane',
          },
        ],
        nextAward: null,
      },
    },
  },
} as const satisfies Record<string, ApiRoute>;
