import { expect, it } from 'vitest';
import { opId, useHarness } from '../../testing/harness.ts';
import { announce, type DrawRoom, drawRoom, prize, users } from './testing.ts';

/** Each step comes a second time, from a node that looked before the first: nothing happens twice. */

const harness = useHarness();
const HOUR_MS = 3_600_000;
const DRAWN = { nextI: 3, round: 0, signature: '', randomness: '', shown: [] };

/** A draw of ten that is frozen; nothing takes it further but the test. */
async function frozen(room: DrawRoom): Promise<string> {
  const { roomId, steps } = room;
  const { drawId } = await announce(room.host, { prizes: [prize(3)], claimMs: HOUR_MS });
  await room.enterMany(drawId, users(10));
  await room.node.core.due.close();
  await room.store.close(roomId, { actor: 'host', opId: opId(), fingerprint: '' }, drawId);
  await steps.freeze(roomId, drawId, { from: 0, count: 100, done: { from: 0, roots: [] } });
  const fix = () => steps.frozen(roomId, drawId, 'ab'.repeat(32), { from: 0, roots: [Buffer.alloc(32)] });
  expect(await fix()).toBe(true);
  expect(await fix()).toBe(false);
  return drawId;
}

const award = (ticket: number) => ({ prizeIndex: 0, ticket, i: ticket - 1, userId: `e${ticket}` });

it('[LO20] winners are written once, and only those of the round that decides', async () => {
  const room = await drawRoom(harness);
  const { roomId, steps } = room;
  const drawId = await frozen(room);
  const winners = [[0, 1] as const, [1, 2] as const, [2, 3] as const];
  expect(await steps.drawn(roomId, drawId, { ...DRAWN, winners, round: 7 })).toBe(false);
  expect(await steps.drawn(roomId, drawId, { ...DRAWN, winners })).toBe(true);
  expect(await steps.drawn(roomId, drawId, { ...DRAWN, winners: [[5, 9]] })).toBe(false);
  expect(await room.store.reads.winners(roomId, drawId)).toEqual(winners);
  expect((await room.facts(drawId)).filter(({ kind }) => kind === 'draw-drawn')).toHaveLength(1);
});

it('[LO20] awards are made in their order, each once, and the seed only after all of them', async () => {
  const room = await drawRoom(harness);
  const { roomId, steps } = room;
  const drawId = await frozen(room);
  expect(await steps.award(roomId, drawId, 0, [award(1)])).toBeUndefined();
  await steps.drawn(roomId, drawId, {
    ...DRAWN,
    winners: [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  });
  expect(await steps.award(roomId, drawId, 1, [award(2)])).toBeUndefined();
  expect(await steps.award(roomId, drawId, 0, [award(1), award(2)])).toBe(room.time.nowMs + HOUR_MS);
  expect(await steps.award(roomId, drawId, 0, [award(9), award(8)])).toBeUndefined();
  await expect(steps.reveal(roomId, drawId)).rejects.toThrow('before all of its awards were made');
  expect(await steps.award(roomId, drawId, 2, [award(3)])).toBeDefined();
  await steps.reveal(roomId, drawId);
  await steps.reveal(roomId, drawId);
  const made = await room.store.reads.awards(roomId, drawId, 0, 10);
  expect(made.map(({ no, userId }) => [no, userId])).toEqual([
    [0, 'e1'],
    [1, 'e2'],
    [2, 'e3'],
  ]);
  expect((await room.facts(drawId)).filter(({ kind }) => kind === 'draw-revealed')).toHaveLength(1);
});

it('[LO25] [LO20] a prize is passed on once, when its time is over and nobody has claimed it', async () => {
  const room = await drawRoom(harness);
  const { roomId, steps } = room;
  const drawId = await frozen(room);
  await steps.drawn(roomId, drawId, {
    ...DRAWN,
    winners: [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  });
  await steps.award(roomId, drawId, 0, [award(1), award(2), award(3)]);
  await steps.reveal(roomId, drawId);
  const heir = (ticket: number) => ({ ticket, i: ticket - 1, user: `e${ticket}`, name: 'e***' });
  const passes = [{ no: 0, heir: heir(4) }, { no: 2 }];
  expect(await steps.passOn(roomId, drawId, 3, passes)).toBeUndefined();
  const claim = { drawId, contact: 'here', name: 'e2' };
  await room.store.claim(roomId, { actor: 'e2', opId: opId(), fingerprint: '' }, claim);
  room.time.advance(HOUR_MS);
  // One of them was claimed: none is passed on.
  expect(await steps.passOn(roomId, drawId, 3, [...passes, { no: 1 }])).toBeUndefined();
  expect(await steps.passOn(roomId, drawId, 2, passes)).toBeUndefined();
  expect(await steps.passOn(roomId, drawId, 3, passes)).toMatchObject({ firstNo: 3 });
  // The heir has not had the time to claim; and who looked before the first sees that i has moved.
  expect(await steps.passOn(roomId, drawId, 4, [{ no: 3 }])).toBeUndefined();
  room.time.advance(HOUR_MS);
  expect(await steps.passOn(roomId, drawId, 3, [{ no: 3, heir: heir(5) }])).toBeUndefined();
  expect(await steps.overdue(roomId, drawId)).toMatchObject({ kind: 'awards', made: 4, nextI: 4 });
  const made = await room.store.reads.awards(roomId, drawId, 0, 10);
  expect(made.map(({ status }) => status)).toEqual(['passed-on', 'claimed', 'passed-on', 'won']);
});

it('[LO20] a step that was left is found again by the clock, and one without a draw is dropped', async () => {
  const room = await drawRoom(harness);
  const { roomId, steps, redis, keys, time } = room;
  const drawId = await frozen(room);
  const member = `lottery:step:${drawId}`;
  const at = async (): Promise<number> => Number(await redis.zscore(keys.due, member)) - time.nowMs;
  expect(await steps.tick(roomId, drawId)).toBe(true);
  expect(await at()).toBe(3000);
  expect(await steps.tick(roomId, drawId)).toBe(false);
  await steps.wait(roomId, drawId, 20_000);
  expect(await at()).toBe(20_000);
  time.advance(20_000);
  expect(await steps.tick(roomId, drawId)).toBe(true);
  await redis.zadd(keys.due, time.nowMs, 'lottery:step:d_none');
  expect(await steps.tick(roomId, 'd_none')).toBe(false);
  expect(await redis.zscore(keys.due, 'lottery:step:d_none')).toBeNull();
});
