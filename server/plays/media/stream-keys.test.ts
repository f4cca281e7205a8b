import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { draft, mediaRoom } from './testing.ts';

const harness = useCheckedHarness();
const refused = (code: string) => ({ ok: false, error: { code } });

/** A room with a host by token, and kay whom the host made a cohost. */
async function stage() {
  const room = await mediaRoom(harness);
  const { one, two, roomId } = room;
  const host = await harness.join(one, roomId, { userId: 'host', role: 'host' });
  const kay = await harness.join(two, roomId, { userId: 'kay' });
  const appoint = (userId: string, role: 'cohost' | 'moderator' | 'viewer') =>
    host.must('moderation:appoint', { opId: opId(), userId, role });
  await appoint('kay', 'cohost');
  await eventually(
    async () => expect(await kay.call('media:list-stream-keys', {})).toMatchObject({ ok: true }),
    {
      everyMs: 300,
    },
  );
  const made = async (by: TestClient, label = 'OBS') => {
    const { key, secret } = await by.must('media:create-stream-key', { opId: opId(), label });
    return { ...key, secret: secret as string };
  };
  const keysOf = async (by: TestClient) =>
    (await by.must('media:list-stream-keys', {})).keys.map(({ keyId }) => keyId);
  const revoke = (by: TestClient, keyId: string, id = opId()) =>
    by.call('media:revoke-stream-key', { opId: id, keyId });
  return { ...room, host, kay, appoint, made, keysOf, revoke, streamKeys: one.core.stores.streamKeys };
}

describe('a stream key', () => {
  it('[MP20] is made once; its secret is told once and kept nowhere', async () => {
    const { time, host, roomId, redis, keys } = await stage();
    const input = { opId: opId(), label: 'OBS 直播' };
    const first = await host.must('media:create-stream-key', input);
    const { secret } = first;
    expect(first).toEqual({
      key: {
        keyId: expect.any(String),
        label: input.label,
        userId: 'host',
        createdAtMs: time.nowMs,
        lastUsedAtMs: null,
      },
      secret: expect.stringMatching(`^${first.key.keyId}\\.[A-Za-z0-9_-]{43}$`),
      whipPath: `/whip/${roomId}`,
    });
    expect(await host.must('media:create-stream-key', input)).toEqual({ ...first, secret: null });
    expect(await host.call('media:create-stream-key', { ...input, label: 'other' })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    const stored = await redis.hvals(keys.streamKeys);
    expect(stored).toHaveLength(1);
    const bare = secret?.split('.')[1] ?? '';
    expect(JSON.parse(stored[0] ?? '')).toMatchObject({
      hash: createHash('sha256').update(bare).digest('base64url'),
    });
    const all = await Promise.all([
      redis.hgetall(keys.ops('media')),
      redis.xrange(keys.events, '-', '+'),
      stored,
    ]);
    expect(JSON.stringify(all)).not.toContain(bare);
  });

  it('[MP21] works in its room, whole, and nothing else does', async () => {
    const { one, two, host, roomId, made, streamKeys } = await stage();
    const { keyId, secret } = await made(host);
    const holder = { keyId, roomId, userId: 'host', name: 'host', isHost: true };
    expect(await streamKeys.verify(roomId, secret)).toEqual(holder);
    expect(await two.core.stores.streamKeys.verify(roomId, secret)).toEqual(holder);
    const other = await made(host);
    const [, bare = ''] = secret.split('.');
    const flipped = (at: number) => bare.slice(0, at) + (bare[at] === 'A' ? 'B' : 'A') + bare.slice(at + 1);
    const wrong = [
      ...['', '.', bare, `${keyId}.`, `.${bare}`, keyId, `${keyId}.${flipped(0)}`, `${keyId}.${flipped(20)}`],
      ...[
        `${keyId}.${bare.slice(0, -1)}`,
        `${secret}A`,
        ` ${secret}`,
        `${secret}.x`,
        `${other.keyId}.${bare}`,
      ],
      ...[
        `${keyId}.${createHash('sha256').update(bare).digest('base64url')}`,
        'x'.repeat(10_000),
        `é.${bare}`,
      ],
    ];
    for (const each of wrong)
      expect([each, await streamKeys.verify(roomId, each)]).toEqual([each, undefined]);
    const elsewhere = await harness.room(one);
    expect(await streamKeys.verify(elsewhere, secret)).toBeUndefined();
  });

  it('[MP22] is noted as used, at most once a minute', async () => {
    const { time, host, roomId, made, streamKeys } = await stage();
    const { keyId, secret } = await made(host);
    const usedAtMs = async () => (await streamKeys.list(roomId))[0]?.lastUsedAtMs;
    await streamKeys.verify(roomId, `${keyId}.wrong`);
    expect(await usedAtMs()).toBeNull();
    const firstMs = time.nowMs;
    await streamKeys.verify(roomId, secret);
    time.advance(59_999);
    await streamKeys.verify(roomId, secret);
    expect(await usedAtMs()).toBe(firstMs);
    time.advance(1);
    await streamKeys.verify(roomId, secret);
    expect(await usedAtMs()).toBe(firstMs + 60_000);
  });

  it('[MP23] is seen and revoked by hosts, and by the cohost whose it is', async () => {
    const { time, host, kay, made, keysOf, revoke } = await stage();
    const hosts = await made(host);
    time.advance(1);
    const kays = await made(kay);
    expect(await keysOf(host)).toEqual([hosts.keyId, kays.keyId]);
    expect(await keysOf(kay)).toEqual([kays.keyId]);
    expect(await revoke(kay, hosts.keyId)).toMatchObject(refused('KEY_NOT_FOUND'));
    expect(await revoke(host, 'never')).toMatchObject(refused('KEY_NOT_FOUND'));
    expect(await revoke(host, kays.keyId)).toMatchObject({ ok: true });
    const again = await made(kay);
    expect(await revoke(kay, again.keyId)).toMatchObject({ ok: true });
    expect(await keysOf(host)).toEqual([hosts.keyId]);
  });

  it('[MP23] is nothing for anybody else, whatever their node believes', async () => {
    const { one, host, roomId, made, revoke, streamKeys } = await stage();
    const { keyId } = await made(host);
    const mo = await harness.join(one, roomId, { userId: 'mo', role: 'moderator' });
    expect(await mo.call('media:create-stream-key', { opId: opId(), label: 'x' })).toMatchObject(
      refused('FORBIDDEN'),
    );
    expect(await mo.call('media:list-stream-keys', {})).toMatchObject(refused('FORBIDDEN'));
    expect(await revoke(mo, keyId)).toMatchObject(refused('FORBIDDEN'));
    const op = { actor: 'mo', opId: opId(), fingerprint: '', tokenRole: 'moderator' as const };
    expect(await streamKeys.create(roomId, op, { name: 'Mo', label: 'x' })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await streamKeys.revoke(roomId, op, keyId)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await streamKeys.list(roomId)).toHaveLength(1);
  });

  it('[MP24] that is revoked works no more, what it published has ended, and staff is told', async () => {
    const { one, host, roomId, book, made, revoke, streamKeys, published, events, ended, ids } =
      await stage();
    const guest = await harness.join(one, roomId, 'guest');
    const { keyId, secret } = await made(host);
    await published('camera', 'host', 'camera');
    await published('video', 'host', 'encoder-video', { keyId });
    await published('sound', 'host', 'encoder-audio', { keyId });
    const id = opId();
    expect(await revoke(host, keyId, id)).toMatchObject({ ok: true });
    expect(await ids()).toEqual(['camera']);
    expect((await ended()).sort()).toEqual([
      ['sound', 'revoked'],
      ['video', 'revoked'],
    ]);
    expect(await streamKeys.verify(roomId, secret)).toBeUndefined();
    // One that was let in just before.
    const late = await book.publish(roomId, draft('late', 'host', 'encoder-video'), { nodeId: 'n', keyId });
    expect(late).toMatchObject({ code: 'BANNED' });
    await eventually(() =>
      expect(host.events('media:key-revoked').map(({ data }) => data)).toEqual([{ keyId }]),
    );
    await eventually(() => expect(guest.events('media:unpublished')).toHaveLength(2));
    expect(guest.events('media:key-revoked')).toEqual([]);
    const before = await events();
    expect(await revoke(host, keyId, id)).toMatchObject({ ok: true });
    expect(await revoke(host, keyId)).toMatchObject(refused('KEY_NOT_FOUND'));
    expect(await events()).toEqual(before);
  });

  it('[MP25] of a cohost works while the room knows them as one', async () => {
    const { time, one, kay, roomId, appoint, made, streamKeys, published, book, ended } = await stage();
    const { keyId, secret } = await made(kay);
    expect(await streamKeys.verify(roomId, secret)).toMatchObject({ userId: 'kay' });
    await published('p1', 'kay', 'encoder-video', { keyId });
    await appoint('kay', 'moderator');
    expect(await streamKeys.verify(roomId, secret)).toBeUndefined();
    expect(await book.renew(roomId, 'node-1', ['p1'])).toEqual(['p1']);
    expect(await ended()).toEqual([['p1', 'removed']]);
    await appoint('kay', 'cohost');
    expect(await streamKeys.verify(roomId, secret)).toMatchObject({ userId: 'kay' });

    // By token: as long as the last token that they came with.
    const cy = await harness.join(one, roomId, { userId: 'cy', role: 'cohost' });
    const cys = await made(cy);
    expect(await streamKeys.verify(roomId, cys.secret)).toMatchObject({ userId: 'cy' });
    time.advance(3_600_001);
    expect(await streamKeys.verify(roomId, cys.secret)).toBeUndefined();
  });

  it('[MP25] of a host works until it is revoked, also after their token', async () => {
    const { time, host, roomId, made, streamKeys, published, book } = await stage();
    const { keyId, secret } = await made(host);
    time.advance(30 * 24 * 3_600_000);
    expect(await streamKeys.verify(roomId, secret)).toMatchObject({ userId: 'host' });
    await published('p1', 'host', 'encoder-video', { keyId });
    expect(await book.renew(roomId, 'node-1', ['p1'])).toEqual([]);
  });

  it('[MP25][MP4] of somebody who is banned works and publishes nothing until they are let in again', async () => {
    const { host, kay, roomId, redis, keys, ban, made, streamKeys, book } = await stage();
    for (const [by, userId] of [
      [kay, 'kay'],
      [host, 'host'],
    ] as const) {
      const { keyId, secret } = await made(by);
      await ban(userId);
      expect(await streamKeys.verify(roomId, secret)).toBeUndefined();
      const late = await book.publish(roomId, draft('p1', userId, 'encoder-video'), { nodeId: 'n', keyId });
      expect(late).toMatchObject({ code: 'BANNED' });
      await redis.hdel(keys.sanctions, `b ${userId}`);
      expect(await streamKeys.verify(roomId, secret)).toMatchObject({ keyId });
    }
  });

  it('[MP4] publishes for its own user alone', async () => {
    const { kay, roomId, made, book } = await stage();
    const { keyId } = await made(kay);
    const others = await book.publish(roomId, draft('p1', 'host', 'encoder-video'), { nodeId: 'n', keyId });
    expect(others).toMatchObject({ code: 'BANNED' });
  });

  it('[MP26] is one of 20 at most', async () => {
    const { roomId, streamKeys, host } = await stage();
    const make = () => {
      const op = { actor: 'host', opId: opId(), fingerprint: '', tokenRole: 'host' as const };
      return streamKeys.create(roomId, op, { name: 'Host', label: 'x' });
    };
    const outcomes = await Promise.all(Array.from({ length: 25 }, make));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(20);
    expect(await host.call('media:create-stream-key', { opId: opId(), label: 'x' })).toMatchObject(
      refused('TOO_MANY_KEYS'),
    );
    const [first] = await streamKeys.list(roomId);
    await host.must('media:revoke-stream-key', { opId: opId(), keyId: first?.keyId ?? '' });
    await host.must('media:create-stream-key', { opId: opId(), label: 'x' });
  });
});
