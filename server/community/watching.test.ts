import { describe, expect, it } from 'vitest';
import { FAN_DEFAULTS } from '../../shared/community/fans.ts';
import { createLog } from '../kernel/log.ts';
import { Presence } from '../realtime/presence.ts';
import { runScript } from '../redis/scripts.ts';
import { opId, TestTime, useHarness } from '../testing/harness.ts';
import { communityScript } from './testing.ts';

const harness = useHarness();
const MINUTE_MS = 60_000;
const watchNow = communityScript(
  'head watch',
  'local all, session = watch_now(a.user) return { all, session }',
  ['watch'],
);
const keptOf = communityScript('head', 'return watch_kept(a.value)', ['watch']);
const rules = communityScript('fanRules', 'return cjson.encode(fan_rules())', ['time', 'fan-rules']);
const levels = communityScript('fanRules', 'return level_for(a.points)', ['time', 'fan-rules']);

/** A room, and nodes that only count who is here. */
async function stage(nodeCount = 2) {
  const time = new TestTime();
  const node = await harness.node({ time });
  const roomId = await harness.room(node);
  const keys = node.core.keys.room(roomId);
  const { redis } = node.core;
  const { room } = node.core.stores;
  const op = () => ({ actor: 'host', opId: opId(), fingerprint: '' });
  const nodes = Array.from({ length: nodeCount }, (_, i) => {
    return new Presence({
      ...{
        redis,
        keys: node.core.keys,
        nodeId: `n${i}`,
        log: createLog({ level: 'silent', format: 'json' }),
      },
      clock: { nowMs: () => time.nowMs, monotonicMs: () => time.nowMs },
      ...{ scriptNow: () => String(time.nowMs), onHead: () => undefined },
    });
  });
  const here = async (i: number, userId: string): Promise<void> => {
    nodes[i]?.enter(roomId, userId);
    await nodes[i]?.sync();
  };
  const gone = async (i: number, userId: string): Promise<void> => {
    nodes[i]?.leave(roomId, userId);
    await nodes[i]?.sync();
  };
  const watched = (userId: string) =>
    runScript(redis, watchNow, { head: keys.head, watch: keys.watch }, [
      String(time.nowMs),
      JSON.stringify({ user: userId }),
    ]);
  /** Seconds pass, in each of which the living nodes say that they are. */
  const pass = async (ms: number, living = nodes): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1000) {
      time.advance(1000);
      for (const each of living) await each.sync();
    }
  };
  return {
    ...{ time, roomId, keys, redis, nodes, here, gone, watched, pass },
    start: () => room.startSession(roomId, op(), { sessionId: opId(), title: 'Live' }),
    end: () => room.endSession(roomId, op()),
  };
}

describe('how long somebody watched', () => {
  it('[PP1] is the time that they were here while the room was live, in all and in the session', async () => {
    const { time, here, gone, watched, start, end } = await stage();
    await here(0, 'ana');
    time.advance(MINUTE_MS);
    expect(await watched('ana')).toEqual([0, 0]);
    await start();
    time.advance(2 * MINUTE_MS);
    expect(await watched('ana')).toEqual([2 * MINUTE_MS, 2 * MINUTE_MS]);
    await end();
    time.advance(MINUTE_MS);
    expect(await watched('ana')).toEqual([2 * MINUTE_MS, 2 * MINUTE_MS]);
    await start();
    time.advance(3 * MINUTE_MS);
    expect(await watched('ana')).toEqual([5 * MINUTE_MS, 3 * MINUTE_MS]);
    await gone(0, 'ana');
    time.advance(MINUTE_MS);
    expect(await watched('ana')).toEqual([5 * MINUTE_MS, 3 * MINUTE_MS]);
    await here(0, 'ana');
    time.advance(MINUTE_MS);
    expect(await watched('ana')).toEqual([6 * MINUTE_MS, 4 * MINUTE_MS]);
    await here(0, 'bo');
    await end();
    await start();
    expect(await watched('ana')).toEqual([6 * MINUTE_MS, 0]);
    time.advance(MINUTE_MS);
    await end();
    time.advance(MINUTE_MS);
    expect(await watched('bo')).toEqual([MINUTE_MS, MINUTE_MS]);
    await gone(0, 'bo');
    expect(await watched('bo')).toEqual([MINUTE_MS, MINUTE_MS]);
    expect(await watched('never')).toEqual([0, 0]);
  });

  it('[PP2] counts once over nodes, and nothing is written while they stay', async () => {
    const { keys, redis, here, gone, watched, pass, start } = await stage();
    await start();
    await here(0, 'ana');
    const written = await redis.hget(keys.watch, 'ana');
    await pass(MINUTE_MS);
    await here(1, 'ana');
    await pass(MINUTE_MS);
    await gone(0, 'ana');
    await pass(MINUTE_MS);
    expect(await redis.hget(keys.watch, 'ana')).toBe(written);
    expect(await watched('ana')).toEqual([3 * MINUTE_MS, 3 * MINUTE_MS]);
    await gone(1, 'ana');
    expect(await watched('ana')).toEqual([3 * MINUTE_MS, 3 * MINUTE_MS]);
  });

  it('[PP3] ends for users of a dead node when it was last heard of', async () => {
    const { nodes, here, watched, pass, start } = await stage();
    await start();
    await here(0, 'ana');
    await here(1, 'bo');
    await pass(MINUTE_MS);
    await pass(30_000, nodes.slice(1));
    expect(await watched('ana')).toEqual([MINUTE_MS, MINUTE_MS]);
    expect(await watched('bo')).toEqual([MINUTE_MS + 30_000, MINUTE_MS + 30_000]);
  });

  it('[PP3] of a visit that no node saw the end of is what was kept of it', async () => {
    const { time, keys, redis, here, watched, start } = await stage();
    await start();
    await here(0, 'ana');
    time.advance(10 * MINUTE_MS);
    const value = (await redis.hget(keys.watch, 'ana')) as string;
    const kept = await runScript(redis, keptOf, { head: keys.head }, [
      String(time.nowMs),
      JSON.stringify({ value }),
    ]);
    await redis.hset(keys.watch, 'ana', kept as string);
    expect(await watched('ana')).toEqual([10 * MINUTE_MS, 10 * MINUTE_MS]);
    time.advance(MINUTE_MS);
    // All nodes are gone for so long that Redis forgets who was here.
    await redis.del(keys.presence, keys.presenceNodes, keys.presenceOf('n0'));
    await here(1, 'ana');
    expect(await watched('ana')).toEqual([10 * MINUTE_MS, 10 * MINUTE_MS]);
    time.advance(MINUTE_MS);
    expect(await watched('ana')).toEqual([11 * MINUTE_MS, 11 * MINUTE_MS]);
  });

  it('[PP3] never shrinks when a clock is put back', async () => {
    const { time, here, gone, watched, start } = await stage();
    await start();
    time.advance(MINUTE_MS);
    await here(0, 'ana');
    time.advance(MINUTE_MS);
    await gone(0, 'ana');
    time.advance(-2 * MINUTE_MS);
    await here(0, 'ana');
    expect(((await watched('ana')) as number[])[0]).toBe(MINUTE_MS);
    time.advance(-MINUTE_MS);
    await gone(0, 'ana');
    expect(((await watched('ana')) as number[])[0]).toBe(MINUTE_MS);
  });
});

describe('the rules of a fan club', () => {
  const ask = async (script: typeof rules, args: object) => {
    const { keys, redis } = await stage(0);
    return runScript(redis, script, { fanRules: keys.fanRules }, ['1', JSON.stringify(args)]);
  };

  it('[PP4] that nobody set are the same in the scripts and in the contract', async () => {
    expect(JSON.parse((await ask(rules, {})) as string)).toEqual(FAN_DEFAULTS);
  });

  it('[PP4] give the highest level that the points reach', async () => {
    const at = (points: number) => ask(levels, { points });
    for (const [i, threshold] of FAN_DEFAULTS.thresholds.entries()) {
      expect(await at(threshold)).toBe(i + 1);
      if (i > 0) expect(await at(threshold - 1)).toBe(i);
    }
  });
});
