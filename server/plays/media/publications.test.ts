import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaSnapshot, Publication } from '../../../shared/plays/media/contract.ts';
import { checkRoom } from '../../ledger/check-room.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { type TestNode, TestTime } from '../../testing/harness.ts';
import { startTestCluster, type TestCluster } from '../../testing/test-topologies.ts';
import { draft, mediaRoom } from './testing.ts';

const harness = useCheckedHarness();

const snapshotOf = (joined: { snapshot: Record<string, unknown> }): Publication[] =>
  (joined.snapshot.media as MediaSnapshot).publications;

describe('publishing', () => {
  it('[MP1] is told, is in the snapshot, oldest first, and is a fact with the session that runs', async () => {
    const { time, one, two, roomId, published, facts, startSession } = await mediaRoom(harness);
    const bo = await harness.join(two, roomId, { userId: 'bo' });
    const first = await published('zz', 'host', 'camera');
    expect(first).toEqual({ ...draft('zz'), startedAtMs: time.nowMs });
    await startSession();
    time.advance(10);
    const second = await published('aa', 'host', 'microphone');
    await eventually(() =>
      expect(bo.events('media:published').map(({ data }) => data)).toEqual([
        { publication: first },
        { publication: second },
      ]),
    );
    const late = await harness.join(one, roomId, 'guest');
    expect(snapshotOf(await late.must('room:join', { roomId }))).toEqual([first, second]);
    const started = { userId: 'host' };
    expect(await facts()).toEqual([
      [
        'media-started',
        'host',
        { ...started, publicationId: 'zz', source: 'camera', kind: 'video', sessionId: null },
      ],
      [
        'media-started',
        'host',
        { ...started, publicationId: 'aa', source: 'microphone', kind: 'audio', sessionId: 's1' },
      ],
    ]);
  });

  it('[MP1] again with the same id, since the answer was lost, publishes nothing anew', async () => {
    const { time, published, events } = await mediaRoom(harness);
    const first = await published('p1');
    time.advance(1000);
    expect(await published('p1')).toEqual(first);
    expect(await events()).toHaveLength(1);
  });

  it('[MP2] the same source of the same user replaces what was there', async () => {
    const { published, events, ids, facts } = await mediaRoom(harness);
    await published('p1');
    await published('p2', 'host', 'screen');
    await published('p3', 'kay', 'camera');
    await published('p4');
    expect(await ids()).toEqual(['p2', 'p3', 'p4']);
    expect((await events()).slice(-2)).toMatchObject([
      { name: 'media:unpublished', data: { publicationId: 'p1', reason: 'replaced' } },
      { name: 'media:published', data: { publication: { publicationId: 'p4' } } },
    ]);
    expect((await facts()).slice(-2)).toMatchObject([
      ['media-ended', 'host', { publicationId: 'p1', reason: 'replaced' }],
      ['media-started', 'host', { publicationId: 'p4' }],
    ]);
  });

  it('[MP2] of many at once, on two nodes, one is left', async () => {
    const { one, two, published, ids, ended } = await mediaRoom(harness);
    const all = Array.from({ length: 10 }, (_, i) => `p${i}`);
    await Promise.all(all.map((id, i) => published(id, 'host', 'camera', { on: i % 2 ? one : two })));
    const [left, ...others] = await ids();
    expect(others).toEqual([]);
    expect((await ended()).map(([id, reason]) => `${id} ${reason}`).sort()).toEqual(
      all.filter((id) => id !== left).map((id) => `${id} replaced`),
    );
  });

  it('[MP3] stops at the limit, but for what replaces another', async () => {
    const { book, roomId, published, ids } = await mediaRoom(harness);
    const outcomes = await Promise.all(
      Array.from({ length: 15 }, (_, i) => book.publish(roomId, draft(`p${i}`, `u${i}`), { nodeId: 'n' })),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(12);
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({ code: 'TOO_MANY_PUBLICATIONS' });
    const [one = ''] = await ids();
    await published('new', one.replace('p', 'u'));
    expect(await ids()).toHaveLength(12);
  });

  it('[MP4] is refused to whoever is banned', async () => {
    const { book, roomId, ban, events, facts, leases } = await mediaRoom(harness);
    await ban('kay');
    expect(await book.publish(roomId, draft('p1', 'kay'), { nodeId: 'n' })).toMatchObject({ code: 'BANNED' });
    expect(await events()).toEqual([]);
    expect(await facts()).toEqual([]);
    expect(await leases()).toEqual({});
  });
});

describe('a publication', () => {
  it('[MP5] ends once, with the reason', async () => {
    const { book, two, roomId, redis, keys, published, ended, facts, leases } = await mediaRoom(harness);
    await published('p1');
    const tries = [book, two.core.stores.media, book].map((each) => each.unpublish(roomId, 'p1', 'ended'));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    expect(await book.unpublish(roomId, 'never', 'ended')).toBe(false);
    expect(await ended()).toEqual([['p1', 'ended']]);
    expect(await facts()).toMatchObject([
      {},
      ['media-ended', 'system', { publicationId: 'p1', reason: 'ended' }],
    ]);
    expect(await redis.exists(keys.publications, keys.leases)).toBe(0);
    expect(await leases()).toEqual({});
  });

  it('[MP6] is muted and goes on; each is told once', async () => {
    const { book, one, roomId, published, events } = await mediaRoom(harness);
    const first = await published('p1');
    const muted = { ...first, paused: true };
    expect(await book.setPaused(roomId, 'p1', true)).toEqual({ ok: true, data: muted });
    expect(await book.setPaused(roomId, 'p1', true)).toEqual({ ok: true, data: muted });
    const late = await harness.join(one, roomId, 'guest');
    expect(snapshotOf(await late.must('room:join', { roomId }))).toEqual([muted]);
    await book.setPaused(roomId, 'p1', false);
    expect((await events()).slice(1).map(({ name, data }) => [name, data])).toEqual([
      ['media:paused', { publicationId: 'p1', paused: true }],
      ['media:paused', { publicationId: 'p1', paused: false }],
    ]);
    expect(await book.setPaused(roomId, 'p2', true)).toMatchObject({ code: 'PUBLICATION_NOT_FOUND' });
  });

  it('[MP11] is found by its id, and by user and source, also while it is replaced', async () => {
    const { book, roomId, published, startSession } = await mediaRoom(harness);
    const first = await published('p0', 'host', 'camera', { nodeId: 'node-7' });
    expect(await book.origin(roomId, 'p0')).toEqual({ publication: first, nodeId: 'node-7' });
    expect(await book.current(roomId, 'host', 'camera')).toEqual({ publication: first, nodeId: 'node-7' });
    expect(await book.current(roomId, 'host', 'screen')).toBeUndefined();
    expect(await book.origin(roomId, 'p9')).toBeUndefined();
    let done = false;
    const replacing = (async () => {
      for (let i = 1; i <= 40; i += 1) await published(`p${i}`);
      done = true;
    })();
    while (!done) expect(await book.current(roomId, 'host', 'camera')).toBeDefined();
    await replacing;
    expect(await book.isLive(roomId)).toBe(false);
    await startSession();
    expect(await book.isLive(roomId)).toBe(true);
  });

  it('[MP12] its facts replay to what is published', async () => {
    const { time, one, book, roomId, published, startSession, facts } = await mediaRoom(harness);
    await startSession();
    await published('p1');
    await published('p2', 'host', 'microphone');
    const anchor = { rtpTimestamp: 4_294_967_295, clockRate: 90_000, senderMs: time.nowMs - 80 };
    await book.aligned(roomId, { publicationId: 'p1', ...anchor });
    await published('p3');
    await book.aligned(roomId, { publicationId: 'p1', ...anchor });
    expect(await facts()).toMatchObject([
      ['media-started', 'host', { publicationId: 'p1', sessionId: 's1' }],
      ['media-started', 'host', { publicationId: 'p2' }],
      ['media-aligned', 'system', { publicationId: 'p1', ...anchor }],
      ['media-ended', 'host', { publicationId: 'p1', reason: 'replaced' }],
      ['media-started', 'host', { publicationId: 'p3' }],
    ]);
    expect((await checkRoom(one.core.redis, one.core.keys, roomId)).violations).toEqual([]);
  });
});

const byId = (list: readonly Publication[]) =>
  [...list].sort((a, b) => (a.publicationId < b.publicationId ? -1 : 1));

/** What a client makes of snapshot and events. */
function folded(
  joined: { seq: number; snapshot: Record<string, unknown> },
  events: readonly { seq: number; name: string; data: unknown }[],
) {
  const state = new Map(snapshotOf(joined).map((each) => [each.publicationId, each]));
  for (const { seq, name, data } of events) {
    if (seq <= joined.seq) continue;
    const { publication, publicationId, paused } = data as {
      publication: Publication;
      publicationId: string;
      paused: boolean;
    };
    if (name === 'media:published') state.set(publication.publicationId, publication);
    if (name === 'media:unpublished') expect(state.delete(publicationId)).toBe(true);
    if (name === 'media:paused')
      state.set(publicationId, { ...(state.get(publicationId) as Publication), paused });
  }
  return byId([...state.values()]);
}

describe('whoever joins', () => {
  it('[MP13] while publications come and go has the state of the room, on any node', async () => {
    const { one, two, book, roomId, redis, keys, published } = await mediaRoom(harness);
    let done = false;
    const changing = (async () => {
      for (let i = 0; i < 60; i += 1) {
        await published(`p${i}`, `u${i % 5}`, i % 2 ? 'camera' : 'screen', { on: i % 3 ? one : two });
        if (i % 4 === 0) await book.setPaused(roomId, `p${i}`, true);
        if (i % 7 === 0) await book.unpublish(roomId, `p${i}`, 'ended');
      }
      done = true;
    })();
    const clients = [];
    while (!done) {
      const client = await harness.join(clients.length % 2 ? one : two, roomId, 'guest');
      clients.push({ client, joined: await client.must('room:join', { roomId }) });
    }
    await changing;
    expect(clients.length).toBeGreaterThan(1);
    const entries = (await redis.hvals(keys.publications)).map(
      (json) => JSON.parse(json) as { publication: Publication },
    );
    const state = byId(entries.map(({ publication }) => publication));
    expect(state.length).toBeGreaterThan(3);
    for (const { client, joined } of clients)
      await eventually(() => expect(folded(joined, client.events())).toEqual(state));
  });
});

describe('on a cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(() => cluster.close());

  it('[MP14] every script works on every shard', async () => {
    const time = new TestTime();
    const node: TestNode = await harness.node({ time, redisUrl: cluster.url });
    const { media, streamKeys } = node.core.stores;
    const shards = new Set<number>();
    while (shards.size < 3) {
      const roomId = await harness.room(node);
      const keys = node.core.keys.room(roomId);
      const shard = (await cluster.nodeOf(keys.head)).port;
      if (shards.has(shard)) continue;
      shards.add(shard);
      const op = (n: number) => ({
        actor: 'host',
        opId: `cluster-op-${n}`,
        fingerprint: '',
        tokenRole: 'host' as const,
      });
      const made = await streamKeys.create(roomId, op(1), { name: 'Host', label: 'OBS' });
      const { key, secret } = made.ok ? made.data : { key: undefined, secret: null };
      const holder = await streamKeys.verify(roomId, secret ?? '');
      expect(holder).toEqual({ keyId: key?.keyId, userId: 'host', name: 'Host', isHost: true, roomId });
      const by = { nodeId: 'n', keyId: holder?.keyId ?? '' };
      await media.publish(roomId, draft('p1', 'host', 'encoder-video'), by);
      await media.publish(roomId, draft('p2', 'host', 'screen'), { nodeId: 'n' });
      await media.setPaused(roomId, 'p1', true);
      await media.aligned(roomId, { publicationId: 'p1', rtpTimestamp: 1, clockRate: 90_000, senderMs: 1 });
      expect(await media.renew(roomId, 'n', ['p1', 'p2', 'p3'])).toEqual(['p3']);
      expect(await media.unpublish(roomId, 'p2', 'ended')).toBe(true);
      await media.endLeases(roomId, ['p1', 'p2']);
      expect(await streamKeys.list(roomId)).toHaveLength(1);
      expect(await streamKeys.revoke(roomId, op(2), by.keyId)).toMatchObject({ ok: true });
      expect(await media.origin(roomId, 'p1')).toBeUndefined();
      expect((await checkRoom(node.core.redis, node.core.keys, roomId)).violations).toEqual([]);
    }
  });
});
