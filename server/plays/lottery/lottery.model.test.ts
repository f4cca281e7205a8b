import { expect, it } from 'vitest';
import { Beacon } from '../../beacon/beacon.ts';
import { createLog } from '../../kernel/log.ts';
import { seededRandom } from '../../kernel/random.ts';
import { checkRoom } from '../../ledger/check-room.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { DrawRunner } from './draw-runner.ts';
import {
  type ModelDraw,
  type ModelRoom,
  modelClaim,
  modelDraw,
  modelEnter,
  modelFreeze,
  modelPassOn,
} from './testing/model-draw.ts';
import { type DrawRoom, drawRoom, faults, prize } from './testing.ts';

const harness = useHarness();
const seed = Number(process.env.LIVESTALL_TEST_SEED ?? 1);
const HISTORIES = 8;
const STEPS = 150;
const PEOPLE = ['ana', 'bo', 'cy', 'di', 'ed', 'flo', 'gus', 'hal'];
const HOUR_MS = 3_600_000;

/** What two nodes run, started by the test instead of the due queue. */
function runnersOf(room: DrawRoom) {
  const log = createLog({ level: 'error', format: 'json' });
  const { drand } = room;
  if (!drand) throw new Error('no relay');
  const beacon = new Beacon({
    ...{ urls: [drand.url], info: drand.info, hashes: nodeHashes, log },
    nowMs: () => room.time.nowMs,
  });
  const { steps } = room;
  const tell = { won: () => undefined, stand: async () => undefined };
  const runners = [0, 1].map(() => new DrawRunner({ steps, reads: room.store.reads, beacon, log, tell }));
  return { runners, close: () => beacon.close() };
}

/** One random history, every answer of which the model knows beforehand. */
async function history(number: number): Promise<void> {
  const random = seededRandom(seed + number);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
  const room = await drawRoom(harness, { drand: true });
  await room.node.core.due.close();
  const { redis, keys, store, steps, roomId, time } = room;
  const { runners, close } = runnersOf(room);
  const model: ModelRoom = {
    nowMs: time.nowMs,
    ...{ banned: new Set(), follows: new Set(), wonAt: new Map() },
  };
  const draws: ModelDraw[] = [];
  const host = () => ({ actor: 'host', opId: opId(), fingerprint: '' });

  const announce = async (): Promise<void> => {
    if (draws.filter(({ phase }) => phase === 'entries' || phase === 'frozen').length >= 3) return;
    const [follow, prizes] = [random.next() < 0.5, 1 + Math.floor(random.next() * 4)];
    const terms = { repeatMs: pick([0, HOUR_MS]), claimMs: HOUR_MS, opensInMs: pick([0, 3000]) };
    const made = await store.announce(roomId, host(), {
      ...{ title: 'Bag', prizes: [prize(prizes)], durationMs: 10_000, ...terms },
      conditions: follow ? [{ kind: 'follow' }] : [],
      trust: pick(['beacon', 'operator'] as const),
    });
    if (!made.ok) throw new Error(made.code);
    const { drawId, opensAtMs, closesAtMs } = made.data;
    draws.push({
      ...{ drawId, follow, prizes, ...terms, opensAtMs, closesAtMs },
      ...{ users: [], states: undefined, order: undefined, awards: [], phase: 'entries' },
    });
  };

  /** Takes every draw as far as it goes now; what came of it, only the model says. */
  const drive = async (): Promise<void> => {
    for (const draw of draws) {
      const before = (await store.reads.row(roomId, draw.drawId))?.phase;
      if (await steps.tick(roomId, draw.drawId)) {
        for (const runner of runners) if (random.next() < 0.7) runner.start(roomId, draw.drawId);
        runners[0]?.start(roomId, draw.drawId);
        for (const runner of runners) await runner.idle();
      }
      const row = await store.reads.row(roomId, draw.drawId);
      if (draw.phase === 'entries' && row?.root) modelFreeze(model, draw);
      if (draw.phase === 'frozen' && row?.phase === 'revealed')
        modelDraw(model, draw, row.seed, row.randomness);
      else if (draw.phase === 'revealed') modelPassOn(model, draw);
      // What the clock has closed does not stay open.
      if (before === 'open' && model.nowMs >= draw.closesAtMs) expect(row?.phase).not.toBe('open');
      await check(draw);
    }
  };

  const check = async (draw: ModelDraw): Promise<void> => {
    const { drawId } = draw;
    expect(await redis.lrange(keys.drawTickets(drawId), 0, -1)).toEqual(draw.users);
    if (draw.states) expect((await room.list(drawId)).map(([, , state]) => state)).toEqual(draw.states);
    const awards = await store.reads.awards(roomId, drawId, 0, 100);
    const known = awards.map(({ rank, ticket, userId, status, claimBeforeMs }) => {
      return { rank, ticket, user: userId, status, claimBeforeMs };
    });
    expect(known).toEqual(draw.awards);
    expect(faults(await room.record(drawId))).toEqual([]);
  };

  const moves: (() => Promise<void> | void)[] = [
    announce,
    drive,
    async () => {
      for (let i = 0; i < 4; i += 1) {
        const [draw, userId] = [draws.length > 0 ? pick(draws.slice(-3)) : undefined, pick(PEOPLE)];
        if (!draw) return;
        const { outcomes } = await store.enter(roomId, draw.drawId, [{ userId, role: 'viewer' }]);
        const [outcome] = outcomes;
        expect(outcome?.ok ? outcome.data.ticket : outcome?.code).toBe(modelEnter(model, draw, userId));
      }
    },
    async () => {
      const user = pick(PEOPLE);
      if (model.banned.delete(user)) await redis.hdel(keys.sanctions, `b ${user}`);
      else if (random.next() < 0.4) {
        model.banned.add(user);
        await redis.hset(keys.sanctions, `b ${user}`, '0 a1');
      }
    },
    async () => {
      const user = pick(PEOPLE);
      if (random.next() < 0.3 && model.follows.delete(user)) await redis.zrem(keys.followers, user);
      else {
        model.follows.add(user);
        await redis.zadd(keys.followers, 1, user);
      }
    },
    () => {
      const byMs = random.next() < 0.1 ? HOUR_MS : Math.floor(random.next() * 6000);
      time.advance(byMs);
      model.nowMs += byMs;
    },
    async () => {
      const draw = draws.at(-1);
      if (!draw || random.next() > 0.2) return;
      const isOpen =
        draw.phase === 'entries' && model.nowMs >= draw.opensAtMs && model.nowMs < draw.closesAtMs;
      const closed = await store.close(roomId, host(), draw.drawId);
      expect(closed.ok).toBe(isOpen);
      if (isOpen) draw.closesAtMs = model.nowMs;
    },
    async () => {
      for (const draw of draws) {
        const row = await store.reads.row(roomId, draw.drawId);
        if (row?.beaconRound && random.next() < 0.5) room.drand?.publish(row.beaconRound);
      }
    },
    async () => {
      const draw = draws.find(({ awards }) => awards.some(({ status }) => status === 'won'));
      if (!draw) return;
      const user = random.next() < 0.8 ? pick(draw.awards).user : pick(PEOPLE);
      const claimed = await store.claim(
        roomId,
        { ...host(), actor: user },
        { drawId: draw.drawId, contact: 'here', name: user },
      );
      expect(claimed.ok ? 'OK' : claimed.code).toBe(modelClaim(model, draw, user));
    },
  ];

  for (let step = 0; step < STEPS; step += 1) await pick(moves)();
  // In the end every draw is over, however it went before.
  for (let round = 0; round < 30 && draws.some(({ phase }) => phase !== 'revealed'); round += 1) {
    for (const { drawId } of draws) {
      room.drand?.publish((await store.reads.row(roomId, drawId))?.beaconRound ?? 0);
    }
    time.advance(31_000);
    model.nowMs += 31_000;
    await drive();
  }
  expect(draws.map(({ phase }) => phase)).toEqual(draws.map(() => 'revealed'));
  for (const { drawId } of draws) {
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
  }
  const { redis: client, keys: allKeys } = room.node.core;
  expect((await checkRoom(client, allKeys, roomId)).violations).toEqual([]);
  await close();
  await room.node.close();
  await room.close();
}

it.each(Array.from({ length: HISTORIES }, (_, number) => number))(
  '[LO34] [LO2] [LO15] [LO25] random history %i equals its plain recomputation',
  { timeout: 60_000 },
  history,
);
