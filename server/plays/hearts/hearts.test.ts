import { describe, expect, it } from 'vitest';
import type { HeartsSnapshot } from '../../../shared/plays/hearts/contract.ts';
import { DEMO_ROOM_ID } from '../../demo/people.ts';
import { seedDemo } from '../../demo/seed.ts';
import { TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, type TestNode } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { refused, stage } from '../../trade/testing/stage.ts';
import { HeartsStore } from './hearts.store.ts';

const harness = useCheckedHarness();

const given = (total: number) => ({ ok: true, data: { total } });
const give = (client: TestClient, count = 1) => client.call('hearts:give', { count });

/** A room that is live, whose time stands still unless it is turned. */
async function live() {
  const all = await stage(harness);
  const start = () => all.host.must('room:start-session', { opId: opId(), title: 'A show' });
  const end = () => all.host.must('room:end-session', { opId: opId() });
  await start();
  /** As the store has it, not as a joiner may get it up to a second later. */
  const total = () => harness.redis.client.hget(all.node.core.keys.room(all.roomId).hearts, 'total');
  const told = (client: TestClient) =>
    client.events('hearts:counted').map(({ data }) => (data as { total: number }).total);
  const joined = async (client: TestClient) => {
    const { snapshot } = await client.must('room:join', { roomId: all.roomId });
    return (snapshot.hearts as HeartsSnapshot).total;
  };
  return { ...all, start, end, total, told, joined };
}

describe('hearts', () => {
  it('[HE1] count once each, over two nodes', async () => {
    const { time, join, node, total } = await live();
    const other: TestNode = await harness.node({ time });
    const people = await Promise.all(
      Array.from({ length: 12 }, (_, i) => join(`u${i}`, i % 2 === 0 ? node : other)),
    );
    const answers = await Promise.all(people.map((client, i) => give(client, i + 1)));
    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    // 1 + 2 + … + 12
    expect(await total()).toBe('78');
    const totals = answers.map((answer) => (answer.ok ? answer.data.total : 0));
    expect(Math.max(...totals)).toBe(78);
    expect(await give(people[0] as TestClient, 2)).toEqual(given(80));
  });

  it('[HE2] the room hears of them once a second from all nodes together, and of the last', async () => {
    const { time, join, node, told } = await live();
    const other = await harness.node({ time });
    const [ana, bo] = [await join('ana'), await join('bo', other)];
    expect(await give(ana)).toEqual(given(1));
    await eventually(() => expect(told(bo)).toEqual([1]));
    for (const client of [bo, ana, bo]) expect(await give(client)).toMatchObject({ ok: true });
    // No time has passed for Redis, while both nodes asked whether they may.
    await Promise.all([node, other].map(({ core }) => core.stores.hearts.flush()));
    expect(told(bo)).toEqual([1]);
    time.advance(1000);
    for (const client of [ana, bo]) await eventually(() => expect(told(client)).toEqual([1, 4]));
    time.advance(1000);
    await Promise.all([node, other].map(({ core }) => core.stores.hearts.flush()));
    expect(await give(ana)).toEqual(given(5));
    await eventually(() => expect(told(bo)).toEqual([1, 4, 5]));
  });

  it('[HE2] a total that its node could not tell is told by another', async () => {
    const { time, join, node, told, roomId } = await live();
    const ana = await join('ana');
    const { redis, keys } = node.core;
    /** A node that counts and is gone before the second is over. */
    const dying = new HeartsStore({
      ...{ redis, keys, log: { debug: () => undefined } as never },
      due: { announce: async () => undefined },
      clock: { monotonicMs: () => performance.now() },
      scriptNow: () => String(time.nowMs),
    });
    const one = { userId: 'bo', count: 1 };
    expect(await dying.give(roomId, one)).toEqual(given(1));
    expect(await dying.give(roomId, one)).toEqual(given(2));
    await dying.close();
    await node.core.due.sweep();
    time.advance(1000);
    await eventually(() => expect(told(ana)).toEqual([1, 2]));
    expect(await redis.zrange(keys.room(roomId).due, 0, '-1')).not.toContain('hearts:tell:');
  });

  it('[HE3] a show begins at 0 and keeps what it had until the next begins', async () => {
    const { time, join, start, end, told, joined } = await live();
    const ana = await join('ana');
    await give(ana, 5);
    time.advance(1000);
    await eventually(async () => expect(await joined(ana)).toBe(5));
    // The last of a show are told after its end.
    await give(ana, 2);
    await end();
    time.advance(1000);
    await eventually(() => expect(told(ana).at(-1)).toBe(7));
    await eventually(async () => expect(await joined(ana)).toBe(7));
    await start();
    await eventually(async () => expect(await joined(ana)).toBe(0));
    expect(await give(ana, 3)).toEqual(given(3));
    await eventually(() => expect(told(ana)).toEqual([5, 7, 3]));
  });

  it('[HE3] nothing of an earlier show is told in the next, and one without hearts has none', async () => {
    const { time, join, node, start, end, told, joined } = await live();
    const ana = await join('ana');
    await give(ana, 5);
    await give(ana, 1);
    await end();
    await start();
    time.advance(1000);
    await node.core.stores.hearts.flush();
    expect(told(ana)).toEqual([5]);
    await end();
    await eventually(async () => expect(await joined(ana)).toBe(0));
  });

  it('[HE4] off air there are none', async () => {
    const { join, start, end, told, total } = await live();
    const ana = await join('ana');
    await end();
    expect(await give(ana)).toMatchObject(refused('NO_SESSION'));
    expect(await total()).toBeNull();
    await start();
    expect(await give(ana)).toEqual(given(1));
    await eventually(() => expect(told(ana)).toEqual([1]));
  });

  it('[HE5] 1 to 20 at once, not all the time', async () => {
    const { join, total } = await live();
    for (const [i, count] of [0, 21, -1, 1.5, '1', null].entries()) {
      const reply = await (await join(`odd-${i}`)).raw('hearts:give', { count });
      expect(reply).toMatchObject(refused('INVALID_PAYLOAD', { path: 'count' }));
    }
    const bo = await join('bo');
    const codes = await Promise.all(Array.from({ length: 12 }, () => give(bo, 20)));
    const counted = codes.filter(({ ok }) => ok).length;
    expect(counted).toBeGreaterThanOrEqual(5);
    expect(counted).toBeLessThanOrEqual(7);
    expect(codes.find(({ ok }) => !ok)).toMatchObject(refused('RATE_LIMITED'));
    expect(await total()).toBe(String(counted * 20));
  });

  it('[HE6] none of guests and of the banned, also in a batch with others', async () => {
    const { join, node, roomId, total } = await live();
    const guest = await harness.join(node, roomId, 'guest');
    expect(await give(guest)).toMatchObject(refused('UNAUTHENTICATED'));
    const people = await Promise.all(['ana', 'bad', 'mute', 'over'].map((userId) => join(userId)));
    const { sanctions } = node.core.keys.room(roomId);
    await harness.redis.client.hset(sanctions, 'b bad', '0 a1', 'm mute', '0 a2', 'b over', '1 a3');
    const answers = await Promise.all(people.map((client) => give(client, 2)));
    expect(answers.map((answer) => (answer.ok ? 'OK' : answer.error.code))).toEqual([
      ...['OK', 'BANNED', 'OK', 'OK'],
    ]);
    expect(await total()).toBe('6');
  });

  it('[HE6] none of a simulated viewer, also where they may do what viewers do', async () => {
    const config = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, redisKeyPrefix: 'hearts:' };
    const node = await harness.node({ config });
    const { room: rooms, shelf } = node.core.stores;
    await seedDemo({ rooms, shelf, serverNowMs: node.core.serverNowMs });
    const host = await harness.join(node, DEMO_ROOM_ID, { userId: 'lin', role: 'host' });
    await host.must('room:start-session', { opId: opId(), title: 'A show' });
    const user = { userId: 'sim:1', name: 'Ada', ttlMs: 60_000 };
    const simulated = await harness.connect(node, (await node.core.tokens.mintSimulated(user)).token);
    await simulated.must('room:join', { roomId: DEMO_ROOM_ID });
    await simulated.must('room:follow', { opId: opId(), follow: true });
    expect(await give(simulated)).toMatchObject(refused('FORBIDDEN'));
    expect(await give(await harness.join(node, DEMO_ROOM_ID, { userId: 'ana' }))).toEqual(given(1));
  });

  it('[HE8] a node that stops counts what it was given', async () => {
    const { time, join, node, roomId, told } = await live();
    const other = await harness.node({ time });
    const ana = await join('ana');
    const { hearts } = other.core.stores;
    expect(await hearts.give(roomId, { userId: 'bo', count: 1 })).toEqual(given(1));
    const waiting = hearts.give(roomId, { userId: 'bo', count: 4 });
    await other.close();
    expect(await waiting).toEqual(given(5));
    time.advance(1000);
    await eventually(() => expect(told(ana).at(-1)).toBe(5));
    expect(await node.core.redis.hget(node.core.keys.room(roomId).hearts, 'total')).toBe('5');
  });
});
