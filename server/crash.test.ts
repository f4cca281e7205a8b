import { afterAll, describe, expect, it } from 'vitest';
import type { RoomEvent } from '../shared/kernel/ack.ts';
import { grab, startSale } from './plays/flash-sale/testing.ts';
import { eventually } from './testing/eventually.ts';
import { opId, standaloneHarness, type TestNode } from './testing/harness.ts';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from './testing/node-process.ts';

const harness = standaloneHarness({ appendonly: true });
const processes: NodeProcess[] = [];

async function launch(...flags: string[]): Promise<NodeProcess> {
  const node = await startNodeProcess(['--no-demo', '--redis-url', harness.redis.url, ...flags]);
  processes.push(node);
  return node;
}

/** A node in this process: makes rooms and tokens, and is the one that survives. */
async function survivor(): Promise<TestNode> {
  return harness.node({ config: { tokenSecret: PROCESS_SECRET } });
}

afterAll(async () => {
  for (const node of processes) await node.kill();
  await harness.close();
});

/** What a client has seen, as one list without repeats, and whether anything is missing in it. */
function missing(
  events: readonly RoomEvent[],
  covered: readonly { fromSeq: number; toSeq: number }[],
): number[] {
  const seen = new Set(events.map((event) => event.seq));
  for (const { fromSeq, toSeq } of covered) for (let seq = fromSeq; seq <= toSeq; seq += 1) seen.add(seq);
  const all = [...seen].sort((a, b) => a - b);
  const holes: number[] = [];
  for (let seq = all[0] ?? 0; seq <= (all.at(-1) ?? 0); seq += 1) if (!seen.has(seq)) holes.push(seq);
  return holes;
}

describe('crashes', () => {
  it('[CR1] [CR2] a node killed after a grab loses neither the hold nor an event', {
    timeout: 90_000,
  }, async () => {
    await harness.start();
    const other = await survivor();
    const doomed = await launch();
    const roomId = await harness.room(other);
    const host = await harness.join(other, roomId, { userId: 'host', role: 'host' });
    const sale = await startSale(host, { stock: 1, holdMs: 30_000, durationMs: 600_000 });

    const ana = await harness.connect(doomed, await other.token({ userId: 'ana', room: roomId }));
    const before = await ana.must('room:join', { roomId });
    const held = await grab(ana, sale.saleId);
    if (!held.ok) throw new Error('the grab was refused');
    await host.must('chat:say', { opId: opId(), text: 'before the crash' });
    await eventually(() => expect(ana.events('chat:said')).toHaveLength(1));
    const lastSeq = Math.max(...ana.frames.map((frame) => frame.toSeq));
    await doomed.kill();
    await host.must('chat:say', { opId: opId(), text: 'during the outage' });

    const back = await harness.connect(other, await other.token({ userId: 'ana', room: roomId }));
    const resumed = await back.must('room:resume', { roomId, afterSeq: lastSeq });
    if (resumed.kind !== 'events') throw new Error('the missed events should still be there');
    expect(resumed.events.map((event) => event.name)).toContain('chat:said');
    const { order } = held.data;
    expect(resumed.you.plays.order).toEqual({ orders: [order] });

    const expired = await eventually(
      () => {
        const expired = {
          name: 'order:changed',
          data: { order: { orderId: order.orderId, state: 'EXPIRED' } },
        };
        expect(back.notices.at(-1)).toMatchObject(expired);
        return other.core.serverNowMs();
      },
      { withinMs: 40_000, everyMs: 50 },
    );
    expect(expired).toBeGreaterThanOrEqual(order.holdExpiresAtMs);
    expect(expired - order.holdExpiresAtMs).toBeLessThan(2000);
    await eventually(() =>
      expect(back.events('flash-sale:stock-changed').at(-1)?.data).toMatchObject({ available: 1, held: 0 }),
    );
    // Frames that left before the answer to the resume may repeat events of it: clients go by seq.
    const later = back.events().filter((event) => event.seq > resumed.seq);
    const events = [...ana.events(), ...(resumed.events as RoomEvent[]), ...later];
    const covered = [...ana.frames, { fromSeq: before.seq, toSeq: before.seq }, ...back.frames];
    const upTo = { fromSeq: lastSeq + 1, toSeq: resumed.seq };
    expect(missing(events, [...covered, upTo])).toEqual([]);
    expect(new Set(events.map((event) => event.seq)).size).toBe(events.length);
  });

  it('[CR3] Redis killed and started again: no node ends, nothing acknowledged is lost', {
    timeout: 60_000,
  }, async () => {
    const other = await survivor();
    const node = await launch();
    const roomId = await harness.room(other);
    const host = await harness.join(other, roomId, { userId: 'host', role: 'host' });
    const sale = await startSale(host, { stock: 5, limitPerBuyer: 5, durationMs: 600_000 });
    const ana = await harness.connect(node, await other.token({ userId: 'ana', room: roomId }));
    await ana.must('room:join', { roomId });
    const held = await grab(ana, sale.saleId, 2);
    expect(held.ok).toBe(true);

    await harness.redis.kill();
    const id = opId();
    await eventually(async () => {
      const reply = await grab(ana, sale.saleId, 1, id);
      expect(reply).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', retryable: true } });
    });
    await harness.redis.restart();
    const backAt = performance.now();
    const again = await eventually(async () => {
      const reply = await grab(ana, sale.saleId, 1, id);
      expect(reply.ok).toBe(true);
      return reply;
    });
    await host.must('chat:say', { opId: opId(), text: 'we are back' });
    await eventually(() => expect(ana.events('chat:said')).toHaveLength(1));
    expect(performance.now() - backAt).toBeLessThan(5000);
    expect(again.ok && again.data.order.lines[0]?.quantity).toBe(1);
    expect((await other.core.stores.flashSale.list(roomId))[0]).toMatchObject({ available: 2, held: 3 });
    expect(missing(ana.events(), ana.frames)).toEqual([]);
    expect(ana.socket.connected).toBe(true);
  });

  it('[CR4] SIGTERM tells clients to come back and exits with 0', async () => {
    const other = await survivor();
    const node = await launch();
    const roomId = await harness.room(other);
    const ana = await harness.connect(node, await other.token({ userId: 'ana', room: roomId }));
    await ana.must('room:join', { roomId });
    expect(await node.stop()).toBe(0);
    await eventually(() =>
      expect(ana.closings).toMatchObject([{ reason: 'SHUTTING_DOWN', reconnect: true }]),
    );
  });
});
