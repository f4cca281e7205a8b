import { describe, expect, it } from 'vitest';
import type { Frame } from '../../shared/kernel/ack.ts';
import type { ChatSnapshot } from '../../shared/plays/chat/contract.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, TestTime, useHarness } from '../testing/harness.ts';

const harness = useHarness();
const config = { chatPerSecond: 10_000, tickMs: 20 };

/** Says something as the store would for a client, without a socket and its rate. */
async function say(node: TestNode, roomId: string, text: string): Promise<number> {
  const said = await node.core.stores.chat.say(
    roomId,
    { actor: 'ana', opId: opId(), fingerprint: 'f' },
    { messageId: opId(), userId: 'ana', name: 'Ana', role: 'viewer', text, mentions: [] },
    null,
  );
  if (!said.ok) throw new Error(said.code);
  return said.data.seq;
}

function expectGapless(frames: readonly Frame[], afterSeq: number): void {
  let at = afterSeq;
  for (const { fromSeq, toSeq } of frames) {
    expect(fromSeq).toBe(at + 1);
    at = toSeq;
  }
}

describe('a room on a real Redis', () => {
  it('[KN19] misses no event while its subscription is cut again and again', async () => {
    const nodes = [await harness.node({ config }), await harness.node({ config })] as const;
    const roomId = await harness.room(nodes[0]);
    const clients = await Promise.all(
      nodes.map((node, i) => harness.join(node, roomId, { userId: `viewer-${i}` })),
    );
    const texts: string[] = [];
    for (let i = 0; i < 120; i += 1) {
      if (i % 12 === 5)
        for (const master of harness.redis.masters) await master.client('KILL', 'TYPE', 'PUBSUB');
      texts.push(`line ${i}`);
      await say(nodes[i % 2 === 0 ? 0 : 1], roomId, `line ${i}`);
    }
    for (const client of clients) {
      await eventually(() => {
        const said = client.events('chat:said').map(({ data }) => (data as { text: string }).text);
        expect(said).toEqual(texts);
      });
      expectGapless(client.frames, (client.frames[0]?.fromSeq ?? 1) - 1);
    }
  });

  it('[KN21] tells members to join again when a crash of Redis took events back, and then gives the truth', async () => {
    // Time stands still: after the first, no further count of viewers gets in between.
    const node = await harness.node({ config, time: new TestTime() });
    const roomId = await harness.room(node);
    const client = await harness.join(node, roomId, { userId: 'ana' });
    await eventually(() => expect(client.events('room:presence-changed')).toHaveLength(1));
    for (let i = 0; i < 5; i += 1) await say(node, roomId, `line ${i}`);
    const head = await eventually(() => {
      expect(client.events('chat:said')).toHaveLength(5);
      return client.frames.at(-1)?.toSeq ?? 0;
    });
    // A snapshot of the lost time is cached now.
    await harness.join(node, roomId, { userId: 'bo' });
    const keys = node.core.keys.room(roomId);
    const { client: redis } = harness.redis;
    await redis
      .multi()
      .hset(keys.head, 'seq', head - 2)
      .xdel(keys.events, `${head}-0`, `${head - 1}-0`)
      .call('XSETID', keys.events, `${head - 2}-0`)
      .lpop(keys.chat, 2)
      .exec();
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() =>
      expect(client.frames.at(-1)).toMatchObject({ fromSeq: head - 1, toSeq: head - 2, reset: true }),
    );
    const joined = await client.must('room:join', { roomId });
    expect(joined.seq).toBe(head - 2);
    expect((joined.snapshot.chat as ChatSnapshot).messages).toHaveLength(3);
    await say(node, roomId, 'new');
    await eventually(() =>
      expect(client.frames.at(-1)).toMatchObject({ fromSeq: head - 1, toSeq: head - 1 }),
    );
  });

  it('[KN22] goes on after anything that others publish on its channel', async () => {
    const node = await harness.node({ config });
    const roomId = await harness.room(node);
    const client = await harness.join(node, roomId, { userId: 'ana' });
    const { events, head } = node.core.keys.room(roomId);
    const { client: redis } = harness.redis;
    const next = Number(await redis.hget(head, 'seq')) + 1;
    for (const raw of [
      ...['', 'null', '[]', '{"seq":1e400}', '\u0000\u0001', '{'.repeat(10_000)],
      `{"seq":${next},"name":"flash-sale:stock-changed","atMs":1,"data":null}`,
      `{"seq":${Number.MAX_SAFE_INTEGER},"name":"chat:said","atMs":1,"data":{}}`,
    ]) {
      await redis.spublish(events, raw);
    }
    await say(node, roomId, 'still here');
    await eventually(() => expect(client.events('chat:said')).toHaveLength(1));
  });
});
