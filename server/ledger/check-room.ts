import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import type { EndpointDeliveries } from './check/delivery-check.ts';
import type { Violation } from './check/findings.ts';
import type { Lateness } from './check/lateness.ts';
import { LedgerCheck, type LedgerCheckOptions } from './check/ledger-check.ts';
import type { RawFact } from './check/replay.ts';
import type { SaleReplay } from './check/sale-replay.ts';
import { factPages, streamEnds } from './fact-stream.ts';
import { LedgerProblem } from './ledger-problem.ts';
import { LiveCommunityReader, TICKETS_AT_ONCE } from './live-community-reader.ts';
import { LiveReader, ORDERS_AT_ONCE } from './live-reader.ts';

export type CheckRoomOptions = Omit<LedgerCheckOptions, 'roomId' | 'deliveries'> & {
  /** Reads where webhooks stand, before the facts are read. */
  deliveries?: (roomId: string) => Promise<readonly EndpointDeliveries[]>;
  /** Facts before those of the stream, from number 1: an archive. */
  archived?: AsyncIterable<readonly RawFact[]>;
  /** Told after each page. */
  onProgress?: (progress: { done: number; of: number; what: 'facts' | 'orders' | 'tickets' }) => void;
};

export type RoomVerdict = {
  facts: number;
  orders: number;
  violations: Violation[];
  /** All that were found: of very many, only the first are listed. */
  found: number;
  late: Lateness;
  sales: readonly SaleReplay[];
};

/**
 * Replays a room's ledger and compares it with the live keys, piece by piece: memory does not grow with
 * the room, and the room may go on meanwhile.
 * @throws LedgerProblem for an unknown room, a trimmed ledger without its archive, one that went back.
 * @throws StoreError when Redis is away.
 */
export async function checkRoom(
  redis: RedisClient,
  keys: Keys,
  roomId: string,
  options: CheckRoomOptions = {},
): Promise<RoomVerdict> {
  const { deliveries, archived, onProgress, ...rest } = options;
  const room = keys.room(roomId);
  if (!(await guarded(() => redis.hexists(room.meta, 'info')))) {
    throw new LedgerProblem('UNKNOWN_ROOM', `There is no room ${roomId} in this Redis.`);
  }
  const check = new LedgerCheck({
    ...rest,
    roomId,
    ...(deliveries ? { deliveries: await deliveries(roomId) } : {}),
  });
  const { replay, live } = check;
  if (archived) await replayAll(check, archived);
  const ends = await streamEnds(redis, room);
  if (ends.firstN > replay.lastN + 1) throw trimmed(roomId, replay.lastN, ends.firstN);

  /** Replays up to this fact, which was the last one when something was read. */
  const advance = async (to: number): Promise<void> => {
    for await (const page of factPages(redis, room.ledger, replay.lastN + 1, to)) {
      for (const fact of page) check.add(fact);
      onProgress?.({ done: replay.lastN, of: to, what: 'facts' });
    }
    if (replay.lastN > to) throw wentBack(roomId);
  };

  const reader = new LiveReader(redis, room);
  const first = await reader.index();
  await advance(first.fact);
  // Once more, now that little is left to replay: sales of the meantime are among them.
  const index = await reader.index();
  await advance(index.fact);
  live.saleIds(index.saleIds);
  for (const saleId of index.saleIds) {
    const { fact, sale } = await reader.sale(saleId);
    await advance(fact);
    live.sale(saleId, sale);
    for await (const page of reader.buyers(saleId)) {
      await advance(page.fact);
      live.buyers(saleId, page.units);
    }
  }
  await compareOrders();
  await compareDraws();
  await compareFans();
  await comparePublications();
  const last = await reader.index();
  await advance(last.fact);
  live.head(last.fact, last.order);
  const violations = check.finish();
  return {
    ...{ facts: replay.lastN, orders: replay.lastNo, violations, late: replay.late },
    found: replay.findings.count,
    sales: [...replay.sales.values()],
  };

  async function compareDraws(): Promise<void> {
    const community = new LiveCommunityReader(redis, room);
    const { fact, drawIds } = await community.drawIds();
    await advance(fact);
    check.liveCommunity.drawIds(drawIds);
    for (const drawId of drawIds) {
      const { fact: n, draw } = await community.draw(drawId);
      await advance(n);
      check.liveCommunity.draw(drawId, draw);
      const phase = check.community.draws.draws.get(drawId)?.phase;
      // While entries come in, the list is another at every look.
      if (phase === undefined || phase === 'announced') continue;
      const list = check.liveCommunity.list(drawId, draw.fields.entryKey ?? '');
      for (let from = 0; from < draw.tickets; from += TICKETS_AT_ONCE) {
        const page = await community.tickets(drawId, from);
        list.add(page.users, page.states);
        onProgress?.({
          done: Math.min(from + TICKETS_AT_ONCE, draw.tickets),
          of: draw.tickets,
          what: 'tickets',
        });
      }
      list.done();
    }
  }

  async function compareFans(): Promise<void> {
    for await (const page of new LiveCommunityReader(redis, room).fans()) {
      await advance(page.fact);
      check.liveCommunity.fans(page.fans);
      check.liveCommunity.fanCount(page.count);
    }
  }

  async function comparePublications(): Promise<void> {
    const { fact, publications } = await new LiveCommunityReader(redis, room).publications();
    await advance(fact);
    check.community.media.compare(publications);
  }

  async function compareOrders(): Promise<void> {
    let from = 1;
    let next = reader.orders(from, ORDERS_AT_ONCE);
    for (;;) {
      const page = await next;
      const first = from;
      from += ORDERS_AT_ONCE;
      const more = from <= page.order;
      if (more) {
        next = reader.orders(from, from + ORDERS_AT_ONCE - 1);
        next.catch(() => undefined);
      }
      await advance(page.fact);
      for (let no = first; no < from && no <= Math.max(page.order, replay.lastNo); no += 1) {
        live.order(no, page.orders[no - first], page.atMs);
      }
      onProgress?.({ done: Math.min(from - 1, page.order), of: page.order, what: 'orders' });
      if (!more) return;
    }
  }
}

async function replayAll(check: LedgerCheck, facts: AsyncIterable<readonly RawFact[]>): Promise<void> {
  for await (const page of facts) for (const fact of page) check.add(fact);
}

function trimmed(roomId: string, lastN: number, firstN: number): LedgerProblem {
  if (lastN === 0) {
    return new LedgerProblem(
      'TRIMMED',
      `The ledger of ${roomId} begins at fact ${firstN}: what came before was trimmed.`,
      `Verify it together with its archive: npm run ledger -- verify ${roomId} --archive <file>`,
    );
  }
  return new LedgerProblem(
    'ARCHIVE_GAP',
    `The archive ends at fact ${lastN}, and the ledger of ${roomId} begins at fact ${firstN}: the facts between are in neither.`,
    'Use the archive that was exported last.',
  );
}

function wentBack(roomId: string): LedgerProblem {
  return new LedgerProblem(
    'WENT_BACK',
    `The ledger of ${roomId} became shorter while it was read: Redis lost its last writes, or was wiped.`,
    'Verify it again.',
  );
}
