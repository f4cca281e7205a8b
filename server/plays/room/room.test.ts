import { describe, expect, it } from 'vitest';
import { type RoomInfo, roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, type TestNode, TestTime } from '../../testing/harness.ts';
import type { RoomPage } from './room.store.ts';

const harness = useCheckedHarness();

const refused = (code: string) => ({ ok: false, error: { code } });
const info = (roomId: string, more: Partial<RoomInfo> = {}): RoomInfo => ({
  roomId,
  title: 'Linen house',
  hostName: 'Mei',
  sellerContact: 'mei@example.com',
  currency: 'EUR',
  timeZone: 'Europe/Vienna',
  checkoutUrl: null,
  demo: false,
  simulated: 0,
  startsAtMs: null,
  replayUrl: null,
  createdAtMs: 1_900_000_000_000,
  ...more,
});

async function stage() {
  const time = new TestTime();
  const node = await harness.node({ time });
  return { time, node, rooms: node.core.stores.room };
}

async function facts(node: TestNode, roomId: string): Promise<Record<string, unknown>[]> {
  const entries = await harness.redis.client.xrange(node.core.keys.room(roomId).ledger, '-', '+');
  return entries.map(([id, fields]) => {
    const at = (name: string): string => fields[fields.indexOf(name) + 1] as string;
    return {
      id,
      kind: at('kind'),
      actor: at('actor'),
      op: at('op'),
      at: Number(at('at')),
      data: JSON.parse(at('data')),
    };
  });
}

describe('rooms', () => {
  it('[RM1] are made once and can be read', async () => {
    const { rooms } = await stage();
    const room = info('linen');
    expect(await rooms.read('linen')).toBeUndefined();
    expect(await rooms.exists('linen')).toBe(false);
    expect(await rooms.create(room, 'api')).toEqual({ ok: true, data: room });
    expect(await rooms.read('linen')).toEqual({ room, session: null, viewers: 0 });
    expect(await rooms.exists('linen')).toBe(true);
    const again = await rooms.create(info('linen', { title: 'Somebody else' }), 'api');
    expect(again).toMatchObject({ ok: false, code: 'ROOM_EXISTS' });
    expect((await rooms.read('linen'))?.room).toEqual(room);
    expect((await rooms.list(10, undefined)).rooms).toEqual([{ room, session: null, viewers: 0 }]);
  });

  it('[RM1] of many that are made at once with one id, one is', async () => {
    const { rooms } = await stage();
    const titles = Array.from({ length: 10 }, (_, i) => `title ${i}`);
    const made = await Promise.all(titles.map((title) => rooms.create(info('race', { title }), 'api')));
    expect(made.filter(({ ok }) => ok)).toHaveLength(1);
    const winner = made.findIndex(({ ok }) => ok);
    expect((await rooms.read('race'))?.room.title).toBe(`title ${winner}`);
  });

  it('[RM2] are listed newest first, in pages', async () => {
    const { rooms } = await stage();
    for (let i = 1; i <= 7; i += 1) await rooms.create(info(`room-${i}`, { createdAtMs: i }), 'api');
    const seen: string[] = [];
    let cursor: string | undefined;
    const sizes: number[] = [];
    do {
      const page: RoomPage = await rooms.list(3, cursor);
      sizes.push(page.rooms.length);
      seen.push(...page.rooms.map(({ room }) => room.roomId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(sizes).toEqual([3, 3, 1]);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map((i) => `room-${i}`));
    expect(await rooms.list(7, undefined)).toMatchObject({ nextCursor: null });
  });

  it('[RM3] keep every field of concurrent changes, and tell who is there', async () => {
    const { node, rooms } = await stage();
    const roomId = await harness.room(node);
    const guest = await harness.join(node, roomId, 'guest');
    const changes = [{ title: 'New title' }, { hostName: 'New host' }, { sellerContact: 'new@example.com' }];
    const outcomes = await Promise.all(changes.map((change) => rooms.update(roomId, change, 'api')));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect((await rooms.read(roomId))?.room).toMatchObject(Object.assign({}, ...changes));
    await eventually(() => expect(guest.events('room:changed')).toHaveLength(3));
    const last = guest.events('room:changed').at(-1)?.data as { room: unknown };
    expect(roomInfoSchema.parse(last.room)).toEqual((await rooms.read(roomId))?.room);
    expect(await rooms.update('nowhere', { title: 'x' }, 'api')).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    expect(await rooms.read('nowhere')).toBeUndefined();
  });

  it('[RM3] tell nobody of a change that changes nothing, whoever makes it', async () => {
    const { node, rooms } = await stage();
    const roomId = await harness.room(node);
    const room = (await rooms.read(roomId))?.room;
    const { head } = node.core.keys.room(roomId);
    const seq = () => harness.redis.client.hget(head, 'seq');
    const before = await seq();
    const op = () => ({ actor: 'host', opId: opId(), fingerprint: '' });
    const same = [{}, { title: room?.title ?? '' }, { replayUrl: null, hostName: room?.hostName ?? '' }];
    for (const patch of same) {
      expect(await rooms.update(roomId, patch, 'api')).toEqual({ ok: true, data: room });
      expect(await rooms.change(roomId, op(), patch)).toMatchObject({ ok: true, data: room });
    }
    expect(await seq()).toBe(before);
    expect(await rooms.update(roomId, { title: 'Another' }, 'api')).toMatchObject({ ok: true });
    expect(await seq()).not.toBe(before);
  });
});

describe('sessions', () => {
  it('[RM4] start once and end once, whatever is repeated', async () => {
    const { time, node } = await stage();
    const roomId = await harness.room(node);
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const cohost = await harness.join(node, roomId, { userId: 'co', role: 'cohost' });
    const start = { opId: opId(), title: ' Autumn "linen" \\ ünïcode 🧵 ' };
    const [first, twin] = await Promise.all([
      host.must('room:start-session', start),
      host.must('room:start-session', start),
    ]);
    expect(first.session).toMatchObject({ title: 'Autumn "linen" \\ ünïcode 🧵', startedAtMs: time.nowMs });
    expect(twin).toEqual(first);
    expect(await host.call('room:start-session', { ...start, title: 'Other' })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    expect(await cohost.call('room:start-session', { ...start, opId: opId() })).toMatchObject(
      refused('SESSION_RUNNING'),
    );
    expect(await node.core.stores.room.read(roomId)).toMatchObject({ session: first.session });

    time.advance(60_000);
    const end = { opId: opId() };
    const ended = await cohost.must('room:end-session', end);
    expect(ended).toEqual({ endedAtMs: time.nowMs });
    time.advance(1000);
    expect(await cohost.must('room:end-session', end)).toEqual(ended);
    expect(await host.call('room:end-session', { opId: opId() })).toMatchObject(refused('NO_SESSION'));
    expect(await host.call('room:end-session', { opId: start.opId })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    // A late retry of the start does not start another.
    expect(await host.must('room:start-session', start)).toEqual(first);
    expect((await node.core.stores.room.read(roomId))?.session).toBeNull();
    // A count of viewers comes by the clock of the node, now and then.
    const told = () => host.events().filter(({ name }) => name !== 'room:presence-changed');
    await eventually(() => expect(told()).toHaveLength(2));
    const { sessionId } = first.session;
    expect(told()).toMatchObject([
      { name: 'room:session-started', data: { session: first.session } },
      { name: 'room:session-ended', data: { sessionId, endedAtMs: ended.endedAtMs } },
    ]);
  });

  it('[RM5] leave facts, refusals and retries none', async () => {
    const { time, node } = await stage();
    const roomId = await harness.room(node, []);
    const madeAtMs = time.nowMs;
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    time.advance(1000);
    const start = { opId: opId(), title: 'Autumn' };
    const { session } = await host.must('room:start-session', start);
    await host.must('room:start-session', start);
    await host.call('room:start-session', { opId: opId(), title: 'Again' });
    time.advance(1000);
    const end = { opId: opId() };
    const { endedAtMs } = await host.must('room:end-session', end);
    await host.call('room:end-session', { opId: opId() });
    const room = (await node.core.stores.room.read(roomId))?.room;
    expect(await facts(node, roomId)).toEqual([
      { id: '1-0', kind: 'room-created', actor: 'tests', op: '', at: madeAtMs, data: room },
      {
        id: '2-0',
        kind: 'session-started',
        actor: 'host',
        op: start.opId,
        at: madeAtMs + 1000,
        data: session,
      },
      {
        ...{ id: '3-0', kind: 'session-ended', actor: 'host', op: end.opId, at: madeAtMs + 2000 },
        data: { sessionId: session.sessionId, endedAtMs },
      },
    ]);
  });

  it('[RM23] leave the time of the last end to whoever comes later, until the next one starts', async () => {
    const { time, node } = await stage();
    const other = await harness.node({ time });
    const roomId = await harness.room(node);
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const guest = await harness.connect(other);
    const untilLastEnd = (endedAtMs: number | null) =>
      eventually(async () => {
        const { snapshot } = await guest.must('room:join', { roomId });
        expect(snapshot.room).toMatchObject({ endedAtMs });
      });
    await untilLastEnd(null);
    await host.must('room:start-session', { opId: opId(), title: 'Autumn' });
    await untilLastEnd(null);
    time.advance(60_000);
    const { endedAtMs } = await host.must('room:end-session', { opId: opId() });
    time.advance(5_000);
    await untilLastEnd(endedAtMs);
    // A refused end is none.
    await host.call('room:end-session', { opId: opId() });
    await untilLastEnd(endedAtMs);
    await host.must('room:start-session', { opId: opId(), title: 'Winter' });
    await untilLastEnd(null);
  });

  it('[RM6] are for the host and cohosts', async () => {
    const { node } = await stage();
    const roomId = await harness.room(node);
    for (const role of ['moderator', 'viewer'] as const) {
      const client = await harness.join(node, roomId, { userId: role, role });
      const start = await client.call('room:start-session', { opId: opId(), title: 'Mine' });
      expect(start).toMatchObject(refused('FORBIDDEN'));
      expect(await client.call('room:end-session', { opId: opId() })).toMatchObject(refused('FORBIDDEN'));
    }
    const guest = await harness.join(node, roomId, 'guest');
    const start = await guest.call('room:start-session', { opId: opId(), title: 'Mine' });
    expect(start).toMatchObject(refused('UNAUTHENTICATED'));
    expect((await node.core.stores.room.read(roomId))?.session).toBeNull();
  });
});
