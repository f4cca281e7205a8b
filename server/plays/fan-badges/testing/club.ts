import type { FanRules } from '../../../../shared/community/fans.ts';
import { FAN_DEFAULTS } from '../../../../shared/community/fans.ts';
import type { RoomInfo } from '../../../../shared/plays/room/contract.ts';
import { systemRandom } from '../../../kernel/random.ts';
import { eventually } from '../../../testing/eventually.ts';
import { type Harness, type NodeOptions, opId, type TestNode, TestTime } from '../../../testing/harness.ts';
import type { TestClient } from '../../../testing/test-client.ts';
import type { Me } from '../fan-badges.store.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Noon of 15 March 2030 in Shanghai. */
export const NOON_MS = Date.UTC(2030, 2, 15, 4);

/** What facts about fans say; each kind has some of it. */
type FanFactData = {
  userId: string;
  points: number;
  from: number;
  to: number;
  day: number;
  grants: [userId: string, points: number][];
};
export type LedgerFact = { n: number; kind: string; actor: string; opId: string; data: FanFactData };

export type ClubOptions = Omit<NodeOptions, 'time'> & {
  startMs?: number;
  nodes?: number;
  timeZone?: string;
  currency?: string;
  /** On a node that runs already, by its time. */
  on?: { node: TestNode; time: TestTime };
};

/** A room with a host, on nodes whose time the test turns; live, unless the test ends it. */
export async function fanClub(harness: Harness, options: ClubOptions = {}) {
  const {
    startMs = NOON_MS,
    nodes: count = 1,
    timeZone = 'Asia/Shanghai',
    currency = 'CNY',
    on,
    ...rest
  } = options;
  const time = on?.time ?? new TestTime(startMs);
  const nodes: TestNode[] = on ? [on.node] : [];
  while (nodes.length < count) nodes.push(await harness.node({ ...rest, time }));
  const node = nodes[0] as TestNode;
  const { room, shelf, fanBadges } = node.core.stores;
  const roomId = systemRandom
    .id('f')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 16);
  const info: RoomInfo = {
    ...{ roomId, title: 'A room', hostName: 'Host', sellerContact: 'x', currency, timeZone },
    ...{ checkoutUrl: null, demo: false, createdAtMs: time.nowMs },
    ...{ simulated: 0, startsAtMs: null, replayUrl: null },
  };
  await room.create(info, 'tests');
  const product = { productId: 'p1', title: 'Product', description: '', imageUrl: null, priceMinor: 1000 };
  await shelf.save(roomId, { actor: 'tests', opId: opId(), fingerprint: '' }, product);
  const host = await harness.join(node, roomId, { userId: on ? `host-${roomId}` : 'host', role: 'host' });
  const keys = node.core.keys.room(roomId);
  const redis = harness.redis.client;

  const goLive = () => host.must('room:start-session', { opId: opId(), title: 'Live' });
  await goLive();

  /** Somebody who is here and whom Redis knows to be. */
  const enter = async (userId: string, on: TestNode = node): Promise<TestClient> => {
    const client = await harness.join(on, roomId, { userId, name: `Name of ${userId}` });
    await on.core.presence.sync();
    return client;
  };
  const fan = async (userId: string, on: TestNode = node): Promise<TestClient> => {
    const client = await enter(userId, on);
    await client.must('fan-badges:join', { opId: opId() });
    return client;
  };
  /** Time passes; every node counts when a unit may be full. */
  const watch = async (ms: number): Promise<void> => {
    time.advance(ms);
    // Each has said all along that it is alive.
    for (const each of nodes) await redis.zadd(keys.presenceNodes, 'XX', time.nowMs, each.core.config.nodeId);
    for (const each of nodes) await each.core.stores.fanBadges.rounds.run();
  };
  const leave = async (client: TestClient, on: TestNode = node): Promise<void> => {
    await client.must('room:leave', {});
    await on.core.presence.sync();
  };
  const me = (userId: string): Promise<Me> => fanBadges.me(roomId, userId);
  const points = async (userId: string): Promise<number> => (await me(userId)).fan?.points ?? -1;
  /** As the host does it, past the rate limit. */
  const setRules = (change: Partial<FanRules>) =>
    fanBadges.setRules(
      roomId,
      { actor: 'host', opId: opId(), fingerprint: '' },
      { ...FAN_DEFAULTS, ...change },
    );
  const say = (userId: string, text: string, on: TestNode = node) =>
    on.core.stores.chat.say(
      roomId,
      { actor: userId, opId: opId(), fingerprint: '' },
      {
        ...{
          messageId: systemRandom.id('m'),
          userId,
          name: userId,
          role: 'viewer' as const,
          text,
          mentions: [],
        },
      },
      null,
    );
  const facts = async (...kinds: string[]): Promise<LedgerFact[]> => {
    const entries = await redis.xrange(keys.ledger, '-', '+');
    return entries
      .map(([id, fields]) => {
        const at = (name: string): string => fields[fields.indexOf(name) + 1] as string;
        const data = JSON.parse(at('data')) as FanFactData;
        return { n: Number(id.split('-')[0]), kind: at('kind'), actor: at('actor'), opId: at('op'), data };
      })
      .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  };
  const events = async (name: string) =>
    (await redis.xrange(keys.events, '-', '+'))
      .map(([, fields]) => JSON.parse(fields[1] as string) as { name: string; seq: number; data: unknown })
      .filter((event) => event.name === name);
  return {
    ...{
      time,
      node,
      nodes,
      roomId,
      host,
      keys,
      redis,
      goLive,
      enter,
      fan,
      watch,
      leave,
      me,
      points,
      setRules,
    },
    ...{ say, facts, events, store: fanBadges },
  };
}
export type FanClub = Awaited<ReturnType<typeof fanClub>>;

/** What the notice said last. */
export function lastTold(client: TestClient): unknown {
  return client.notices.filter(({ name }) => name === 'fan-badges:points-changed').at(-1)?.data;
}

export const told = (client: TestClient, data: unknown): Promise<void> =>
  eventually(() => {
    if (JSON.stringify(lastTold(client)) !== JSON.stringify(data))
      throw new Error(`told ${JSON.stringify(lastTold(client))}, expected ${JSON.stringify(data)}`);
  });

/** Grabs, pays and, where asked for, refunds an order of so many minor units, and lets the points follow. */
export async function buy(club: FanClub, userId: string, amountMinor: number) {
  const { node, roomId, time } = club;
  const { flashSale, order: orders } = node.core.stores;
  const op = (actor: string) => ({ actor, opId: opId(), fingerprint: '' });
  const saleId = systemRandom.id('s');
  await flashSale.schedule(roomId, op('host'), saleId, {
    ...{ productId: 'p1', priceMinor: amountMinor, limitPerBuyer: 1, stock: 1, guard: 'none' as const },
    ...{ compareAtMinor: null, compareAtBasis: null, durationMs: 60_000, holdMs: 30_000, opensInMs: 0 },
  });
  const [held] = await flashSale.grab(roomId, saleId, [
    { userId, opId: opId(), fingerprint: '', quantity: 1, proofLevel: 0 },
  ]);
  if (!held?.ok) throw new Error(`not held: ${held?.code}`);
  const { orderId, currency, no } = held.data;
  const pay = async () => {
    const paid = await orders.pay(roomId, op('@shop'), orderId, {
      amountMinor,
      currency,
      paymentRef: orderId,
    });
    if (!paid.ok) throw new Error(paid.code);
    // The sale is over, so that more than 20 may follow.
    await flashSale.steer(roomId, op('host'), saleId, 'close');
  };
  const undo = (verb: 'refund' | 'cancel') => {
    const how = { reason: 'sent back', returnUnits: false };
    return orders[verb](roomId, op('@shop'), orderId, how);
  };
  return { orderId, no, pay, undo, atMs: time.nowMs };
}
