import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Session } from '../../../shared/plays/room/contract.ts';
import type { OrderRecord } from '../../../shared/trade/order.ts';
import { type Harness, opId, type TestNode } from '../../testing/harness.ts';
import { paymentOf, type Stage, stage } from '../../trade/testing/stage.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Tells Redis what a node has counted, without waiting for its next round. */
export const told = (...nodes: TestNode[]): Promise<unknown> =>
  Promise.all(nodes.map((node) => node.core.stores.show.counts.flush()));

/** Without what nodes count, which goes on while a test looks. */
export function exact(answer: object): unknown {
  return JSON.parse(JSON.stringify(answer), (key, value: unknown) =>
    key.startsWith('viewers') || key === 'visitors' ? undefined : value,
  );
}

/** A room with a host, whose shows, sales and orders are steered without the limits of a socket. */
export async function showRoom(harness: Harness) {
  const all = await stage(harness);
  return { ...all, ...steered(all) };
}
export type ShowRoom = Awaited<ReturnType<typeof showRoom>>;

/** Another room of the same node, at the same time. */
export async function nextRoom(harness: Harness, { time, node }: ShowRoom) {
  const roomId = await harness.room(node);
  const merchant = (fingerprint = '') => ({ actor: '@shop', opId: opId(), fingerprint });
  const record = (orderId: string) => node.core.stores.order.read(roomId, orderId);
  return { ...{ time, node, roomId, record }, ...steered({ node, roomId, merchant }) };
}
export type NextRoom = Awaited<ReturnType<typeof nextRoom>>;

function steered({ node, roomId, merchant }: Pick<Stage, 'node' | 'roomId' | 'merchant'>) {
  const { room, flashSale, order: orders, show } = node.core.stores;
  return {
    start: async (title = 'A show'): Promise<Session> => {
      const sessionId = opId();
      const outcome = await room.startSession(roomId, merchant(), { sessionId, title });
      if (!outcome.ok) throw new Error(outcome.code);
      return outcome.data;
    },
    end: async (): Promise<number> => {
      const outcome = await room.endSession(roomId, merchant());
      if (!outcome.ok) throw new Error(outcome.code);
      return outcome.data;
    },
    sell: async (terms: Partial<Terms> = {}): Promise<FlashSale> => {
      const all = { ...TERMS, ...terms };
      const outcome = await flashSale.schedule(roomId, merchant(), opId(), all);
      if (!outcome.ok) throw new Error(outcome.code);
      return outcome.data;
    },
    /** undefined: refused. */
    grab: async (userId: string, saleId: string, quantity = 1): Promise<OrderRecord | undefined> => {
      const request = { userId, opId: opId(), fingerprint: '', quantity, proofLevel: 0 as const };
      const [outcome] = await flashSale.grab(roomId, saleId, [request]);
      return outcome?.ok ? outcome.data : undefined;
    },
    pay: (order: OrderRecord) => orders.pay(roomId, merchant(), order.orderId, paymentOf(order)),
    refund: ({ orderId }: OrderRecord) =>
      orders.refund(roomId, merchant(), orderId, { reason: 'back', returnUnits: false }),
    cancel: ({ orderId }: OrderRecord) =>
      orders.cancel(roomId, merchant(), orderId, { reason: 'no', returnUnits: true }),
    board: async (on: TestNode = node) => {
      const outcome = await on.core.stores.show.board(roomId);
      if (!outcome.ok) throw new Error(outcome.code);
      return outcome.data;
    },
    report: async (sessionId: string, on: TestNode = node) => {
      const outcome = await on.core.stores.show.report(roomId, sessionId);
      if (!outcome.ok) throw new Error(outcome.code);
      return outcome.data.report;
    },
    list: () => show.list(roomId, 100),
  };
}

type Terms = typeof TERMS;
const TERMS = {
  productId: 'p1',
  priceMinor: 5900,
  compareAtMinor: null as number | null,
  compareAtBasis: null as string | null,
  stock: 1000,
  opensInMs: 0,
  durationMs: 20 * HOUR,
  limitPerBuyer: 1000,
  holdMs: 30_000,
  guard: 'none' as const,
  earlyLevel: 0,
  earlyMs: 0,
};
