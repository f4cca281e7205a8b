import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemRandom } from '../kernel/random.ts';
import { TestTime } from '../testing/harness.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import type { RedisClient } from './client.ts';
import { DueQueue } from './due-queue.ts';
import { createKeys, DUE_TAGS } from './keys.ts';
import { dyingAfterClaim, openClient, quietLog } from './testing.ts';

const KIND = 'test:ring';
const ROOMS = ['room-a', 'room-b'];
/** Time that passes within one phase stays below the 5 s in which a deadline must follow its announcement. */
const TICK_MAX_MS = 300;

type Step =
  | { do: 'plan'; room: number; inMs: number }
  | { do: 'poll'; node: number; dies: boolean }
  | { do: 'tick'; ms: number };

const inMs = fc.oneof(fc.constant(0), fc.nat(300), fc.nat(3000));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('plan' as const), room: fc.nat(1), inMs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ do: fc.constant('poll' as const), node: fc.nat(1), dies: fc.boolean() },
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const), ms: fc.nat(TICK_MAX_MS) }) },
);
const phases = fc.array(fc.array(step, { minLength: 4, maxLength: 16 }), { minLength: 1, maxLength: 3 });

let server: TestRedis;
let redis: RedisClient;
beforeAll(async () => {
  server = await startTestRedis();
  redis = await openClient(server.url);
  // Redis knows the scripts from here on: fast-check reports the refusal of a call in turn as unhandled.
  const warm = new DueQueue({
    ...{ redis, keys: createKeys('warm:'), log: quietLog, scriptNow: () => '', onHandled: () => undefined },
  });
  await warm.announce(ROOMS[0] as string, 0);
  await warm.poll();
});
afterAll(async () => {
  redis.disconnect();
  await server.close();
});

/** Every call waits for its turn, so that a scheduler decides how the steps of all nodes interleave. */
function inTurn(scheduler: fc.Scheduler): RedisClient {
  const methods = ['evalsha', 'eval', 'zadd', 'zrange', 'zrem'] as const;
  const turns = new Map<PropertyKey, unknown>(
    methods.map((name) => [
      name,
      scheduler.scheduleFunction((...args: unknown[]) =>
        (redis[name] as (...all: unknown[]) => Promise<unknown>)(...args),
      ),
    ]),
  );
  return new Proxy(redis, {
    get: (target, name) => turns.get(name) ?? Reflect.get(target, name, target),
  });
}

it.each([1, DUE_TAGS.length])(
  '[RD25] no interleaving of planning, claiming, serving, dying and settling loses a deadline, in %i parts',
  async (shards) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), phases, async (scheduler, steps) => {
        const time = new TestTime();
        const keys = createKeys(`${systemRandom.id('race')}:`);
        const planned = new Map<string, number>();
        const served = new Map<string, number>();
        const handler = async (roomId: string, refs: readonly string[]): Promise<void> => {
          for (const ref of refs) {
            const member = `${KIND}:${ref}`;
            const atMs = await redis.zscore(keys.room(roomId).due, member);
            if (atMs === null || Number(atMs) > time.nowMs) continue;
            if ((await redis.zrem(keys.room(roomId).due, member)) === 1) served.set(ref, time.nowMs);
          }
        };
        const queueOn = (client: RedisClient): DueQueue => {
          const queue = new DueQueue({
            ...{ redis: client, keys, log: quietLog, shards, onHandled: () => undefined },
            scriptNow: () => String(time.nowMs),
          });
          queue.handle(KIND, handler);
          return queue;
        };
        const turns = inTurn(scheduler);
        const nodes = [queueOn(turns), queueOn(turns)];
        const dying = queueOn(dyingAfterClaim(turns));

        const plan = async (roomId: string, inMs: number): Promise<void> => {
          await (nodes[0] as DueQueue).announce(roomId, inMs);
          const ref = `r${planned.size}`;
          // Known to the test when it is written, for its deadline counts from then.
          const write = scheduler.scheduleFunction(async () => {
            planned.set(ref, time.nowMs + inMs);
            await redis.zadd(keys.room(roomId).due, time.nowMs + inMs, `${KIND}:${ref}`);
          });
          await write();
        };
        const run = (one: Step): Promise<unknown> => {
          if (one.do === 'plan') return plan(ROOMS[one.room] as string, one.inMs);
          if (one.do === 'poll')
            return (one.dies ? dying : (nodes[one.node] as DueQueue)).poll().catch(() => 0);
          return scheduler.schedule(Promise.resolve(), 'tick').then(() => time.advance(one.ms));
        };

        const calm = queueOn(redis);
        for (const phase of steps) {
          const done = Promise.all(phase.map(run));
          await scheduler.waitFor(done);
          // Whatever happened, polls find what is due, and on time.
          const quietFromMs = time.nowMs;
          const lastMs = Math.max(quietFromMs, ...planned.values());
          while (time.nowMs < lastMs + 1000) {
            await calm.poll();
            time.advance(200);
          }
          for (const [ref, atMs] of planned) {
            const servedMs = served.get(ref);
            expect(servedMs, `${ref} was never served`).toBeDefined();
            expect(servedMs).toBeGreaterThanOrEqual(atMs);
            expect(servedMs).toBeLessThanOrEqual(Math.max(atMs, quietFromMs) + 1000);
          }
          time.advance(10_000);
        }
      }),
      { seed: Number(process.env.LIVESTALL_TEST_SEED), numRuns: 60 },
    );
  },
);
