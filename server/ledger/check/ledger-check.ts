import { FACTS, type FactKind } from '../../../shared/trade/facts.ts';
import { OP_HORIZON_MS } from '../../trade/trade.ts';
import { AckCheck, type Acknowledged } from './ack-check.ts';
import { CommunityCheck, isCommunityKind } from './community/community-check.ts';
import { LiveCommunity } from './community/live-community.ts';
import { DeliveryCheck, type EndpointDeliveries } from './delivery-check.ts';
import type { Violation } from './findings.ts';
import { finish, hashText, SEED_HIGH, SEED_LOW } from './hashing.ts';
import type { Outage } from './lateness.ts';
import { LiveCheck } from './live-check.ts';
import type { LiveRoom } from './live-room.ts';
import { OrderCheck } from './order-check.ts';
import { isOrderKind, type OrderData } from './order-facts.ts';
import { type RawFact, Replay } from './replay.ts';
import { SaleCheck } from './sale-check.ts';
import { OpTimes } from './tables.ts';

export type LedgerCheckOptions = {
  /** The room whose ledger it must be. */
  roomId?: string;
  /** What clients were told had been done: each must be in the ledger (invariant 4). */
  acknowledged?: Iterable<Acknowledged>;
  /** Where webhooks stand, read before the facts (invariant 9). */
  deliveries?: readonly EndpointDeliveries[];
  /** When nobody could end holds, by Redis' clock: that time does not count as lateness (invariant 7). */
  outages?: readonly Outage[];
  /** Holds that end late break invariant 7, or are only noted in `replay.late`. Default: `violation`. */
  late?: 'violation' | 'note';
};

/**
 * Reads a room's facts one by one, from the first, and says which invariants (docs/ledger.md) they break;
 * then compares what they lead to with the live keys. Memory: 22 bytes an order, and some 20 an opId of
 * the last day or two and a buyer of a sale.
 */
export class LedgerCheck {
  readonly replay: Replay;
  /** For live keys that are read in pieces. */
  readonly live: LiveCheck;
  readonly community: CommunityCheck;
  readonly liveCommunity: LiveCommunity;
  readonly #options: LedgerCheckOptions;
  readonly #orders: OrderCheck;
  readonly #sales: SaleCheck;
  readonly #acks: AckCheck;
  readonly #deliveries: DeliveryCheck;
  readonly #ops = new OpTimes(OP_HORIZON_MS);
  /** Who was offered a unit by the fact before: this fact must be the order. */
  #offered: { saleId: string; userId: string } | undefined;

  constructor(options: LedgerCheckOptions = {}) {
    this.#options = options;
    this.replay = new Replay(options.outages);
    this.#orders = new OrderCheck(this.replay);
    this.#sales = new SaleCheck(this.replay);
    this.#acks = new AckCheck(this.replay, options.acknowledged ?? []);
    this.#deliveries = new DeliveryCheck(this.replay, options.deliveries ?? []);
    this.live = new LiveCheck(this.replay);
    this.community = new CommunityCheck(this.replay);
    this.liveCommunity = new LiveCommunity(this.replay, this.community);
  }

  add(fact: RawFact): void {
    const { replay } = this;
    if (fact.n !== replay.lastN + 1) {
      const message = `fact ${fact.n} follows fact ${replay.lastN}: the numbers have a gap`;
      replay.findings.report(2, message, { n: fact.n });
    }
    replay.lastN = fact.n;
    if (!Number.isSafeInteger(fact.at)) replay.findings.report(2, 'it has no time', { n: fact.n });
    const order = this.#apply(fact);
    if (fact.n === 1) this.#first(fact);
    this.#offer(fact, order);
    if (fact.op !== '') {
      this.#once(fact);
      this.#acks.add(fact, order);
    }
    this.#deliveries.add(fact);
  }

  /** What was found. `live`: the room's keys, read at the moment of the last fact. */
  finish(live?: LiveRoom): Violation[] {
    const { findings, late } = this.replay;
    if (this.#offered) findings.report(1, `${this.#offered.userId} was offered a unit, and no order follows`);
    if (live) this.live.room(live);
    this.community.finish();
    this.#acks.finish();
    this.#deliveries.finish();
    if (late.first && this.#options.late !== 'note') {
      const { message, ...where } = late.first;
      findings.report(
        7,
        late.count === 1 ? message : `${message}; ${late.count} are late, at most ${late.maxMs} ms`,
        where,
      );
    }
    return findings.violations;
  }

  #apply(fact: RawFact): OrderData | undefined {
    let data: unknown;
    try {
      data = JSON.parse(fact.data);
    } catch {
      this.replay.findings.report(2, `its data is no JSON: ${fact.data.slice(0, 80)}`, { n: fact.n });
      return undefined;
    }
    this.community.add(fact, data);
    if (isCommunityKind(fact.kind)) return undefined;
    if (isOrderKind(fact.kind)) return this.#orders.add(fact.kind, fact, data);
    if (Object.hasOwn(FACTS, fact.kind)) this.#sales.add(fact.kind as FactKind, fact, data);
    else this.replay.findings.report(2, `there is no kind ${fact.kind}`, { n: fact.n });
    return undefined;
  }

  #first(fact: RawFact): void {
    const { roomId, findings } = this.replay;
    if (roomId === undefined)
      findings.report(2, `the first fact is ${fact.kind}, not room-created`, { n: 1 });
    else if (this.#options.roomId !== undefined && roomId !== this.#options.roomId)
      findings.report(2, `this is the ledger of ${roomId}, not of ${this.#options.roomId}`, { n: 1 });
  }

  /** An offer and its order are two facts of one step: the one comes right after the other. */
  #offer(fact: RawFact, order: OrderData | undefined): void {
    const { findings } = this.replay;
    const isOffer = fact.kind === 'order-held' && order?.source === 'waitlist';
    const [line, more] = isOffer ? (order?.lines ?? []) : [];
    const offered = this.#offered;
    if (offered || isOffer) {
      const same = offered?.userId === order?.userId && offered?.saleId === line?.saleId;
      if (!isOffer || !same || more !== undefined || line?.quantity !== 1)
        findings.report(1, 'a unit for the first in line and its order do not belong together', {
          n: fact.n,
        });
    }
    this.#offered = undefined;
    if (fact.kind !== 'waitlist-left' || !fact.data.includes('"offered"')) return;
    try {
      const { saleId, userId, reason } = JSON.parse(fact.data) as Record<string, string>;
      if (reason === 'offered') this.#offered = { saleId: saleId ?? '', userId: userId ?? '' };
    } catch {
      // That it cannot be read has been told.
    }
  }

  /** One (actor, opId) has at most one effect on units and orders, and one on sessions. */
  #once(fact: RawFact): void {
    const scope = scopeOf(fact.kind);
    if (scope === undefined) return;
    const low = finish(hashText(hashText(hashText(SEED_LOW, scope), fact.actor), fact.op));
    const high = finish(hashText(hashText(hashText(SEED_HIGH, scope), fact.actor), fact.op));
    if (this.#ops.seen(low, high, fact.at))
      this.replay.findings.report(5, `${fact.actor} has a second effect with the opId ${fact.op}`, {
        n: fact.n,
      });
  }
}

/** What an opId is remembered for a shorter time for, or what comes with a fact of its own. */
const UNCOUNTED = new Set([
  'points-earned',
  'fan-level-changed',
  'role-changed',
  'message-pinned',
  'draw-entered',
]);

/**
 * Which scripts know the opId: all that move units or change orders share what they know. Of draws, fans and
 * moderation, an opId has one fact of a kind at most.
 */
function scopeOf(kind: string): string | undefined {
  if (isCommunityKind(kind)) return UNCOUNTED.has(kind) ? undefined : kind;
  return kind.startsWith('session-') ? 'room' : 'trade';
}
