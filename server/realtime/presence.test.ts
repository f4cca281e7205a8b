import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog } from '../kernel/log.ts';
import { seededRandom } from '../kernel/random.ts';
import { createKeys } from '../redis/keys.ts';
import { eventually } from '../testing/eventually.ts';
import { TestTime, useHarness } from '../testing/harness.ts';
import { Presence } from './presence.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const harness = useHarness();
const keys = createKeys('presence:');
const random = seededRandom(seed);
const SECOND_MS = 1000;
const NODE_TTL_MS = 10_000;

/** Nodes that only count, and a clock that the test turns. A node that is not asked to sync is as good as dead. */
function setUp(nodes: number) {
  const time = new TestTime();
  const roomId = random.id('r').toLowerCase();
  const room = keys.room(roomId);
  const { client: redis } = harness.redis;
  const presences = Array.from({ length: nodes }, (_, i) => {
    return new Presence({
      redis,
      keys,
      nodeId: `n${i}`,
      log: createLog({ level: 'silent', format: 'json' }),
      clock: { nowMs: () => time.nowMs, monotonicMs: () => time.nowMs },
      scriptNow: () => String(time.nowMs),
      onHead: () => undefined,
    });
  });
  const counts = async () =>
    (await redis.xrange(room.events, '-', '+')).map(([, fields]) => {
      const event = JSON.parse(fields[1] as string) as {
        name: string;
        atMs: number;
        data: { viewers: number };
      };
      expect(event.name).toBe('room:presence-changed');
      return { viewers: event.data.viewers, atMs: event.atMs };
    });
  /** Seconds pass, in each of which the living nodes say what they know. */
  const pass = async (ms: number, living: readonly Presence[] = presences): Promise<void> => {
    for (let passed = 0; passed < ms; passed += SECOND_MS) {
      time.advance(SECOND_MS);
      for (const presence of living) await presence.sync();
    }
  };
  const lose = () =>
    redis.del(room.presence, room.presenceNodes, ...presences.map((_, i) => room.presenceOf(`n${i}`)));
  return {
    ...{ time, roomId, presences, counts, pass, lose },
    present: async () => (await redis.hkeys(room.presence)).sort(),
  };
}

type TwoNodes = readonly [Presence, Presence];

describe('who is here', () => {
  it('[RT15] counts users, not sockets, over all nodes', async () => {
    const { roomId, presences, counts, pass, present } = setUp(2);
    const [one, two] = presences as unknown as TwoNodes;
    one.enter(roomId, 'ana');
    one.enter(roomId, 'ana');
    two.enter(roomId, 'ana');
    two.enter(roomId, 'bo');
    await pass(SECOND_MS);
    expect(await present()).toEqual(['ana', 'bo']);
    one.leave(roomId, 'ana');
    one.leave(roomId, 'ana');
    await pass(SECOND_MS);
    expect(await present()).toEqual(['ana', 'bo']);
    two.leave(roomId, 'ana');
    await pass(2 * SECOND_MS);
    expect(await present()).toEqual(['bo']);
    expect((await counts()).at(-1)).toMatchObject({ viewers: 1 });
  });

  it('[RT15] a page that is loaded again changes nothing', async () => {
    const { roomId, presences, counts, pass } = setUp(1);
    const [one] = presences as unknown as TwoNodes;
    one.enter(roomId, 'ana');
    await pass(2 * SECOND_MS);
    one.leave(roomId, 'ana');
    one.enter(roomId, 'ana');
    one.leave(roomId, 'ana');
    one.enter(roomId, 'ana');
    one.leave(roomId, 'nobody');
    await pass(5 * SECOND_MS);
    expect((await counts()).map(({ viewers }) => viewers)).toEqual([1]);
  });

  it('[RT16] the room is told at most once a second, and always the last number', async () => {
    const { time, roomId, presences, counts, pass, present } = setUp(2);
    const [one, two] = presences as unknown as TwoNodes;
    for (let i = 0; i < 30; i += 1) {
      (i % 2 === 0 ? one : two).enter(roomId, `u${i}`);
      time.advance(100);
      await one.sync();
      await two.sync();
    }
    await pass(3 * SECOND_MS);
    const told = await counts();
    expect(told.length).toBeLessThanOrEqual(5);
    for (const [i, { atMs }] of told.entries()) {
      if (i > 0) expect(atMs - (told[i - 1] as { atMs: number }).atMs).toBeGreaterThanOrEqual(SECOND_MS);
    }
    expect(told.at(-1)?.viewers).toBe(30);
    expect(await present()).toHaveLength(30);
    // A count that went up and down again in between need not be told.
    one.enter(roomId, 'shy');
    await one.sync();
    const before = (await counts()).length;
    one.leave(roomId, 'shy');
    await pass(5 * SECOND_MS);
    expect((await counts()).length - before).toBeLessThanOrEqual(1);
  });

  it('[RT26] thousands who come or go at once are counted in one round', async () => {
    const { roomId, presences, counts, pass, present } = setUp(1);
    const [one] = presences as unknown as TwoNodes;
    const users = Array.from({ length: 3210 }, (_, i) => `u${i}`);
    for (const user of users) one.enter(roomId, user);
    await pass(SECOND_MS);
    expect(await present()).toHaveLength(3210);
    for (const user of users.slice(0, 3000)) one.leave(roomId, user);
    await pass(3 * SECOND_MS);
    expect((await counts()).at(-1)).toMatchObject({ viewers: 210 });
  });

  it('[RT17] a node that was killed is forgotten after ten seconds, with all its users', async () => {
    const { roomId, presences, counts, pass, present } = setUp(2);
    const [alive, killed] = presences as unknown as TwoNodes;
    alive.enter(roomId, 'ana');
    killed.enter(roomId, 'ana');
    for (let i = 0; i < 1200; i += 1) killed.enter(roomId, `u${i}`);
    await pass(4 * SECOND_MS);
    expect(await present()).toHaveLength(1201);
    await pass(NODE_TTL_MS - 3 * SECOND_MS, [alive]);
    expect(await present()).toHaveLength(1201);
    await pass(7 * SECOND_MS, [alive]);
    expect(await present()).toEqual(['ana']);
    expect((await counts()).at(-1)).toMatchObject({ viewers: 1 });
  });

  it('[RT17] a node that was only away comes back with all its users', async () => {
    const { roomId, presences, pass, present } = setUp(2);
    const [alive, frozen] = presences as unknown as TwoNodes;
    alive.enter(roomId, 'ana');
    for (let i = 0; i < 700; i += 1) frozen.enter(roomId, `u${i}`);
    await pass(3 * SECOND_MS);
    await pass(NODE_TTL_MS + 4 * SECOND_MS, [alive]);
    expect(await present()).toEqual(['ana']);
    frozen.enter(roomId, 'late');
    frozen.leave(roomId, 'u0');
    await pass(8 * SECOND_MS);
    expect(await present()).toHaveLength(701);
  });

  it('[RT18] what Redis lost is said again', async () => {
    const { roomId, presences, counts, pass, lose, present } = setUp(2);
    const [one, two] = presences as unknown as TwoNodes;
    for (let i = 0; i < 600; i += 1) one.enter(roomId, `u${i}`);
    two.enter(roomId, 'bo');
    await pass(4 * SECOND_MS);
    await lose();
    one.leave(roomId, 'u0');
    await pass(10 * SECOND_MS);
    expect(await present()).toHaveLength(600);
    expect((await counts()).at(-1)).toMatchObject({ viewers: 600 });
  });

  it('[RT15] a node that stops takes its users along', async () => {
    const { roomId, presences, present } = setUp(2);
    const [one, two] = presences as unknown as TwoNodes;
    for (let i = 0; i < 1100; i += 1) one.enter(roomId, `u${i}`);
    one.enter(roomId, 'ana');
    one.enter(roomId, 'ana');
    two.enter(roomId, 'bo');
    for (const each of [one, one, one, two]) await each.sync();
    expect(await present()).toHaveLength(1102);
    await one.close();
    expect(await present()).toEqual(['bo']);
  });

  it('[RT15] whatever comes, goes, is killed or lost, the count is right in the end', async () => {
    const users = fc.constantFrom('a', 'b', 'c', 'd');
    const node = fc.nat(2);
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ do: fc.constantFrom('enter', 'leave', 'leave'), node, user: users }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('sync'), node, user: users }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('second'), node, user: users }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('freeze', 'lose'), node, user: users }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const { time, roomId, presences, counts, pass, lose, present } = setUp(3);
        const sockets: string[][] = [[], [], []];
        for (const each of steps) {
          const presence = presences[each.node] as Presence;
          const here = sockets[each.node] as string[];
          if (each.do === 'enter') {
            here.push(each.user);
            presence.enter(roomId, each.user);
          } else if (each.do === 'leave') {
            const at = here.indexOf(each.user);
            if (at >= 0) here.splice(at, 1);
            presence.leave(roomId, each.user);
          } else if (each.do === 'sync') await presence.sync();
          else if (each.do === 'second') time.advance(SECOND_MS);
          else if (each.do === 'lose') await lose();
          else
            await pass(
              NODE_TTL_MS + 2 * SECOND_MS,
              presences.filter((other) => other !== presence),
            );
        }
        await pass(12 * SECOND_MS);
        const expected = [...new Set(sockets.flat())].sort();
        expect(await present()).toEqual(expected);
        expect((await counts()).at(-1)?.viewers ?? 0).toBe(expected.length);
      }),
      { seed, numRuns: 40 },
    );
  });
});

describe('through sockets', () => {
  it('[RT19] every guest counts, and every user once, on two nodes', async () => {
    const nodes = [await harness.node(), await harness.node()] as const;
    const roomId = await harness.room(nodes[0]);
    await harness.join(nodes[0], roomId, 'guest');
    await harness.join(nodes[1], roomId, 'guest');
    await harness.join(nodes[1], roomId, { userId: 'ana' });
    const tab = await harness.join(nodes[0], roomId, { userId: 'ana' });
    const last = await harness.join(nodes[0], roomId, 'guest');
    const viewers = () =>
      (tab.events('room:presence-changed').at(-1)?.data as { viewers: number } | undefined)?.viewers;
    await eventually(() => expect(viewers()).toBe(4));
    last.close();
    await eventually(() => expect(viewers()).toBe(3));
    const joined = await (await harness.connect(nodes[1])).must('room:join', { roomId });
    expect(joined.snapshot.room).toMatchObject({ viewers: 3 });
  });
});
