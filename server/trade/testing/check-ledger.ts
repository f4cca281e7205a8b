import {
  FACTS,
  type Fact,
  type FactKind,
  ORDER_FACT_KINDS,
  type OrderFactKind,
} from '../../../shared/trade/facts.ts';
import type { OrderState } from '../../../shared/trade/order.ts';
import {
  NO_STOCK,
  replayStock,
  type Stock,
  type StockFact,
  unitsMove,
} from '../../../shared/trade/replay.ts';
import type { Harness, TestNode } from '../../testing/harness.ts';
import { SALES } from './history.ts';
import type { ModelRun } from './model-run.ts';

/** The ledger of a room, each fact read by its schema. */
export async function readLedger(harness: Harness, node: TestNode, roomId: string): Promise<Fact[]> {
  const entries = await harness.redis.client.xrange(node.core.keys.room(roomId).ledger, '-', '+');
  return entries.map(([id, flat]) => {
    const field = (name: string): string => flat[flat.indexOf(name) + 1] as string;
    const kind = field('kind') as FactKind;
    return {
      ...{ n: Number(id.split('-')[0]), kind, actor: field('actor'), opId: field('op') },
      ...{ atMs: Number(field('at')), data: FACTS[kind].parse(JSON.parse(field('data'))) },
    } as Fact;
  });
}

/** What of a ledger breaks invariants 1, 2, 3 or 6, or does not lead to the live figures and the model. */
export async function checkLedger(harness: Harness, node: TestNode, run: ModelRun): Promise<string[]> {
  const facts = await readLedger(harness, node, run.roomId);
  const replay = new Replay();
  for (const fact of facts) replay.take(fact);
  const problems = replay.problems;
  for (const saleId of SALES) {
    const model = run.model.sale(saleId);
    const same = (what: string, live: unknown, replayed: unknown): void => {
      if (JSON.stringify(live) !== JSON.stringify(replayed)) {
        problems.push(`${saleId}: ${what} is ${JSON.stringify(live)}, replayed ${JSON.stringify(replayed)}`);
      }
    };
    const room = node.core.keys.room(run.roomId);
    const { client } = harness.redis;
    const buyers = await client.hgetall(room.buyers(saleId));
    const live = await node.core.stores.flashSale.read(run.roomId, saleId);
    const { total, available, held, sold } = live ?? NO_STOCK;
    const taken = (all: Iterable<[string, number]>) => [...all].filter(([, units]) => units !== 0).sort();
    same('stock', { total, available, held, sold }, replay.stocks.get(saleId));
    same('line', await client.zrange(room.waitlist(saleId), 0, '-1'), replay.lines.get(saleId) ?? []);
    same(
      'taken',
      taken(Object.entries(buyers).map(([user, units]) => [user, Number(units)])),
      taken(replay.taken.get(saleId) ?? []),
    );
    same('sold-out facts', model.soldOuts, replay.soldOuts.get(saleId) ?? 0);
  }
  return problems;
}

class Replay {
  readonly problems: string[] = [];
  readonly stocks = new Map<string, Stock>(SALES.map((saleId) => [saleId, NO_STOCK]));
  readonly lines = new Map<string, string[]>();
  readonly taken = new Map<string, Map<string, number>>();
  readonly soldOuts = new Map<string, number>();
  readonly #limits = new Map<string, number>();
  readonly #states = new Map<number, OrderState>();
  #last = 0;
  #offered: string | undefined;

  take(fact: Fact): void {
    if (fact.n !== this.#last + 1) this.problems.push(`fact ${fact.n} follows ${this.#last}`);
    this.#last = fact.n;
    this.#checkOffer(fact);
    if (fact.kind === 'sale-scheduled') this.#limits.set(fact.data.saleId, fact.data.limitPerBuyer);
    if (fact.kind === 'sale-sold-out') {
      this.soldOuts.set(fact.data.saleId, (this.soldOuts.get(fact.data.saleId) ?? 0) + 1);
    }
    for (const saleId of SALES) this.#stock(fact, saleId);
    if (isOrderFact(fact)) this.#order(fact);
    this.#line(fact);
  }

  #stock(fact: Fact, saleId: string): void {
    const stock = replayStock(this.stocks.get(saleId) ?? NO_STOCK, fact as StockFact, saleId);
    this.stocks.set(saleId, stock);
    const { total, available, held, sold } = stock;
    if (available + held + sold !== total || Math.min(available, held, sold) < 0) {
      this.problems.push(`after ${fact.n} (${fact.kind}) ${saleId} is ${JSON.stringify(stock)}`);
    }
  }

  #order(fact: Fact<OrderFactKind>): void {
    const { no, from, to, userId, lines } = fact.data;
    const known = this.#states.get(no) ?? null;
    if (known !== from)
      this.problems.push(`fact ${fact.n} (${fact.kind}) is from ${from}, order ${no} was ${known}`);
    this.#states.set(no, to);
    const move = unitsMove(fact.kind, from, 'unitsReturned' in fact.data && fact.data.unitsReturned);
    for (const { saleId, quantity } of lines) {
      const buyers = this.taken.get(saleId) ?? new Map<string, number>();
      this.taken.set(saleId, buyers);
      const change = move?.from === 'available' ? quantity : move?.to === 'available' ? -quantity : 0;
      const units = (buyers.get(userId) ?? 0) + change;
      buyers.set(userId, units);
      if (units < 0 || units > (this.#limits.get(saleId) ?? 0)) {
        this.problems.push(`after ${fact.n} (${fact.kind}) ${userId} has ${units} of ${saleId}`);
      }
    }
  }

  /** Who is offered a unit was first in line, and holds it with the next fact. */
  #checkOffer(fact: Fact): void {
    const offered = this.#offered;
    this.#offered = undefined;
    if (offered !== undefined) {
      if (fact.kind !== 'order-held' || fact.data.userId !== offered || fact.data.source !== 'waitlist')
        this.problems.push(`fact ${fact.n} (${fact.kind}) follows the offer to ${offered}`);
    } else if (fact.kind === 'order-held' && fact.data.source === 'waitlist') {
      this.problems.push(`fact ${fact.n} is an offer to someone who was not in line`);
    }
  }

  #line(fact: Fact): void {
    if (fact.kind === 'waitlist-joined') {
      const line = this.lines.get(fact.data.saleId) ?? [];
      this.lines.set(fact.data.saleId, [...line, fact.data.userId]);
    } else if (fact.kind === 'waitlist-left') {
      const { saleId, userId, reason } = fact.data;
      const line = this.lines.get(saleId) ?? [];
      if (reason !== 'left' && line[0] !== userId) this.problems.push(`fact ${fact.n} overtakes ${line[0]}`);
      if (reason === 'offered') this.#offered = userId;
      this.lines.set(
        saleId,
        line.filter((one) => one !== userId),
      );
    } else if (fact.kind === 'waitlist-closed') this.lines.set(fact.data.saleId, []);
  }
}

function isOrderFact(fact: Fact): fact is Fact<OrderFactKind> {
  return (ORDER_FACT_KINDS as readonly string[]).includes(fact.kind);
}
