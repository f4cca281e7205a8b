import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { DAY_MS, fanClub, HOUR_MS, MINUTE_MS, NOON_MS, told } from './testing/club.ts';

const harness = useCheckedHarness();
const UNIT_MS = 5 * MINUTE_MS;

describe('watch time', () => {
  it('[FB9] brings points for each whole unit, once, and the fan is told', async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    await club.watch(UNIT_MS - 1);
    expect(await club.points('ana')).toBe(0);
    await club.watch(1);
    expect(await club.points('ana')).toBe(6);
    await told(ana, { level: 1, points: 6 });
    for (let i = 0; i < 3; i += 1) await club.watch(0);
    await club.watch(2 * UNIT_MS + MINUTE_MS);
    expect(await club.me('ana')).toMatchObject({
      watchedMs: 16 * MINUTE_MS,
      fan: { points: 18, today: { watch: 18 } },
    });
  });

  it('[FB9] counts from joining the club on, and goes on over visits', async () => {
    const club = await fanClub(harness);
    const ana = await club.enter('ana');
    await club.watch(4 * MINUTE_MS);
    await ana.must('fan-badges:join', { opId: opId() });
    await club.watch(4 * MINUTE_MS);
    expect(await club.points('ana')).toBe(0);
    await club.leave(ana);
    await club.watch(HOUR_MS);
    await ana.must('room:join', { roomId: club.roomId });
    await club.node.core.presence.sync();
    await club.watch(MINUTE_MS - 1);
    expect(await club.points('ana')).toBe(0);
    await club.watch(1);
    expect(await club.points('ana')).toBe(6);
  });

  it('[FB9] is of the time that the room is live', async () => {
    const club = await fanClub(harness);
    await club.fan('ana');
    await club.watch(4 * MINUTE_MS);
    await club.host.must('room:end-session', { opId: opId() });
    await club.watch(HOUR_MS);
    expect(await club.points('ana')).toBe(0);
    await club.goLive();
    await club.watch(MINUTE_MS - 1);
    expect(await club.points('ana')).toBe(0);
    // The node hears of the new session in the event log.
    await eventually(async () => {
      await club.watch(1);
      expect(await club.points('ana')).toBe(6);
    });
  });

  it('[FB10] counts once, however many devices and nodes somebody is on', async () => {
    const club = await fanClub(harness, { nodes: 2 });
    await club.fan('ana');
    const far = await club.enter('ana', club.nodes[1]);
    for (let i = 0; i < 3; i += 1) await club.enter('ana', club.nodes[i % 2]);
    await club.watch(UNIT_MS);
    await club.watch(0);
    expect(await club.points('ana')).toBe(6);
    expect(await club.facts('points-earned')).toHaveLength(1);
    // Whoever stays on one device goes on where the others stopped.
    await club.leave(far, club.nodes[1]);
    await club.watch(UNIT_MS);
    expect(await club.points('ana')).toBe(12);
  });

  it('[FB10] somebody who became a fan on another node is found there too', async () => {
    const club = await fanClub(harness, { nodes: 2 });
    const ana = await club.enter('ana');
    await club.enter('ana', club.nodes[1]);
    await club.watch(0);
    await ana.must('fan-badges:join', { opId: opId() });
    await club.leave(ana);
    await club.watch(10 * MINUTE_MS);
    expect(await club.points('ana')).toBe(12);
  });

  it('[FB11] above the cap of the day brings nothing, then or later', async () => {
    const club = await fanClub(harness, { startMs: NOON_MS + 8 * HOUR_MS });
    await club.fan('ana');
    for (let i = 0; i < 47; i += 1) await club.watch(UNIT_MS);
    // It is five minutes to midnight in Shanghai.
    expect((await club.me('ana')).fan).toMatchObject({ points: 30, today: { watch: 30 } });
    await club.watch(UNIT_MS - 1);
    expect(await club.points('ana')).toBe(30);
    await club.watch(1);
    expect((await club.me('ana')).fan).toMatchObject({ points: 36, today: { watch: 6 } });
    const days = (await club.facts('points-earned')).map(({ data }) => data.day);
    expect(new Set(days)).toEqual(new Set([20300315, 20300316]));
  });

  it('[FB12] needs a socket: a fan who is not here, or is banned, gets nothing', async () => {
    const club = await fanClub(harness);
    const [ana, bo] = [await club.fan('ana'), await club.fan('bo')];
    await club.leave(bo);
    await club.redis.hset(club.keys.sanctions, 'b ana', '0 a1');
    await club.watch(HOUR_MS);
    expect([await club.points('ana'), await club.points('bo')]).toEqual([0, 0]);
    await harness.join(club.node, club.roomId, 'guest');
    await club.watch(HOUR_MS);
    expect(await club.redis.hlen(club.keys.watch)).toBe(3);
    ana.close();
  });

  it('[FB13] costs one call a room and round, and none while nobody is due', async () => {
    const club = await fanClub(harness);
    for (let i = 0; i < 5; i += 1) await club.fan(`u${i}`);
    const { redis } = club.node.core;
    const run = redis.evalsha.bind(redis) as (...args: unknown[]) => Promise<unknown>;
    let calls = 0;
    redis.evalsha = ((...args: unknown[]) => {
      if (args.includes(club.keys.invitedBy)) calls += 1;
      return run(...args);
    }) as typeof redis.evalsha;
    await club.watch(0);
    expect(calls).toBe(1);
    for (let i = 0; i < 20; i += 1) await club.watch(5000);
    expect(calls).toBe(1);
    await club.watch(UNIT_MS - 100_000);
    expect(calls).toBe(2);
    expect(await club.facts('points-earned')).toHaveLength(1);
  });

  it('[FB9] the node asks by itself every five seconds', { timeout: 20_000 }, async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    club.time.advance(UNIT_MS);
    await eventually(() => expect(ana.notices).toMatchObject([{ data: { points: 6 } }]), {
      withinMs: 12_000,
    });
  });
});

describe('days', () => {
  it('[FB14] a day on which the room is live counts once, also when a session goes on over midnight', async () => {
    const club = await fanClub(harness);
    await club.fan('ana');
    const liveDays = async () => Number(await club.redis.hget(club.keys.head, 'liveDays'));
    expect(await liveDays()).toBe(1);
    for (let i = 0; i < 3; i += 1) {
      await club.host.must('room:end-session', { opId: opId() });
      await club.goLive();
    }
    expect(await liveDays()).toBe(1);
    await club.watch(0);
    for (const days of [2, 3, 4]) {
      await eventually(async () => {
        await club.watch(days === (await liveDays()) ? 0 : DAY_MS);
        expect(await liveDays()).toBe(days);
      });
    }
    await club.watch(0);
    expect(await liveDays()).toBe(4);
  });

  it('[FB15] a badge dims after seven live days without points, keeps its level, and lights up with the next points', async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    await club.setRules({ chat: { points: 20, cap: 100 } });
    await club.say('ana', 'hello');
    const badge = async () => {
      const joined = await ana.must('room:join', { roomId: club.roomId });
      const { fan } = joined.you.plays['fan-badges'] as { fan: { level: number; lit: boolean } };
      const { level, lit } = (await club.me('ana')).fan ?? { level: 0, lit: false };
      expect([fan.level, fan.lit]).toEqual([level, lit]);
      expect((await club.store.board(club.roomId, 'all', 1, 1)).fans[0]?.badge).toEqual({ level, lit });
      return { level, lit };
    };
    await club.host.must('room:end-session', { opId: opId() });
    // Days on which the room is not live count for nothing.
    club.time.advance(30 * DAY_MS);
    expect(await badge()).toEqual({ level: 2, lit: true });
    const nextDay = async (): Promise<void> => {
      club.time.advance(DAY_MS);
      await club.node.core.stores.room.startSession(
        club.roomId,
        { actor: 'host', opId: opId(), fingerprint: '' },
        { sessionId: `s${club.time.nowMs}`, title: 'Live' },
      );
      await club.node.core.stores.room.endSession(club.roomId, {
        actor: 'host',
        opId: opId(),
        fingerprint: '',
      });
    };
    for (let day = 1; day <= 7; day += 1) await nextDay();
    expect(await badge()).toEqual({ level: 2, lit: true });
    await nextDay();
    expect(await badge()).toEqual({ level: 2, lit: false });
    await club.setRules({ chat: { points: 1, cap: 1 } });
    const dim = await club.say('ana', 'still here');
    expect(dim).toMatchObject({ data: { message: { badge: { level: 2, lit: false } } } });
    const bright = await club.say('ana', 'lit again');
    expect(bright).toMatchObject({ data: { message: { badge: { level: 2, lit: true } } } });
    expect(await badge()).toEqual({ level: 2, lit: true });
  });

  it.each([
    ['Asia/Shanghai', Date.UTC(2030, 2, 14, 16), 24],
    ['Pacific/Kiritimati', Date.UTC(2030, 2, 14, 10), 24],
    ['Pacific/Pago_Pago', Date.UTC(2030, 2, 15, 11), 24],
    ['Europe/Vienna', Date.UTC(2026, 2, 28, 23), 23],
    ['Europe/Vienna', Date.UTC(2026, 9, 24, 22), 25],
    ['Africa/Cairo', Date.UTC(2026, 3, 23, 22), 23],
  ])(
    '[FB16] caps are of the day in %s that begins at %d and has %d hours',
    async (timeZone, startMs, hours) => {
      const club = await fanClub(harness, { timeZone, startMs: startMs - 1 });
      await club.fan('ana');
      const share = async () => {
        const outcome = await club.store.share(club.roomId, { actor: 'ana', opId: opId(), fingerprint: '' });
        return outcome.ok ? outcome.data.granted : outcome.code;
      };
      const many = async () => [await share(), await share(), await share()];
      expect(await many()).toEqual([5, 5, 0]);
      club.time.advance(1);
      expect(await many()).toEqual([5, 5, 0]);
      club.time.advance(hours * HOUR_MS - 1);
      expect(await share()).toBe(0);
      expect((await club.me('ana')).dayEndsAtMs).toBe(club.time.nowMs + 1);
      club.time.advance(1);
      expect(await many()).toEqual([5, 5, 0]);
    },
  );
});
