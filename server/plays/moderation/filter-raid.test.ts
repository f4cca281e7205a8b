import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, standaloneHarness } from '../../testing/harness.ts';
import { watchRedis } from '../../testing/redis-commands.ts';
import { FilterFigures } from './filter-figures.store.ts';
import { Floods } from './filter-floods.ts';
import { filteredRoom, say } from './testing/filters.ts';
import { refused } from './testing/people.ts';

const harness = useCheckedHarness();
const stage = () => filteredRoom(harness);
type Figures = { blocked: number; held: number; users: number };

describe('a raid', () => {
  it('[MO79] what is refused costs Redis nothing, once lists are not fresh any more', async () => {
    const { viewer, time, bo } = await stage();
    const [ana, cy] = [await viewer(), await viewer()];
    await say(ana, 'hello');
    time.advance(121_000);
    const { commands, stop } = await watchRedis(harness.redis);
    for (const client of [ana, cy])
      expect(await say(client, 'blockme')).toMatchObject(refused('WORD_BLOCKED'));
    // One that does reach Redis shows that the others would have been seen.
    expect(await say(bo, 'hello')).toMatchObject({ ok: true });
    const asked = () => commands.map((words) => words.join(' '));
    await eventually(() => expect(asked().some((words) => words.includes('bo op-'))).toBe(true));
    stop();
    expect(asked().filter((words) => /\bv\d+ op-/.test(words))).toEqual([]);
  });

  it('[MO79] pauses who goes on', async () => {
    const { roomId, one, viewer, join } = await stage();
    const client = await viewer();
    let reply = await say(client, 'blockme');
    for (let i = 1; i < 5; i += 1) {
      reply = await eventually(
        async () => {
          const next = await say(client, 'blockme');
          expect(next).toMatchObject(refused('WORD_BLOCKED'));
          return next;
        },
        { everyMs: 200 },
      );
    }
    expect(reply.ok).toBe(false);
    const paused = await eventually(async () => {
      const next = await say(client, 'an honest line');
      if (next.ok || next.error.code !== 'RATE_LIMITED' || (next.error.retryAfterMs ?? 0) < 5000)
        throw new Error(JSON.stringify(next));
      return next.error;
    });
    expect(paused.retryAfterMs).toBeLessThanOrEqual(30_000);
    const other = await harness.join(one, roomId, { userId: 'honest' });
    expect(await say(other, 'an honest line')).toMatchObject({ ok: true });
    expect(await say(await join('mo3', 'moderator'), 'blockme')).toMatchObject({ ok: true });
  });

  it('[MO79] holds no more for review than people could look at', async () => {
    const { viewer, held } = await stage();
    const clients = await Promise.all(Array.from({ length: 120 }, () => viewer()));
    const replies = await Promise.all(clients.map((client) => say(client, 'holdme')));
    const more = replies.filter((reply) => !reply.ok && reply.error.code === 'RATE_LIMITED');
    expect(more.length).toBeGreaterThan(0);
    expect(more.every((reply) => !reply.ok && (reply.error.retryAfterMs ?? 0) >= 1000)).toBe(true);
    expect(await held()).toHaveLength(120 - more.length);
    expect(120 - more.length).toBeGreaterThanOrEqual(100);
  });

  it('[MO80] staff see the figures of all nodes', async () => {
    const { sayAs, two, host, mo, bo, time, keys, redis } = await stage();
    // Of a node that died, and of one that works.
    const dead = `5 5 5 ${time.nowMs - 10_000}`;
    await redis.hset(keys.filtered, 'dead', dead, 'other', `2 0 1 ${time.nowMs + 4000}`);
    const figures = (client = host) =>
      client.events('moderation:filtered').map(({ data }) => data as Figures);
    await Promise.all([sayAs('blockme'), sayAs('blockme', two), sayAs('holdme', two)]);
    await eventually(
      () => {
        time.advance(1000);
        expect(figures().at(-1)).toEqual({ blocked: 4, held: 1, users: 4 });
      },
      { everyMs: 700, withinMs: 9000 },
    );
    await eventually(() => expect(figures(mo)).toEqual(figures()));
    expect(bo.events('moderation:filtered')).toEqual([]);
    expect(await redis.hget(keys.filtered, 'dead')).toBeNull();
  });

  it('[MO80] staff are told at most once a second, and of the end', async () => {
    const { one, roomId, host, time } = await stage();
    let nowMs = 0;
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    const floods = new Floods(clock);
    const log = { debug: () => undefined } as never;
    const figures = new FilterFigures(
      { ...one.core, clock, log, scriptNow: () => String(time.nowMs) },
      floods,
    );
    const told = () => host.events('moderation:filtered').map(({ data }) => data as Figures);
    try {
      floods.of(roomId).stopped('ana', 'blocked', nowMs);
      figures.wake();
      await eventually(() => expect(told()).toEqual([{ blocked: 1, held: 0, users: 1 }]));
      // More is stopped; Redis' time stands still, so nothing more may be told.
      floods.of(roomId).stopped('bo', 'held', nowMs);
      await eventually(async () => {
        const value = await harness.redis.client.hget(
          one.core.keys.room(roomId).filtered,
          one.core.config.nodeId,
        );
        expect(value).toBe(`1 1 2 ${time.nowMs}`);
      });
      expect(told()).toHaveLength(1);
      time.advance(1000);
      await eventually(() => expect(told().at(-1)).toEqual({ blocked: 1, held: 1, users: 2 }));
      nowMs += 11_000;
      time.advance(1000);
      await eventually(() => expect(told().at(-1)).toEqual({ blocked: 0, held: 0, users: 0 }));
      expect(told()).toHaveLength(3);
      nowMs += 60_000;
      await eventually(() => expect(floods.find(roomId)).toBeUndefined());
    } finally {
      figures.close();
    }
  });

  it('[MO77] says UNAVAILABLE where Redis is away, for known and unknown lists', async () => {
    const own = standaloneHarness();
    await own.start();
    try {
      const { viewer, roomId, time } = await filteredRoom(own);
      const three = await own.node({ time });
      const [ana, cy] = [await viewer(), await own.join(three, roomId, { userId: 'cy' })];
      expect(await say(ana, 'hello')).toMatchObject({ ok: true });
      await own.redis.kill();
      for (const client of [ana, cy]) {
        const reply = await client.call('chat:say', { opId: opId(), text: 'blockme or not' });
        expect(reply.ok).toBe(false);
        if (!reply.ok) expect(['UNAVAILABLE', 'OUTCOME_UNKNOWN']).toContain(reply.error.code);
      }
      expect(await say(cy, 'hello')).toMatchObject({ ok: false });
    } finally {
      await own.close();
    }
  });
});
