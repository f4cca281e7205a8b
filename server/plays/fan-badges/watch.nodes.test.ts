import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { Harness, opId } from '../../testing/harness.ts';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from '../../testing/node-process.ts';

const harness = new Harness();
const processes: NodeProcess[] = [];

afterAll(async () => {
  for (const node of processes) await node.kill();
  await harness.close();
});

/** A node that is silent for so long is dead, and is found to be with the next sync. */
const NODE_TTL_MS = 10_000;

describe('a node that is killed while people watch', () => {
  it('[FB28] loses nothing that was counted, counts nothing twice, and no more than its silence is lost', {
    timeout: 90_000,
  }, async () => {
    await harness.start();
    const other = await harness.node({ config: { tokenSecret: PROCESS_SECRET } });
    const doomed = await startNodeProcess(['--no-demo', '--redis-url', harness.redis.url]);
    processes.push(doomed);
    const { redis: kept } = other.core;
    const roomId = await harness.room(other);
    const keys = other.core.keys.room(roomId);
    const host = await harness.join(other, roomId, { userId: 'host', role: 'host' });
    await host.must('room:start-session', { opId: opId(), title: 'Live' });
    const ana = await harness.connect(doomed, await other.token({ userId: 'ana', room: roomId }));
    await ana.must('room:join', { roomId });
    await eventually(async () => expect(await kept.hget(keys.watch, 'ana')).toMatch(/^0 \d+ 1 0$/));
    await ana.must('fan-badges:join', { opId: opId() });
    const cameAtMs = performance.now();
    // As if the first unit were nearly full; nobody sets a unit of less than a minute.
    const almost = (await kept.hget(keys.fans, 'ana')) as string;
    const [total, since, no, base] = ((await kept.hget(keys.watch, 'ana')) as string).split(' ').map(Number);
    await kept.hset(keys.watch, 'ana', `${Number(total) + 298_000} ${since} ${no} ${Number(base)}`);
    expect(almost).toMatch(/^1 0 /);
    const { fanBadges } = other.core.stores;
    await eventually(async () => expect((await fanBadges.me(roomId, 'ana')).fan?.points).toBe(6), {
      withinMs: 15_000,
      everyMs: 200,
    });
    await doomed.kill();
    const stayedMs = performance.now() - cameAtMs;
    // The other node finds out, and what they watched is settled as of when the dead one was last heard of.
    await eventually(async () => expect(await kept.hget(keys.watch, 'ana')).toMatch(/ - 1 /), {
      withinMs: NODE_TTL_MS + 10_000,
      everyMs: 250,
    });
    const { watchedMs, fan } = await fanBadges.me(roomId, 'ana');
    expect(fan?.points).toBe(6);
    expect(watchedMs - 298_000).toBeLessThan(stayedMs + 1500);
    expect(watchedMs - 298_000).toBeGreaterThan(stayedMs - NODE_TTL_MS);

    // Back on the other node, the same unit is not counted again.
    const back = await harness.connect(other, await other.token({ userId: 'ana', room: roomId }));
    await back.must('room:join', { roomId });
    await eventually(async () => expect(await kept.hget(keys.watch, 'ana')).toMatch(/^\d+ \d+ 1 0$/));
    for (let i = 0; i < 5; i += 1) await fanBadges.rounds.run();
    expect((await fanBadges.me(roomId, 'ana')).fan?.points).toBe(6);
    const earned = await kept.xrange(keys.ledger, '-', '+');
    expect(earned.filter(([, fields]) => fields[1] === 'points-earned')).toHaveLength(1);
  });
});
