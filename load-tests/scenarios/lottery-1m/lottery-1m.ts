import { Neighbours, neighbourWarnings } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { interval, median, significant } from '../../kit/stats.ts';
import { leaversOf } from '../../target/entrants.ts';
import { type CommandCounts, CommandMonitor, totalOf } from '../../target/redis-counters.ts';
import { bytesOfKey, childSecondsOf, forksOf, memoryOf } from '../../target/redis-memory.ts';
import type { RunContext, Scenario } from '../scenario.ts';
import { type Life, liveDraw } from './draw-life.ts';
import { proveDraw } from './draw-proof.ts';
import { copyFrozen, drawPairs } from './draw-speed.ts';
import { longestCalls } from './longest-calls.ts';
import { sameCalls } from './same-calls.ts';
import { type Stage, setStage } from './stage.ts';

export type LotteryPlan = {
  entrants: number;
  /** Of the small draw that goes before: 24 characters an id, its commands counted one by one. */
  longEntrants: number;
  winners: number;
  pairs: number;
  seed: number;
};

const ROOM = 'load-draw';
const LONG_ROOM = 'load-draw-long';

const bytesEach = ({ memory }: Life, entrants: number): number =>
  (memory.frozen.dataBytes - memory.before.dataBytes) / entrants;

function lifeViolations(name: string, { entered }: Life, entrants: number): string[] {
  const violations: string[] = [];
  if (entered.entered !== entrants)
    violations.push(
      `${name}: ${entered.entered} of ${entrants} entered: ${JSON.stringify(entered.refusals)}`,
    );
  if (entered.outOfOrder > 0)
    violations.push(`${name}: ${entered.outOfOrder} tickets are not in the order of entering`);
  return violations;
}

/** Where the bytes of an entrant are. */
async function keyTable({ redis, keys }: Stage, roomId: string, { drawId }: Life, entrants: number) {
  const room = keys.room(roomId);
  const named = {
    'entrants: user → ticket': room.drawEntrants(drawId),
    'tickets: list of users': room.drawTickets(drawId),
    'states, a character a ticket': room.drawStates(drawId),
    'roots of chunks': room.drawRoots(drawId),
    'facts of the ledger': room.ledger,
    'events that are kept': room.events,
  };
  const rows = [];
  for (const [what, key] of Object.entries(named)) {
    rows.push({ what, 'bytes an entrant': significant((await bytesOfKey(redis.client, key)) / entrants, 3) });
  }
  return rows;
}

/** A small draw with long ids, which also warms everything up: scripts are loaded, code is compiled. */
async function longDraw(stage: Stage, plan: LotteryPlan) {
  const { redis, slow } = stage;
  let monitor: CommandMonitor | undefined;
  let sent: CommandCounts['client'] = {};
  const life = await liveDraw(stage, {
    ...{
      roomId: LONG_ROOM,
      entrants: plan.longEntrants,
      winners: plan.winners,
      longIds: true,
      counted: true,
    },
    onReady: async () => {
      // What gathers slow calls is the kit's own: SLOWLOG in MULTI.
      const own = ['info', 'echo', 'monitor', 'slowlog', 'multi', 'exec'];
      monitor = await CommandMonitor.start(redis.socketPath, own);
    },
    onEntered: async () => {
      sent = (await monitor?.stop(redis.client))?.client ?? {};
    },
  });
  return { life, sent, first: slow.calls.splice(0) };
}

export async function runLottery(plan: LotteryPlan, context: RunContext): Promise<Outcome> {
  const { entrants, longEntrants, winners } = plan;
  const stage = await setStage(context);
  const { redis, node, slow } = stage;
  const neighbours = new Neighbours([redis.pid, node.child.pid]);

  const long = await longDraw(stage, plan);
  const speed = { roomId: ROOM, entrants, winners, pairs: plan.pairs, seed: plan.seed };
  let purged = { dataBytes: 0, activeBytes: 0 };
  const life = await liveDraw(stage, {
    ...{ roomId: ROOM, entrants, winners, longIds: false },
    onReady: async () => void (await memoryOf(redis.client, true)),
    onFrozen: async (drawId) => {
      purged = await memoryOf(redis.client, true);
      await copyFrozen(stage, speed, drawId);
    },
  });
  await slow.stop();
  const { forks, lastForkMs } = await forksOf(redis.client);
  const keysOf = await keyTable(stage, ROOM, life, entrants);
  const longest = longestCalls(slow.calls);

  const { pairs, wrong } = await drawPairs(stage, speed, life.drawId);
  const proofs = [];
  for (const [roomId, { drawId }, of] of [
    [LONG_ROOM, long.life, longEntrants],
    [ROOM, life, entrants],
  ] as const) {
    const voided = leaversOf(of);
    proofs.push(
      await proveDraw(stage, roomId, drawId, {
        entrants: of,
        winners: Math.min(winners, of - voided),
        voided,
      }),
    );
  }
  const same = await sameCalls(stage, { roomId: ROOM, entrants }, life.drawId);
  const othersShare = neighbours.share(await childSecondsOf(redis.client));

  const ratio = interval(pairs.map(({ oursMs, usualMs }) => usualMs / oursMs));
  const { before, entered } = life.memory;
  const figures = {
    drawSpeedup: ratio.median,
    drawSpeedupMin: ratio.min,
    drawSpeedupMax: ratio.max,
    beaconToWinnersMs: median(pairs.map(({ oursMs }) => oursMs)),
    usualWayMs: median(pairs.map(({ usualMs }) => usualMs)),
    usualWaySmembersMs: median(pairs.map(({ fetchMs }) => fetchMs)),
    relayAnswerToDrawnMs: life.answerToDrawnMs,
    ...longest.figures,
    ...Object.fromEntries(same.map(({ call, medianMs }) => [`${call}CallMs`, medianMs])),
    ...{ aofRewrites: forks, lastForkMs },
    firstDrawLongestCallMs: longestCalls(long.first).figures.longestRedisCallMs ?? Number.NaN,
    bytesPerEntrant: bytesEach(life, entrants),
    bytesPerEntrantBeforeFreeze: (entered.dataBytes - before.dataBytes) / entrants,
    bytesPerEntrantAfterPurge: (purged.dataBytes - before.dataBytes) / entrants,
    bytesPerEntrantOfAllocator: (purged.activeBytes - before.activeBytes) / entrants,
    bytesPerEntrant24: bytesEach(long.life, longEntrants),
    entrants,
    entriesPerSecond: life.entriesPerSecond,
    redisCommandsPerEntry: totalOf(long.sent) / longEntrants,
    freezeSeconds: life.freezeSeconds,
    freezeLoopDelayMaxMs: life.freezeLoop.maxMs,
    freezeLoopDelayP99Ms: life.freezeLoop.p99Ms,
    facts: proofs[1]?.facts ?? Number.NaN,
    listVerifiedSeconds: proofs[1]?.listSeconds ?? Number.NaN,
    ledgerVerifiedSeconds: proofs[1]?.ledgerSeconds ?? Number.NaN,
    othersShare,
  };
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    violations: [
      ...lifeViolations('long ids', long.life, longEntrants),
      ...lifeViolations('draw', life, entrants),
      ...proofs.flatMap(({ violations }) => violations),
      ...wrong,
    ],
    warnings: neighbourWarnings(othersShare),
    goals:
      entrants >= 1_000_000
        ? [
            { figure: 'drawSpeedup', direction: 'at least', value: 100 },
            { figure: 'longestRedisCallMs', direction: 'at most', value: 1 },
            { figure: 'bytesPerEntrant', direction: 'at most', value: 120 },
          ]
        : [],
    tables: {
      ...longest.tables,
      'the same call again and again, at full size': same.map(({ call, minMs, medianMs, maxMs }) => ({
        ...{ call, 'min ms': significant(minMs, 3), 'median ms': significant(medianMs, 3) },
        'max ms': significant(maxMs, 3),
      })),
      'where the bytes are': keysOf,
      pairs: pairs.map(({ oursMs, usualMs, fetchMs }) => ({
        'ours ms': significant(oursMs, 3),
        'usual way ms': significant(usualMs, 3),
        'of it SMEMBERS ms': significant(fetchMs, 3),
        ratio: significant(usualMs / oursMs, 3),
      })),
      'commands that the node sent while the first draw was announced and entered': Object.entries(long.sent)
        .sort(([, a], [, b]) => b - a)
        .map(([command, times]) => ({ command, times, 'an entry': significant(times / longEntrants, 3) })),
    },
  };
}

/** An eighth, so that hash tables are as full as those of the large one. */
const LONG_SHARE = 8;

export const lottery1m: Scenario = {
  name: 'lottery-1m',
  summary:
    'a draw of 100 among 1,000,000 entrants: time, longest Redis call, bytes an entrant; all of it verified',
  defaults: { seed: { full: 1, quick: 1 } },
  maxSeconds: ({ quick }) => (quick ? 90 : 420),
  socketsInOneProcess: () => 20,
  run: ({ quick, seed = 0 }, context) => {
    const entrants = quick ? 50_000 : 1_000_000;
    const plan = { entrants, longEntrants: entrants / LONG_SHARE, winners: 100, pairs: quick ? 5 : 7, seed };
    return runLottery(plan, context);
  },
};
