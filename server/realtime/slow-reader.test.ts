import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Frame } from '../../shared/kernel/ack.ts';
import { PROTOCOL_VERSION } from '../../shared/protocol.ts';
import { type App, createApp } from '../app.ts';
import { defaultConfig } from '../config/schema.ts';
import { createLog } from '../kernel/log.ts';
import { silentObserver } from '../kernel/observer.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, useHarness } from '../testing/harness.ts';
import { Connection } from './connections.ts';

const harness = useHarness();
const MIB = 1024 * 1024;
/** 4.5 kB on the wire. */
const LONG = '长'.repeat(1500);

const readers: WebSocket[] = [];
const apps: App[] = [];
afterAll(async () => {
  for (const reader of readers) reader.terminate();
  for (const app of apps) await app.close();
});

/** A client below Socket.IO that can stop to read; `packets` is what it has read. */
async function rawReader(
  url: string,
  token: string,
): Promise<{ ws: WebSocket; packets: string[]; send(text: string): void }> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  readers.push(ws);
  const packets: string[] = [];
  ws.on('message', (data) => packets.push(data.toString()));
  ws.on('error', () => undefined);
  await eventually(() => expect(packets[0]).toMatch(/^0/));
  ws.send(`40${JSON.stringify({ v: PROTOCOL_VERSION, token })}`);
  await eventually(() => expect(packets.some((packet) => packet.startsWith('40'))).toBe(true));
  return { ws, packets, send: (text) => ws.send(text) };
}

/** Bytes that wait in this process for the reader who is slow. */
function bytesWaiting(node: { core: TestNode['core'] }, roomId: string): number {
  const members = [...(node.core.hub.get(roomId)?.members ?? [])];
  const slow = members.find(({ userId }) => userId === 'slow');
  return slow instanceof Connection ? slow.bytesWaiting : 0;
}

async function sayMuch(node: { core: TestNode['core'] }, roomId: string, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, () =>
      node.core.stores.chat.say(
        roomId,
        { actor: 'ana', opId: opId(), fingerprint: 'f' },
        { messageId: opId(), userId: 'ana', name: 'Ana', role: 'viewer', text: LONG, mentions: [] },
        null,
      ),
    ),
  );
}

describe('a reader that does not keep up', () => {
  it('[RT14] never has more waiting than allowed, is skipped, then closed; others miss nothing', async () => {
    const limits = { bufferedBytesMax: MIB, slowReaderMs: 400 };
    const node = await harness.node({ config: { ...limits, tickMs: 20, chatPerSecond: 100_000 } });
    const roomId = await harness.room(node);
    const other = await harness.join(node, roomId, { userId: 'other' });
    const slow = await rawReader(node.url, await node.token({ userId: 'slow', room: roomId }));
    slow.send(`421["room:join",{"roomId":"${roomId}"}]`);
    await eventually(() => expect(slow.packets.some((packet) => packet.startsWith('431'))).toBe(true));
    slow.ws.pause();

    let most = 0;
    let said = 0;
    let largest = 0;
    while ((node.core.hub.get(roomId)?.size ?? 0) === 2) {
      expect(said).toBeLessThan(20_000);
      await sayMuch(node, roomId, 50);
      said += 50;
      most = Math.max(most, bytesWaiting(node, roomId));
      const last = await eventually(() => {
        expect(other.events('chat:said')).toHaveLength(said);
        return other.frames.at(-1) as Frame;
      });
      largest = Math.max(largest, last.events.length * 5000);
    }
    expect(said * 4500).toBeGreaterThan(2 * MIB);
    // The limit is looked at before a frame is written: one may be above it.
    expect(most).toBeGreaterThan(MIB / 2);
    expect(most).toBeLessThan(MIB + 50 * 5000);
    let at = (other.frames[0] as Frame).fromSeq;
    for (const { fromSeq, toSeq } of other.frames) {
      expect(fromSeq).toBe(at);
      at = toSeq + 1;
    }
    // Its connection is gone at once, without a closing handshake that it would never read.
    const closed = new Promise<number>((resolve) => slow.ws.once('close', resolve));
    slow.ws.resume();
    expect(await closed).toBe(1006);
  });

  it('[RT14] who was slow for a moment goes on with a gap that shows', async () => {
    const node = await harness.node({
      config: { bufferedBytesMax: 65_536, slowReaderMs: 600_000, tickMs: 20, chatPerSecond: 100_000 },
    });
    const roomId = await harness.room(node);
    const other = await harness.join(node, roomId, { userId: 'other' });
    const slow = await rawReader(node.url, await node.token({ userId: 'slow', room: roomId }));
    slow.send(`421["room:join",{"roomId":"${roomId}"}]`);
    await eventually(() => expect(slow.packets.some((packet) => packet.startsWith('431'))).toBe(true));
    // The last thing that happens in the room by itself.
    await eventually(() =>
      expect(other.events('room:presence-changed').at(-1)?.data).toMatchObject({ viewers: 2 }),
    );
    slow.ws.pause();
    let said = 0;
    while (bytesWaiting(node, roomId) < 65_536) {
      expect(said).toBeLessThan(20_000);
      await sayMuch(node, roomId, 50);
      said += 50;
      await eventually(() => expect(other.events('chat:said')).toHaveLength(said));
    }
    await sayMuch(node, roomId, 50);
    await eventually(() => expect(other.events('chat:said')).toHaveLength(said + 50));
    const frames = () =>
      slow.packets
        .filter((packet) => packet.startsWith('42["kernel:frame"'))
        .map((packet) => (JSON.parse(packet.slice(2)) as [string, Frame])[1]);
    const seenBefore = frames().length;
    slow.ws.resume();
    await eventually(() => expect(frames().length).toBeGreaterThan(seenBefore));
    // Nothing more happens in the room, and still it learns that it missed something.
    await eventually(() => {
      const { toSeq } = other.frames.at(-1) as Frame;
      expect(frames().at(-1)).toMatchObject({ fromSeq: toSeq + 1, toSeq, events: [] });
    });
    const gaps = frames().filter(({ fromSeq }, i, all) => i > 0 && fromSeq > (all[i - 1] as Frame).toSeq + 1);
    expect(gaps.length).toBeGreaterThan(0);
    expect(bytesWaiting(node, roomId)).toBe(0);
  });

  it('[RT24] is not answered either: what it asks for does not pile up', async () => {
    let answered = 0;
    // A thousand times faster than ours, for the buckets: the reader may ask often.
    const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() * 1000 };
    const app = await createApp({
      config: defaultConfig({ bufferedBytesMax: MIB, slowReaderMs: 600_000 }),
      redisUrl: harness.redis.url,
      log: createLog({ level: 'silent', format: 'json' }),
      clock,
      observer: {
        ...silentObserver,
        call: () => {
          answered += 1;
        },
      },
      createHandler: () => (_request, response) => response.writeHead(404).end(),
    });
    apps.push(app);
    const roomId = await harness.room(Object.assign(app, { token: async () => '' }));
    await sayMuch(app, roomId, 200);
    const { token } = await app.core.tokens.mint({
      userId: 'slow',
      name: 'S',
      room: roomId,
      role: 'viewer',
      ttlMs: 60_000,
    });
    const slow = await rawReader(app.url, token);
    slow.ws.pause();
    let most = 0;
    for (let asked = 1; bytesWaiting(app, roomId) < MIB; asked += 1) {
      expect(asked).toBeLessThan(100);
      slow.send(`42${asked}["room:join",{"roomId":"${roomId}"}]`);
      await eventually(() => expect(answered).toBe(asked));
      most = Math.max(most, bytesWaiting(app, roomId));
    }
    const before = answered;
    for (let i = 0; i < 50; i += 1) slow.send(`421000["room:join",{"roomId":"${roomId}"}]`);
    // Somebody else is served all the while.
    const other = await harness.connect(app);
    for (let i = 0; i < 5; i += 1) await other.must('room:clock', {});
    expect(answered).toBe(before + 5);
    expect(bytesWaiting(app, roomId)).toBeLessThanOrEqual(most);
  });
});
