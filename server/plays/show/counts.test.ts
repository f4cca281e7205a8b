import { describe, expect, it } from 'vitest';
import { plays } from '../../../shared/plays.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, type TestNode } from '../../testing/harness.ts';
import { watchRedis } from '../../testing/redis-commands.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { refused } from '../../trade/testing/stage.ts';
import { MINUTE, showRoom, told } from './testing.ts';

const harness = useCheckedHarness({ topology: 'standalone' });

const say = (client: TestClient, text: string, id = opId()) => client.must('chat:say', { opId: id, text });
const grab = (client: TestClient, saleId: string) =>
  client.call('flash-sale:grab', { opId: opId(), saleId, quantity: 1 });

describe('what nodes count', () => {
  it('[SW10] a message counts once, on however many nodes it is heard and however often it is sent', async () => {
    const all = await showRoom(harness);
    const other = await harness.node({ time: all.time });
    const show = await all.start();
    const [ana, bo] = [await all.join('ana'), await all.join('bo', other)];
    const id = opId();
    for (const text of ['one', 'one']) await ana.call('chat:say', { opId: id, text });
    await say(ana, 'two');
    all.time.advance(MINUTE);
    await say(bo, 'three');
    const messages = async () => {
      await told(all.node, other);
      const { buckets, totals } = await all.report(show.sessionId);
      return [totals.messages, ...buckets.map((bucket) => bucket.messages)];
    };
    await eventually(async () => expect(await messages()).toEqual([3, 2, 1]));
    expect(await messages()).toEqual([3, 2, 1]);
    // The node that told of them dies; the other has heard the next one, too.
    await say(bo, 'four');
    await eventually(() => expect(bo.events('chat:said').at(-1)?.data).toMatchObject({ text: 'four' }));
    await all.node.close();
    await eventually(async () => {
      await told(other);
      expect((await all.report(show.sessionId, other)).totals.messages).toBe(4);
    });
  });

  it('[SW11] grabs that were decided, and the most who were here at once, by the minute', async () => {
    const all = await showRoom(harness);
    const show = await all.start();
    const { saleId } = await all.sell({ stock: 2, limitPerBuyer: 1, holdMs: 1_800_000 });
    const [ana, bo, cy] = await Promise.all(['ana', 'bo', 'cy'].map((user) => all.join(user)));
    for (const one of [ana, bo, cy, ana]) await grab(one as TestClient, saleId);
    const other = await harness.node({ time: all.time });
    await grab(await all.join('di', other), saleId);
    const first = { held: 2, grabs: 5, viewers: 5 };
    const here = (count: number) =>
      eventually(async () => {
        const { presence } = all.node.core.keys.room(all.roomId);
        expect(await harness.redis.client.hlen(presence)).toBe(count);
      });
    await here(5);
    // A count of viewers goes out once a second.
    all.time.advance(1500);
    await eventually(async () => {
      await told(all.node, other);
      expect((await all.board()).minutes.at(-1)).toMatchObject(first);
    });
    for (const one of [ana, bo]) (one as TestClient).close();
    await here(3);
    await told(all.node, other);
    all.time.advance(MINUTE);
    await grab(cy as TestClient, saleId);
    // A minute that went by at once lets nodes take each other for dead, until they say that they are not.
    await eventually(async () => {
      await here(3);
      await told(all.node, other);
      all.time.advance(1);
      expect((await all.board()).minutes.at(-1)?.viewers).toBe(3);
    });
    for (const node of [all.node, other]) {
      const { minutes, totals } = await all.board(node);
      expect(minutes.slice(-2)).toMatchObject([first, { held: 0, grabs: 1, viewers: 3 }]);
      expect(minutes.slice(0, -2).every(({ viewers, grabs }) => viewers === null && grabs === 0)).toBe(true);
      expect(totals).toMatchObject({ grabs: 6, viewersMost: 5, visitors: 4, orders: 2 });
    }
    const { buckets, totals } = await all.report(show.sessionId);
    expect(buckets.reduce((sum, { grabs }) => sum + grabs, 0)).toBe(totals.grabs);
  });

  it('[SW11] who came in counts once, with those who were there when the show began; whoever is banned does not', async () => {
    const all = await showRoom(harness);
    const { client } = harness.redis;
    const room = all.node.core.keys.room(all.roomId);
    await all.join('early');
    await all.start();
    for (const user of ['ana', 'bo', 'ana']) await all.join(user);
    await client.hset(room.sanctions, 'b bad', '0 a1');
    const token = await all.node.token({ userId: 'bad', room: all.roomId });
    const bad = await harness.connect(all.node, token);
    expect(await bad.call('room:join', { roomId: all.roomId })).toMatchObject(refused('BANNED'));
    const host = await harness.join(all.node, all.roomId, { userId: 'host', role: 'host' });
    await host.must('room:leave', {});
    await eventually(async () => {
      await told(all.node);
      // early, ana and bo: the host is of the team.
      expect((await all.board()).totals?.visitors).toBe(3);
    });
    const follow = await all.join('ana');
    await follow.must('room:follow', { opId: opId(), follow: true });
    expect((await all.board()).totals?.followersGained).toBe(1);
    await all.end();
    expect((await all.board()).totals).toBeNull();
  });

  it('[SW11] the last who came to a show are of it, and not of the one that starts at once', async () => {
    const all = await showRoom(harness);
    const first = await all.start();
    for (const user of ['ana', 'bo']) await all.join(user);
    await all.end();
    await eventually(() => expect(all.host.events('room:session-ended')).toHaveLength(1));
    (await all.join('cy')).close();
    const { presence } = all.node.core.keys.room(all.roomId);
    await eventually(async () => expect(await harness.redis.client.hexists(presence, 'cy')).toBe(0));
    const second = await all.start('The next');
    await eventually(() => expect(all.host.events('room:session-started')).toHaveLength(2));
    await all.join('di');
    await told(all.node);
    const visitors = async (sessionId: string) => (await all.report(sessionId)).totals.visitors;
    // ana and bo are still there for the next.
    expect([await visitors(first.sessionId), await visitors(second.sessionId)]).toEqual([2, 3]);
  });

  it('[SW11] nobody of the team is a visitor, by the role that they have in the room', async () => {
    const all = await showRoom(harness);
    await all.host.must('moderation:appoint', { opId: opId(), userId: 'mo', role: 'moderator' });
    for (const userId of ['mo', 'ana']) await harness.join(all.node, all.roomId, { userId });
    await all.start();
    await eventually(() => expect(all.host.events('room:session-started')).toHaveLength(1));
    const mo = await harness.join(all.node, all.roomId, { userId: 'mo' });
    expect((await mo.must('room:join', { roomId: all.roomId })).you.role).toBe('moderator');
    await harness.join(all.node, all.roomId, { userId: 'co', role: 'cohost' });
    await told(all.node);
    expect((await all.board()).totals?.visitors).toBe(1);
  });

  it('[SW11] asks nothing of Redis for a grab or a message', async () => {
    const all = await showRoom(harness);
    await all.start();
    const { saleId } = await all.sell();
    const ana = await all.join('ana');
    await told(all.node);
    const watched = await watchRedis(harness.redis);
    await Promise.all([grab(ana, saleId), say(ana, 'hi')]);
    const { showMinutes, buyerNames } = all.node.core.keys.room(all.roomId);
    const ours = () =>
      watched.commands.filter((words) =>
        words.some((word) => word === buyerNames || word.startsWith(showMinutes(0).slice(0, -1))),
      );
    const calls = ours().filter(([name]) => name === 'evalsha').length;
    await told(all.node);
    await eventually(() => expect(ours().length).toBeGreaterThan(0));
    watched.stop();
    // But for a round of the node's own that may have come in between.
    expect(calls).toBeLessThanOrEqual(1);
  });

  it('[SW14] buyers are called what they were called when they bought, or as fans', async () => {
    const all = await showRoom(harness);
    const show = await all.start();
    const { saleId } = await all.sell();
    const ana = await harness.join(all.node, all.roomId, { userId: 'ana', name: 'Ana "K" 安娜' });
    await grab(ana, saleId);
    // At once where they bought on the node that is asked, before Redis was told.
    const first = await all.host.must('show:board', {});
    expect(first.orders.map(({ name }) => name)).toEqual(['Ana "K" 安娜']);
    await harness.redis.client.hset(
      all.node.core.keys.room(all.roomId).fans,
      ...['fay', '3 80 0 20261123 0 0 0 0 0 0 1900000000000 Fay of the tea'],
    );
    await all.grab('fay', saleId);
    await all.grab('nobody', saleId);
    const cart = await harness.join(all.node, all.roomId, { userId: 'cara', name: 'Cara' });
    await cart.must('order:hold', { opId: opId(), lines: [{ saleId, quantity: 2 }] });
    await told(all.node);
    const { orders } = await all.host.must('show:orders', { sessionId: show.sessionId });
    expect(orders.map(({ userId, name, source }) => [userId, name, source])).toEqual([
      ...[
        ['ana', 'Ana "K" 安娜', 'grab'],
        ['fay', 'Fay of the tea', 'grab'],
        ['nobody', '', 'grab'],
      ],
      ['cara', 'Cara', 'cart'],
    ]);
    const board = await all.host.must('show:board', {});
    expect(board.orders.map(({ name }) => name).sort()).toEqual([
      '',
      'Ana "K" 安娜',
      'Cara',
      'Fay of the tea',
    ]);
  });

  it('[SW14] who asked for units and was refused is not noted; who stands in line is', async () => {
    const all = await showRoom(harness);
    await all.start();
    const { saleId } = await all.sell({ stock: 1 });
    const { buyerNames } = all.node.core.keys.room(all.roomId);
    const join = (name: string) => harness.join(all.node, all.roomId, { userId: name.toLowerCase(), name });
    const [ana, bo, cy] = [await join('Ana'), await join('Bo'), await join('Cy')];
    // Nobody waits for what is there, and nobody gets more than there is.
    const early = await ana.call('flash-sale:wait', { opId: opId(), saleId });
    const lines = [{ saleId, quantity: 2 }];
    const much = await ana.call('order:hold', { opId: opId(), lines });
    expect([early.ok, much.ok]).toEqual([false, false]);
    await grab(bo, saleId);
    await cy.must('flash-sale:wait', { opId: opId(), saleId });
    await told(all.node);
    expect(await harness.redis.client.hgetall(buyerNames)).toEqual({ bo: 'Bo', cy: 'Cy' });
  });

  it('[SW12] are told when Redis is back, and until then every command says that it is away', async () => {
    const all = await showRoom(harness);
    const show = await all.start();
    const { saleId } = await all.sell();
    const ana = await all.join('ana');
    await told(all.node);
    await grab(ana, saleId);
    const asks = [
      ['show:board', {}],
      ['show:list', {}],
      ['show:report', { sessionId: show.sessionId }],
      ['show:orders', { sessionId: show.sessionId }],
    ] as const;
    const { client } = harness.redis;
    // Nobody listens there, and what it has is old: it answers nothing.
    await client.config('SET', 'replica-serve-stale-data', 'no');
    await client.replicaof('127.0.0.1', 1);
    try {
      for (const [name, input] of asks)
        expect([name, await all.host.raw(name, input)]).toMatchObject([name, refused('UNAVAILABLE')]);
      await told(all.node);
    } finally {
      await client.replicaof('NO', 'ONE');
    }
    await eventually(async () => {
      await told(all.node);
      expect((await all.board()).totals).toMatchObject({ orders: 1, grabs: 1 });
    });
  });
});

describe('the commands', () => {
  it('[SW9] are for the host and cohosts; whoever else asks is refused', async () => {
    const all = await showRoom(harness);
    const show = await all.start();
    const ask = (client: TestClient) =>
      Promise.all([
        client.call('show:board', {}),
        client.call('show:list', {}),
        client.call('show:report', { sessionId: show.sessionId }),
        client.call('show:orders', { sessionId: show.sessionId }),
      ]);
    for (const role of ['host', 'cohost'] as const) {
      const client = await harness.join(all.node, all.roomId, { userId: role, role });
      for (const reply of await ask(client)) expect(reply).toMatchObject({ ok: true });
    }
    for (const role of ['moderator', 'viewer'] as const) {
      const client = await harness.join(all.node, all.roomId, { userId: role, role });
      for (const reply of await ask(client)) expect(reply).toMatchObject(refused('FORBIDDEN'));
    }
    for (const reply of await ask(await harness.join(all.node, all.roomId, 'guest')))
      expect(reply).toMatchObject(refused('UNAUTHENTICATED'));
    expect(Object.keys(plays.show.commands)).toHaveLength(4);
  });

  it('[SW9] know no show of another room, and take nothing that does not fit', async () => {
    const all = await showRoom(harness);
    const show = await all.start();
    const elsewhere = await showRoom(harness);
    for (const sessionId of [show.sessionId, 'nope']) {
      const { host } = elsewhere;
      expect(await host.call('show:report', { sessionId })).toMatchObject(refused('SHOW_NOT_FOUND'));
      expect(await host.call('show:orders', { sessionId })).toMatchObject(refused('SHOW_NOT_FOUND'));
    }
    const bad: [string, object, string][] = [
      ['show:board', { minutes: 3 }, 'minutes'],
      ['show:list', { limit: 0 }, 'limit'],
      ['show:list', { limit: 101 }, 'limit'],
      ['show:report', {}, 'sessionId'],
      ['show:report', { sessionId: 'a b' }, 'sessionId'],
      ['show:orders', { sessionId: 'a', limit: 201 }, 'limit'],
      ['show:orders', { sessionId: 'a', cursor: 0 }, 'cursor'],
      ['show:orders', { sessionId: 'a', cursor: 1.5 }, 'cursor'],
    ];
    for (const [name, input, path] of bad)
      expect(await all.host.raw(name, input)).toMatchObject(refused('INVALID_PAYLOAD', { path }));
  });

  it('[SW8] the orders of a show come by pages, in the order of their numbers, each once', async () => {
    const all = await showRoom(harness);
    const { saleId } = await all.sell({ holdMs: 1_800_000 });
    await all.grab('before', saleId);
    const { sessionId } = await all.start();
    for (let i = 0; i < 7; i += 1) await all.grab(`u${i}`, saleId);
    await all.end();
    await all.grab('after', saleId);
    const pages: number[][] = [];
    let cursor: number | null = 1;
    while (cursor !== null) {
      const page: { orders: { no: number }[]; nextCursor: number | null } = await all.host.must(
        'show:orders',
        {
          ...{ sessionId, limit: 3, cursor },
        },
      );
      pages.push(page.orders.map(({ no }) => no));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([[2, 3, 4], [5, 6, 7], [8]]);
    const past = { orders: [], nextCursor: null };
    expect(await all.host.must('show:orders', { sessionId, cursor: 9 })).toEqual(past);
    expect(await all.host.must('show:orders', { sessionId, cursor: Number.MAX_SAFE_INTEGER })).toEqual(past);
    const node: TestNode = await harness.node({ time: all.time });
    const co = await harness.join(node, all.roomId, { userId: 'co', role: 'cohost' });
    expect((await co.must('show:list', {})).shows).toMatchObject([{ sessionId, title: 'A show' }]);
  });
});
