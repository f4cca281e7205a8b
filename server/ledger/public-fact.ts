import { createHmac } from 'node:crypto';
import type { FactKind } from '../../shared/trade/facts.ts';
import type { PublicFact } from '../../shared/trade/public-ledger.ts';
import type { RawFact } from './check/replay.ts';

type Data = Record<string, unknown>;

/**
 * A buyer's name in the public ledger of a room. It can't be told from a user id without the key, and differs from
 * room to room.
 */
export function pseudonym(key: Buffer, roomId: string, userId: string): string {
  const mac = createHmac('sha256', key).update(`${roomId} ${userId}`).digest();
  return `b_${mac.subarray(0, 12).toString('base64url')}`;
}

const SALE = ['saleId'];
const DRAW = ['drawId'];
const ORDER = ['no', 'from', 'to', 'lines', 'amountMinor', 'currency'];

/**
 * What everybody may see of each kind. What is not named stays with the merchant: user ids, order ids, actors,
 * opIds, references of payments, refunds and parcels, reasons in the merchant's words.
 */
const SHOWN: Readonly<Record<FactKind, readonly string[]>> = {
  'room-created': ['roomId', 'currency'],
  'session-started': ['sessionId', 'title', 'startedAtMs'],
  'session-ended': ['sessionId', 'endedAtMs'],
  'sale-scheduled': [
    ...SALE,
    'productId',
    'title',
    'priceMinor',
    'limitPerBuyer',
    'holdMs',
    'opensAtMs',
    'endsAtMs',
    'total',
  ],
  'sale-opened': [...SALE, 'opensAtMs', 'endsAtMs'],
  'sale-paused': SALE,
  'sale-resumed': SALE,
  'sale-extended': [...SALE, 'endsAtMs'],
  'sale-sold-out': [...SALE, 'epoch'],
  'sale-closed': [...SALE, 'reason', 'endsAtMs'],
  restocked: [...SALE, 'units'],
  'written-off': [...SALE, 'units'],
  'order-held': [...ORDER, 'source', 'holdExpiresAtMs'],
  'order-paid': ORDER,
  'order-expired': ORDER,
  'order-released': [...ORDER, 'by'],
  'order-refund-required': [...ORDER, 'reason'],
  'order-refunded': [...ORDER, 'unitsReturned'],
  'order-cancelled': [...ORDER, 'unitsReturned'],
  'order-fulfilled': ORDER,
  'waitlist-joined': SALE,
  'waitlist-left': [...SALE, 'reason'],
  'waitlist-closed': SALE,
  'draw-announced': [...DRAW, 'commit', 'opensAtMs', 'closesAtMs', 'beaconRound', 'winnersMax', 'redrawOf'],
  // Who entered is in the draw's own list, under other pseudonyms.
  'draw-entered': [...DRAW, 'fromTicket'],
  'draw-closed': [...DRAW, 'entries', 'by'],
  'draw-frozen': [...DRAW, 'entries', 'voided', 'root', 'beaconRound', 'movedFromRound'],
  'draw-drawn': [...DRAW, 'tickets', 'nextI', 'signature', 'randomness'],
  'draw-revealed': [...DRAW, 'seed', 'entries', 'winners'],
  'draw-cancelled': [...DRAW, 'reason'],
  'prize-claimed': [...DRAW, 'award'],
  'prize-passed-on': [...DRAW, 'award', 'fromTicket', 'toTicket', 'toAward', 'nextI'],
  'draw-redrawn': [...DRAW, 'byDrawId', 'reason', 'awards'],
  // How people climb and what moderators do is between them and the room.
  'fan-joined': [],
  'points-earned': [],
  'points-taken': [],
  'fan-level-changed': [],
  'fan-rules-changed': ['thresholds'],
  'invite-counted': [],
  'keeper-asked': [],
  'keeper-answered': [],
  'role-changed': [],
  'message-pinned': [],
  moderated: [],
  'appeal-made': [],
  // Everybody in the room sees them come and go.
  'media-started': ['publicationId', 'source', 'kind', 'sessionId'],
  'media-ended': ['publicationId', 'reason'],
  'media-aligned': ['publicationId', 'rtpTimestamp', 'clockRate', 'senderMs'],
};

/** Kinds of which not even a pseudonym says whom they are about. */
const NOBODYS = new Set<string>([
  ...['points-taken', 'fan-level-changed', 'keeper-asked', 'keeper-answered', 'role-changed', 'appeal-made'],
  ...['fan-joined', 'invite-counted', 'prize-claimed', 'media-started'],
]);

/** A fact as everybody may see it. Of a kind that this table does not know, only that it happened. */
export function publicFact(fact: RawFact, nameOf: (userId: string) => string): PublicFact {
  const data = JSON.parse(fact.data) as Data;
  const shown: Data = {};
  for (const name of SHOWN[fact.kind as FactKind] ?? []) {
    if (data[name] !== undefined) shown[name] = data[name];
  }
  if (Array.isArray(shown.lines)) shown.lines = (shown.lines as Data[]).map(publicLine);
  // Whether somebody's holds ran out unpaid is between them and the merchant.
  if (fact.kind === 'waitlist-left' && shown.reason !== 'left' && shown.reason !== 'offered')
    shown.reason = 'passed-over';
  const isTold = typeof data.userId === 'string' && !NOBODYS.has(fact.kind);
  const buyer = isTold ? nameOf(data.userId as string) : null;
  return { n: fact.n, kind: fact.kind, atMs: fact.at, buyer, data: shown };
}

const publicLine = ({ saleId, quantity }: Data): Data => ({ saleId, quantity });
