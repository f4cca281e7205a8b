import { randomUUID } from 'node:crypto';
import { timeOfRoundMs } from '../../../shared/lottery/beacon-info.ts';
import type { Draw, DrawPhase } from '../../../shared/plays/lottery/draw.ts';
import { signToken } from '../../kit/tokens.ts';
import { sleep, until } from '../../kit/wait.ts';
import { Caller } from '../../target/caller.ts';
import type { EnterResult, LoopDelay } from '../../target/draw-node.ts';
import { befriend, leave } from '../../target/entrants.ts';
import { memoryOf, type RedisMemory } from '../../target/redis-memory.ts';
import type { Stage } from './stage.ts';

/** One draw of a room from nothing to its reveal, by a node that does what it does in production. */

export type LifePlan = {
  roomId: string;
  entrants: number;
  winners: number;
  longIds: boolean;
  /** Its commands are counted one by one: the script that only counts has no turn. */
  counted?: boolean;
  /** Once the room is befriended, before anybody enters. */
  onReady?: () => Promise<void>;
  /** Once everybody has entered. */
  onEntered?: () => Promise<void>;
  /** Once the list is frozen, before its beacon is out. */
  onFrozen?: (drawId: string) => Promise<void>;
};

export type Life = {
  drawId: string;
  entered: EnterResult;
  entriesPerSecond: number;
  memory: { before: RedisMemory; entered: RedisMemory; frozen: RedisMemory };
  freezeSeconds: number;
  freezeLoop: LoopDelay;
  /** From the last byte of the relay's answer to the winners in Redis; its signature is checked meanwhile. */
  answerToDrawnMs: number;
};

/** The draw is closed by its clock, which the node is told, not by waiting. */
const DURATION_MS = 3_600_000;
const ENTER_AT_ONCE = 25_000;
const GATHER_EVERY_MS = 200;
const FREEZE_TIMEOUT_MS = 150_000;
const DRAW_TIMEOUT_MS = 30_000;
const LAST_FACTS = 20;

const thousands = (n: number): string => n.toLocaleString('en');

/** Lets all of them enter, in the order of their numbers. */
async function enterAll(stage: Stage, plan: LifePlan, drawId: string): Promise<EnterResult> {
  const { roomId, entrants, longIds } = plan;
  const all: EnterResult = { ms: 0, entered: 0, outOfOrder: 0, refusals: {} };
  for (let from = 0; from < entrants; from += ENTER_AT_ONCE) {
    const count = Math.min(ENTER_AT_ONCE, entrants - from);
    const part = await stage.node.call('enter', { roomId, drawId, from, count, longIds });
    all.ms += part.ms;
    all.entered += part.entered;
    all.outOfOrder += part.outOfOrder;
    for (const [code, times] of Object.entries(part.refusals))
      all.refusals[code] = (all.refusals[code] ?? 0) + times;
    stage.progress.live(`${thousands(from + count)} of ${thousands(entrants)} have entered`);
  }
  return all;
}

/** Gathers slow calls, and lets the script that only counts have its turn, as long as this takes. */
async function watched<T>(
  { slow, control }: Stage,
  { counted = false }: LifePlan,
  work: () => Promise<T>,
): Promise<T> {
  let busy = true;
  const watch = async (): Promise<void> => {
    for (let gatheredAtMs = 0; busy; ) {
      if (counted) await sleep(GATHER_EVERY_MS);
      else await control();
      if (performance.now() - gatheredAtMs < GATHER_EVERY_MS) continue;
      gatheredAtMs = performance.now();
      await slow.gather();
    }
  };
  const watching = watch();
  try {
    return await work();
  } finally {
    busy = false;
    await watching;
    await slow.gather();
  }
}

function phaseReached(
  stage: Stage,
  roomId: string,
  drawId: string,
  phase: DrawPhase,
  timeoutMs: number,
): Promise<true> {
  const { redis, keys, node, progress } = stage;
  return until(`a draw of ${roomId} to be ${phase}`, timeoutMs, async () => {
    const problem = node.child.problem();
    if (problem) throw new Error(problem);
    const judged = await redis.client.strlen(keys.room(roomId).drawStates(drawId));
    progress.live(`${thousands(judged)} judged, waiting to be ${phase}`);
    return (await redis.client.hget(keys.room(roomId).draw(drawId), 'phase')) === phase || undefined;
  });
}

/** When one of the room's last facts was written, by the node's time. */
async function factAtMs({ redis, keys }: Stage, roomId: string, kind: string): Promise<number> {
  const facts = await redis.client.xrevrange(keys.room(roomId).ledger, '+', '-', 'COUNT', LAST_FACTS);
  const flat = facts
    .map(([, fields]) => fields)
    .find((fields) => fields[fields.indexOf('kind') + 1] === kind);
  return Number(flat?.[flat.indexOf('at') + 1] ?? Number.NaN);
}

async function announce(stage: Stage, { roomId, winners }: LifePlan): Promise<Draw> {
  const claims = { userId: 'host', name: 'Host', roomId, role: 'host' as const };
  const host = await Caller.connect(stage.node.url, signToken(stage.tokenSecret, claims));
  stage.lifetimes.add('host', () => host.close());
  await host.call('room:join', { roomId });
  const { draw } = await host.call<{ draw: Draw }>('lottery:announce', {
    ...{ opId: randomUUID(), title: 'Load', durationMs: DURATION_MS },
    prizes: [{ title: 'A bag', valueMinor: 10_000, count: winners }],
    conditions: [{ kind: 'follow' }, { kind: 'level', level: 1 }],
  });
  return draw;
}

async function makeRoom({ node, redis, keys, progress }: Stage, plan: LifePlan): Promise<void> {
  const { roomId, entrants, longIds } = plan;
  await node.call('createRoom', { roomId });
  const people = { count: entrants, long: longIds, nowMs: Date.now() };
  await befriend(redis.client, keys.room(roomId), people, (done) =>
    progress.live(`${thousands(done)} of ${thousands(entrants)} follow`),
  );
}

export async function liveDraw(stage: Stage, plan: LifePlan): Promise<Life> {
  const { node, redis, keys, drand, clock, progress } = stage;
  const { roomId, entrants, longIds } = plan;
  await makeRoom(stage, plan);
  await plan.onReady?.();
  const before = await memoryOf(redis.client);

  const { drawId, closesAtMs } = await announce(stage, plan);
  const enteredResult = await watched(stage, plan, () => enterAll(stage, plan, drawId));
  const entriesPerSecond = (enteredResult.entered / enteredResult.ms) * 1000;
  progress.step(`${thousands(enteredResult.entered)} entered, ${thousands(Math.round(entriesPerSecond))}/s`);
  const entered = await memoryOf(redis.client);

  await plan.onEntered?.();
  await leave(redis.client, keys.room(roomId), entrants, longIds);
  await node.call('loopDelay', null);
  await watched(stage, plan, async () => {
    await clock.forwardTo(closesAtMs);
    await phaseReached(stage, roomId, drawId, 'frozen', FREEZE_TIMEOUT_MS);
  });
  const freezeMs =
    (await factAtMs(stage, roomId, 'draw-frozen')) - (await factAtMs(stage, roomId, 'draw-closed'));
  const freezeLoop = await node.call('loopDelay', null);
  const frozen = await memoryOf(redis.client);
  progress.step(`Frozen in ${(freezeMs / 1000).toFixed(2)} s`);
  await plan.onFrozen?.(drawId);

  await watched(stage, plan, async () => {
    const row = await stage.reads.row(roomId, drawId);
    if (!row) throw new Error(`the draw of ${roomId} is gone`);
    drand.publish(row.beaconRound);
    // Signed before anybody asks, as a beacon's rounds are.
    drand.sign(row.beaconRound);
    await clock.forwardTo(timeOfRoundMs(drand.info, row.beaconRound));
    await phaseReached(stage, roomId, drawId, 'revealed', DRAW_TIMEOUT_MS);
  });
  const drawnAtMs = (await stage.reads.row(roomId, drawId))?.drawnAtMs ?? Number.NaN;
  const answeredAtMs = await node.call('relayAnsweredAtMs', null);
  progress.step(`${plan.winners} of ${thousands(entrants)} drawn`);
  return {
    ...{ drawId, entered: enteredResult, entriesPerSecond, freezeLoop },
    memory: { before, entered, frozen },
    freezeSeconds: freezeMs / 1000,
    answerToDrawnMs: drawnAtMs - clock.aheadMs - answeredAtMs,
  };
}
