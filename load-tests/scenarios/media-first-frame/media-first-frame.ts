import { availableParallelism, loadavg } from 'node:os';
import { buildPages, MediaBrowser } from '../../bots/media/media-browser.ts';
import type { Outcome } from '../../kit/report.ts';
import { abba, interval, median, significant } from '../../kit/stats.ts';
import { monotonicMs } from '../../kit/wait.ts';
import { MEDIA_ROOM, startBareRoom, startOurRoom } from '../../target/media-rooms.ts';
import { mediaWorkerBin } from '../../target/media-worker.ts';
import type { Parameters, RunContext, Scenario } from '../scenario.ts';
import { FRAME_MS, type Joins, measureJoins, type Show } from './joins.ts';

const RATIO_GOAL = 1.2;

type Side = 'ours' | 'bare';
type Pair = Record<Side, Joins>;

export async function runFirstFrame(
  { pairs, warmUps }: { pairs: number; warmUps: number },
  { progress, lifetimes }: Pick<RunContext, 'progress' | 'lifetimes'>,
): Promise<Outcome> {
  const workerBin = mediaWorkerBin();
  const scripts = await buildPages();
  // One for those who send and one for those who watch: nothing that one does keeps the other waiting in its process.
  const senders = await MediaBrowser.open(lifetimes, scripts);
  const watchers = await MediaBrowser.open(lifetimes, scripts);
  const open = async (start: typeof startOurRoom): Promise<Show> => {
    const room = await start(workerBin, lifetimes);
    const host = await senders.page();
    await host.enter(room.kind, room.url, { token: room.hostToken, roomId: MEDIA_ROOM, awaits: false });
    await host.publish();
    return { room, quietSinceMs: monotonicMs() };
  };
  const shows: Record<Side, Show> = { ours: await open(startOurRoom), bare: await open(startBareRoom) };
  const viewers = [await watchers.page(), await watchers.page()] as const;
  for (let n = 0; n < warmUps; n += 1) {
    for (const show of Object.values(shows)) await measureJoins(show, viewers, phaseMs(n));
  }
  progress.step('the camera is on in both rooms');
  const measured: Pair[] = [];
  for (const order of abba<Side, Side>(pairs, 'ours', 'bare')) {
    const pair = {} as Pair;
    const phase = phaseMs(measured.length);
    for (const side of order) pair[side] = await measureJoins(shows[side], viewers, phase);
    measured.push(pair);
    progress.live(`pair ${measured.length} of ${pairs}`);
  }
  return outcomeOf(measured);
}

/** Spread evenly over the time between two pictures, however many joins there are: by the golden ratio. */
const phaseMs = (n: number): number => ((n * 0.618_034) % 1) * FRAME_MS;

type Time = 'firstFrameMs' | 'connectedMs';

function outcomeOf(measured: readonly Pair[]): Outcome {
  const times = (side: Side, join: keyof Joins, time: Time): number[] =>
    measured.map((pair) => pair[side][join][time]);
  const of = (...which: [Side, keyof Joins, Time]): number => median(times(...which));
  const ratio = (join: keyof Joins, time: Time): number => of('ours', join, time) / of('bare', join, time);
  const each = interval(measured.map(({ ours, bare }) => ours.quiet.firstFrameMs / bare.quiet.firstFrameMs));
  const figures: Record<string, number> = {
    firstFrameRatio: ratio('quiet', 'firstFrameMs'),
    firstFrameRatioOfPairs: each.median,
    firstFrameRatioMin: each.min,
    firstFrameRatioMax: each.max,
    firstFrameMs: of('ours', 'quiet', 'firstFrameMs'),
    bareFirstFrameMs: of('bare', 'quiet', 'firstFrameMs'),
    connectedMs: of('ours', 'quiet', 'connectedMs'),
    bareConnectedMs: of('bare', 'quiet', 'connectedMs'),
    crowdedFirstFrameRatio: ratio('crowded', 'firstFrameMs'),
    crowdedFirstFrameMs: of('ours', 'crowded', 'firstFrameMs'),
    bareCrowdedFirstFrameMs: of('bare', 'crowded', 'firstFrameMs'),
  };
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    violations: [],
    warnings: [],
    goals: [{ figure: 'firstFrameRatio', direction: 'at most', value: RATIO_GOAL }],
    tables: { joins: measured.map(row) },
  };
}

function row({ ours, bare }: Pair): Record<string, number> {
  const ms = (value: number) => Math.round(value);
  return {
    'ours, ms': ms(ours.quiet.firstFrameMs),
    'bare, ms': ms(bare.quiet.firstFrameMs),
    'ours connected': ms(ours.quiet.connectedMs),
    'bare connected': ms(bare.quiet.connectedMs),
    'ours crowded': ms(ours.crowded.firstFrameMs),
    'bare crowded': ms(bare.crowded.firstFrameMs),
  };
}

/** Chromium comes and goes as many processes, whose share of the machine cannot be told from that of others. */
function busyWarnings(): string[] {
  const [load = 0] = loadavg();
  if (load < availableParallelism() / 2) return [];
  return [`The load average was ${load.toFixed(1)} before the run: measure again when the machine is quiet.`];
}

async function run({ quick }: Parameters, context: RunContext): Promise<Outcome> {
  const warnings = busyWarnings();
  const outcome = await runFirstFrame(quick ? { pairs: 5, warmUps: 1 } : { pairs: 30, warmUps: 2 }, context);
  return { ...outcome, warnings };
}

/**
 * From a joined socket to the first frame on the screen, in Chromium: the SDK and a node against a page and a server of
 * mediasoup and Socket.IO alone, ABBA. Each join is on a new page.
 */
export const mediaFirstFrame: Scenario = {
  name: 'media-first-frame',
  summary: 'from joining to the first frame, ours against a bare mediasoup page, ABBA',
  defaults: {},
  maxSeconds: () => 400,
  socketsInOneProcess: () => 100,
  run,
};
