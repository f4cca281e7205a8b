import { availableParallelism, loadavg } from 'node:os';
import { Bots } from '../../bots/bots.ts';
import type { Outcome } from '../../kit/report.ts';
import { median, significant } from '../../kit/stats.ts';
import { signToken } from '../../kit/tokens.ts';
import { sleep } from '../../kit/wait.ts';
import { createProduct, createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { startRedis } from '../../target/redis.ts';
import { connectHost, joinCrowd, scheduleSale } from '../sale-stage.ts';
import type { Parameters, RunContext, Scenario } from '../scenario.ts';
import { type Memory, openChromium, ViewerPage } from './viewer-page.ts';

const SLOWDOWN = 4;
const ROOM = 'load-page';
const PRODUCT = 'shirt';
const CROWD = 'talkers';
/** A user says less than one line a second. */
const TALKERS_PER_LINE_PER_SECOND = 1.25;
/** Grows until the list of messages is full and every function that runs often is compiled. */
const WARM_UP_SHARE = 0.1;
const QUIET_MS = 5000;
/** Longer than any run. */
const SALE_MS = 6 * 3_600_000;

type Plan = { rate: number; seconds: number; loads: number; grabs: number; seed: number };

/** What stands for the machine: the same watch on the same page while nobody says anything. */
type Quiet = { longestGapMs: number; gapsOver100: number };

async function run(
  { rate = 0, seconds = 0, seed = 0, quick }: Parameters,
  context: RunContext,
): Promise<Outcome> {
  const plan = { rate, seconds, seed, loads: quick ? 3 : 9, grabs: quick ? 3 : 12 };
  const [load = 0] = loadavg();
  const warnings =
    load < availableParallelism() / 2
      ? []
      : [`The load average was ${load.toFixed(1)} before the run: measure again when the machine is quiet.`];
  const outcome = await runPageSpeed(plan, context);
  return { ...outcome, warnings };
}

/** Loads the room, slowed down; then watches it while many talk; then grabs while they do. */
export async function runPageSpeed(
  plan: Plan,
  { lifetimes, progress, pinning }: Pick<RunContext, 'lifetimes' | 'progress' | 'pinning'>,
): Promise<Outcome> {
  const secrets = freshSecrets();
  const redis = await startRedis(lifetimes, pinning?.others);
  const node = await startNode('page', { redis, secrets }, lifetimes);
  await createRoom(node, secrets, ROOM);
  await createProduct(node, secrets, ROOM, PRODUCT);
  const host = await connectHost(node, secrets.tokenSecret, ROOM, lifetimes);
  const sale = { productId: PRODUCT, stock: 1000, opensInMs: 0, limitPerBuyer: 1, guard: 'token' } as const;
  await scheduleSale(host, { ...sale, durationMs: SALE_MS });
  const bots = new Bots({ what: 'bots', cpus: undefined });
  lifetimes.add(bots.child.what, () => bots.child.stop());
  const talkers = Math.ceil(plan.rate * TALKERS_PER_LINE_PER_SECOND);
  const crowd = {
    crowd: CROWD,
    url: node.url,
    tokenSecret: secrets.tokenSecret,
    roomId: ROOM,
    users: talkers,
  };
  await joinCrowd(bots, crowd);
  const browser = await openChromium(lifetimes);
  const urlFor = (userId: string): string => {
    const token = signToken(secrets.tokenSecret, { userId, name: userId, roomId: ROOM, role: 'viewer' });
    return `${node.url}/r/${ROOM}#token=${token}`;
  };

  const interactiveMs: number[] = [];
  for (let n = 0; n <= plan.loads; n += 1) {
    const page = await ViewerPage.open(browser, SLOWDOWN);
    await page.goto(urlFor(`loader-${n}`));
    const ms = await page.untilInteractive();
    // The first one finds a browser that has done nothing yet.
    if (n > 0) interactiveMs.push(ms);
    progress.live(`load ${n} of ${plan.loads}: ${ms.toFixed(0)} ms`);
    await page.close();
  }
  progress.step(`interactive after ${median(interactiveMs).toFixed(0)} ms, ${SLOWDOWN} times slowed down`);

  const watcher = await ViewerPage.open(browser, 1);
  await watcher.goto(urlFor('watcher'));
  await watcher.untilInteractive();
  await sleep(QUIET_MS);
  await watcher.reset();
  await sleep(QUIET_MS);
  const quiet: Quiet = await watcher.observed();

  const flood = (tag: string, forSeconds: number) =>
    bots.call('flood', {
      ...{ crowd: CROWD, tag, seconds: forSeconds, messagesPerSecond: plan.rate, seed: plan.seed },
      stalledMs: 5000,
    });
  const warmUpSeconds = Math.max(5, Math.round(plan.seconds * WARM_UP_SHARE));
  await flood('~warm~', warmUpSeconds);
  const before = await watcher.memory();
  await watcher.reset();
  bots.onLive = (text) => progress.live(text);
  const talk = await flood('~busy~', plan.seconds);
  const busy = await watcher.observed();
  const after = await watcher.memory();
  progress.step(`${talk.acked} messages, longest time without a frame ${busy.longestGapMs.toFixed(0)} ms`);

  const talking = flood('~grab~', plan.grabs * 2);
  const answersMs: number[] = [];
  const refused: string[] = [];
  for (let n = 0; n < plan.grabs; n += 1) {
    const page = await ViewerPage.open(browser, 1);
    await page.goto(urlFor(`buyer-${n}`));
    await page.untilInteractive();
    const state = await page.grab();
    if (state !== 'held') refused.push(`buyer-${n}'s button says ${state} after a grab`);
    answersMs.push(...(await page.observed()).answersMs);
    await page.close();
  }
  await talking;
  const violations = [
    ...refused,
    ...(talk.acked < talk.sent
      ? [`${talk.sent - talk.acked} messages were not taken: ${JSON.stringify(talk.refusals)}`]
      : []),
  ];
  return {
    figures: Object.fromEntries(
      Object.entries({
        interactiveMs: median(interactiveMs),
        interactiveMostMs: Math.max(...interactiveMs),
        longestFrameGapMs: busy.longestGapMs,
        frameGapsOver100: busy.gapsOver100,
        tasksOver100Ms: busy.tasksOver100,
        framesPerSecond: busy.frames / plan.seconds,
        quietLongestFrameGapMs: quiet.longestGapMs,
        quietFrameGapsOver100: quiet.gapsOver100,
        ...growth(before, after),
        grabAnswerMs: median(answersMs),
        grabAnswerMostMs: Math.max(...answersMs),
      }).map(([name, value]) => [name, significant(value)]),
    ),
    violations,
    warnings: [],
    goals: [
      { figure: 'interactiveMs', direction: 'at most', value: 1500 },
      { figure: 'frameGapsOver100', direction: 'at most', value: 0 },
      { figure: 'heapGrowthRatio', direction: 'at most', value: 1.1 },
      { figure: 'grabAnswerMostMs', direction: 'at most', value: 100 },
    ],
    tables: {
      loads: interactiveMs.map((ms, n) => ({ load: n + 1, 'interactive, ms': Math.round(ms) })),
      grabs: answersMs.map((ms, n) => ({ grab: n + 1, 'from answer to frame, ms': significant(ms) })),
    },
  };
}

function growth(before: Memory, after: Memory): Record<string, number> {
  return {
    heapGrowthRatio: after.heapBytes / before.heapBytes,
    heapMb: after.heapBytes / 2 ** 20,
    domNodesGrowthRatio: after.nodes / before.nodes,
    domNodes: after.nodes,
    listenersGrowthRatio: after.listeners / before.listeners,
  };
}

/** The room in Chromium on a phone's screen: how soon it can be used, and what a busy chat does to it. */
export const pageSpeed: Scenario = {
  name: 'page-speed',
  summary:
    'the room in Chromium: interactive at 4x slowdown, frames and memory in a busy chat, a grab’s answer',
  defaults: {
    rate: { full: 50, quick: 50 },
    seconds: { full: 600, quick: 10 },
    seed: { full: 1, quick: 1 },
  },
  targets: 'looks into pages of its own server',
  maxSeconds: ({ seconds = 0 }) => 300 + seconds * 2,
  socketsInOneProcess: ({ rate = 0 }) => Math.ceil(rate * TALKERS_PER_LINE_PER_SECOND) + 40,
  run,
};
