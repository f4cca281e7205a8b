import { afterAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../shared/kernel/ack.ts';
import type { ChatMessage, ChatSnapshot } from '../../shared/plays/chat/contract.ts';
import type { Joined } from '../../shared/plays/room/contract.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, useHarness } from '../testing/harness.ts';
import { watchRedis } from '../testing/redis-commands.ts';

const harness = useHarness();
const config = { chatPerSecond: 10_000, tickMs: 10, commandsBurstPerAddress: 100_000 };

const writers: { stop: boolean }[] = [];
afterAll(() => {
  for (const writer of writers) writer.stop = true;
});

/** Says something without a pause, on all nodes in turn, until stopped. Resolves with the texts in order. */
function writing(nodes: readonly TestNode[], roomId: string): { finish(): Promise<string[]> } {
  const state = { stop: false };
  writers.push(state);
  const run = async (): Promise<string[]> => {
    const texts: string[] = [];
    for (let i = 0; !state.stop; i += 1) {
      const text = `line ${i}`;
      const said = await (nodes[i % nodes.length] as TestNode).core.stores.chat.say(
        roomId,
        { actor: 'ana', opId: opId(), fingerprint: 'f' },
        { messageId: opId(), userId: 'ana', name: 'Ana', role: 'viewer', text, mentions: [] },
        null,
      );
      if (!said.ok) throw new Error(said.code);
      texts.push(text);
    }
    return texts;
  };
  const running = run();
  return {
    finish: () => {
      state.stop = true;
      return running;
    },
  };
}

const textsOf = (messages: readonly ChatMessage[]): string[] => messages.map(({ text }) => text);
const chatOf = (joined: Joined): string[] => textsOf((joined.snapshot.chat as ChatSnapshot).messages);

/** What a client knows that starts from this state and applies what frames bring. Fails on a gap. */
function follow(joined: Joined, frames: readonly Frame[]): { seq: number; texts: string[] } {
  const texts = chatOf(joined);
  let { seq } = joined;
  for (const frame of frames) {
    if (frame.toSeq <= seq) continue;
    expect(frame.fromSeq).toBeLessThanOrEqual(seq + 1);
    for (const event of frame.events) {
      if (event.seq > seq && event.name === 'chat:said') texts.push((event.data as ChatMessage).text);
    }
    seq = frame.toSeq;
  }
  return { seq, texts };
}

describe('the state of a room', () => {
  it('[KN28] is of one moment: seq, time and all plays agree while others write', async () => {
    const node = await harness.node({ config });
    const roomId = await harness.room(node);
    const { events } = node.core.keys.room(roomId);
    const clients = await Promise.all(
      Array.from({ length: 10 }, (_, i) => harness.join(node, roomId, { userId: `viewer-${i}` })),
    );
    const writer = writing([node], roomId);
    const states: Joined[] = [];
    for (let round = 0; round < 8; round += 1) {
      states.push(...(await Promise.all(clients.map((client) => client.must('room:join', { roomId })))));
    }
    await writer.finish();
    const log = (await harness.redis.client.xrange(events, '-', '+')).map(
      ([, fields]) =>
        JSON.parse(fields[1] as string) as { seq: number; name: string; atMs: number; data: ChatMessage },
    );
    expect(new Set(states.map(({ seq }) => seq)).size).toBeGreaterThan(3);
    for (const joined of states) {
      const until = log.filter(({ seq }) => seq <= joined.seq);
      const said = until.filter(({ name }) => name === 'chat:said').map(({ data }) => data);
      expect(chatOf(joined)).toEqual(textsOf(said.slice(-200)));
      expect(joined.seqAtMs).toBe(until.at(-1)?.atMs);
    }
  });

  it('[KN29] and the frames after it leave no gap, whenever somebody joins', async () => {
    const nodes = [await harness.node({ config }), await harness.node({ config })];
    const roomId = await harness.room(nodes[0] as TestNode);
    const writer = writing(nodes, roomId);
    const joiners = [];
    for (let wave = 0; wave < 8; wave += 1) {
      const arriving = Array.from({ length: 10 }, async (_, i) => {
        const node = nodes[i % 2] as TestNode;
        const token = await node.token({ userId: `viewer-${wave}-${i}`, room: roomId });
        const client = await harness.connect(node, token);
        return { client, joined: await client.must('room:join', { roomId }) };
      });
      joiners.push(...(await Promise.all(arriving)));
    }
    const texts = await writer.finish();
    const head = Number(
      await harness.redis.client.hget((nodes[0] as TestNode).core.keys.room(roomId).head, 'seq'),
    );
    for (const { client, joined } of joiners) {
      const known = await eventually(() => {
        const state = follow(joined, client.frames);
        expect(state.seq).toBeGreaterThanOrEqual(head);
        return state.texts;
      });
      expect(known.slice(-200)).toEqual(texts.slice(-200));
      expect(known).toEqual(texts.slice(texts.length - known.length));
    }
    expect(new Set(joiners.map(({ joined }) => joined.seq)).size).toBeGreaterThan(5);
  });

  it('[KN30] is read once for those who join at the same moment', async () => {
    const node = await harness.node({ config });
    const roomId = await harness.room(node);
    const clients = await Promise.all(
      Array.from({ length: 40 }, async (_, i) =>
        harness.connect(node, await node.token({ userId: `viewer-${i}`, room: roomId })),
      ),
    );
    const { masters } = harness.redis;
    for (const master of masters) await master.config('RESETSTAT');
    await Promise.all(clients.map((client) => client.must('room:join', { roomId })));
    const stats = (await Promise.all(masters.map((master) => master.info('commandstats')))).join();
    const calls = [...stats.matchAll(/cmdstat_xrevrange:calls=(\d+)/g)];
    const reads = calls.reduce((sum, [, count]) => sum + Number(count), 0);
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(4);
  });

  it('[KN30] is never older than what was sent to the one who asks', async () => {
    const node = await harness.node({ config });
    const roomId = await harness.room(node);
    const client = await harness.join(node, roomId, { userId: 'ana' });
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    for (let i = 0; i < 4; i += 1) {
      await host.must('shelf:feature', { opId: opId(), productId: i % 2 === 0 ? 'p1' : null });
      const sent = await eventually(() => {
        expect(client.events('shelf:product-featured')).toHaveLength(i + 1);
        return client.frames.at(-1)?.toSeq ?? 0;
      });
      const joined = await client.must('room:join', { roomId });
      expect(joined.seq).toBeGreaterThanOrEqual(sent);
      expect(joined.snapshot.shelf).toMatchObject({ featuredProductId: i % 2 === 0 ? 'p1' : null });
    }
  });

  it('[KN30] those who join in one moment are asked of together, each with their own', async () => {
    const node = await harness.node({ config });
    const roomId = await harness.room(node);
    const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
    await node.core.stores.room.follow(roomId, { actor: 'user-7', opId: opId(), fingerprint: 'f' }, true);
    const clients = await Promise.all(users.map((userId) => harness.join(node, roomId, { userId })));
    const watched = await watchRedis(harness.redis);
    const states = await Promise.all(clients.map((client) => client.must('room:join', { roomId })));
    const transactions = watched.commands.filter(([name]) => name?.toLowerCase() === 'multi');
    watched.stop();
    expect(transactions.length).toBeLessThan(users.length);
    expect(states.map(({ you }) => you.userId)).toEqual(users);
    const following = states.filter(
      ({ you }) => (you.plays.room as { followingSinceMs: number | null }).followingSinceMs !== null,
    );
    expect(following.map(({ you }) => you.userId)).toEqual(['user-7']);
  });

  it('[KN46] is made again for a Redis that has forgotten its scripts', async () => {
    const node = await harness.node({ config });
    const roomId = await harness.room(node);
    await Promise.all(harness.redis.masters.map((master) => master.script('FLUSH')));
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    await Promise.all(harness.redis.masters.map((master) => master.script('FLUSH')));
    const joined = await ana.must('room:join', { roomId });
    expect(Object.keys(joined.snapshot)).toContain('flash-sale');
    expect(Object.keys(joined.you.plays)).toContain('order');
  });

  it('[KN44] somebody who comes back soon is told what they missed without the log being read', async () => {
    const node = await harness.node({ config });
    const roomId = await harness.room(node);
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    const { seq } = await ana.must('room:join', { roomId });
    const ben = await harness.join(node, roomId, { userId: 'ben' });
    for (const text of ['one', 'two']) await ben.must('chat:say', { opId: opId(), text });
    await eventually(() => expect(ana.events('chat:said')).toHaveLength(2));
    const watched = await watchRedis(harness.redis);
    const answer = await ana.must('room:resume', { roomId, afterSeq: seq });
    const { events } = node.core.keys.room(roomId);
    const reads = watched.commands.filter(
      ([name, key]) => name?.toLowerCase() === 'xrange' && key === events,
    );
    watched.stop();
    expect(reads).toEqual([]);
    if (answer.kind !== 'events') throw new Error('expected events');
    expect(answer.events.map(({ seq: each }) => each)).toEqual(
      ana.frames.flatMap(({ events }) => events.map(({ seq: each }) => each)).filter((each) => each > seq),
    );
  });
});
