import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatSnapshot } from '../../../shared/plays/chat/contract.ts';
import type { Joined } from '../../../shared/plays/room/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, type TestNode, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';

const harness = useCheckedHarness();
const refused = (code: string) => ({ ok: false, error: { code } });

async function stage(withTime = false) {
  const time = new TestTime();
  const node = await harness.node(withTime ? { time } : {});
  const roomId = await harness.room(node);
  return { time, node, roomId };
}

let messages = 0;
function say(node: TestNode, roomId: string, text: string) {
  messages += 1;
  const messageId = `m_${messages}`;
  const draft = { messageId, userId: 'cy', name: 'Cy', role: 'viewer' as const, text, mentions: [] };
  return node.core.stores.chat.say(roomId, { actor: 'cy', opId: opId(), fingerprint: '' }, draft, null);
}

function feature(node: TestNode, roomId: string, productId: string | null) {
  return node.core.stores.shelf.feature(roomId, { actor: 'cy', opId: opId(), fingerprint: '' }, productId);
}

const sayings = (joined: Joined): string[] =>
  (joined.snapshot.chat as ChatSnapshot).messages.map(({ text }) => text);
const heard = (client: TestClient): string[] =>
  client.events('chat:said').map(({ data }) => (data as ChatMessage).text);

async function visitor(node: TestNode, roomId: string, userId: string): Promise<TestClient> {
  return harness.connect(node, await node.token({ userId, room: roomId, role: 'moderator' }));
}

describe('joining', () => {
  it('[RM7] answers with the state of every play, who you are and what time it is', async () => {
    const { time, node, roomId } = await stage(true);
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const { session } = await host.must('room:start-session', { opId: opId(), title: 'Autumn' });
    const { sale } = await host.must('flash-sale:schedule', {
      ...{ opId: opId(), productId: 'p1', priceMinor: 5900, stock: 3, opensInMs: 0 },
      guard: 'none',
    });
    const said = await host.must('chat:say', { opId: opId(), text: 'welcome' });
    const ana = await harness.connect(node, await node.token({ userId: 'ana', name: 'Ana ', room: roomId }));
    const joined = await ana.must('room:join', { roomId });
    const { order } = await ana.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
    await eventually(() => expect(ana.events('flash-sale:stock-changed')).toHaveLength(1));
    const again = await ana.must('room:join', { roomId });
    expect(joined).toMatchObject({
      ...{ roomId, seq: said.seq, seqAtMs: time.nowMs, serverNowMs: time.nowMs, session },
      you: {
        ...{ userId: 'ana', name: 'Ana', role: 'viewer' },
        plays: { 'flash-sale': { taken: {}, waiting: {} }, order: { orders: [] } },
      },
      snapshot: {
        room: { room: { roomId, title: 'A room' }, session },
        shelf: { products: [{ productId: 'p1' }], featuredProductId: null },
        chat: { messages: [said.message], pinned: null },
        'flash-sale': { sales: [{ saleId: sale.saleId, phase: 'open', available: 3 }] },
      },
    });
    expect(again.you.plays['flash-sale']).toEqual({ taken: { [sale.saleId]: 1 }, waiting: {} });
    expect(again.you.plays.order).toEqual({ orders: [order] });
    expect(again.seq).toBe(said.seq + 1);
  });

  it('[RM7] a new room is at seq 0 and of no time', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node, []);
    const guest = await harness.connect(node);
    expect(await guest.must('room:join', { roomId })).toMatchObject({
      ...{ seq: 0, seqAtMs: 0, session: null },
      you: { role: 'guest', name: 'Guest' },
    });
  });

  it('[RM8] whoever joins in the middle of it gets every message once, from the state or from a frame', async () => {
    const { node, roomId } = await stage();
    const other = await harness.node();
    const visitors = await Promise.all(
      Array.from({ length: 12 }, (_, i) => visitor(i % 2 ? node : other, roomId, `user-${i}`)),
    );
    const all = Array.from({ length: 120 }, (_, i) => `message ${i}`);
    const joined = new Map<TestClient, Joined>();
    const joining: Promise<unknown>[] = [];
    for (const [i, text] of all.entries()) {
      const client = i % 10 === 5 ? visitors[Math.floor(i / 10)] : undefined;
      if (client)
        joining.push(client.must('room:join', { roomId }).then((state) => joined.set(client, state)));
      await say(i % 3 ? node : other, roomId, text);
    }
    await Promise.all(joining);
    for (const client of visitors) {
      const state = joined.get(client) as Joined;
      await eventually(() =>
        expect(client.events('chat:said').at(-1)?.data).toMatchObject({ text: all.at(-1) }),
      );
      const fresh = client.events('chat:said').filter(({ seq }) => seq > state.seq);
      const texts = [...sayings(state), ...fresh.map(({ data }) => (data as ChatMessage).text)];
      expect(texts).toEqual(all);
      // No gap between the state and the first frame, nor between frames.
      for (const [i, frame] of client.frames.entries()) {
        const before = i === 0 ? state.seq : (client.frames[i - 1]?.toSeq ?? 0);
        expect(frame.fromSeq).toBeLessThanOrEqual(before + 1);
      }
    }
  });

  it('[RM11] another room leaves the first', async () => {
    const { node, roomId } = await stage();
    const second = await harness.room(node);
    const token = await node.token({ userId: 'ana', room: '*' });
    const ana = await harness.connect(node, token);
    await ana.must('room:join', { roomId });
    await ana.must('room:join', { roomId: second });
    await say(node, roomId, 'to the first');
    await say(node, second, 'to the second');
    await eventually(() => expect(heard(ana)).toEqual(['to the second']));
    expect(ana.frames.every((frame) => frame.roomId === second)).toBe(true);
    expect((await ana.must('chat:say', { opId: opId(), text: 'here' })).message.userId).toBe('ana');
    expect(
      sayings(await (await visitor(node, second, 'bo')).must('room:join', { roomId: second })),
    ).toContain('here');
  });

  it('[RM11] [RM13] a room that does not exist is not followed, and the caller stays where they are', async () => {
    const { node, roomId } = await stage();
    const ana = await harness.connect(node, await node.token({ userId: 'ana', room: '*' }));
    await ana.must('room:join', { roomId });
    for (const call of [
      () => ana.call('room:join', { roomId: 'nowhere' }),
      () => ana.call('room:resume', { roomId: 'nowhere', afterSeq: 0 }),
    ]) {
      expect(await call()).toMatchObject(refused('ROOM_NOT_FOUND'));
    }
    expect(node.core.hub.get('nowhere')).toBeUndefined();
    const { masters } = harness.redis;
    const followed = (await Promise.all(masters.map((master) => master.pubsub('SHARDCHANNELS')))).flat();
    expect(followed).toContain(node.core.keys.room(roomId).events);
    expect(followed).not.toContain(node.core.keys.room('nowhere').events);
    await say(node, roomId, 'still here');
    await eventually(() => expect(heard(ana)).toEqual(['still here']));
  });

  it('[RM12] after leaving nothing arrives and nothing can be done', async () => {
    const { node, roomId } = await stage();
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    const bo = await harness.join(node, roomId, { userId: 'bo' });
    expect(await ana.must('room:leave', {})).toEqual({});
    expect(await ana.must('room:leave', {})).toEqual({});
    await say(node, roomId, 'without ana');
    await eventually(() => expect(heard(bo)).toEqual(['without ana']));
    expect(await ana.call('chat:say', { opId: opId(), text: 'hello?' })).toMatchObject(
      refused('NOT_IN_ROOM'),
    );
    expect(ana.frames).toEqual([]);
    const back = await ana.must('room:join', { roomId });
    expect(sayings(back)).toEqual(['without ana']);
  });

  it('[RM14] the clock can be asked anywhere', async () => {
    const { time, node, roomId } = await stage(true);
    const guest = await harness.connect(node);
    expect(await guest.must('room:clock', {})).toEqual({ serverNowMs: time.nowMs });
    time.advance(1234);
    await guest.must('room:join', { roomId });
    expect(await guest.must('room:clock', {})).toEqual({ serverNowMs: time.nowMs });
  });
});

describe('resuming', () => {
  it('[RM9] gives exactly what was missed, and joins', async () => {
    const { node, roomId } = await stage();
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    await say(node, roomId, 'seen');
    await eventually(() => expect(ana.events('chat:said')).toHaveLength(1));
    const last = ana.events().at(-1);
    if (!last) throw new Error('nothing was seen');
    ana.close();
    await say(node, roomId, 'missed 1');
    for (const productId of ['p1', null, 'p1']) await feature(node, roomId, productId);
    await say(node, roomId, 'missed 2');

    const back = await visitor(node, roomId, 'ana');
    const resumed = await back.must('room:resume', { roomId, afterSeq: last.seq, afterAtMs: last.atMs });
    expect(resumed).toMatchObject({
      ...{ kind: 'events', roomId, seq: last.seq + 5, you: { userId: 'ana', plays: { chat: {} } } },
      events: [
        { seq: last.seq + 1, name: 'chat:said', data: { text: 'missed 1' } },
        { seq: last.seq + 4, name: 'shelf:product-featured', data: { productId: 'p1' } },
        { seq: last.seq + 5, name: 'chat:said', data: { text: 'missed 2' } },
      ],
    });
    expect((resumed as { events: unknown[] }).events).toHaveLength(3);
    await say(node, roomId, 'live again');
    await eventually(() => expect(heard(back)).toContain('live again'));
    expect(await back.must('room:resume', { roomId, afterSeq: last.seq + 6 })).toMatchObject({
      ...{ kind: 'events', seq: last.seq + 6, events: [] },
    });
  });

  it('[RM10] gives the whole state where the log does not reach back', async () => {
    const { node, roomId } = await stage();
    for (let i = 1; i <= 5; i += 1) await say(node, roomId, `message ${i}`);
    await harness.redis.client.xtrim(node.core.keys.room(roomId).events, 'MAXLEN', 2);
    const ana = await visitor(node, roomId, 'ana');
    const resumed = await ana.must('room:resume', { roomId, afterSeq: 1 });
    if (resumed.kind !== 'snapshot') throw new Error('expected the whole state');
    expect(sayings(resumed.joined)).toEqual([1, 2, 3, 4, 5].map((i) => `message ${i}`));
  });

  it('[RM10] gives the whole state after more than a thousand events', async () => {
    const { node, roomId } = await stage();
    await Promise.all(Array.from({ length: 1001 }, (_, i) => say(node, roomId, `message ${i}`)));
    const ana = await visitor(node, roomId, 'ana');
    const seq = (await ana.must('room:join', { roomId })).seq;
    const nearer = await ana.must('room:resume', { roomId, afterSeq: seq - 1000 });
    expect(nearer.kind === 'events' && nearer.events.length).toBe(1000);
    const further = await ana.must('room:resume', { roomId, afterSeq: seq - 1001 });
    expect(further).toMatchObject({ kind: 'snapshot', joined: { seq } });
  });

  it('[RM10] gives the whole state when the log has another event there, or does not go that far', async () => {
    const { node, roomId } = await stage();
    const said = await say(node, roomId, 'after the crash');
    if (!said.ok) throw new Error(said.code);
    const { seq, message } = said.data;
    const ana = await visitor(node, roomId, 'ana');
    const ask = async (afterSeq: number, afterAtMs: number): Promise<string> =>
      (await ana.must('room:resume', { roomId, afterSeq, afterAtMs })).kind;
    expect(await ask(seq, message.atMs)).toBe('events');
    expect(await ask(seq, message.atMs - 1)).toBe('snapshot');
    expect(await ask(seq + 1, message.atMs)).toBe('snapshot');
  });
});
