import { describe, expect, it } from 'vitest';
import { FAN_DEFAULTS } from '../../../shared/community/fans.ts';
import { lowestFactForPoints } from '../../community/points-cursor.ts';
import { daysAt } from '../../community/room-days.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { buy, DAY_MS, type FanClub, fanClub, HOUR_MS, told } from './testing/club.ts';

const harness = useCheckedHarness();

/** Nothing follows the ledger but what the test says. */
async function quiet(options: Parameters<typeof fanClub>[1] = {}) {
  const club = await fanClub(harness, options);
  for (const node of club.nodes) await node.core.due.close();
  const follow = (on = club.store) => on.follower.visit(club.roomId);
  const paidOrders = async (userId: string) => Number(await club.redis.hget(club.keys.paidOrders, userId));
  const scores = async (userId: string, ...boards: string[]) =>
    Promise.all(boards.map((board) => club.redis.zscore(club.keys.fanBoard(board), userId)));
  return { ...club, follow, paidOrders, scores };
}

const kinds = async (club: FanClub) =>
  (await club.facts('points-earned', 'points-taken', 'fan-level-changed')).map(({ kind }) => kind);

describe('paid orders', () => {
  it('[FB20] bring a fan a point for every ten whole units of money, up to the cap of the day', async () => {
    const club = await quiet();
    const ana = await club.fan('ana');
    for (const amount of [999, 1000, 2999, 50_000, 200_000]) await (await buy(club, 'ana', amount)).pay();
    await club.follow();
    expect((await club.me('ana')).fan).toMatchObject({ points: 100, today: { paid: 100 }, level: 3 });
    expect(await club.paidOrders('ana')).toBe(5);
    await told(ana, { level: 3, points: 100 });
    expect(await kinds(club)).toEqual(['points-earned', 'fan-level-changed', 'fan-level-changed']);
    expect(await club.redis.hgetall(club.keys.paidPoints)).toMatchObject({
      2: expect.stringMatching(/^1 20300315 s/),
    });
  });

  it.each([
    ['JPY', 100, 10],
    ['EUR', 100_00, 10],
    ['KWD', 100_000, 10],
  ])('[FB20] counts whole units of %s', async (currency, amountMinor, expected) => {
    const club = await quiet({ currency });
    await club.fan('ana');
    await (await buy(club, 'ana', amountMinor)).pay();
    await (await buy(club, 'ana', amountMinor / 10 - 1)).pay();
    await club.follow();
    expect(await club.points('ana')).toBe(expected);
  });

  it('[FB20] count from joining the club on; those of others count as orders alone, and of a banned user too', async () => {
    const club = await quiet();
    const early = await buy(club, 'ana', 50_000);
    await early.pay();
    club.time.advance(1);
    await club.fan('ana');
    await club.fan('cy');
    await (await buy(club, 'bo', 50_000)).pay();
    await (await buy(club, 'cy', 50_000)).pay();
    await club.redis.hset(club.keys.sanctions, 'b cy', '0 a1');
    await club.follow();
    expect([await club.points('ana'), await club.points('bo'), await club.points('cy')]).toEqual([0, -1, 0]);
    expect([await club.paidOrders('ana'), await club.paidOrders('bo'), await club.paidOrders('cy')]).toEqual([
      1, 1, 1,
    ]);
  });

  it.each(['refund', 'cancel'] as const)(
    '[FB21] %s takes back exactly what the order brought',
    async (verb) => {
      const club = await quiet();
      const ana = await club.fan('ana');
      await club.say('ana', 'hello');
      const [kept, back] = [await buy(club, 'ana', 30_000), await buy(club, 'ana', 50_000)];
      for (const order of [kept, back]) await order.pay();
      await club.follow();
      const session = `session:${(await club.redis.hget(club.keys.head, 'sessionId')) as string}`;
      expect(await club.scores('ana', 'all', 'day:20300315', session)).toEqual(['81', '81', '81']);
      expect((await club.me('ana')).fan).toMatchObject({ level: 3 });
      expect(await back.undo(verb)).toMatchObject({ ok: true });
      if (verb === 'cancel') expect(await back.undo('refund')).toMatchObject({ ok: true });
      await club.follow();
      await club.follow();
      expect((await club.me('ana')).fan).toMatchObject({
        level: 2,
        points: 31,
        today: { paid: 30, chat: 1 },
      });
      expect(await club.scores('ana', 'all', 'day:20300315', session)).toEqual(['31', '31', '31']);
      expect(await club.paidOrders('ana')).toBe(1);
      await told(ana, { level: 2, points: 31 });
      expect((await club.facts('points-taken')).map(({ data }) => data)).toEqual([
        { userId: 'ana', points: 50, orderNo: back.no },
      ]);
      expect((await club.facts('fan-level-changed')).at(-1)?.data).toEqual({
        ...{ userId: 'ana', from: 3, to: 2, points: 31, reason: 'refund' },
      });
    },
  );

  it('[FB21] takes points back also days later, from the boards that had them', async () => {
    const club = await quiet();
    await club.fan('ana');
    const order = await buy(club, 'ana', 50_000);
    await order.pay();
    await club.follow();
    club.time.advance(DAY_MS);
    await club.say('ana', 'next day');
    await order.undo('refund');
    await club.follow();
    expect(await club.scores('ana', 'all', 'day:20300315', 'day:20300316')).toEqual(['1', null, '1']);
    expect((await club.me('ana')).fan).toMatchObject({ points: 1, today: { chat: 1, paid: 0 } });
  });

  it('[FB21] lets a level that older rules gave drop by no more than the thresholds crossed', async () => {
    const club = await quiet();
    await club.fan('ana');
    const order = await buy(club, 'ana', 100_000);
    await order.pay();
    await club.follow();
    expect((await club.me('ana')).fan).toMatchObject({ level: 3, points: 100 });
    await club.setRules({ thresholds: FAN_DEFAULTS.thresholds.map((t, i) => (i === 1 ? 90 : t * 5)) });
    await order.undo('refund');
    await club.follow();
    expect((await club.me('ana')).fan).toMatchObject({ level: 2, points: 0 });
  });

  it('[FB22] each counts once, whoever follows, however many at once', async () => {
    const club = await quiet({ nodes: 2 });
    await club.fan('ana');
    await club.setRules({ paid: { points: 1, perUnits: 10, cap: 10_000 } });
    for (let i = 0; i < 12; i += 1) await (await buy(club, 'ana', 1000)).pay();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => club.follow(club.nodes[i % 2]?.core.stores.fanBadges)),
    );
    expect(await club.points('ana')).toBe(12);
    expect(await lowestFactForPoints(club.node.core.redis, club.node.core.keys, club.roomId)).toBe(
      Number(await club.redis.hget(club.keys.head, 'fact')) + 1,
    );
  });

  it("[FB22] a ledger of any length is followed by and by, in the room's due queue", {
    timeout: 30_000,
  }, async () => {
    const club = await quiet();
    await club.fan('ana');
    await (await buy(club, 'ana', 1000)).pay();
    await club.follow();
    const order = await buy(club, 'ana', 1000);
    // Facts of other kinds, as a busy sale leaves them.
    let n = Number(await club.redis.hget(club.keys.head, 'fact'));
    const pipe = club.redis.pipeline();
    for (let i = 0; i < 1500; i += 1) {
      n += 1;
      pipe.xadd(
        club.keys.ledger,
        `${n}-0`,
        'kind',
        'restocked',
        'actor',
        'x',
        'op',
        '',
        'at',
        '0',
        'data',
        '{}',
      );
    }
    pipe.hset(club.keys.head, 'fact', n);
    await pipe.exec();
    await order.pay();
    await club.store.follower.mark(club.roomId);
    expect(await club.redis.zscore(club.keys.due, 'fan-badges:follow:')).not.toBeNull();
    await club.follow();
    expect(await club.points('ana')).toBe(1);
    expect(await club.redis.zscore(club.keys.due, 'fan-badges:follow:')).not.toBeNull();
    await club.follow();
    expect(await club.points('ana')).toBe(2);
    expect(await club.redis.zscore(club.keys.due, 'fan-badges:follow:')).toBeNull();
  });

  it('[FB22] follows by itself, on any node', async () => {
    const club = await fanClub(harness, { nodes: 2 });
    const ana = await club.fan('ana');
    await (await buy(club, 'ana', 50_000)).pay();
    await eventually(() =>
      expect(ana.notices).toContainEqual(expect.objectContaining({ data: { level: 2, points: 50 } })),
    );
    expect(await club.points('ana')).toBe(50);
  });

  it('[FB22] goes on where facts were trimmed before they were counted', async () => {
    const club = await quiet();
    await club.fan('ana');
    await (await buy(club, 'ana', 1000)).pay();
    await club.redis.xtrim(club.keys.ledger, 'MAXLEN', 0);
    await club.follow();
    expect(await club.points('ana')).toBe(0);
    await (await buy(club, 'ana', 2000)).pay();
    await club.redis.xtrim(club.keys.ledger, 'MAXLEN', 1);
    await club.follow();
    await (await buy(club, 'ana', 3000)).pay();
    await club.follow();
    expect(await club.points('ana')).toBe(3);
  });

  it('[FB22] a fact that cannot be read holds nothing up', async () => {
    const club = await quiet();
    await club.fan('ana');
    const n = Number(await club.redis.hincrby(club.keys.head, 'fact', 1));
    const fields = ['kind', 'order-paid', 'actor', 'x', 'op', '', 'at', '0', 'data', '{"no":'];
    await club.redis.xadd(club.keys.ledger, `${n}-0`, ...fields);
    await (await buy(club, 'ana', 1000)).pay();
    await club.follow();
    expect(await club.points('ana')).toBe(1);
  });

  it('[FB16] a node whose clock is days wrong gives no points and loses none', async () => {
    const club = await quiet();
    await club.fan('ana');
    await (await buy(club, 'ana', 1000)).pay();
    const { calendars } = club.node.core.stores.room;
    const days = calendars.days.bind(calendars);
    const wrongBy = (ms: number): void => {
      calendars.days = async () => daysAt('Asia/Shanghai', club.time.nowMs + ms);
    };
    for (const ms of [3 * DAY_MS, -3 * DAY_MS]) {
      wrongBy(ms);
      await club.follow();
      await club.watch(HOUR_MS);
      await club.say('ana', 'hello');
      expect(await club.points('ana')).toBe(0);
    }
    // A day off is noticed by Redis' own time.
    wrongBy(-DAY_MS);
    await club.say('ana', 'hello');
    expect((await club.facts('points-earned')).at(-1)?.data).toMatchObject({ day: 20300315 });
    calendars.days = days;
    await club.follow();
    await club.watch(60_000);
    expect((await club.me('ana')).fan).toMatchObject({ today: { paid: 1, watch: 30, chat: 1 } });
  });
});
