import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { isSimulated } from '../../../shared/kernel/simulated.ts';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { createLog } from '../../kernel/log.ts';
import { seededRandom, systemRandom } from '../../kernel/random.ts';
import { Tokens } from '../../realtime/auth.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { type NodeProcess, startNodeProcess } from '../../testing/node-process.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { purposeKey } from '../../trade/signing-keys.ts';
import { DEMO_ROOM_ID } from '../people.ts';
import { seedDemo } from '../seed.ts';
import { SimulatedCount } from './count.ts';
import { type OpenAudience, openAudience } from './open.ts';

const harness = useHarness();
const log = createLog({ level: 'silent', format: 'json' });
const open: OpenAudience[] = [];
const processes: NodeProcess[] = [];
const seed = Number(process.env.LIVESTALL_TEST_SEED ?? 20261124);
const REAL_SHOP = 'https://shop.example/pay?ref={ref}';

afterEach(async () => {
  for (const audience of open.splice(0)) await audience.close();
  for (const node of processes.splice(0)) await node.stop();
});

async function demoNode(prefix: string, config: object = {}): Promise<HttpNode> {
  const demo = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, redisKeyPrefix: prefix };
  const node = await httpNode(harness, {
    config: { ...demo, ...config },
    demoSecrets: TEST_DEMO_SECRETS,
  });
  const { room: rooms, shelf } = node.core.stores;
  await seedDemo({ rooms, shelf, serverNowMs: node.core.serverNowMs });
  return node;
}

const freshPrefix = (): string => `${systemRandom.id('au')}:`;

/** They live ten times as fast. */
function seat(node: HttpNode): OpenAudience {
  const random = seededRandom(seed);
  const audience = openAudience(node, { log, random, onCount: () => undefined, arriveMs: 2000, pace: 10 });
  open.push(audience);
  return audience;
}

async function present(node: HttpNode): Promise<string[]> {
  return harness.redis.client.hkeys(node.core.keys.room(DEMO_ROOM_ID).presence);
}

const room = async (node: HttpNode) => {
  const listing = await node.core.stores.room.read(DEMO_ROOM_ID);
  if (!listing) throw new Error('there is no demo room');
  return listing;
};

async function simulatedClient(node: HttpNode, no = 1): Promise<TestClient> {
  const user = { userId: `sim:${no}`, name: 'Ada', ttlMs: 60_000 };
  return harness.connect(node, (await node.core.tokens.mintSimulated(user)).token);
}

/** A process that nobody has reaped yet has no command line any more. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe('an audience in the demo room', () => {
  it('[AU1] [AU4] [AU5] comes, chats, follows, enters, grabs and pays, and goes', {
    timeout: 60_000,
  }, async () => {
    const node = await demoNode(freshPrefix(), { audience: 20 });
    const audience = seat(node);
    const host = await harness.join(node, DEMO_ROOM_ID, { userId: 'lin', role: 'host' });
    await host.must('room:start-session', { opId: opId(), title: 'A show' });
    await eventually(async () => expect((await room(node)).room.simulated).toBeGreaterThan(17), {
      withinMs: 15_000,
    });
    const { viewers, room: told } = await room(node);
    expect(Math.abs(viewers - told.simulated - 1)).toBeLessThanOrEqual(2);

    await host.must('lottery:announce', {
      ...{ opId: opId(), title: 'A bag', prizes: [{ title: 'A cup', valueMinor: 100, count: 1 }] },
      conditions: [{ kind: 'follow' }, { kind: 'phrase', phrase: 'linen' }],
    });
    const { sale } = await host.must('flash-sale:schedule', {
      ...{
        opId: opId(),
        productId: 'tea-set',
        priceMinor: 100,
        stock: 8,
        opensInMs: 0,
        guard: 'token' as const,
      },
    });
    await eventually(
      async () => {
        const now = await node.core.stores.flashSale.read(DEMO_ROOM_ID, sale.saleId);
        expect(now?.sold).toBeGreaterThan(1);
        const said = host.events('chat:said').map(({ data }) => data as { userId: string });
        expect(said.filter(({ userId }) => isSimulated(userId)).length).toBeGreaterThan(5);
        const draws = await node.core.stores.lottery.draws(DEMO_ROOM_ID, undefined, 1);
        expect(draws?.draws[0]?.entries).toBeGreaterThan(0);
      },
      { withinMs: 40_000 },
    );
    const left = host
      .events('flash-sale:stock-changed')
      .map(({ data }) => (data as { available: number }).available);
    expect(Math.min(...left)).toBeGreaterThanOrEqual(2);
    const texts = host.events('chat:said').map(({ data }) => (data as { text: string }).text);
    expect(texts.filter((text, i) => text === texts[i - 1])).toEqual([]);

    const { pid = 0 } = audience;
    await audience.close();
    await eventually(() => expect(isAlive(pid)).toBe(false));
    expect((await room(node)).room.simulated).toBe(0);
    await eventually(async () => expect(await present(node)).toEqual(['lin']));
  });

  it('[AU4] gives a unit back that comes to one in line', async () => {
    const { Buyers } = await import('./buyers.ts');
    const acts: unknown[] = [];
    const viewer = { act: async (...what: unknown[]) => acts.push(what) };
    const buyers = new Buyers({} as never);
    const order = { orderId: 'o1', source: 'waitlist', state: 'HELD' };
    buyers.noticed(viewer as never, {
      name: 'order:changed',
      data: { order: { ...order, state: 'RELEASED' } },
    });
    buyers.noticed(viewer as never, { name: 'order:changed', data: { order: { ...order, source: 'grab' } } });
    expect(acts).toEqual([]);
    buyers.noticed(viewer as never, { name: 'order:changed', data: { order } });
    expect(acts).toEqual([['order:release', { orderId: 'o1' }, false]]);
  });

  it('[AU5] is counted over two nodes, and forgotten after a crash', { timeout: 40_000 }, async () => {
    const prefix = freshPrefix();
    const [first, second] = [await demoNode(prefix, { audience: 6 }), await demoNode(prefix)];
    const visitor = await harness.join(second, DEMO_ROOM_ID, { userId: 'visitor' });
    seat(first);
    await eventually(async () => expect((await room(second)).room.simulated).toBe(6), { withinMs: 20_000 });
    const changed = visitor.events('room:changed').at(-1)?.data as { room: { simulated: number } };
    expect(changed.room.simulated).toBe(6);
    expect((await present(second)).filter((user) => !isSimulated(user))).toEqual(['visitor']);

    const left = await demoNode(freshPrefix());
    const { room: rooms } = left.core.stores;
    await rooms.update(DEMO_ROOM_ID, { simulated: 7 }, 'a server that crashed');
    const { redis, keys } = left.core;
    const deps = { rooms, redis, keys, log, roomId: DEMO_ROOM_ID, onCount: () => undefined };
    await new SimulatedCount(deps, false).look();
    expect((await room(left)).room.simulated).toBe(0);
  });

  it('[AU8] takes no connection from a visitor on the same machine', { timeout: 30_000 }, async () => {
    const node = await demoNode(freshPrefix(), { audience: 12, maxConnectionsPerAddress: 1 });
    seat(node);
    await eventually(async () => expect((await present(node)).length).toBe(12), { withinMs: 20_000 });
    await harness.join(node, DEMO_ROOM_ID, { userId: 'visitor' });
    await expect(harness.join(node, DEMO_ROOM_ID, { userId: 'another' })).rejects.toMatchObject({
      data: { code: 'TOO_MANY_CONNECTIONS' },
    });
  });
});

describe('who else', () => {
  it('[AU2] gets an id of a simulated viewer: nobody', async () => {
    const node = await demoNode(freshPrefix());
    const { tokenSecret } = TEST_DEMO_SECRETS;
    const user = { userId: 'sim:1', name: 'Ada', role: 'viewer' };
    expect(await node.api.problem('POST', `/api/v1/rooms/${DEMO_ROOM_ID}/tokens`, user)).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path: 'userId',
    });
    await expect(node.token({ userId: 'sim:1', room: DEMO_ROOM_ID })).rejects.toThrow('kept for simulated');

    const claims = (role: string, roomId: string, sub = 'sim:1') =>
      new SignJWT({ name: 'Ada', room: roomId, role })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(sub)
        .setIssuer('livestall')
        .setAudience('livestall')
        .setIssuedAt()
        .setExpirationTime('1h');
    const own = new TextEncoder().encode(tokenSecret);
    const audience = purposeKey(tokenSecret, 'audience');
    for (const token of [
      await claims('viewer', DEMO_ROOM_ID).sign(own),
      `sim.${await claims('viewer', DEMO_ROOM_ID).sign(own)}`,
      `sim.${await claims('host', DEMO_ROOM_ID).sign(audience)}`,
      `sim.${await claims('viewer', '*').sign(audience)}`,
      `sim.${await claims('viewer', 'linen-house').sign(audience)}`,
      `sim.${await claims('viewer', DEMO_ROOM_ID, 'mei').sign(audience)}`,
      await claims('viewer', DEMO_ROOM_ID).sign(audience),
    ])
      expect(await node.core.tokens.verify(token)).toEqual({ ok: false, reason: 'UNAUTHENTICATED' });
    const good = `sim.${await claims('viewer', DEMO_ROOM_ID).sign(audience)}`;
    expect(await node.core.tokens.verify(good)).toMatchObject({ ok: true, identity: { userId: 'sim:1' } });
    const real = new Tokens(
      { issuer: 'livestall', audience: 'livestall', secret: tokenSecret },
      systemRandom,
      Date.now,
    );
    expect(await real.verify(good)).toEqual({ ok: false, reason: 'UNAUTHENTICATED' });
    await expect(real.mintSimulated({ userId: 'sim:1', name: 'Ada', ttlMs: 1000 })).rejects.toThrow('demo');
  });
});

describe('rooms with real orders', () => {
  it('[AU3] a simulated viewer is sent out when the demo room gets a shop of its own, and stays out', async () => {
    const prefix = freshPrefix();
    const [node, other] = [await demoNode(prefix), await demoNode(prefix)];
    const [one, two] = [await simulatedClient(node, 1), await simulatedClient(other, 2)];
    await one.must('room:join', { roomId: DEMO_ROOM_ID });
    await two.must('room:join', { roomId: DEMO_ROOM_ID });
    const mei = await harness.join(node, DEMO_ROOM_ID, { userId: 'mei' });
    await one.must('chat:say', { opId: opId(), text: 'hello' });
    await node.core.stores.room.update(DEMO_ROOM_ID, { checkoutUrl: REAL_SHOP }, 'tests');
    for (const client of [one, two])
      await eventually(() => expect(client.closings).toMatchObject([{ reason: 'UNAUTHENTICATED' }]));
    expect(mei.closings).toEqual([]);
    const again = await simulatedClient(node, 1);
    expect(await again.call('room:join', { roomId: DEMO_ROOM_ID })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
    expect(await again.call('room:resume', { roomId: DEMO_ROOM_ID, afterSeq: 0 })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
    const elsewhere = await harness.room(node);
    expect(await again.call('room:join', { roomId: elsewhere })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
  });

  it('[AU3] one that is in a room can do nothing there from the moment on that orders are real', async () => {
    const node = await demoNode(freshPrefix());
    const host = await harness.join(node, DEMO_ROOM_ID, { userId: 'lin', role: 'host' });
    const { sale } = await host.must('flash-sale:schedule', {
      ...{
        opId: opId(),
        productId: 'tea-set',
        priceMinor: 100,
        stock: 8,
        opensInMs: 0,
        guard: 'none' as const,
      },
    });
    const one = await simulatedClient(node);
    await one.must('room:join', { roomId: DEMO_ROOM_ID });
    // As it is for a moment, until every node has heard of the change: nobody is told.
    const meta = node.core.keys.room(DEMO_ROOM_ID).meta;
    const info = JSON.parse((await harness.redis.client.hget(meta, 'info')) ?? '{}');
    for (const change of [{ checkoutUrl: REAL_SHOP }, { checkoutUrl: null }, { demo: false }]) {
      await harness.redis.client.hset(meta, 'info', JSON.stringify({ ...info, ...change }));
      const { saleId } = sale;
      const refused = { ok: false, error: { code: 'FORBIDDEN' } };
      expect(await one.call('chat:say', { opId: opId(), text: 'hi' })).toMatchObject(refused);
      expect(await one.call('room:follow', { opId: opId(), follow: true })).toMatchObject(refused);
      expect(await one.call('flash-sale:grab', { opId: opId(), saleId, quantity: 1 })).toMatchObject(refused);
      expect(await one.call('flash-sale:wait', { opId: opId(), saleId })).toMatchObject(refused);
      expect(await one.call('order:hold', { opId: opId(), lines: [{ saleId, quantity: 1 }] })).toMatchObject(
        refused,
      );
    }
    await harness.redis.client.hset(meta, 'info', JSON.stringify(info));
    await one.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
  });

  it('[AU3] cannot moderate, also where somebody made it a moderator', async () => {
    const node = await demoNode(freshPrefix());
    const host = await harness.join(node, DEMO_ROOM_ID, { userId: 'lin', role: 'host' });
    const one = await simulatedClient(node);
    await one.must('room:join', { roomId: DEMO_ROOM_ID });
    await host.must('moderation:appoint', { opId: opId(), userId: 'sim:1', role: 'moderator' });
    const heard = () => one.events('room:role-changed');
    await eventually(() => expect(heard()).toMatchObject([{ data: { userId: 'sim:1', role: 'moderator' } }]));
    await eventually(async () => {
      expect(await one.call('chat:pin', { opId: opId(), messageId: null })).toMatchObject({
        error: { code: 'FORBIDDEN' },
      });
    });
  });
});

describe('[AU6] the process of an audience', () => {
  async function start(): Promise<{ node: NodeProcess; pid: () => number }> {
    const node = await startNodeProcess([
      ...['--demo', '--no-media', '--audience', '5', '--redis-url', harness.redis.url],
      ...['--redis-key-prefix', freshPrefix(), '--log-level', 'info', '--drain-ms', '0'],
    ]);
    processes.push(node);
    const pids = () =>
      [...node.output().matchAll(/"pid":(\d+),"msg":"a simulated audience/g)].map((found) =>
        Number(found[1]),
      );
    await eventually(() => expect(pids().length).toBe(1));
    return { node, pid: () => pids().at(-1) ?? 0 };
  }

  it('[AU6] ends with a server that is killed, and with one that is stopped', {
    timeout: 60_000,
  }, async () => {
    const killed = await start();
    expect(isAlive(killed.pid())).toBe(true);
    expect(killed.node.output()).toContain('5 simulated viewers, marked as such');
    await killed.node.kill();
    await eventually(() => expect(isAlive(killed.pid())).toBe(false));
    const stopped = await start();
    expect(await stopped.node.stop()).toBe(0);
    expect(isAlive(stopped.pid())).toBe(false);
  });

  it('[AU6] is followed by another when it dies', { timeout: 60_000 }, async () => {
    const { pid } = await start();
    const first = pid();
    process.kill(first, 'SIGKILL');
    await eventually(() => expect(pid()).not.toBe(first), { withinMs: 10_000 });
    expect(isAlive(pid())).toBe(true);
  });
});
