import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FAN_DEFAULTS, type FanRules } from '../../../shared/community/fans.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { PointsStore } from './points.store.ts';
import { buy, DAY_MS, type FanClub, fanClub, HOUR_MS, type LedgerFact, MINUTE_MS } from './testing/club.ts';
import { ModelClub } from './testing/model.ts';
import { WatchRounds } from './watch-rounds.ts';

const harness = useHarness();
const seed = Number(process.env.LIVESTALL_TEST_SEED);
const USERS = ['ana', 'bo', 'cy'];
const RULES: Partial<FanRules>[] = [
  {},
  { watch: { points: 7, everyMs: 7 * MINUTE_MS, cap: 100 }, chat: { points: 2, cap: 3 } },
  {
    thresholds: FAN_DEFAULTS.thresholds.map((t) => t * 3),
    watch: { points: 1, everyMs: MINUTE_MS, cap: 20 },
  },
  { thresholds: FAN_DEFAULTS.thresholds.map((_, i) => i * 5), paid: { points: 3, perUnits: 7, cap: 60 } },
];

const user = fc.constantFrom(...USERS);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 299_999, 300_000, 61_000, 3 * HOUR_MS, DAY_MS - 1),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('round' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('enter' as const, 'leave' as const, 'join' as const), user }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('chat' as const, 'share' as const), user }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      user,
      units: fc.constantFrom(0, 9, 10, 250, 900, 5000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('refund' as const), order: fc.nat(5), cancel: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rules' as const), rules: fc.constantFrom(...RULES) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('session' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The same history in Redis and in the model. */
async function runHistory(club: FanClub, steps: readonly Step[]): Promise<ModelClub> {
  const { node, time, roomId, store } = club;
  const { room } = node.core.stores;
  const { presence, redis, keys } = node.core;
  const model = new ModelClub();
  const orders: Awaited<ReturnType<typeof buy>>[] = [];
  const log = { debug: fail, error: fail } as never;
  const scriptNow = () => String(time.nowMs);
  const { calendars } = room;
  const rounds = new WatchRounds({
    ...{ log, calendars, serverNowMs: () => time.nowMs },
    store: new PointsStore({ redis, keys, scriptNow, calendars }),
    clock: { nowMs: () => time.nowMs, monotonicMs: () => time.nowMs },
    local: () => ({ users: () => model.present }) as unknown as LocalPeople,
    fanNews: { tell: () => undefined } as never,
  });
  rounds.note(roomId);
  const op = (actor: string) => ({ actor, opId: opId(), fingerprint: '' });
  const today = async () => {
    const days = await room.calendars.days(roomId);
    model.day = days.today;
  };
  await today();
  for (const each of steps) {
    switch (each.do) {
      case 'advance':
        time.advance(each.ms);
        model.advance(each.ms);
        await today();
        break;
      case 'round':
        rounds.note(roomId);
        await rounds.run();
        model.round();
        break;
      case 'enter':
        if (!model.present.has(each.user)) presence.enter(roomId, each.user);
        model.present.add(each.user);
        await presence.sync();
        break;
      case 'leave':
        presence.leave(roomId, each.user);
        model.present.delete(each.user);
        await presence.sync();
        break;
      case 'join':
        await store.join(roomId, op(each.user), each.user);
        model.join(each.user);
        rounds.wake(roomId, each.user);
        break;
      case 'chat':
        await club.say(each.user, 'hello');
        model.give(each.user, 'chat', model.rules.chat.points);
        break;
      case 'share':
        await store.share(roomId, op(each.user));
        model.give(each.user, 'share', model.rules.share.points);
        break;
      case 'buy': {
        const order = await buy(club, each.user, each.units * 100 + 50);
        await order.pay();
        await store.follower.visit(roomId);
        orders.push(order);
        model.buy(each.user, each.units);
        break;
      }
      case 'refund': {
        await orders[each.order]?.undo(each.cancel ? 'cancel' : 'refund');
        await store.follower.visit(roomId);
        model.refund(each.order);
        break;
      }
      case 'rules':
        await club.setRules(each.rules);
        model.rules = { ...FAN_DEFAULTS, ...each.rules };
        rounds.forget(roomId);
        break;
      case 'session': {
        model.live = !model.live;
        if (model.live) await room.startSession(roomId, op('host'), { sessionId: opId(), title: 'Live' });
        else await room.endSession(roomId, op('host'));
        const seq = Number(await club.redis.hget(club.keys.head, 'seq'));
        rounds.live(roomId, model.live, { seq, atMs: time.nowMs });
        break;
      }
    }
  }
  return model;
}

function fail(...args: unknown[]): never {
  throw new Error(JSON.stringify(args));
}

/** Points and levels by the facts alone. */
function replay(facts: readonly LedgerFact[]): Map<string, { points: number; level: number }> {
  const fans = new Map<string, { points: number; level: number }>();
  const of = (userId: string) => fans.get(userId) as { points: number; level: number };
  for (const { kind, data } of facts) {
    const { userId } = data;
    if (kind === 'fan-joined') fans.set(userId, { points: 0, level: 1 });
    if (kind === 'points-earned') for (const [fan, points] of data.grants) of(fan).points += points;
    if (kind === 'points-taken') of(userId).points -= data.points;
    if (kind !== 'fan-level-changed') continue;
    expect(data).toMatchObject({ from: of(userId).level, points: of(userId).points });
    of(userId).level = data.to;
  }
  return fans;
}

it('[FB27] points, caps and levels are what plain rules say after any history, and the facts replay to them', {
  timeout: 120_000,
}, async () => {
  const on = await fanClub(harness);
  await on.node.core.due.close();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      const fresh = await fanClub(harness, { on });
      fresh.host.close();
      const model = await runHistory(fresh, steps);
      const facts = replay(await fresh.facts());
      for (const userId of USERS) {
        const live = (await fresh.me(userId)).fan;
        const fan = model.fans.get(userId);
        const { level, points, today, day } = fan ?? { level: 0, points: 0, today: undefined, day: 0 };
        expect(live ? { level: live.level, points: live.points } : null).toEqual(
          fan ? { level, points } : null,
        );
        if (live && day === model.day) expect(live.today).toEqual(today);
        expect(facts.get(userId)).toEqual(fan ? { level, points } : undefined);
        const score = await fresh.redis.zscore(fresh.keys.fanBoard('all'), userId);
        expect(Number(score ?? 0)).toBe(points);
        const paid = await fresh.redis.hget(fresh.keys.paidOrders, userId);
        expect(Number(paid ?? 0)).toBe(model.paidOrders(userId));
        const { watchedMs } = await fresh.me(userId);
        expect(watchedMs).toBe(model.watched(userId));
      }
    }),
    { numRuns: 80, seed },
  );
});
