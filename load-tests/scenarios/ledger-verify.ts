import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../server/kernel/log.ts';
import { connectRedis, createRedisClient, parseRedisUrl } from '../../server/redis/client.ts';
import { Child } from '../kit/child.ts';
import { Neighbours, neighbourWarnings } from '../kit/neighbours.ts';
import type { Outcome } from '../kit/report.ts';
import { abba, interval, median, significant } from '../kit/stats.ts';
import type { ReaderMode, ReaderResult, ReaderTask } from '../target/ledger-reader.ts';
import { makeLedger } from '../target/made-ledger.ts';
import { type RedisUnderTest, startRedis } from '../target/redis.ts';
import { KEY_PREFIX } from '../target/stored-sale.ts';
import type { Parameters, RunContext, Scenario } from './scenario.ts';

const READER = fileURLToPath(new URL('../target/ledger-reader.ts', import.meta.url));

/**
 * V8 lets young garbage pile up as long as the machine has memory. Kept small, it does not hide what a reader
 * holds on to.
 */
const SMALL_NURSERY = ['--max-semi-space-size=4'];

type Size = { name: string; facts: number };
/** The second is the one that is timed; memory is that of the last over that of the first. */
const FULL: readonly [Size, Size, Size] = [
  { name: '10k', facts: 10_000 },
  { name: '100k', facts: 100_000 },
  { name: '1M', facts: 1_000_000 },
];
const QUICK: readonly [Size, Size] = [
  { name: '10k', facts: 10_000 },
  { name: '100k', facts: 100_000 },
];

const roomOf = ({ name }: Size): string => `load-ledger-${name.toLowerCase()}`;

/** A reader in a process of its own, so that nothing of one reading is left for the next one's memory. */
class Reader {
  readonly #child: Child;

  constructor(redis: RedisUnderTest, { lifetimes, pinning }: RunContext) {
    this.#child = new Child({
      what: 'ledger reader',
      command: process.execPath,
      args: [...SMALL_NURSERY, READER, redis.url, KEY_PREFIX],
      cpus: pinning?.servers,
      ipc: true,
    });
    lifetimes.add('ledger reader', () => this.#child.stop());
  }

  async ready(): Promise<this> {
    await this.#message();
    return this;
  }

  async pass(mode: ReaderMode, size: Size): Promise<ReaderResult> {
    const answer = this.#message();
    this.#child.process.send({ mode, roomId: roomOf(size) } satisfies ReaderTask);
    return (await answer) as ReaderResult;
  }

  close(): Promise<void> {
    return this.#child.stop();
  }

  async #message(): Promise<unknown> {
    const gone = this.#child.exited.then(() => {
      throw new Error(this.#child.problem() ?? 'the reader ended');
    });
    const [message] = (await Promise.race([once(this.#child.process, 'message'), gone])) as [unknown];
    return message;
  }
}

async function makeLedgers(
  redis: RedisUnderTest,
  sizes: readonly Size[],
  { progress }: RunContext,
): Promise<void> {
  const log = createLog({ level: 'silent', format: 'json' });
  const client = createRedisClient(parseRedisUrl(redis.url), 'commands', log);
  await connectRedis(client, 5000);
  try {
    for (const size of sizes) {
      await makeLedger(client, roomOf(size), size.facts, (facts) =>
        progress.live(`${size.name}: ${facts} facts made`),
      );
      progress.step(`A ledger of ${size.name} facts is made`);
    }
  } finally {
    client.disconnect();
  }
}

/** Peak memory of a fresh process that verifies one ledger, and of one that merely reads it. */
async function memoryOf(redis: RedisUnderTest, size: Size, context: RunContext) {
  const peaks: Partial<Record<ReaderMode, ReaderResult>> = {};
  for (const mode of ['read', 'verify'] as const) {
    const reader = await new Reader(redis, context).ready();
    peaks[mode] = await reader.pass(mode, size);
    await reader.close();
  }
  const { read, verify } = peaks as { read: ReaderResult; verify: ReaderResult };
  context.progress.step(
    `${size.name}: verified in ${(verify.ms / 1000).toFixed(1)} s with ${Math.round(verify.peakMb)} MB (merely read: ${Math.round(read.peakMb)} MB)`,
  );
  return { size, read, verify };
}

/** How much longer than reading something takes, in pairs that change their order. */
async function ratios(redis: RedisUnderTest, size: Size, pairs: number, context: RunContext) {
  const reader = await new Reader(redis, context).ready();
  // Compiled and warm before anything counts.
  for (const mode of ['read', 'replay', 'verify'] as const) await reader.pass(mode, size);
  const measured: Record<'replay' | 'verify', { ratio: number; readMs: number; ms: number }[]> = {
    replay: [],
    verify: [],
  };
  for (const other of ['replay', 'verify'] as const) {
    for (const [first, second] of abba(pairs, 'read' as const, other)) {
      const legs = {
        [first]: (await reader.pass(first, size)).ms,
        [second]: (await reader.pass(second, size)).ms,
      };
      const readMs = legs.read ?? Number.NaN;
      const ms = legs[other] ?? Number.NaN;
      measured[other].push({ ratio: readMs / ms, readMs, ms });
      context.progress.step(`read ${readMs.toFixed(0)} ms, ${other} ${ms.toFixed(0)} ms`);
    }
  }
  await reader.close();
  return measured;
}

async function run({ quick }: Parameters, context: RunContext): Promise<Outcome> {
  const sizes: readonly Size[] = quick ? QUICK : FULL;
  const redis = await startRedis(context.lifetimes, context.pinning?.others);
  await makeLedgers(redis, sizes, context);
  const neighbours = new Neighbours([redis.pid]);
  const timed = sizes[1] as Size;
  const { replay, verify } = await ratios(redis, timed, quick ? 3 : 5, context);
  const memory = [];
  for (const size of sizes) memory.push(await memoryOf(redis, size, context));
  const othersShare = neighbours.share();

  const [small, large] = [memory[0], memory.at(-1)];
  const replayRatio = interval(replay.map(({ ratio }) => ratio));
  const rate = (ms: number): number => significant((timed.facts / ms) * 1000, 3);
  const figures: Record<string, number> = {
    verifyRateRatio: significant(replayRatio.median, 3),
    verifyRateRatioMin: significant(replayRatio.min, 3),
    verifyRateRatioMax: significant(replayRatio.max, 3),
    verifyWithLiveKeysRatio: significant(median(verify.map(({ ratio }) => ratio)), 3),
    verifyMemoryRatio: significant(
      (large?.verify.peakMb ?? Number.NaN) / (small?.verify.peakMb ?? Number.NaN),
      3,
    ),
    factsPerSecondRead: rate(median([...replay, ...verify].map(({ readMs }) => readMs))),
    factsPerSecondReplayed: rate(median(replay.map(({ ms }) => ms))),
    factsPerSecondVerified: rate(median(verify.map(({ ms }) => ms))),
  };
  for (const { size, read, verify: peak } of memory) {
    figures[`verifyPeakMb${size.name}`] = significant(peak.peakMb, 3);
    figures[`readPeakMb${size.name}`] = significant(read.peakMb, 3);
  }
  return {
    figures: { ...figures, othersShare: significant(othersShare, 2) },
    violations: memory.flatMap(({ size, verify: { violations, facts } }) => [
      ...violations.map((message) => `${size.name}: ${message}`),
      ...(facts < size.facts ? [`${size.name}: only ${facts} facts were verified`] : []),
    ]),
    warnings: neighbourWarnings(othersShare),
    // A hundred times the facts, and at most twice the memory: what is kept of an order is a few dozen bytes.
    goals: [
      { figure: 'verifyRateRatio', direction: 'at least', value: 0.5 },
      { figure: 'verifyMemoryRatio', direction: 'at most', value: 2 },
    ],
  };
}

export const ledgerVerify: Scenario = {
  name: 'ledger-verify',
  summary: 'replaying a ledger against merely reading it, and the memory of it from 10k to 1M facts',
  defaults: {},
  maxSeconds: ({ quick }) => (quick ? 120 : 300),
  socketsInOneProcess: () => 10,
  run,
};
