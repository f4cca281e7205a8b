import { createLog } from '../../../server/kernel/log.ts';
import { DrawSteps } from '../../../server/plays/lottery/draw-steps.store.ts';
import { enterDraw } from '../../../server/plays/lottery/entries.store.ts';
import { ENTRIES_AT_ONCE, judgedAtOnce } from '../../../server/plays/lottery/lottery.rules.ts';
import { DueQueue } from '../../../server/redis/due-queue.ts';
import { interval } from '../../kit/stats.ts';
import { entrantId } from '../../target/entrants.ts';
import type { Stage } from './stage.ts';

/** Short enough for any machine to leave most of them undisturbed. */
const TIMES = 41;
const CONDITIONS = 2;
const COPY = 'load-again';
const FAR_MS = 86_400_000;

export type SameCall = { call: string; minMs: number; medianMs: number; maxMs: number };

/**
 * The two calls that a draw consists of, each made again and again with the same work before it, on a copy of the full
 * list: what one takes again and again is the script, what one takes once is the machine. Writes facts that are of no
 * draw, so the room's ledger is of no use afterwards.
 */
export async function sameCalls(
  { redis, keys, clock, slow }: Stage,
  { roomId, entrants, conditions = CONDITIONS }: { roomId: string; entrants: number; conditions?: number },
  drawId: string,
): Promise<SameCall[]> {
  const room = keys.room(roomId);
  const { client } = redis;
  const parts = [room.draw, room.drawTickets, room.drawEntrants];
  for (const key of parts) await client.copy(key(drawId), key(COPY), 'REPLACE');
  const log = createLog({ level: 'silent', format: 'json' });
  const own = client.duplicate();
  own.on('error', () => {});
  await own.connect();
  const deps = { redis: own, keys, log, scriptNow: () => String(clock.nowMs()) };
  const due = new DueQueue({ ...deps, onHandled: () => {} });
  const steps = new DrawSteps({ ...deps, due });

  const batch = Math.min(ENTRIES_AT_ONCE, entrants);
  const users = Array.from({ length: batch }, (_, i) => entrantId(entrants - batch + i, false));
  const requests = users.map((userId) => ({ userId, role: 'viewer' as const }));
  // Those who left follow again: refused ones would make it less work.
  await client.zadd(room.followers, ...users.flatMap((id) => [1, id]));

  const timed = async (call: string, prepare: () => Promise<unknown>, act: () => Promise<unknown>) => {
    await prepare();
    await act();
    const from = slow.calls.length;
    await slow.resume(0);
    for (let i = 0; i < TIMES; i += 1) {
      await prepare();
      await act();
    }
    await slow.stop();
    const micros = slow.calls
      .splice(from)
      .filter(({ name }) => name === call)
      .map((each) => each.micros);
    const { median, min, max } = interval(micros);
    return { call, minMs: min / 1000, medianMs: median / 1000, maxMs: max / 1000 };
  };

  try {
    const open = { phase: 'open', closesAtMs: String(Math.round(clock.nowMs()) + FAR_MS) };
    const enter = await timed(
      'enter',
      async () => {
        await client.hdel(room.drawEntrants(COPY), ...users);
        await client.ltrim(room.drawTickets(COPY), 0, entrants - batch - 1);
        await client.hset(room.draw(COPY), { ...open, entries: String(entrants - batch) });
      },
      () => enterDraw({ ...deps, due }, roomId, COPY, requests),
    );
    const count = Math.min(judgedAtOnce(conditions), entrants);
    const middle = Math.floor((entrants - count) / 2);
    const states = '.'.repeat(middle);
    const freeze = await timed(
      'freeze',
      async () => {
        await client.set(room.drawStates(COPY), states);
        await client.hset(room.draw(COPY), { phase: 'closed', voided: '0' });
      },
      () => steps.freeze(roomId, COPY, { from: middle, count, done: { from: 0, roots: [] } }),
    );
    return [enter, freeze];
  } finally {
    own.disconnect();
  }
}
