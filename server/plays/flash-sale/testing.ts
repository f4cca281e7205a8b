import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Receipt, Verdict } from '../../../shared/kernel/receipt.ts';
import type { FlashSale, SaleGuard } from '../../../shared/plays/flash-sale/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import { NO_STOCK, replayStock, type Stock, type StockFact } from '../../../shared/trade/replay.ts';
import type { Harness, TestNode } from '../../testing/harness.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { stage, take } from '../../trade/testing/stage.ts';

export type SaleTerms = {
  stock?: number;
  opensInMs?: number;
  durationMs?: number;
  limitPerBuyer?: number;
  holdMs?: number;
  productId?: string;
  guard?: SaleGuard;
};

/** A room with a host in it. */
export async function hostedRoom(
  harness: Harness,
  node: TestNode,
): Promise<{ roomId: string; host: TestClient }> {
  const roomId = await harness.room(node);
  return { roomId, host: await harness.join(node, roomId, { userId: 'host', role: 'host' }) };
}

/** Plans a sale that is open at once, unless the terms say otherwise. */
export async function startSale(host: TestClient, terms: SaleTerms = {}): Promise<FlashSale> {
  const { sale } = await host.must('flash-sale:schedule', {
    opId: opId(),
    productId: 'p1',
    priceMinor: 5900,
    stock: 1,
    opensInMs: 0,
    guard: 'none',
    ...terms,
  });
  return sale;
}

export async function grab(client: TestClient, saleId: string, quantity = 1, id = opId()) {
  return client.call('flash-sale:grab', { opId: id, saleId, quantity });
}

/** The stock of a sale after each fact of the ledger. */
export function stocksOf(facts: readonly StockFact[], saleId: string): Stock[] {
  let stock = NO_STOCK;
  return facts.map((fact) => {
    stock = replayStock(stock, fact, saleId);
    return stock;
  });
}

/** An answer but for its signature, which is shared with whatever else is answered at that moment. */
export function withoutReceipt(reply: Ack<{ order: Order; receipt: Receipt }>): unknown {
  if (!reply.ok) return { ...reply.error, receipt: reply.error.receipt && verdictOf(reply.error.receipt) };
  return { order: reply.data.order, receipt: verdictOf(reply.data.receipt) };
}

/** What a receipt says. */
export function verdictOf(receipt: Receipt): Verdict {
  const { v: _v, keyId: _k, index: _i, size: _s, path: _p, signature: _g, ...verdict } = receipt;
  return verdict;
}

export async function readFacts(harness: Harness, node: TestNode, roomId: string): Promise<StockFact[]> {
  const entries = await harness.redis.client.xrange(node.core.keys.room(roomId).ledger, '-', '+');
  return entries.map(([, fields]) => {
    const at = (name: string): string => fields[fields.indexOf(name) + 1] as string;
    return { kind: at('kind'), data: JSON.parse(at('data')) as StockFact['data'] };
  });
}

export const wait = (client: TestClient, saleId: string, id = opId()) =>
  client.call('flash-sale:wait', { opId: id, saleId });
export const leave = (client: TestClient, saleId: string, id = opId()) =>
  client.call('flash-sale:stop-waiting', { opId: id, saleId });

/** A sale of one unit, which `owner` holds for 30 s. */
export async function soldOut(harness: Harness, terms: SaleTerms = {}) {
  const all = await stage(harness);
  const sale = await startSale(all.host, { durationMs: 600_000, ...terms, stock: 1, holdMs: 30_000 });
  const owner = await all.join('owner');
  const order = await take(owner, sale.saleId);
  return { ...all, ...sale, owner, order };
}
