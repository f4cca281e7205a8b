import { describe, expect, it, vi } from 'vitest';
import { mediaContract } from '../../../shared/plays/media/contract.ts';
import { DueQueue } from '../../redis/due-queue.ts';
import { quietLog } from '../../redis/testing.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { type Harness, opId, standaloneHarness } from '../../testing/harness.ts';
import { type IsCarried, MediaStore } from './media.store.ts';
import { draft, mediaRoom } from './testing.ts';

const harness = useCheckedHarness();
const LEASE_MS = mediaContract.limits.leaseMs.value;
const GRACE_MS = 3000;

/** A room of which nothing but the test serves what is due. */
async function heldRoom(isCarried: IsCarried, on: Harness = harness) {
  const room = await mediaRoom(on);
  const { redis, keys, due } = room.one.core;
  for (const node of [room.one, room.two]) await node.core.due.close();
  const store = new MediaStore({ redis, keys, due, isCarried, scriptNow: () => String(room.time.nowMs) });
  return { ...room, store };
}

describe('a lease', () => {
  it('[MP7] that nobody renews ends, on whichever node, with nobody connected', async () => {
    const { time, book, roomId, published, ended, ids, facts, leases } = await mediaRoom(harness);
    await published('p1', 'host', 'camera', { nodeId: 'dead' });
    await published('p2', 'kay', 'camera', { nodeId: 'well' });
    await published('p3', 'kay', 'microphone', { nodeId: 'well' });
    time.advance(LEASE_MS - 1);
    expect(await book.renew(roomId, 'well', ['p2', 'p3'])).toEqual([]);
    expect(await ids()).toHaveLength(3);
    // A room that is being looked at is looked at again a little later.
    const soon = (check: () => Promise<void>) =>
      eventually(() => {
        time.advance(50);
        return check();
      });
    await soon(async () => expect(await ended()).toEqual([['p1', 'lost']]));
    expect(await ids()).toEqual(['p2', 'p3']);
    expect((await facts()).at(-1)).toEqual([
      'media-ended',
      'system',
      { publicationId: 'p1', reason: 'lost' },
    ]);
    time.advance(LEASE_MS);
    await soon(async () => expect(await ids()).toEqual([]));
    expect(await leases()).toEqual({});
  });

  it('[MP7] that was renewed while it was looked at goes on', async () => {
    const { time, store, roomId, published, ids, leases } = await heldRoom(async () => false);
    await published('p1');
    const untilMs = time.nowMs + LEASE_MS;
    await store.endLeases(roomId, ['p1', 'never']);
    expect(await ids()).toEqual(['p1']);
    expect(await leases()).toEqual({ p1: untilMs });
  });

  it('[MP8] that is over since Redis was away ends nothing that is carried', async () => {
    const asked = vi.fn<IsCarried>(async (_nodeId, _roomId, id) => id !== 'p2');
    const { time, store, roomId, published, ids, ended } = await heldRoom(asked);
    await published('p1', 'host', 'camera', { nodeId: 'node-7' });
    await published('p2', 'host', 'screen', { nodeId: 'node-7' });
    time.advance(10 * LEASE_MS);
    await store.endLeases(roomId, ['p1', 'p2']);
    expect(asked.mock.calls).toEqual([
      ['node-7', roomId, 'p1'],
      ['node-7', roomId, 'p2'],
    ]);
    expect(await ids()).toEqual(['p1']);
    expect(await ended()).toEqual([['p2', 'lost']]);
    // It was renewed: for a whole lease nobody asks again.
    time.advance(LEASE_MS - 1);
    await store.endLeases(roomId, ['p1']);
    expect(await store.renew(roomId, 'node-7', ['p1'])).toEqual([]);
  });

  it('[MP8] ends nothing that is carried after an outage longer than itself, and is served as ever then', async () => {
    const own = standaloneHarness({ appendonly: true });
    await own.start();
    try {
      const asked = vi.fn<IsCarried>(async () => true);
      const { time, store, roomId, redis, one, published, ids, leases } = await heldRoom(asked, own);
      // What a crash may lose is not what is tested here.
      await own.redis.client.config('SET', 'appendfsync', 'always');
      await published('p1');
      const queue = new DueQueue({
        ...{ redis, keys: one.core.keys, log: quietLog, onHandled: () => undefined },
        scriptNow: () => String(time.nowMs),
      });
      queue.handle('media:lease', (room, ids) => store.endLeases(room, ids));
      await own.redis.kill();
      await eventually(() => expect(store.renew(roomId, 'node-1', ['p1'])).rejects.toThrow());
      time.advance(10 * LEASE_MS);
      await own.redis.restart();
      await eventually(() => queue.poll());
      await eventually(async () => expect(await leases()).toEqual({ p1: time.nowMs + LEASE_MS }));
      expect(asked).toHaveBeenCalled();
      expect(await ids()).toEqual(['p1']);
    } finally {
      await own.close();
    }
  });

  it.each<[string, IsCarried]>([
    ['refuses to answer', () => Promise.reject(new Error('silent'))],
    ['never answers', () => new Promise(() => undefined)],
  ])('[MP8] a node that %s gets a little more time', async (_what, isCarried) => {
    const { time, store, roomId, published, ids, ended, leases } = await heldRoom(isCarried);
    await published('p1');
    await published('p2', 'host', 'screen');
    time.advance(LEASE_MS);
    await store.endLeases(roomId, ['p1', 'p2']);
    expect(await ids()).toEqual(['p1', 'p2']);
    expect((await leases()).p1).toBe(time.nowMs + 500);
    time.advance(GRACE_MS - 1);
    // It hears others again, and renews by itself.
    expect(await store.renew(roomId, 'node-1', ['p2'])).toEqual([]);
    await store.endLeases(roomId, ['p1', 'p2']);
    expect(await ids()).toEqual(['p1', 'p2']);
    time.advance(1);
    await store.endLeases(roomId, ['p1', 'p2']);
    expect(await ended()).toEqual([['p1', 'lost']]);
  });

  it('[MP9] is told to be over to whoever renews what the book does not have', async () => {
    const { book, roomId, published } = await mediaRoom(harness);
    await published('mine', 'host', 'camera', { nodeId: 'me' });
    await published('theirs', 'kay', 'camera', { nodeId: 'them' });
    await published('over', 'host', 'screen', { nodeId: 'me' });
    await book.unpublish(roomId, 'over', 'ended');
    const gone = await book.renew(roomId, 'me', ['mine', 'theirs', 'over', 'never']);
    expect(gone).toEqual(['theirs', 'over', 'never']);
    expect(await book.renew(roomId, 'me', [])).toEqual([]);
  });
});

describe('who may not publish any more', () => {
  it('[MP10] is stopped when their node renews: banned', async () => {
    const { book, roomId, published, ban, ended } = await mediaRoom(harness);
    await published('p1', 'kay');
    await published('p2', 'host');
    await ban('kay');
    expect(await book.renew(roomId, 'node-1', ['p1', 'p2'])).toEqual(['p1']);
    expect(await ended()).toEqual([['p1', 'removed']]);
  });

  it('[MP10] is stopped when their node renews: their appointment ended', async () => {
    const { one, book, roomId, published, ended } = await mediaRoom(harness);
    const host = await harness.join(one, roomId, { userId: 'host', role: 'host' });
    await harness.join(one, roomId, { userId: 'cy', role: 'cohost' });
    const appoint = (userId: string, role: 'cohost' | 'viewer') =>
      host.must('moderation:appoint', { opId: opId(), userId, role });
    await appoint('kay', 'cohost');
    await published('p1', 'kay');
    await published('p2', 'cy');
    await published('p3', 'host');
    expect(await book.renew(roomId, 'node-1', ['p1', 'p2', 'p3'])).toEqual([]);
    await appoint('kay', 'viewer');
    expect(await book.renew(roomId, 'node-1', ['p1', 'p2', 'p3'])).toEqual(['p1']);
    expect(await ended()).toEqual([['p1', 'removed']]);
    expect(await book.publish(roomId, draft('p4', 'cy'), { nodeId: 'node-1' })).toMatchObject({ ok: true });
  });
});
