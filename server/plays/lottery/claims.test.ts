import { describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import {
  announce,
  type DrawRoom,
  drawRoom,
  faults,
  prize,
  refused,
  type TestTerms,
  users,
} from './testing.ts';

const harness = useHarness();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CONTACT = 'Ana Anders, 1 Linen Lane, Porto';

/** A draw that is over, with claims open for an hour. */
async function over(room: DrawRoom, entrants: readonly string[], terms: TestTerms = {}) {
  const { drawId } = await announce(room.host, { claimMs: HOUR_MS, ...terms });
  await room.enterMany(drawId, entrants);
  room.time.advance(10_000);
  await room.until(drawId, 'revealed');
  return drawId;
}

const awards = (room: DrawRoom, drawId: string) => room.store.reads.awards(room.roomId, drawId, 0, 10_000);
const op = (actor: string) => ({ actor, opId: opId(), fingerprint: '' });
const claim = (room: DrawRoom, drawId: string, userId: string, contact = CONTACT) =>
  room.store.claim(room.roomId, op(userId), { drawId, contact, name: userId });

/** Everything in Redis that has the text in it, but for the awards. */
async function found(room: DrawRoom, text: string): Promise<string[]> {
  const { redis, keys, time } = room;
  const names: string[] = [];
  for (const key of await harness.redis.keys(`${time.keyPrefix}*`)) {
    const dump = await redis.dumpBuffer(key);
    const type = await redis.type(key);
    const whole =
      type === 'hash'
        ? JSON.stringify(await redis.hgetall(key))
        : type === 'stream'
          ? JSON.stringify(await redis.xrange(key, '-', '+'))
          : '';
    if (dump?.includes(text) || whole.includes(text)) names.push(key.slice(keys.draws.length));
  }
  return names;
}

describe('claiming', () => {
  it('[LO23] within the deadline, and the contact again later', async () => {
    const room = await drawRoom(harness);
    const ana = await room.join('ana');
    const drawId = await over(room, ['ana']);
    const id = opId();
    const claimed = await ana.must('lottery:claim', { opId: id, drawId, contact: CONTACT });
    expect(claimed.award).toMatchObject({ no: 0, status: 'claimed', ticket: 1, prizeIndex: 0 });
    expect(await ana.call('lottery:claim', { opId: id, drawId, contact: CONTACT })).toMatchObject({
      ok: true,
    });
    const page = () => room.host.must('lottery:claims', { drawId });
    expect(await page()).toEqual({
      claims: [{ award: claimed.award, userId: 'ana', contact: CONTACT }],
      nextAward: null,
    });
    room.time.advance(2 * HOUR_MS);
    expect(await claim(room, drawId, 'ana', 'Elsewhere')).toMatchObject({ ok: true });
    expect((await page()).claims[0]?.contact).toBe('Elsewhere');
    expect((await room.facts(drawId)).filter(({ kind }) => kind === 'prize-claimed')).toEqual([
      { kind: 'prize-claimed', actor: 'ana', data: { drawId, award: 0, userId: 'ana' } },
    ]);
  });

  it('[LO23] nothing won, too late, no draw, banned; only the host reads claims', async () => {
    const room = await drawRoom(harness);
    const drawId = await over(room, ['ana']);
    const [ana, bo] = [await room.join('ana'), await room.join('bo')];
    const call = (client: typeof ana, more: object = {}) =>
      client.call('lottery:claim', { opId: opId(), drawId, contact: CONTACT, ...more });
    expect(await call(bo)).toMatchObject(refused('NOT_WON'));
    expect(await call(bo, { drawId: 'd_none' })).toMatchObject(refused('DRAW_NOT_FOUND'));
    expect(await bo.call('lottery:claims', { drawId })).toMatchObject(refused('FORBIDDEN'));
    await room.redis.hset(room.keys.sanctions, 'b ana', `${room.time.nowMs + 1000} a1`);
    expect(await claim(room, drawId, 'ana')).toMatchObject({ code: 'BANNED' });
    room.time.advance(HOUR_MS - 1);
    expect(await claim(room, drawId, 'bo')).toMatchObject({ code: 'NOT_WON' });
    room.time.advance(1);
    expect(await call(ana)).toMatchObject(refused('CLAIM_OVER'));
  });

  it('[LO24] a contact is with its award alone, and goes 60 days after the last deadline', async () => {
    const room = await drawRoom(harness);
    const ana = await room.join('ana');
    const drawId = await over(room, [...users(250), 'ana'], { prizes: [prize(251)] });
    await ana.must('lottery:claim', { opId: opId(), drawId, contact: CONTACT });
    await room.host.must('lottery:claims', { drawId });
    expect(await found(room, 'Linen Lane')).toEqual([`:${drawId}:awards`]);
    expect(JSON.stringify([ana.notices, ana.events(), room.host.events()])).not.toContain('Linen Lane');
    // The others pass on to nobody, which ends the draw but for the contact.
    room.time.advance(HOUR_MS);
    await eventually(async () => {
      const all = await awards(room, drawId);
      expect(all.filter(({ status }) => status === 'passed-on')).toHaveLength(250);
    });
    room.time.advance(60 * DAY_MS - 10_000);
    expect(await claim(room, drawId, 'ana', 'Linen Lane 2')).toMatchObject({ ok: true });
    room.time.advance(10_000);
    await eventually(
      async () => {
        room.time.advance(3000);
        expect(await found(room, 'Linen Lane')).toEqual([]);
      },
      { everyMs: 100 },
    );
    expect(await claim(room, drawId, 'ana')).toMatchObject({ code: 'CLAIM_OVER' });
    expect((await awards(room, drawId)).filter(({ status }) => status === 'claimed')).toHaveLength(1);
    await eventually(
      async () => {
        room.time.advance(3000);
        expect(await room.redis.zscore(room.keys.due, `lottery:step:${drawId}`)).toBeNull();
      },
      { everyMs: 100 },
    );
  });

  it('[LO23] claims come page by page', async () => {
    const room = await drawRoom(harness);
    const drawId = await over(room, users(30), { prizes: [prize(30)] });
    const first = await room.host.must('lottery:claims', { drawId, limit: 20 });
    expect(first).toMatchObject({ nextAward: 20 });
    const second = await room.host.must('lottery:claims', { drawId, fromAward: 20 });
    expect(second).toMatchObject({ nextAward: null });
    expect([...first.claims, ...second.claims].map(({ award }) => award.no)).toEqual(
      users(30).map((_, at) => at),
    );
  });
});

describe('the next in line', () => {
  it('[LO25] gets what nobody claimed, with a deadline of its own, as the sequence says', async () => {
    const room = await drawRoom(harness);
    const entrants = users(40);
    const clients = new Map(
      await Promise.all(entrants.slice(0, 12).map(async (user) => [user, await room.join(user)] as const)),
    );
    const drawId = await over(room, entrants, { prizes: [prize(2), prize(3)] });
    const first = await awards(room, drawId);
    expect(await claim(room, drawId, first[1]?.userId as string)).toMatchObject({ ok: true });
    room.time.advance(HOUR_MS);
    await eventually(async () => expect(await awards(room, drawId)).toHaveLength(9));
    const second = await awards(room, drawId);
    expect(second.map(({ status }) => status)).toEqual([
      ...['passed-on', 'claimed', 'passed-on', 'passed-on', 'passed-on', 'won', 'won', 'won', 'won'],
    ]);
    expect(second.slice(5).map(({ rank }) => rank)).toEqual([1, 3, 4, 5]);
    const heir = second[5];
    if (!heir) throw new Error('no heir');
    expect(heir.claimBeforeMs).toBe(room.time.nowMs + HOUR_MS);
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
    const facts = (await room.facts(drawId)).filter(({ kind }) => kind === 'prize-passed-on');
    expect(facts[0]?.data).toEqual({
      ...{
        drawId,
        award: 0,
        fromTicket: first[0]?.ticket,
        toTicket: heir.ticket,
        toAward: 5,
        nextI: heir.i + 1,
      },
    });
    const shown = (await room.draw(drawId)).shownWinners.map(({ ticket }) => ticket);
    expect(shown).toEqual([heir.ticket, first[1]?.ticket, ...second.slice(6).map(({ ticket }) => ticket)]);
    for (const [user, client] of clients) {
      const has = second.filter(({ userId }) => userId === user).at(-1);
      if (has === undefined || has.status === 'claimed') continue;
      const { no, status } = has;
      const wanted =
        status === 'won'
          ? { name: 'lottery:won', data: { award: { no } } }
          : { name: 'lottery:you-changed', data: { you: { award: { no, status } } } };
      await eventually(() => expect(client.notices.at(-1)).toMatchObject(wanted));
    }
    // Once more: those of the second round run out later than those of the first.
    expect(await claim(room, drawId, first[0]?.userId as string)).toMatchObject({ code: 'CLAIM_OVER' });
    expect(await claim(room, drawId, heir.userId)).toMatchObject({ ok: true });
    room.time.advance(HOUR_MS);
    await eventually(async () => expect(await awards(room, drawId)).toHaveLength(12));
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
  });

  it('[LO25] nobody is left', async () => {
    const room = await drawRoom(harness);
    const { redis, keys } = room;
    const { drawId } = await announce(room.host, { claimMs: HOUR_MS, prizes: [prize(2)] });
    await room.enterMany(drawId, users(4));
    await redis.hset(keys.sanctions, 'b e4', '0 a1');
    room.time.advance(10_000);
    await room.until(drawId, 'revealed');
    for (const count of [3, 3]) {
      room.time.advance(HOUR_MS);
      await eventually(async () => {
        const all = await awards(room, drawId);
        expect(all).toHaveLength(count);
        expect(
          all.some(({ status, claimBeforeMs }) => status === 'won' && claimBeforeMs <= room.time.nowMs),
        ).toBe(false);
      });
    }
    const facts = (await room.facts(drawId)).filter(({ kind }) => kind === 'prize-passed-on');
    expect(facts.map(({ data }) => [data.award, data.toAward])).toEqual([
      [0, 2],
      [1, null],
      [2, null],
    ]);
    expect((await awards(room, drawId)).map(({ status }) => status)).toEqual([
      'passed-on',
      'passed-on',
      'passed-on',
    ]);
    expect((await room.draw(drawId)).shownWinners).toEqual([]);
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
  });

  it('[LO25] [LO20] hundreds at once, on several nodes', async () => {
    const room = await drawRoom(harness, { nodes: 3 });
    const drawId = await over(room, users(500), { prizes: [prize(180)] });
    room.time.advance(HOUR_MS);
    await eventually(async () => {
      await Promise.all(room.nodes.map(({ core }) => core.due.poll()));
      expect(await awards(room, drawId)).toHaveLength(360);
    });
    const all = await awards(room, drawId);
    expect(new Set(all.map(({ userId }) => userId)).size).toBe(360);
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
  });
});

describe('a redraw', () => {
  it('[LO26] draws anew what nobody claimed, once, and ends open claims', async () => {
    const room = await drawRoom(harness);
    const entrants = users(10);
    const drawId = await over(room, entrants, { prizes: [prize(2, 'Bag'), prize(2, 'Purse')], repeatMs: 0 });
    const first = await awards(room, drawId);
    const [winner, loser] = [first[0]?.userId as string, first[3]?.userId as string];
    const device = await room.join(loser);
    expect(await claim(room, drawId, winner)).toMatchObject({ ok: true });
    const input = { opId: opId(), drawId, reason: 'Nobody answered.', durationMs: 20_000 };
    const { draw } = await room.host.must('lottery:redraw', input);
    expect(draw).toMatchObject({
      ...{ phase: 'open', title: 'Spring bag', redrawOf: { drawId, reason: 'Nobody answered.' } },
      prizes: [
        { title: 'Bag', count: 1 },
        { title: 'Purse', count: 2 },
      ],
    });
    expect(await room.host.must('lottery:redraw', input)).toEqual({ draw });
    expect(await room.draw(drawId)).toMatchObject({ redrawnBy: draw.drawId });
    expect((await room.facts(drawId)).at(-1)).toMatchObject({
      kind: 'draw-redrawn',
      data: { byDrawId: draw.drawId, reason: 'Nobody answered.', awards: [1, 2, 3] },
    });
    expect(await claim(room, drawId, loser)).toMatchObject({ code: 'CLAIM_OVER' });
    await eventually(() =>
      expect(device.notices.at(-1)).toMatchObject({
        name: 'lottery:you-changed',
        data: { drawId, you: { award: { status: 'redrawn' } } },
      }),
    );
    const page = await room.host.must('lottery:claims', { drawId });
    expect(page.claims.map(({ award }) => award.status)).toEqual([
      'claimed',
      'redrawn',
      'redrawn',
      'redrawn',
    ]);
    const again = { ...input, opId: opId() };
    expect(await room.host.call('lottery:redraw', again)).toMatchObject(refused('WRONG_DRAW_PHASE'));
    // What was to be passed on is with the new draw now.
    room.time.advance(2 * HOUR_MS);
    await room.until(draw.drawId, 'revealed');
    expect(await awards(room, drawId)).toHaveLength(4);
    const record = await room.record(draw.drawId);
    expect(record.redrawOf).toEqual({ drawId, reason: 'Nobody answered.' });
    expect(faults(record)).toEqual([]);
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
  });

  it('[LO26] nothing to redraw, not over yet, no such draw', async () => {
    const room = await drawRoom(harness);
    const drawId = await over(room, ['ana']);
    expect(await claim(room, drawId, 'ana')).toMatchObject({ ok: true });
    const call = (id: string) =>
      room.host.call('lottery:redraw', { opId: opId(), drawId: id, reason: 'Again.' });
    expect(await call(drawId)).toMatchObject(refused('NOTHING_TO_REDRAW'));
    expect(await call('d_none')).toMatchObject(refused('DRAW_NOT_FOUND'));
    const open = await announce(room.host);
    expect(await call(open.drawId)).toMatchObject(refused('WRONG_DRAW_PHASE'));
  });

  it('[LO26] prizes for which there were not enough entrants, and claims that come in between', async () => {
    const room = await drawRoom(harness);
    const drawId = await over(room, ['ana', 'bo'], { prizes: [prize(1, 'Bag'), prize(4, 'Purse')] });
    const host = op('host');
    const redraw = room.store.redraw(room.roomId, host, { drawId, reason: 'More came.', durationMs: 20_000 });
    const claims = Promise.all([claim(room, drawId, 'ana'), claim(room, drawId, 'bo')]);
    const [made, settled] = await Promise.all([redraw, claims]);
    if (!made.ok) throw new Error(made.code);
    const taken = settled.filter(({ ok }) => ok).length;
    const wanted = made.data.prizes.reduce((sum, { count }) => sum + count, 0);
    expect(wanted + taken).toBe(5);
    expect((await awards(room, drawId)).filter(({ status }) => status === 'claimed')).toHaveLength(taken);
  });
});
