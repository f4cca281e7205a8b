import { describe, expect, it } from 'vitest';
import { communityScript } from '../../community/testing.ts';
import { runScript } from '../../redis/scripts.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, TestTime } from '../../testing/harness.ts';

const harness = useCheckedHarness();
const refused = (code: string) => ({ ok: false, error: { code } });
const HOUR_MS = 3_600_000;
const appoint = communityScript(
  'head events ledger due roles',
  "role_appoint(a.user, a.role, a.untilMs, 'host', a.opId) return 1",
  ['appoint'],
);

async function stage() {
  const time = new TestTime();
  const nodes = [await harness.node({ time }), await harness.node({ time })] as const;
  const [node, other] = nodes;
  const roomId = await harness.room(node);
  const keys = node.core.keys.room(roomId);
  const { redis, due } = node.core;
  return {
    ...{ time, node, other, roomId, keys, redis },
    /** As plays do it that give roles. */
    appoint: async (user: string, role: string, forMs = 0) => {
      await due.announce(roomId, 0);
      const { head, events, ledger, roles } = keys;
      const args = { user, role, untilMs: forMs > 0 ? time.nowMs + forMs : 0, opId: opId() };
      await runScript(redis, appoint, { head, events, ledger, due: keys.due, roles }, [
        String(time.nowMs),
        JSON.stringify(args),
      ]);
    },
    facts: async (kind: string) =>
      (await redis.xrange(keys.ledger, '-', '+'))
        .filter(([, fields]) => fields[1] === kind)
        .map(([, fields]) => [fields[3], JSON.parse(fields[9] as string)]),
  };
}

describe('following', () => {
  it('[RM15] is noted with its time, which stays, and is over when they stop', async () => {
    const { time, node, roomId } = await stage();
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    const sinceMs = time.nowMs;
    const id = opId();
    const followed = { followingSinceMs: sinceMs, followers: 1 };
    expect(await ana.must('room:follow', { opId: id, follow: true })).toEqual(followed);
    time.advance(1000);
    expect(await ana.must('room:follow', { opId: id, follow: true })).toEqual(followed);
    const again = { actor: 'ana', opId: opId(), fingerprint: '' };
    expect(await node.core.stores.room.follow(roomId, again, true)).toEqual({ ok: true, data: followed });
    expect(await ana.call('room:follow', { opId: id, follow: false })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    const { you } = await ana.must('room:join', { roomId });
    expect(you.plays.room).toEqual({ followingSinceMs: sinceMs });
    const stopped = { followingSinceMs: null, followers: 0 };
    expect(await ana.must('room:follow', { opId: opId(), follow: false })).toEqual(stopped);
    // A late retry of the first is told what was, and changes nothing.
    expect(await ana.must('room:follow', { opId: id, follow: true })).toEqual(followed);
    expect((await ana.must('room:join', { roomId })).you.plays.room).toEqual({ followingSinceMs: null });
  });

  it('[RM15] is for whoever signed in and is not banned', async () => {
    const { node, roomId, keys, redis } = await stage();
    const guest = await harness.join(node, roomId, 'guest');
    expect(await guest.call('room:follow', { opId: opId(), follow: true })).toMatchObject(
      refused('UNAUTHENTICATED'),
    );
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    await redis.hset(keys.sanctions, 'b ana', '0 a1');
    expect(await ana.call('room:follow', { opId: opId(), follow: true })).toMatchObject(refused('BANNED'));
    expect(await redis.zcard(keys.followers)).toBe(0);
  });

  it('[RM15] everyone hears how many follow, on every node', async () => {
    const { time, node, other, roomId } = await stage();
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    const bo = await harness.join(other, roomId, { userId: 'bo' });
    await ana.must('room:follow', { opId: opId(), follow: true });
    await eventually(
      () => {
        // Counts are told once a second of the scripts' time.
        time.advance(1000);
        expect(bo.events('room:presence-changed').at(-1)?.data).toMatchObject({ followers: 1 });
      },
      { everyMs: 100 },
    );
  });
});

describe('roles', () => {
  it('[RM16] that the room gives count at once, on all sockets of the user and on every node', async () => {
    const { node, other, roomId, appoint, facts } = await stage();
    const here = await harness.join(node, roomId, { userId: 'ana' });
    const there = await harness.join(other, roomId, { userId: 'ana' });
    const bo = await harness.join(other, roomId, { userId: 'bo' });
    const pin = (client: typeof here) => client.call('chat:pin', { opId: opId(), messageId: null });
    expect(await pin(here)).toMatchObject(refused('FORBIDDEN'));
    await appoint('ana', 'moderator');
    for (const client of [here, there]) {
      await eventually(async () => expect(await pin(client)).toMatchObject({ ok: true }), { everyMs: 250 });
    }
    expect(await pin(bo)).toMatchObject(refused('FORBIDDEN'));
    const given = { userId: 'ana', role: 'moderator', untilMs: null };
    await eventually(() => expect(bo.events('room:role-changed').map(({ data }) => data)).toEqual([given]));
    // Who comes back later has it too.
    const back = await harness.connect(node, await node.token({ userId: 'ana', room: roomId }));
    expect((await back.must('room:join', { roomId })).you.role).toBe('moderator');
    await appoint('ana', 'viewer');
    for (const client of [here, there, back]) {
      await eventually(async () => expect(await pin(client)).toMatchObject(refused('FORBIDDEN')), {
        everyMs: 250,
      });
    }
    expect(await facts('role-changed')).toEqual([
      ['host', given],
      ['host', { userId: 'ana', role: 'viewer', untilMs: null }],
    ]);
  });

  it('[RM16] never take away what a token says', async () => {
    const { node, roomId, appoint } = await stage();
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const bo = await harness.join(node, roomId, { userId: 'bo' });
    await appoint('host', 'moderator');
    await appoint('host', 'viewer');
    await eventually(() => expect(bo.events('room:role-changed')).toHaveLength(2));
    await host.must('room:start-session', { opId: opId(), title: 'Mine' });
  });

  it('[RM16] of one room are none in another', async () => {
    const { node, roomId, appoint } = await stage();
    const second = await harness.room(node);
    const ana = await harness.connect(node, await node.token({ userId: 'ana', room: '*' }));
    await appoint('ana', 'cohost');
    expect((await ana.must('room:join', { roomId })).you.role).toBe('cohost');
    expect((await ana.must('room:join', { roomId: second })).you.role).toBe('viewer');
    expect(await ana.call('room:start-session', { opId: opId(), title: 'x' })).toMatchObject(
      refused('FORBIDDEN'),
    );
  });
});

describe('a shift', () => {
  it('[RM17] ends by itself at its time, on whichever node, and is a fact of the system', async () => {
    const { time, other, node, roomId, appoint, facts, keys, redis } = await stage();
    const ana = await harness.join(other, roomId, { userId: 'ana' });
    await appoint('ana', 'moderator', HOUR_MS);
    const pin = () => ana.call('chat:pin', { opId: opId(), messageId: null });
    await eventually(async () => expect(await pin()).toMatchObject({ ok: true }), { everyMs: 250 });
    time.advance(HOUR_MS - 1);
    expect((await harness.join(node, roomId, { userId: 'ana' })).events()).toBeDefined();
    expect(await redis.hget(keys.roles, 'a ana')).toMatch(/^moderator /);
    time.advance(1);
    await eventually(async () => expect(await pin()).toMatchObject(refused('FORBIDDEN')), { everyMs: 250 });
    expect(await facts('role-changed')).toMatchObject([
      ['host', { role: 'moderator', untilMs: time.nowMs }],
      ['system', { role: 'viewer', untilMs: null }],
    ]);
    expect(await redis.hexists(keys.roles, 'a ana')).toBe(0);
    expect(await redis.zcard(keys.due)).toBe(0);
  });

  it('[RM17] that was made longer, or became a role for good, does not end at its first time', async () => {
    const { time, node, roomId, appoint, keys, redis } = await stage();
    await appoint('ana', 'moderator', HOUR_MS);
    await appoint('bo', 'moderator', HOUR_MS);
    await appoint('ana', 'moderator', 2 * HOUR_MS);
    await appoint('bo', 'moderator');
    time.advance(HOUR_MS);
    await node.core.stores.room.endShifts(roomId, ['ana', 'bo']);
    expect(await redis.hkeys(keys.roles)).toEqual(expect.arrayContaining(['a ana', 'a bo']));
    expect(await redis.zscore(keys.due, 'room:shift:bo')).toBeNull();
    time.advance(HOUR_MS);
    await node.core.stores.room.endShifts(roomId, ['ana', 'bo']);
    expect(await redis.hkeys(keys.roles)).toEqual(['a bo']);
  });
});
