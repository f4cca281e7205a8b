import { describe, expect, it } from 'vitest';
import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';

const harness = useCheckedHarness();
const refused = (code: string, path?: string) => ({
  ok: false,
  error: path === undefined ? { code } : { code, path },
});
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/** Two nodes, a room, its host on the one and a viewer on the other. */
async function stage() {
  const time = new TestTime();
  const node = await harness.node({ time });
  const other = await harness.node({ time });
  const roomId = await harness.room(node, []);
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  const viewer = await harness.join(other, roomId, { userId: 'ana' });
  const rooms = node.core.stores.room;
  const info = async () => (await rooms.read(roomId))?.room as RoomInfo;
  const { meta } = node.core.keys.room(roomId);
  return { time, node, other, roomId, host, viewer, rooms, info, meta };
}

const changes = (client: TestClient): RoomInfo[] =>
  client.events('room:changed').map(({ data }) => (data as { room: RoomInfo }).room);

describe('changing a room', () => {
  it('[RM18] the host changes what people see of it, and everyone is told, on every node', async () => {
    const { time, host, viewer, info } = await stage();
    const before = await info();
    const startsAtMs = time.nowMs + DAY_MS;
    const { room } = await host.must('room:change', {
      ...{ opId: opId(), title: ' Linen\u202e  House "2" ', hostName: 'Lin', sellerContact: '' },
      ...{ startsAtMs, replayUrl: 'https://cdn.example/a/summer.m3u8?sig=1' },
    });
    expect(room).toEqual({
      ...{ ...before, title: 'Linen House "2"', hostName: 'Lin', sellerContact: '', startsAtMs },
      replayUrl: 'https://cdn.example/a/summer.m3u8?sig=1',
    });
    expect(await info()).toEqual(room);
    await eventually(() => expect(changes(viewer)).toEqual([room]));
    const { room: less } = await host.must('room:change', { opId: opId(), startsAtMs: null });
    expect(less).toEqual({ ...room, startsAtMs: null });
    await eventually(() => expect(changes(viewer)).toEqual([room, less]));
  });

  it('[RM18] once an opId, whatever has become of the room; saying what is so tells nobody', async () => {
    const { time, host, viewer, info } = await stage();
    const first = { opId: opId(), title: 'One', startsAtMs: time.nowMs };
    const twins = await Promise.all([host.must('room:change', first), host.must('room:change', first)]);
    expect(twins[0].room).toEqual(twins[1].room);
    const { room: second } = await host.must('room:change', { opId: opId(), title: 'Two' });
    // A retry that comes when the planned time is long over still gets the first result, and changes nothing.
    time.advance(10 * MINUTE_MS);
    expect((await host.must('room:change', first)).room).toEqual(twins[0].room);
    expect(await host.call('room:change', { ...first, title: 'Three' })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    expect(await info()).toEqual(second);
    await host.must('room:change', { opId: opId(), title: 'Two' });
    const { room: last } = await host.must('room:change', { opId: opId(), title: 'Last' });
    await eventually(() => expect(changes(viewer)).toEqual([twins[0].room, second, last]));
  });

  it('[RM18] keeps every field of changes that come at once, from the host and over HTTP', async () => {
    const { host, rooms, roomId, info } = await stage();
    await Promise.all([
      host.must('room:change', { opId: opId(), title: 'By the host' }),
      host.must('room:change', { opId: opId(), hostName: 'Mei' }),
      rooms.update(roomId, { sellerContact: 'by the shop' }, '@shop'),
      rooms.update(roomId, { checkoutUrl: 'https://shop.example/?{ref}' }, '@shop'),
      rooms.update(roomId, { simulated: 7 }, '@audience'),
    ]);
    expect(await info()).toMatchObject({
      ...{ title: 'By the host', hostName: 'Mei', sellerContact: 'by the shop', simulated: 7 },
      checkoutUrl: 'https://shop.example/?{ref}',
    });
  });

  it('[RM18] is for the host alone', async () => {
    const { node, roomId, viewer, info } = await stage();
    const before = await info();
    for (const role of ['cohost', 'moderator'] as const) {
      const client = await harness.join(node, roomId, { userId: role, role });
      expect(await client.call('room:change', { opId: opId(), title: 'Mine' })).toMatchObject(
        refused('FORBIDDEN'),
      );
    }
    expect(await viewer.call('room:change', { opId: opId(), title: 'Mine' })).toMatchObject(
      refused('FORBIDDEN'),
    );
    expect(await info()).toEqual(before);
  });

  it.each([
    [{}, ''],
    [{ title: '' }, 'title'],
    [{ title: '\u200b\u202e' }, 'title'],
    [{ title: 'x'.repeat(81) }, 'title'],
    [{ hostName: 'x'.repeat(25) }, 'hostName'],
    // Eighteen letters once they are written out.
    [{ hostName: '\ufdfa\ufdfa' }, 'hostName'],
    [{ sellerContact: 'x'.repeat(201) }, 'sellerContact'],
    [{ sellerContact: null }, 'sellerContact'],
    [{ startsAtMs: 'tomorrow' }, 'startsAtMs'],
    [{ startsAtMs: 1.5 }, 'startsAtMs'],
    [{ replayUrl: '' }, 'replayUrl'],
    [{ replayUrl: 'http://cdn.example/a.mp4' }, 'replayUrl'],
    [{ replayUrl: 'javascript:alert(1)//a.mp4' }, 'replayUrl'],
    [{ replayUrl: '//cdn.example/a.mp4' }, 'replayUrl'],
    [{ replayUrl: '/\\cdn.example/a.mp4' }, 'replayUrl'],
    [{ replayUrl: 'https://ana:secret@cdn.example/a.mp4' }, 'replayUrl'],
    [{ replayUrl: 'https://cdn.example/watch?v=a.mp4' }, 'replayUrl'],
    [{ replayUrl: 'https://cdn.example/a.mp4 ' }, 'replayUrl'],
    [{ replayUrl: `https://cdn.example/${'a'.repeat(500)}.mp4` }, 'replayUrl'],
    [{ simulated: 3 }, 'simulated'],
    [{ demo: true }, 'demo'],
    [{ checkoutUrl: null }, 'checkoutUrl'],
    [{ roomId: 'other' }, 'roomId'],
  ])('[RM19] %j is refused, by name', async (fields, path) => {
    const { host, info } = await stage();
    const before = await info();
    expect(await host.raw('room:change', { opId: opId(), ...fields })).toMatchObject(
      refused('INVALID_PAYLOAD', path),
    );
    expect(await info()).toEqual(before);
  });

  it.each([
    ['https://cdn.example/a.mp4'],
    ['https://cdn.example:8443/a%20b/SHOW.MP4'],
    ['https://cdn.example/a.webm?token=a.b&x=1#t=3'],
    ['/recordings/summer.m3u8'],
  ])('[RM19] a replay may be at %s', async (replayUrl) => {
    const { host } = await stage();
    expect((await host.must('room:change', { opId: opId(), replayUrl })).room.replayUrl).toBe(replayUrl);
  });

  it('[RM19] a show is planned for a time that is to come, within 90 days', async () => {
    const { time, host, info } = await stage();
    const plan = (inMs: number) => host.call('room:change', { opId: opId(), startsAtMs: time.nowMs + inMs });
    for (const inMs of [-MINUTE_MS - 1, 90 * DAY_MS + 1]) {
      expect(await plan(inMs)).toMatchObject(refused('INVALID_PAYLOAD', 'startsAtMs'));
    }
    expect((await info()).startsAtMs).toBeNull();
    for (const inMs of [-MINUTE_MS, 90 * DAY_MS]) {
      expect((await plan(inMs)).ok).toBe(true);
      expect((await info()).startsAtMs).toBe(time.nowMs + inMs);
    }
  });
});

describe('a planned show', () => {
  it.each([
    ['comes within the hour', 60 * MINUTE_MS, true],
    ['was to begin some time ago', -MINUTE_MS, true],
    ['is for later', 60 * MINUTE_MS + 1, false],
  ])('[RM20] that %s: going live ends the plan or leaves it', async (_what, inMs, ended) => {
    const { time, host, viewer, info } = await stage();
    // A text that looks like the field is none.
    const title = 'He said "startsAtMs":5 \\"startsAtMs\\":6';
    const startsAtMs = time.nowMs + inMs;
    const { room } = await host.must('room:change', { opId: opId(), title, startsAtMs });
    const start = { opId: opId(), title: 'Summer' };
    await host.must('room:start-session', start);
    const after = { ...room, startsAtMs: ended ? null : startsAtMs };
    expect(await info()).toEqual(after);
    await host.must('room:start-session', start);
    await eventually(() => expect(viewer.events('room:session-started')).toHaveLength(1));
    expect(changes(viewer)).toEqual(ended ? [room, after] : [room]);
  });

  it('[RM20] a start that is refused leaves the plan', async () => {
    const { time, host, info } = await stage();
    await host.must('room:start-session', { opId: opId(), title: 'Summer' });
    const startsAtMs = time.nowMs + MINUTE_MS;
    await host.must('room:change', { opId: opId(), startsAtMs });
    expect(await host.call('room:start-session', { opId: opId(), title: 'Again' })).toMatchObject(
      refused('SESSION_RUNNING'),
    );
    expect((await info()).startsAtMs).toBe(startsAtMs);
  });
});

it('[RM21] a room that an older version made has nothing planned, and can be changed', async () => {
  const { node, roomId, host, rooms, info, meta } = await stage();
  const { simulated: _s, startsAtMs: _p, replayUrl: _r, checkoutUrl: _c, ...old } = await info();
  await harness.redis.client.hset(meta, 'info', JSON.stringify(old));
  const now = { ...old, checkoutUrl: null, simulated: 0, startsAtMs: null, replayUrl: null };
  expect(await info()).toEqual(now);
  expect((await rooms.list(100, undefined)).rooms.map(({ room }) => room)).toContainEqual(now);
  await host.must('room:start-session', { opId: opId(), title: 'Summer' });
  const viewer = await harness.connect(node, await node.token({ userId: 'bo', room: roomId }));
  expect((await viewer.must('room:join', { roomId })).snapshot.room).toMatchObject({ room: now });
  expect((await host.must('room:change', { opId: opId(), title: 'New' })).room).toEqual({
    ...now,
    title: 'New',
  });
});
