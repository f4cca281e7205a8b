import { afterEach, describe, expect, it } from 'vitest';
import type { RoomEvent } from '../../shared/kernel/ack.ts';
import { useCheckedHarness } from '../testing/contract-checks.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, TestTime } from '../testing/harness.ts';
import { EventLog } from './event-log.ts';
import { runScript } from './scripts.ts';
import { openClient, testScript } from './testing.ts';

const harness = useCheckedHarness();
const clients: { disconnect(): void }[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

const flood = testScript(
  'head events',
  'nowMs count',
  `for i = 1, tonumber(ARGV[2]) do emit('test:counted', '{"i":' .. i .. '}') end`,
  ['kernel'],
);
const failing = testScript(
  'head events ledger',
  'nowMs when',
  `if ARGV[2] == 'before' then error('stumbled') end
  emit('test:counted', '{"i":0}')
  error('stumbled')`,
  ['kernel'],
);

async function stage(time?: TestTime) {
  const node = await harness.node(time ? { time } : {});
  const roomId = await harness.room(node, []);
  const keys = node.core.keys.room(roomId);
  const { head, events, ledger } = keys;
  const log = new EventLog(node.core.redis, node.core.keys);
  const count = (times: number) =>
    runScript(node.core.redis, flood, { head, events }, [time ? String(time.nowMs) : '', String(times)]);
  const stored = async (): Promise<string[]> =>
    (await harness.redis.client.xrange(events, '-', '+')).map(([, fields]) => fields[1] as string);
  return { node, roomId, head, events, ledger, log, count, stored };
}

async function listen(channel: string): Promise<string[]> {
  const client = await openClient(harness.redis.url, 'subscriber');
  clients.push(client);
  const heard: string[] = [];
  client.on('smessage', (_channel: string, raw: string) => heard.push(raw));
  await client.ssubscribe(channel);
  return heard;
}

function say(node: TestNode, roomId: string, text: string, id = opId(), replyTo: string | null = null) {
  const draft = {
    messageId: `m_${id}`,
    userId: 'ana',
    name: 'Ana',
    role: 'viewer' as const,
    text,
    mentions: [],
  };
  return node.core.stores.chat.say(roomId, { actor: 'ana', opId: id, fingerprint: text }, draft, replyTo);
}

const seqs = (raw: readonly string[]): number[] => raw.map((json) => (JSON.parse(json) as RoomEvent).seq);
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('the event log', () => {
  it('[RD14] numbers events without a gap while two nodes write, and both hear them in order', async () => {
    const { node, roomId, stored } = await stage();
    const other = await harness.node();
    const [ana, bo] = [
      await harness.join(node, roomId, { userId: 'ana', role: 'moderator' }),
      await harness.join(other, roomId, { userId: 'bo', role: 'moderator' }),
    ];
    const writes = upTo(100).map((i) => say(i % 2 ? node : other, roomId, `text ${i}`));
    const said = await Promise.all(writes);
    const raw = await stored();
    expect(seqs(raw)).toEqual(upTo(raw.length));
    expect(new Set(said.map((reply) => (reply.ok ? reply.data.seq : 0))).size).toBe(100);
    for (const client of [ana, bo]) {
      await eventually(() => expect(client.events('chat:said')).toHaveLength(100));
      const heard = client.events().map((event) => event.seq);
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
    }
  });

  it('[RD15] an event is heard if and only if it is in the log, byte for byte', async () => {
    const { node, roomId, head, events, ledger, stored } = await stage();
    const heard = await listen(events);
    const id = opId();
    await say(node, roomId, 'kept', id);
    await say(node, roomId, 'kept', id);
    await say(node, roomId, 'other input', id);
    await say(node, roomId, 'in reply to nothing', opId(), 'm_unknown');
    for (const when of ['before', 'after']) {
      const call = runScript(node.core.redis, failing, { head, events, ledger }, ['', when]);
      await expect(call).rejects.toThrow('stumbled');
    }
    await say(node, roomId, 'last');
    const raw = await stored();
    // Lua does not roll back: what the failing script had emitted is committed, and so it was heard.
    expect(raw.map((json) => (JSON.parse(json) as RoomEvent).name)).toEqual([
      'chat:said',
      'test:counted',
      'chat:said',
    ]);
    await eventually(() => expect(heard).toEqual(raw));
  });

  it('[RD16] gives what came after a seq, oldest first', async () => {
    const { roomId, log, count, stored } = await stage();
    await count(5);
    const raw = await stored();
    expect(await log.headSeq(roomId)).toBe(5);
    expect(await log.after(roomId, 0, 10)).toEqual({ kind: 'events', headSeq: 5, raw });
    expect(await log.after(roomId, 3, 10)).toEqual({ kind: 'events', headSeq: 5, raw: raw.slice(3) });
    expect(await log.after(roomId, 5, 10)).toEqual({ kind: 'events', headSeq: 5, raw: [] });
  });

  it('[RD16] a room without events has an empty log', async () => {
    const { log } = await stage();
    expect(await log.headSeq('never-used')).toBe(0);
    expect(await log.after('never-used', 0, 10)).toEqual({ kind: 'events', headSeq: 0, raw: [] });
  });

  it('[RD16] is gone beyond the limit, ahead of the log, and where it was trimmed', async () => {
    const { roomId, events, log, count } = await stage();
    await count(6);
    const gone = { kind: 'gone', headSeq: 6 };
    expect(await log.after(roomId, 0, 6)).toMatchObject({ kind: 'events' });
    expect(await log.after(roomId, 0, 5)).toEqual(gone);
    expect(await log.after(roomId, 7, 10)).toEqual(gone);
    await harness.redis.client.xtrim(events, 'MAXLEN', 3);
    expect(await log.after(roomId, 2, 10)).toEqual(gone);
    expect(await log.after(roomId, 3, 10)).toMatchObject({ kind: 'events', headSeq: 6 });
  });

  it('[RD16] is gone when the event at that seq is of another time', async () => {
    const time = new TestTime();
    const { roomId, events, log, count } = await stage(time);
    await count(1);
    const firstAtMs = time.nowMs;
    time.advance(10);
    await count(2);
    expect(await log.after(roomId, 1, 10, firstAtMs)).toMatchObject({ kind: 'events', headSeq: 3 });
    expect(await log.after(roomId, 3, 10, time.nowMs)).toEqual({ kind: 'events', headSeq: 3, raw: [] });
    expect(await log.after(roomId, 1, 10, time.nowMs)).toEqual({ kind: 'gone', headSeq: 3 });
    expect(await log.after(roomId, 3, 10, firstAtMs)).toEqual({ kind: 'gone', headSeq: 3 });
    // The event itself must still be there to be compared.
    await harness.redis.client.xdel(events, '1-0');
    expect(await log.after(roomId, 1, 10, firstAtMs)).toEqual({ kind: 'gone', headSeq: 3 });
  });

  it('[RD17] keeps the last 5,000 events and not many more', async () => {
    const { roomId, events, log, count } = await stage();
    await count(5600);
    const kept = await harness.redis.client.xlen(events);
    expect(kept).toBeGreaterThanOrEqual(5000);
    expect(kept).toBeLessThan(5200);
    expect(await log.after(roomId, 601, 5000)).toMatchObject({ kind: 'events', headSeq: 5600 });
    expect(await log.after(roomId, 100, 10_000)).toEqual({ kind: 'gone', headSeq: 5600 });
  });
});
