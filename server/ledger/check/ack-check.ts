import { orderNo } from '../../../shared/trade/order.ts';
import type { OrderData } from './order-facts.ts';
import { FLAG, hashOfText } from './order-facts.ts';
import type { RawFact, Replay } from './replay.ts';
import { emptyRow } from './tables.ts';

/**
 * Something that a client was told had been done. Only what has a fact of its own: not a second `wait` of
 * someone who is in line already.
 */
export type Acknowledged = { actor: string; opId: string; kind?: string; orderId?: string };

/** Invariant 4: what was acknowledged is in the ledger. */
export class AckCheck {
  readonly #replay: Replay;
  readonly #missing = new Map<string, Acknowledged>();

  constructor(replay: Replay, acknowledged: Iterable<Acknowledged>) {
    this.#replay = replay;
    for (const ack of acknowledged) this.#missing.set(`${ack.actor} ${ack.opId}`, ack);
  }

  add(fact: RawFact, order: OrderData | undefined): void {
    if (this.#missing.size === 0) return;
    const key = `${fact.actor} ${fact.op}`;
    const ack = this.#missing.get(key);
    if (!ack) return;
    this.#missing.delete(key);
    const where = { n: fact.n, ...(ack.orderId === undefined ? {} : { orderId: ack.orderId }) };
    const told = `${ack.actor} was told that ${ack.opId}`;
    if (ack.kind !== undefined && ack.kind !== fact.kind)
      this.#replay.findings.report(4, `${told} was ${ack.kind}, here it is ${fact.kind}`, where);
    if (ack.orderId !== undefined && ack.orderId !== order?.orderId)
      this.#replay.findings.report(
        4,
        `${told} concerned ${ack.orderId}, here it is ${order?.orderId}`,
        where,
      );
  }

  finish(): void {
    for (const ack of this.#missing.values()) {
      if (this.#paidBefore(ack)) continue;
      const where = ack.orderId === undefined ? {} : { orderId: ack.orderId };
      const message = `${ack.actor} was told that ${ack.opId} is done (${ack.kind ?? 'any kind'}), no fact has it`;
      this.#replay.findings.report(4, message, where);
    }
  }

  /** The same payment told twice, with another key, has one fact: that of the first. */
  #paidBefore({ kind, orderId }: Acknowledged): boolean {
    if (orderId === undefined || (kind !== 'order-paid' && kind !== 'order-refund-required')) return false;
    const no = orderNo(orderId);
    if (!(no >= 1 && no <= this.#replay.lastNo)) return false;
    const row = emptyRow();
    this.#replay.orders.read(no, row);
    return row.id === hashOfText(orderId) && (row.flags & FLAG.paid) !== 0;
  }
}
