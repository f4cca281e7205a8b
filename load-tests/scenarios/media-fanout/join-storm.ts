import { sleep } from '../../kit/wait.ts';
import type { Bot, Stage } from './legs.ts';

/** Timers of the relay and of this run are a few milliseconds off. */
const TOLERANCE_MS = 20;
const INTERVAL_MS = 1000;

export type JoinStorm = { requestsPerSecond: number; leastGapMs: number; violations: string[] };

/** Many join one after the other while the publisher sends: how often is it asked for a key frame? */
export async function joinStorm(
  { bot, stage }: { bot: Bot; stage: Stage },
  { joins, seconds }: { joins: number; seconds: number },
): Promise<JoinStorm> {
  const { target, port } = stage;
  const { draining } = await bot.call('ports', null);
  const sending = bot.call('send', { port, kilobitsPerSecond: 300, seconds: seconds + 2 });
  await sleep(500);
  await bot.call('keyFrameRequests', null);
  const startedMs = performance.now();
  for (let i = 0; i < joins; i += 1) {
    await target.call('join', { receivers: 1, port: draining });
    await sleep(Math.max(0, startedMs + ((i + 1) * seconds * 1000) / joins - performance.now()));
  }
  const tookSeconds = (performance.now() - startedMs) / 1000;
  const atMs = await bot.call('keyFrameRequests', null);
  await sending;
  await target.call('leave', { receivers: joins });
  const gaps = atMs.slice(1).map((ms, i) => ms - (atMs[i] ?? 0));
  const leastGapMs = Math.min(...gaps, Number.MAX_SAFE_INTEGER);
  const violations: string[] = [];
  if (atMs.length === 0) violations.push('Nobody who joined made the relay ask for a key frame.');
  if (leastGapMs < INTERVAL_MS - TOLERANCE_MS)
    violations.push(`The publisher was asked for key frames ${Math.round(leastGapMs)} ms apart.`);
  // The first one is at once; after it, one an interval.
  const requestsPerSecond = Math.max(0, atMs.length - 1) / tookSeconds;
  return { requestsPerSecond, leastGapMs: gaps.length === 0 ? INTERVAL_MS : leastGapMs, violations };
}
