import { describe, expect, it } from 'vitest';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, type TestNode, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { refused } from './testing.ts';

const harness = useCheckedHarness();

/** A room on two nodes; `speak` is as somebody new would, so that the rate of the command holds nobody up. */
async function stage() {
  const time = new TestTime();
  const [one, two] = [await harness.node({ time }), await harness.node({ time })] as [TestNode, TestNode];
  const roomId = await harness.room(one, []);
  const keys = one.core.keys.room(roomId);
  const host = await harness.join(one, roomId, { userId: 'host', role: 'host' });
  const join = (userId: string, on = one, role: 'viewer' | 'moderator' = 'viewer') =>
    harness.join(on, roomId, { userId, role });
  const modes = (change: Partial<Modes>) =>
    host.must('moderation:set-modes', { opId: opId(), modes: change });
  const redis = harness.redis.client;
  const level = (userId: string, value: number, litAt = 0) =>
    redis.hset(keys.fans, userId, `${value} 0 ${litAt} 0 0 0 0 0 0 0 0 ${userId}`);
  return { time, one, two, roomId, keys, host, join, modes, redis, level };
}

const speak = (client: TestClient, text = 'hello', more: { replyToMessageId?: string } = {}) =>
  client.call('chat:say', { opId: opId(), text, ...more });

describe('speaking', () => {
  it('[CH14] shows the badge of the author as it is then', async () => {
    const { join, level, redis, keys } = await stage();
    const ana = await join('ana');
    expect(await speak(ana)).toMatchObject({ data: { message: { badge: null } } });
    await level('ana', 3);
    expect(await speak(ana)).toMatchObject({ data: { message: { badge: { level: 3, lit: true } } } });
    await redis.hset(keys.head, 'liveDays', '8');
    const bo = await join('bo');
    await level('bo', 5);
    expect(await speak(bo)).toMatchObject({ data: { message: { badge: { level: 5, lit: false } } } });
  });

  it('[CH15] is not for who is muted, on any node', async () => {
    const { host, join, two, time } = await stage();
    const [ana, mo] = [await join('ana', two), await join('mo', two, 'moderator')];
    await host.must('moderation:sanction', {
      ...{ opId: opId(), userIds: ['ana', 'mo'], kind: 'timeout', durationMs: 60_000 },
    });
    for (const client of [ana, mo]) {
      expect(await speak(client)).toMatchObject(refused('MUTED', { retryAfterMs: 60_000, retryable: false }));
    }
    time.advance(60_000);
    for (const client of [ana, mo]) expect(await speak(client)).toMatchObject({ ok: true });
    await host.must('moderation:sanction', { opId: opId(), userIds: ['ana'], kind: 'mute' });
    const muted = await speak(ana);
    expect(muted).toMatchObject(refused('MUTED'));
    expect(muted).not.toHaveProperty('error.retryAfterMs');
  });

  it('[CH16] in slow mode is once in its time, whichever node one is on', async () => {
    const { host, join, modes, one, two, time } = await stage();
    await modes({ slowMs: 10_000 });
    const [ana, anaToo, bo] = [await join('ana', one), await join('ana', two), await join('bo', two)];
    expect(await speak(ana)).toMatchObject({ ok: true });
    expect(await speak(anaToo)).toMatchObject(
      refused('SLOW_MODE', { retryAfterMs: 10_000, retryable: true }),
    );
    expect(await speak(bo)).toMatchObject({ ok: true });
    time.advance(9999);
    expect(await speak(anaToo)).toMatchObject(refused('SLOW_MODE', { retryAfterMs: 1 }));
    time.advance(1);
    expect(await speak(ana)).toMatchObject({ ok: true });
    for (const _ of [1, 2]) expect(await speak(host)).toMatchObject({ ok: true });
    await modes({ slowMs: 0 });
    expect(await speak(anaToo)).toMatchObject({ ok: true });
  });

  it('[CH16] a refused message does not make anybody wait for longer', async () => {
    const { join, modes, time } = await stage();
    await modes({ slowMs: 10_000 });
    const ana = await join('ana');
    const input = { opId: opId(), text: 'once' };
    const first = await ana.must('chat:say', input);
    time.advance(6000);
    expect(await ana.must('chat:say', input)).toEqual(first);
    expect(await speak(ana)).toMatchObject(refused('SLOW_MODE', { retryAfterMs: 4000 }));
  });

  it('[CH17] is for those who have followed for long enough', async () => {
    const { host, join, keys, modes, redis, time, two } = await stage();
    const clients = await Promise.all(['ana', 'bo', 'cy'].map((userId) => join(userId, two)));
    const [ana, bo, cy] = clients as [TestClient, TestClient, TestClient];
    await redis.zadd(keys.followers, time.nowMs - 600_000, 'ana', time.nowMs - 1000, 'bo');
    await modes({ followersMs: 600_000 });
    expect(await speak(ana)).toMatchObject({ ok: true });
    expect(await speak(bo)).toMatchObject(refused('FOLLOWERS_ONLY', { retryAfterMs: 599_000 }));
    const stranger = await speak(cy);
    expect(stranger).toMatchObject(refused('FOLLOWERS_ONLY'));
    expect(stranger).not.toHaveProperty('error.retryAfterMs');
    expect(await speak(host)).toMatchObject({ ok: true });
    // 0 is not off: it asks for a follower of any age.
    await modes({ followersMs: 0 });
    expect(await speak(bo)).toMatchObject({ ok: true });
    expect(await speak(cy)).toMatchObject(refused('FOLLOWERS_ONLY'));
    await modes({ followersMs: 7 * 86_400_000 });
    expect(await speak(ana)).toMatchObject(
      refused('FOLLOWERS_ONLY', { retryAfterMs: 7 * 86_400_000 - 600_000 }),
    );
    await modes({ followersMs: null });
    expect(await speak(cy)).toMatchObject({ ok: true });
  });

  it('[CH18] is for fans of a level', async () => {
    const { host, join, keys, level, modes, redis, two } = await stage();
    const clients = await Promise.all(['fan', 'core', 'dim', 'none'].map((userId) => join(userId, two)));
    const [fan, core, dim, none] = clients as [TestClient, TestClient, TestClient, TestClient];
    await level('fan', 1);
    await level('core', 10);
    await level('dim', 12);
    await redis.hset(keys.head, 'liveDays', '30');
    await modes({ minLevel: 10 });
    for (const client of [fan, none]) expect(await speak(client)).toMatchObject(refused('LEVEL_ONLY'));
    for (const client of [core, dim, host]) expect(await speak(client)).toMatchObject({ ok: true });
    await modes({ minLevel: 1 });
    expect(await speak(fan)).toMatchObject({ ok: true });
    expect(await speak(none)).toMatchObject(refused('LEVEL_ONLY'));
    await modes({ minLevel: 0 });
    expect(await speak(none)).toMatchObject({ ok: true });
  });

  it('[CH19] what was taken back is gone for replies, pins and those who come later', async () => {
    const { host, join, roomId, two } = await stage();
    const ana = await join('ana');
    const { message } = await ana.must('chat:say', { opId: opId(), text: 'oops' });
    await host.must('moderation:delete', { opId: opId(), messageIds: [message.messageId] });
    const { messageId } = message;
    expect(await speak(ana, 're', { replyToMessageId: messageId })).toMatchObject(
      refused('MESSAGE_NOT_FOUND'),
    );
    expect(await host.call('chat:pin', { opId: opId(), messageId })).toMatchObject(
      refused('MESSAGE_NOT_FOUND'),
    );
    const late = await harness.connect(two, await two.token({ userId: 'late', room: roomId }));
    const joined = await late.must('room:join', { roomId });
    expect(joined.snapshot.chat).toEqual({ messages: [], pinned: null });
  });

  it('[CH20] stars are what is said; a retry is known by what was asked', async () => {
    const { host, join } = await stage();
    await host.must('moderation:save-list', {
      opId: opId(),
      list: { listId: 'stars', title: 'Stars', language: 'en', action: 'mask', enabled: true },
    });
    await host.must('moderation:edit-words', { opId: opId(), listId: 'stars', add: ['sugar', 'spice'] });
    const ana = await join('ana');
    const input = { opId: opId(), text: 'sugar rush' };
    const first = await ana.must('chat:say', input);
    expect(first.message.text).toBe('***** rush');
    await eventually(() => expect(ana.events('chat:said').at(-1)?.data).toEqual(first.message));
    expect(await ana.must('chat:say', input)).toEqual(first);
    // It would be shown alike, and is another text.
    expect(await ana.call('chat:say', { ...input, text: 'spice rush' })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
  });
});
