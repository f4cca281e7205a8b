import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Harness, TestNode } from '../../testing/harness.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import type { SaleFact } from './flash-sale.rules.ts';

export type SaleTerms = {
  stock?: number;
  opensInMs?: number;
  durationMs?: number;
  limitPerBuyer?: number;
  holdMs?: number;
  productId?: string;
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
    ...terms,
  });
  return sale;
}

export async function grab(client: TestClient, saleId: string, quantity = 1, id = opId()) {
  return client.call('flash-sale:grab', { opId: id, saleId, quantity });
}

export async function readFacts(harness: Harness, node: TestNode, roomId: string): Promise<SaleFact[]> {
  const entries = await harness.redis.client.xrange(node.core.keys.room(roomId).ledger, '-', '+');
  return entries.map(([, fields]) => {
    const at = (name: string): string => fields[fields.indexOf(name) + 1] as string;
    return { kind: at('kind'), data: JSON.parse(at('data')) as SaleFact['data'] };
  });
}
