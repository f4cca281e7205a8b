import { execFileSync } from 'node:child_process';
import type { FakeDrand as Drand } from '../../../server/beacon/testing/fake-drand.ts';
import { FakeDrand } from '../../../server/beacon/testing/fake-drand.ts';
import { DrawReads } from '../../../server/plays/lottery/draw-reads.reader.ts';
import { createKeys, type Keys } from '../../../server/redis/keys.ts';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import type { Progress } from '../../kit/progress.ts';
import { sleep } from '../../kit/wait.ts';
import { countUp } from '../../target/count-up.ts';
import { DrawNode } from '../../target/draw-node.ts';
import { freshSecrets } from '../../target/livestall.ts';
import { type RedisUnderTest, startRedis } from '../../target/redis.ts';
import { scriptsBySha } from '../../target/script-names.ts';
import { SlowCalls } from '../../target/slow-calls.ts';
import { KEY_PREFIX } from '../../target/stored-sale.ts';
import type { RunContext } from '../scenario.ts';

/** Some 0.4 ms of Lua, about as long as a batch of entries takes. */
const CONTROL_STEPS = 80_000;
const CONTROL_EVERY_MS = 5;

/** Time as the node and the kit see it: this machine's, put forward so that nobody waits for a draw to close. */
export type DrawClock = {
  readonly aheadMs: number;
  nowMs(): number;
  forwardTo(ms: number): Promise<void>;
};

export type Stage = {
  redis: RedisUnderTest;
  keys: Keys;
  node: DrawNode;
  drand: Drand;
  clock: DrawClock;
  tokenSecret: string;
  reads: DrawReads;
  slow: SlowCalls;
  /** Runs the script that only counts, now and then. */
  control: () => Promise<void>;
  progress: Progress;
  lifetimes: Lifetimes;
};

function clockOf(node: DrawNode): DrawClock {
  let aheadMs = 0;
  return {
    get aheadMs() {
      return aheadMs;
    },
    nowMs: () => Date.now() + aheadMs,
    async forwardTo(ms) {
      const by = ms - (Date.now() + aheadMs);
      if (by <= 0) return;
      aheadMs += by;
      await node.call('forward', { ms: by });
    },
  };
}

/** All threads of this process. */
function moveTo(cpus: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cpus, String(process.pid)], {
    stdio: 'ignore',
    timeout: 5000,
  });
}

export async function setStage({ lifetimes, pinning, progress }: RunContext): Promise<Stage> {
  // Here Redis is what is measured: it has a CPU to itself, and all else, this process too, has the others.
  // What Redis does beside its calls, rewriting the AOF above all, must not take it from them.
  const beside = pinning && { aof_rewrite_cpulist: pinning.others, bio_cpulist: pinning.others };
  const redis = await startRedis(lifetimes, pinning?.servers, beside ?? {});
  if (pinning) moveTo(pinning.others);
  const drand = await new FakeDrand().listen();
  lifetimes.add('relay', () => drand.close());
  const { tokenSecret } = freshSecrets();
  const node = await DrawNode.start(
    { redisUrl: redis.url, tokenSecret, relay: { url: drand.url, info: drand.info } },
    { lifetimes, cpus: pinning?.others },
  );
  const keys = createKeys(KEY_PREFIX);
  await redis.client.script('LOAD', countUp.source);
  // Of a script that Redis does not know yet, the first batches are sent twice and may swap places: tickets are to be in
  // the order of entering here.
  for (const { source } of scriptsBySha().values()) await redis.client.script('LOAD', source);
  return {
    ...{ redis, keys, node, drand, tokenSecret, progress, lifetimes },
    clock: clockOf(node),
    reads: new DrawReads({ redis: redis.client, keys }),
    slow: await SlowCalls.start(redis.client),
    control: async () => {
      await redis.client.evalsha(countUp.sha, 0, CONTROL_STEPS);
      await sleep(CONTROL_EVERY_MS);
    },
  };
}
