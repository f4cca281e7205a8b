import { describe, expect, it } from 'vitest';
import { FakeDrand } from '../../beacon/testing/fake-drand.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { announce, drawn, drawRoom, enter, faults, prize, refused, users, wholeList } from './testing.ts';

const harness = useHarness();

describe('winners', () => {
  it.each([
    ['fewer entrants than prizes', 3, [2, 5], 3],
    ['one entrant', 1, [1], 1],
    ['nobody', 0, [3], 0],
    ['more entrants than prizes', 700, [1, 2, 30], 33],
  ])('[LO18] %s', async (_, entrants, counts, winners) => {
    const room = await drawRoom(harness, { drand: true });
    const prizes = counts.map((count, at) => prize(count, `Prize ${at}`));
    const drawId = await drawn(room, users(entrants), prizes);
    const [record, list] = [await room.record(drawId), await room.list(drawId)];
    expect(record.drawn?.winners).toHaveLength(winners);
    expect(new Set(record.awards.map(({ ticket }) => ticket)).size).toBe(winners);
    const wanted = prizes.flatMap(({ count }, index) => Array.from({ length: count }, () => index));
    expect(record.awards.map(({ prizeIndex }) => prizeIndex)).toEqual(wanted.slice(0, winners));
    expect(faults(record, list)).toEqual([]);
    const draw = await room.draw(drawId);
    expect(draw).toMatchObject({ winners, phase: 'revealed' });
    expect(draw.shownWinners).toHaveLength(Math.min(winners, 20));
    await room.close();
  });

  it('[LO18] all tickets are void', async () => {
    const room = await drawRoom(harness);
    const { drawId } = await announce(room.host, { prizes: [prize(2)] });
    await room.enterMany(drawId, ['ana', 'bo']);
    await room.redis.zadd(room.keys.wonAt, room.time.nowMs, 'ana', room.time.nowMs, 'bo');
    room.time.advance(10_000);
    await room.until(drawId, 'revealed');
    const record = await room.record(drawId);
    expect(record).toMatchObject({ frozen: { entries: 2, voided: 2 }, awards: [], touched: [] });
    expect(faults(record, await room.list(drawId))).toEqual([]);
  });

  it('[LO6] [LO18] who wins is out of the next draw; its tickets are pseudonyms of its own', async () => {
    const room = await drawRoom(harness);
    const first = await drawn(room, users(3));
    const [winner] = await room.store.reads.awards(room.roomId, first, 0, 1);
    const { drawId } = await announce(room.host);
    const { outcomes } = await room.store.enter(
      room.roomId,
      drawId,
      users(3).map((userId) => ({ userId, role: 'viewer' as const })),
    );
    const won = users(3).indexOf(winner?.userId as string);
    expect(outcomes.map((outcome) => (outcome.ok ? 'in' : outcome.code))).toEqual(
      users(3).map((_, at) => (at === won ? 'WON_RECENTLY' : 'in')),
    );
    const ids = (await room.list(first)).map(([, entryId]) => entryId);
    expect(outcomes.some((outcome) => outcome.ok && ids.includes(outcome.data.entryId))).toBe(false);
  });

  it('[LO22] are told on all devices; the room is shown names', async () => {
    const room = await drawRoom(harness, { nodes: 2 });
    const { redis, keys } = room;
    await redis.hset(keys.fans, 'fan-1', '4 130 0 20261123 0 0 0 0 0 0 1 Fay of the Club');
    const { drawId } = await announce(room.host, { prizes: [prize(2)] });
    const [phone, laptop] = [await room.join('ana-1'), await room.join('ana-1', room.nodes[1])];
    await enter(phone, drawId);
    await room.enterMany(drawId, ['fan-1']);
    room.time.advance(10_000);
    await room.until(drawId, 'revealed');
    const award = {
      ticket: 1,
      prizeIndex: 0,
      status: 'won',
      claimBeforeMs: room.time.nowMs + 48 * 3_600_000,
    };
    for (const device of [phone, laptop]) {
      await eventually(() =>
        expect(device.notices.at(-1)).toMatchObject({
          name: 'lottery:won',
          data: { drawId, title: 'Spring bag', award },
        }),
      );
    }
    const shown = (await room.draw(drawId)).shownWinners;
    expect(shown.find(({ ticket }) => ticket === 1)?.name).toBe('an***1');
    expect(shown.find(({ ticket }) => ticket === 2)?.name).toBe('Fay of the Club');
    const ana = await harness.connect(
      room.node,
      await room.node.token({ userId: 'ana-1', name: 'Ana', room: room.roomId }),
    );
    await ana.must('room:join', { roomId: room.roomId });
    await ana.must('lottery:claim', { opId: opId(), drawId, contact: 'Ana, 1 Lane' });
    const after = (await room.draw(drawId)).shownWinners;
    expect(after.find(({ ticket }) => ticket === 1)?.name).toBe('Ana');
    await eventually(() =>
      expect(phone.events('lottery:changed').at(-1)?.data).toMatchObject({ draw: { shownWinners: after } }),
    );
  });
});

describe('the beacon', () => {
  it('[LO19] is waited for, whatever its relays do, and never replaced', async () => {
    const room = await drawRoom(harness, { drand: true });
    const { drand } = room;
    if (!drand) throw new Error('no relay');
    const draw = await announce(room.host, { prizes: [prize(2)] });
    await room.enterMany(draw.drawId, users(20));
    room.time.advance(10_000);
    await room.until(draw.drawId, 'frozen');
    const asked = () => drand.asked.length;
    room.time.nowMs = draw.beaconAtMs as number;
    await eventually(() => expect(asked()).toBe(1));
    for (const mode of ['too-early', 'down', 'reset', 'wrong-signature', 'wrong-round', 'garbage'] as const) {
      drand.mode = mode;
      const before = asked();
      await eventually(
        () => {
          // Longer than any pause between two tries.
          room.time.advance(31_000);
          expect(asked()).toBeGreaterThan(before);
        },
        { everyMs: 100 },
      );
    }
    expect(await room.draw(draw.drawId)).toMatchObject({ phase: 'frozen', beaconRound: draw.beaconRound });
    drand.mode = 'ok';
    room.time.advance(86_400_000);
    drand.publish(draw.beaconRound as number);
    await eventually(async () => {
      room.time.advance(31_000);
      expect((await room.draw(draw.drawId)).phase).toBe('revealed');
    });
    const record = await room.record(draw.drawId);
    expect(record.beacon).toMatchObject({ round: draw.beaconRound, movedFromRound: null });
    expect(faults(record, await room.list(draw.drawId))).toEqual([]);
    await room.close();
  });

  it('[LO19] a draw waits for the chain that was announced, not the one that is configured now', async () => {
    const room = await drawRoom(harness, { drand: true });
    const { drawId } = await announce(room.host);
    await room.enterMany(drawId, ['ana']);
    await room.node.core.due.close();
    const other = await new FakeDrand({ keySeed: 'b' }).listen();
    const changed = await harness.node({
      time: room.time,
      config: { beaconUrls: [other.url], beaconInfo: other.info },
    });
    room.time.advance(10_000);
    await room.until(drawId, 'frozen');
    const row = await room.store.reads.row(room.roomId, drawId);
    other.publish(row?.beaconRound as number);
    await room.turnToBeacon(drawId);
    await eventually(async () =>
      expect(Number(await room.redis.zscore(room.keys.due, `lottery:step:${drawId}`))).toBeGreaterThan(
        room.time.nowMs + 20_000,
      ),
    );
    expect(other.asked).toEqual([]);
    expect((await room.draw(drawId)).phase).toBe('frozen');
    const right = await harness.node({ time: room.time, config: room.node.core.config });
    await changed.close();
    room.time.advance(31_000);
    await room.until(drawId, 'revealed');
    await Promise.all([right.close(), other.close(), room.close()]);
  });

  it('[LO19] [LO3] clocks of nodes do not matter', async () => {
    const room = await drawRoom(harness, { drand: true });
    // Redis' own time is turned back an hour after closing: nothing is undone, and the rest waits.
    const { drawId } = await announce(room.host);
    await room.enterMany(drawId, users(5));
    room.time.advance(10_000);
    await room.until(drawId, 'frozen');
    const list = await room.list(drawId);
    room.time.advance(-3_600_000);
    expect(await enter(await room.join('late'), drawId)).toMatchObject(refused('ENTRIES_CLOSED'));
    room.time.advance(3_600_000);
    await room.turnToBeacon(drawId);
    await room.until(drawId, 'revealed');
    expect(await room.list(drawId)).toEqual(list);
    expect(faults(await room.record(drawId), list)).toEqual([]);
    await room.close();
  });
});

describe('exactly once', () => {
  it('[LO20] many nodes draw at once: one draw-drawn, one set of winners, each award and notice once', async () => {
    const room = await drawRoom(harness, { drand: true, nodes: 4 });
    const ana = await room.join('e1', room.nodes[2]);
    const { drawId } = await announce(room.host, { prizes: [prize(300)] });
    await room.enterMany(drawId, users(300));
    room.time.advance(10_000);
    await room.until(drawId, 'frozen');
    await room.turnToBeacon(drawId);
    for (let i = 0; i < 6; i += 1) {
      await Promise.all(room.nodes.map(({ core }) => core.due.poll()));
      room.time.advance(3000);
    }
    await room.until(drawId, 'revealed');
    const kinds = (await room.facts(drawId)).map(({ kind }) => kind);
    for (const kind of ['draw-frozen', 'draw-drawn', 'draw-revealed'])
      expect(kinds.filter((each) => each === kind)).toEqual([kind]);
    const awards = await room.store.reads.awards(room.roomId, drawId, 0, 1000);
    expect(awards.map(({ no }) => no)).toEqual(users(300).map((_, at) => at));
    expect(new Set(awards.map(({ userId }) => userId)).size).toBe(300);
    await eventually(() => expect(ana.notices.filter(({ name }) => name === 'lottery:won')).toHaveLength(1));
    expect(faults(await room.record(drawId), await room.list(drawId))).toEqual([]);
    await room.close();
  });

  it('[LO20] a draw that was due while every node was down happens at the next start', async () => {
    const room = await drawRoom(harness, { drand: true });
    const { drawId, beaconRound } = await announce(room.host, { opensInMs: 1000 });
    const later = await announce(room.host);
    await room.enterMany(later.drawId, users(10));
    await room.node.close();
    // A day later, with the announced rounds long out.
    room.time.advance(86_400_000);
    room.drand?.publish(beaconRound as number);
    room.drand?.publish(later.beaconRound as number);
    const next = await harness.node({ time: room.time, config: room.node.core.config });
    const { reads } = next.core.stores.lottery;
    const phases = async (phase: string) =>
      eventually(async () => {
        for (const id of [drawId, later.drawId])
          expect((await reads.row(room.roomId, id))?.phase).toBe(phase);
      });
    await phases('frozen');
    for (const id of [drawId, later.drawId]) {
      const row = await reads.row(room.roomId, id);
      expect(row?.movedFromRound).toBeGreaterThan(0);
      room.drand?.publish(row?.beaconRound as number);
    }
    room.time.advance(30_000);
    await phases('revealed');
    const record = await next.core.stores.lottery.record(room.roomId, later.drawId);
    if (!record) throw new Error('no record');
    expect(record.awards).toHaveLength(1);
    expect(faults(record, await wholeList(next.core.stores.lottery, room.roomId, later.drawId))).toEqual([]);
    await room.close();
  });
});
