import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { DAY_MS, fanClub, HOUR_MS, MINUTE_MS } from './testing/club.ts';

const harness = useCheckedHarness();
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });

describe('leaderboards', () => {
  it("[FB23] are of the day, the session and all time, in pages, and `me` has one's own places", async () => {
    const club = await fanClub(harness);
    await club.setRules({ chat: { points: 1, cap: 100 } });
    for (const [i, user] of ['ana', 'bo', 'cy', 'dee'].entries()) {
      await club.fan(user);
      for (let said = 0; said <= i; said += 1) await club.say(user, 'hello');
    }
    await club.fan('new');
    const guest = await harness.join(club.node, club.roomId, 'guest');
    const page = await guest.must('fan-badges:board', { board: 'all', fromRank: 2, limit: 2 });
    const badge = { level: 1, lit: true };
    expect(page).toEqual({
      fans: [
        { rank: 2, userId: 'cy', name: 'Name of cy', points: 3, badge },
        { rank: 3, userId: 'bo', name: 'Name of bo', points: 2, badge },
      ],
      total: 4,
    });
    expect((await club.me('bo')).ranks).toEqual({ day: 3, session: 3, all: 3 });
    expect((await club.me('new')).ranks).toEqual({ day: null, session: null, all: null });
    expect((await club.me('nobody')).ranks).toEqual({ day: null, session: null, all: null });
    expect(await guest.must('fan-badges:board', { board: 'all', fromRank: 5 })).toEqual({
      fans: [],
      total: 4,
    });

    // The session is over; its board stays until another one brings points.
    await club.host.must('room:end-session', { opId: opId() });
    club.time.advance(DAY_MS);
    await club.say('ana', 'between');
    const top = async (board: 'day' | 'session' | 'all') =>
      (await club.store.board(club.roomId, board, 1, 1)).fans.map(({ userId, points }) => [userId, points]);
    expect([await top('day'), await top('session'), await top('all')]).toEqual([
      [['ana', 1]],
      [['dee', 4]],
      [['dee', 4]],
    ]);
    await club.goLive();
    expect(await top('session')).toEqual([]);
    await club.say('bo', 'again');
    expect([await top('day'), await top('session')]).toEqual([[['bo', 1]], [['bo', 1]]]);
  });

  it('[FB23] show what fans are called now', async () => {
    const club = await fanClub(harness);
    await club.fan('ana');
    await club.say('ana', 'hello');
    const name = 'New \\ "name" 🫖';
    const renamed = await harness.join(club.node, club.roomId, { userId: 'ana', name });
    const { fans } = await renamed.must('fan-badges:board', { board: 'day' });
    expect(fans).toMatchObject([{ userId: 'ana', name }]);
    expect(await club.points('ana')).toBe(1);
  });
});

describe('the entrance', () => {
  it('[FB24] of a fan of a high level, with a lit badge, is told to the room, once in ten minutes', async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    const bo = await club.fan('bo');
    await club.setRules({ chat: { points: 1000, cap: 10_000 } });
    await club.say('ana', 'hello');
    expect((await club.me('ana')).fan).toMatchObject({ level: 7 });
    const entered = () => club.events('fan-badges:entered');
    await ana.must('room:leave', {});
    await bo.must('room:join', { roomId: club.roomId });
    expect(await entered()).toEqual([]);
    for (let i = 0; i < 3; i += 1) await ana.must('room:join', { roomId: club.roomId });
    await eventually(() => expect(bo.events('fan-badges:entered')).toHaveLength(1));
    expect((await entered())[0]?.data).toEqual({ userId: 'ana', name: 'Name of ana', level: 7 });
    club.time.advance(10 * MINUTE_MS);
    await ana.must('room:join', { roomId: club.roomId });
    expect(await entered()).toHaveLength(2);
    await club.setRules({ entranceLevel: 21 });
    club.time.advance(10 * MINUTE_MS);
    await ana.must('room:join', { roomId: club.roomId });
    await club.setRules({ lapseDays: 1 });
    await club.redis.hincrby(club.keys.head, 'liveDays', 2);
    await ana.must('room:join', { roomId: club.roomId });
    expect(await entered()).toHaveLength(2);
  });
});

describe('a keeper', () => {
  const SHIFT_MS = HOUR_MS;
  const staged = async () => {
    const club = await fanClub(harness, { nodes: 2 });
    const ana = await club.fan('ana');
    const far = await club.enter('ana', club.nodes[1]);
    const ask = (userId: string) =>
      club.host.call('fan-badges:ask-keeper', { opId: opId(), userId, shiftMs: SHIFT_MS });
    const answer = (accept: boolean, id = opId()) =>
      ana.call('fan-badges:answer-keeper', { opId: id, accept });
    return { ...club, ana, far, ask, answer };
  };

  it('[FB25] is a fan whom the host asks; once they accept they moderate until the end of the shift, on every node', async () => {
    const club = await staged();
    const { ana, far } = club;
    expect(
      await ana.call('fan-badges:ask-keeper', { opId: opId(), userId: 'ana', shiftMs: SHIFT_MS }),
    ).toMatchObject(refused('FORBIDDEN'));
    const untilMs = club.time.nowMs + 10 * MINUTE_MS;
    expect(await club.ask('ana')).toEqual({ ok: true, data: {} });
    for (const device of [ana, far]) {
      await eventually(() =>
        expect(device.notices).toMatchObject([
          { name: 'fan-badges:keeper-asked', data: { untilMs, shiftMs: SHIFT_MS } },
        ]),
      );
    }
    expect(await club.me('ana')).toMatchObject({ keeperAsk: { untilMs, shiftMs: SHIFT_MS } });
    const { you } = await ana.must('room:join', { roomId: club.roomId });
    expect(you.plays['fan-badges']).toMatchObject({ keeperAsk: { untilMs, shiftMs: SHIFT_MS } });
    expect(await ana.call('chat:pin', { opId: opId(), messageId: null })).toMatchObject(refused('FORBIDDEN'));

    const id = opId();
    const shiftEndsAtMs = club.time.nowMs + SHIFT_MS;
    for (const again of [id, id]) {
      expect(await club.answer(true, again)).toEqual({ ok: true, data: { untilMs: shiftEndsAtMs } });
    }
    await eventually(async () =>
      expect(await far.call('chat:pin', { opId: opId(), messageId: null })).toMatchObject({ ok: true }),
    );
    expect(await ana.must('room:join', { roomId: club.roomId })).toMatchObject({
      you: { role: 'moderator' },
    });
    expect(await club.answer(true)).toMatchObject(refused('NOT_ASKED'));
    club.time.advance(SHIFT_MS);
    await eventually(
      async () =>
        expect(await far.call('chat:pin', { opId: opId(), messageId: null })).toMatchObject(
          refused('FORBIDDEN'),
        ),
      { everyMs: 250 },
    );
    const kinds = ['keeper-asked', 'keeper-answered', 'role-changed'];
    expect((await club.facts(...kinds)).map(({ kind, actor, data }) => [kind, actor, data])).toEqual([
      ['keeper-asked', 'host', { userId: 'ana', shiftMs: SHIFT_MS }],
      ['keeper-answered', 'ana', { userId: 'ana', accepted: true }],
      ['role-changed', 'host', { userId: 'ana', role: 'moderator', untilMs: shiftEndsAtMs }],
      ['role-changed', 'system', { userId: 'ana', role: 'viewer', untilMs: null }],
    ]);
  });

  it('[FB26] who declines, or answers too late, stays what they are', async () => {
    const club = await staged();
    await club.ask('ana');
    expect(await club.answer(false)).toEqual({ ok: true, data: { untilMs: null } });
    await club.ask('ana');
    club.time.advance(10 * MINUTE_MS);
    expect(await club.me('ana')).toMatchObject({ keeperAsk: null });
    expect(await club.answer(true)).toMatchObject(refused('NOT_ASKED'));
    expect(await club.facts('role-changed')).toEqual([]);
  });

  it('[FB26] is nobody who is no fan, or may moderate for good already', async () => {
    const club = await staged();
    await club.enter('bo');
    expect(await club.ask('bo')).toMatchObject(refused('NOT_A_FAN'));
    const mod = await harness.join(club.node, club.roomId, { userId: 'mod', role: 'moderator' });
    await mod.must('fan-badges:join', { opId: opId() });
    await club.host.must('fan-badges:join', { opId: opId() });
    for (const userId of ['mod', 'host']) {
      expect(await club.ask(userId)).toMatchObject(refused('FORBIDDEN', { path: 'userId' }));
    }
    // A role that they were given in the meantime is not taken away by a shift.
    await club.ask('ana');
    await club.redis.hset(club.keys.roles, 'a ana', 'cohost 0');
    expect(await club.answer(true)).toEqual({ ok: true, data: { untilMs: null } });
    expect(await club.redis.hget(club.keys.roles, 'a ana')).toBe('cohost 0');
  });

  it('[FB26] on a shift can be asked for another; the longer one stays', async () => {
    const club = await staged();
    await club.ask('ana');
    await club.answer(true);
    club.time.advance(30 * MINUTE_MS);
    expect(await club.ask('ana')).toMatchObject({ ok: true });
    expect(await club.answer(true)).toEqual({ ok: true, data: { untilMs: club.time.nowMs + SHIFT_MS } });
    const short = { opId: opId(), userId: 'ana', shiftMs: 10 * MINUTE_MS };
    await club.host.must('fan-badges:ask-keeper', short);
    expect(await club.answer(true)).toEqual({ ok: true, data: { untilMs: club.time.nowMs + SHIFT_MS } });
  });
});
