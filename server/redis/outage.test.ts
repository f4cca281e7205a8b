import { describe, expect, it } from 'vitest';
import { FanNews } from '../community/fan-news.ts';
import { ChatStore } from '../plays/chat/chat.store.ts';
import { useCheckedHarness } from '../testing/contract-checks.ts';
import { eventually } from '../testing/eventually.ts';
import { opId } from '../testing/harness.ts';
import { openClient, timed } from './testing.ts';

const harness = useCheckedHarness({ topology: 'standalone', appendonly: true });

const texts = (events: readonly { data: unknown }[]): string[] =>
  events.map(({ data }) => (data as { text: string }).text);
const author = (text: string) => ({
  messageId: `m_${text}`,
  ...{ userId: 'cy', name: 'Cy', role: 'viewer' as const, text, mentions: [] },
});

describe('a node while redis is away', () => {
  it('[RD3] refuses as retryable, keeps its sockets and looks for redis by itself', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    await harness.redis.kill();
    await eventually(() => expect(node.core.redis.status).not.toBe('ready'));
    const away = { ok: false, error: { code: 'UNAVAILABLE', retryable: true, retryAfterMs: 500 } };
    const { value, tookMs } = await timed(() => ana.call('chat:say', { opId: opId(), text: 'hello?' }));
    expect(value).toMatchObject(away);
    expect(tookMs).toBeLessThan(500);
    expect(await ana.call('room:resume', { roomId, afterSeq: 0 })).toMatchObject(away);
    expect(ana.socket.connected).toBe(true);
    await harness.redis.restart();
    const hello = { opId: opId(), text: 'hello!' };
    await eventually(() => ana.must('chat:say', hello));
    await eventually(() => expect(texts(ana.events('chat:said'))).toEqual(['hello!']));
    expect(ana.closings).toEqual([]);
  });

  it('[RD4] a retry after OUTCOME_UNKNOWN finds what was done, once', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    const say = { opId: opId(), text: 'slow' };
    harness.redis.signal('SIGSTOP');
    const hung = await ana.call('chat:say', say).finally(() => harness.redis.signal('SIGCONT'));
    expect(hung).toMatchObject({ ok: false, error: { code: 'OUTCOME_UNKNOWN', retryable: true } });
    const done = await eventually(() => ana.must('chat:say', say));
    await eventually(() => expect(ana.events('chat:said')).toHaveLength(1));
    expect(ana.events('chat:said')[0]).toMatchObject({ seq: done.seq, data: done.message });
  });

  it('[RD7] after a kill -9 of redis, service is back within 5 s and nothing is missed', async () => {
    const [a, b] = [await harness.node(), await harness.node()];
    const roomId = await harness.room(a);
    const ana = await harness.join(a, roomId, { userId: 'ana' });
    const bo = await harness.join(b, roomId, { userId: 'bo' });
    await ana.must('chat:say', { opId: opId(), text: 'before' });
    await harness.redis.kill();
    await harness.redis.restart();
    // Somebody else's node is quicker: it writes before these two have subscribed again.
    const quick = await openClient(harness.redis.url);
    const store = new ChatStore({
      ...{ redis: quick, keys: a.core.keys, scriptNow: () => '', fanNews: new FanNews(() => undefined) },
      calendars: a.core.stores.room.calendars,
    });
    await store.say(roomId, { actor: 'cy', opId: opId(), fingerprint: '' }, author('meanwhile'), null);
    quick.disconnect();
    const after = { opId: opId(), text: 'after' };
    const { tookMs } = await timed(() => eventually(() => ana.must('chat:say', after)));
    expect(tookMs).toBeLessThan(5000);
    for (const client of [ana, bo]) {
      await eventually(() =>
        expect(texts(client.events('chat:said'))).toEqual(['before', 'meanwhile', 'after']),
      );
      for (const [i, frame] of client.frames.entries()) {
        if (i > 0) expect(frame.fromSeq).toBe((client.frames[i - 1]?.toSeq ?? 0) + 1);
      }
    }
  });

  it('[RD7] events published while a subscriber was cut off arrive, in order', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    expect(await harness.redis.client.client('KILL', 'TYPE', 'PUBSUB')).toBeGreaterThan(0);
    const said = ['one', 'two', 'three'];
    for (const text of said) {
      await node.core.stores.chat.say(
        roomId,
        { actor: 'cy', opId: opId(), fingerprint: '' },
        author(text),
        null,
      );
    }
    await eventually(() => expect(texts(ana.events('chat:said'))).toEqual(said));
    await node.core.stores.chat.say(
      roomId,
      { actor: 'cy', opId: opId(), fingerprint: '' },
      author('four'),
      null,
    );
    await eventually(() => expect(texts(ana.events('chat:said'))).toEqual([...said, 'four']));
  });
});
