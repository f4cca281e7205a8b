import { describe, expect, it } from 'vitest';
import { createLog } from '../kernel/log.ts';
import { seededRandom } from '../kernel/random.ts';
import { moveInWaves, returnMs, WAVE_MS, waveSize } from './drain.ts';
import { SocketDrain } from './drain-sockets.ts';

const random = () => seededRandom(7);

/** Moves `count` sockets, in time that passes only by waiting. */
async function moved(count: number, overMs: number, noticeMs = 0) {
  let nowMs = 1000;
  let movingSinceMs = -1;
  const left = new Set(Array.from({ length: count }, (_, i) => i));
  const moves: { socket: number; atMs: number; retryAfterMs: number }[] = [];
  const result = await moveInWaves<number>({
    left: () => [...left],
    move: (socket, retryAfterMs) => {
      left.delete(socket);
      moves.push({ socket, atMs: nowMs - 1000, retryAfterMs });
    },
    ...{ overMs, noticeMs, random: random() },
    onMoving: () => {
      movingSinceMs = nowMs - 1000;
    },
    time: {
      monotonicMs: () => nowMs,
      wait: async (ms) => {
        nowMs += ms;
      },
    },
  });
  return { result, moves, movingSinceMs, tookMs: nowMs - 1000 };
}

/** How many go in each second. */
function perSecond(moves: readonly { atMs: number; retryAfterMs: number }[]): number[] {
  const counts: number[] = [];
  for (const { atMs, retryAfterMs } of moves) {
    const second = Math.floor((atMs + retryAfterMs) / 1000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return [...counts].map((count) => count ?? 0);
}

describe('[RT50] waves', () => {
  it('[RT50] send everybody once, at a steady rate, and leave time for goodbyes', async () => {
    const { result, moves, tookMs } = await moved(5000, 10_000);
    expect(result.moved).toBe(5000);
    expect(new Set(moves.map(({ socket }) => socket)).size).toBe(5000);
    expect(tookMs).toBeLessThanOrEqual(8000);
    const rates = perSecond(moves).slice(1, -1);
    expect(Math.max(...rates) - Math.min(...rates)).toBeLessThan(0.15 * Math.max(...rates));
    // Not in the order in which they came: that is by room and network.
    expect(moves.slice(0, 60).filter(({ socket }) => socket < 500).length).toBeLessThan(20);
  });

  it('[RT50] are over soon where there are few', async () => {
    const { moves, tookMs } = await moved(40, 10_000);
    expect(moves).toHaveLength(40);
    expect(tookMs).toBe(3 * WAVE_MS);
    expect((await moved(0, 10_000, 2000)).tookMs).toBe(0);
  });

  it('[RT50] begin when the balancer has noticed, which takes a quarter of the time at most', async () => {
    expect((await moved(100, 10_000, 2000)).movingSinceMs).toBe(2000);
    expect((await moved(100, 2000, 2000)).movingSinceMs).toBe(500);
  });

  it('[RT50] take all that is left once the time is up', () => {
    expect(waveSize(5000, 0)).toBe(5000);
    expect(waveSize(5000, -700)).toBe(5000);
    expect(waveSize(1000, 1000)).toBe(100);
    expect(waveSize(3, 1000)).toBe(3);
  });
});

class FakeSocket {
  readonly closed: { reason: string; retryAfterMs: number | undefined }[] = [];
  close(reason: string, retryAfterMs?: number): void {
    this.closed.push({ reason, retryAfterMs });
  }
}

function draining(count: number) {
  const connections = new Set(Array.from({ length: count }, () => new FakeSocket()));
  const drain = new SocketDrain<FakeSocket>({
    ...{ connections, handshakesPerSecond: 1000, random: random() },
    monotonicMs: () => performance.now(),
    log: createLog({ level: 'silent', format: 'json' }),
  });
  return { drain, sockets: [...connections] };
}

describe('a node that stops', () => {
  it('[RT51] answers what is under way on a socket before it is closed', async () => {
    const { drain, sockets } = draining(2);
    const [busy, idle] = sockets as [FakeSocket, FakeSocket];
    const told: unknown[] = [];
    const args = drain.calls.counted(busy, [{ text: 'hi' }, (reply: unknown) => told.push(reply)]);
    drain.calls.counted(idle, ['no ack']);
    const done = drain.run({ others: false, overMs: 0, noticeMs: 0 });
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect([busy.closed.length, idle.closed.length]).toEqual([0, 1]);
    (args.at(-1) as (reply: unknown) => void)({ ok: true });
    await done;
    expect(told).toEqual([{ ok: true }]);
    expect(busy.closed).toMatchObject([{ reason: 'SHUTTING_DOWN' }]);
  });

  it('[RT51] a socket that goes by itself is not waited for', async () => {
    const { drain, sockets } = draining(1);
    const [socket] = sockets as [FakeSocket];
    drain.calls.counted(socket, [() => undefined]);
    const done = drain.run({ others: false, overMs: 0, noticeMs: 0 });
    drain.calls.forget(socket);
    await done;
    expect(socket.closed).toHaveLength(1);
  });

  it('[RT52] takes others until it moves its own, then sends them elsewhere', async () => {
    const { drain } = draining(1);
    expect(drain.refusal()).toBeUndefined();
    await drain.run({ others: true, overMs: 200, noticeMs: 0 });
    for (let i = 0; i < 100; i += 1) expect(drain.refusal()).toBeLessThanOrEqual(500);
  });

  it('[RT53] where there is no other node, tells all at once, each a time of its own after the restart', async () => {
    const { drain, sockets } = draining(3000);
    await drain.run({ others: false, overMs: 10_000, noticeMs: 2000 });
    const times = sockets.map(({ closed }) => closed[0]?.retryAfterMs ?? 0);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...times)).toBeLessThanOrEqual(4000);
    // As many a second as the node will take.
    const second = times.filter((ms) => ms >= 2000 && ms < 3000).length;
    expect(second).toBeGreaterThan(850);
    expect(second).toBeLessThan(1150);
    expect(returnMs(5, 1000, { restart: false }, random())).toBeLessThanOrEqual(1000);
  });
});
