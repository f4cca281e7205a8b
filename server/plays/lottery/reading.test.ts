import { describe, expect, it } from 'vitest';
import { commitOf, ENTRY_ID } from '../../../shared/lottery/fair-draw.ts';
import { drawRecordSchema } from '../../../shared/lottery/record.ts';
import { verifyRecord } from '../../../shared/lottery/verify-record.ts';
import {
  type LotterySnapshot,
  type LotteryYou,
  lotteryContract,
} from '../../../shared/plays/lottery/contract.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { announce, drawn, drawRoom, enter, faults, prize, refused, users } from './testing.ts';

const harness = useHarness();

describe('what everybody can read', () => {
  it('[LO29] the record verifies in every phase and fits its schema; every ticket has a proof', async () => {
    const room = await drawRoom(harness, { drand: true });
    const { store, roomId } = room;
    const { drawId } = await announce(room.host, { opensInMs: 1000, prizes: [prize(4)] });
    const entrants = users(1100);
    const earlier: unknown[] = [];
    const check = async () => {
      const record = await room.record(drawId);
      expect(drawRecordSchema.safeParse(record).error?.issues).toBeUndefined();
      expect(faults(record)).toEqual([]);
      for (const before of earlier) {
        const [step] = verifyRecord(nodeHashes, record, { earlier: before }).filter(
          ({ id }) => id === 'earlier',
        );
        expect(step).toMatchObject({ result: 'ok' });
      }
      earlier.push(record);
      return record;
    };
    await check();
    expect(await store.proof(roomId, drawId, 1)).toMatchObject({ ok: false, code: 'NOT_FROZEN' });
    expect(await store.entries(roomId, drawId, 0, 10)).toMatchObject({ ok: false, code: 'NOT_FROZEN' });
    room.time.advance(1000);
    await room.until(drawId, 'open');
    await room.enterMany(drawId, entrants);
    expect(await check()).toMatchObject({ frozen: null, seed: null });
    room.time.advance(10_000);
    await room.until(drawId, 'frozen');
    expect(await check()).toMatchObject({ frozen: { entries: 1100 }, drawn: null, seed: null });
    await room.turnToBeacon(drawId);
    await room.until(drawId, 'revealed');
    const record = await check();
    expect(record.seed).not.toBeNull();
    expect(commitOf(nodeHashes, Buffer.from(record.seed as string, 'hex'))).toEqual(
      Buffer.from(record.commit, 'hex'),
    );

    for (const ticket of [1, 2, 1023, 1024, 1025, 1100]) {
      const proof = await store.proof(roomId, drawId, ticket);
      if (!proof.ok) throw new Error(proof.code);
      expect(proof.data.entryId).toMatch(ENTRY_ID);
      const steps = verifyRecord(nodeHashes, record, { mine: proof.data });
      expect(steps.find(({ id }) => id === 'mine')).toMatchObject({ result: 'ok' });
    }
    for (const ticket of [0, 1101, -1, 1.5, Number.NaN])
      expect(await store.proof(roomId, drawId, ticket)).toMatchObject({ code: 'TICKET_NOT_FOUND' });
    const page = await store.entries(roomId, drawId, 1090, 100);
    expect(page).toMatchObject({ ok: true, data: { nextAfter: null } });
    expect(page.ok && page.data.entries.map(([ticket]) => ticket)).toEqual([
      1091, 1092, 1093, 1094, 1095, 1096, 1097, 1098, 1099, 1100,
    ]);
    expect(await store.entries(roomId, drawId, 5000, 10)).toMatchObject({
      data: { entries: [], nextAfter: null },
    });
    expect(await store.record(roomId, 'd_none')).toBeUndefined();
    expect(await store.proof(roomId, 'd_none', 1)).toMatchObject({ code: 'DRAW_NOT_FOUND' });
    await room.close();
  });

  it('[LO29] a record between the draw and its awards has all of them', async () => {
    const room = await drawRoom(harness);
    const drawId = await drawn(room, users(120), [prize(120)]);
    const whole = await room.record(drawId);
    // As a crash behind the first chunk of awards leaves it.
    await room.redis.hset(room.keys.draw(drawId), 'phase', 'drawn', 'awards', 50);
    const record = await room.record(drawId);
    expect(record.awards).toEqual(whole.awards);
    expect(record.seed).toBeNull();
    expect(faults(record)).toEqual([]);
  });

  it('[LO28] [LO22] events, notices, snapshots and answers are what the contract says', async () => {
    const room = await drawRoom(harness, { drand: true });
    const ana = await room.join('ana');
    const { drawId } = await announce(room.host, { conditions: [{ kind: 'present' }], opensInMs: 1000 });
    room.time.advance(1000);
    await room.until(drawId, 'open');
    await room.node.core.presence.sync();
    await enter(ana, drawId);
    await room.enterMany(drawId, []);
    room.time.advance(10_000);
    await room.until(drawId, 'frozen');
    await room.turnToBeacon(drawId);
    await room.until(drawId, 'revealed');
    await eventually(() => {
      const phases = ana.events('lottery:changed').map(({ data }) => (data as { draw: Draw }).draw.phase);
      expect(phases).toEqual(['announced', 'open', 'closed', 'frozen', 'drawn', 'revealed']);
      expect(ana.notices.map(({ name }) => name)).toEqual(['lottery:you-changed', 'lottery:won']);
    });
    const { events, notices } = lotteryContract;
    const told = ana.events().filter(({ name }) => name.startsWith('lottery:'));
    expect(told.map(({ name }) => name)).toContain('lottery:freezing');
    for (const { name, data } of told) {
      expect(events[name as keyof typeof events].data.safeParse(data).error?.issues).toBeUndefined();
    }
    for (const { name, data } of ana.notices) {
      expect(notices[name as keyof typeof notices].data.safeParse(data).error?.issues).toBeUndefined();
    }
    const { snapshot, you } = await ana.must('room:join', { roomId: room.roomId });
    expect(lotteryContract.snapshot.safeParse(snapshot.lottery).error?.issues).toBeUndefined();
    expect(lotteryContract.you.safeParse(you.plays.lottery).error?.issues).toBeUndefined();
    expect(you.plays.lottery).toMatchObject({
      draws: { [drawId]: { ticket: 1, state: 'ok', award: { no: 0, status: 'won' } } },
    });
    const pages = await ana.must('lottery:draws', {});
    expect(lotteryContract.commands['lottery:draws'].output.safeParse(pages).error?.issues).toBeUndefined();
    await room.close();
  });

  it('[LO28] the snapshot, where one stands in it, and pages of all draws', async () => {
    const room = await drawRoom(harness);
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      const op = { actor: 'host', opId: opId(), fingerprint: '' };
      const terms = { title: `Bag ${i}`, prizes: [prize()], conditions: [], opensInMs: 0, repeatMs: 0 };
      // The first stays open for a day.
      const made = await room.store.announce(room.roomId, op, {
        ...terms,
        durationMs: i === 0 ? 86_400_000 : 10_000,
        claimMs: 3_600_000,
      });
      if (!made.ok) throw new Error(made.code);
      ids.push(made.data.drawId);
      room.time.advance(1);
      if (i > 0)
        await room.store.cancel(room.roomId, { ...op, opId: opId() }, made.data.drawId, 'For the test.');
    }
    const ana = await room.join('ana');
    await enter(ana, ids[0] as string);
    const joined = await eventually(
      async () => {
        const again = await ana.must('room:join', { roomId: room.roomId });
        const { draws } = again.snapshot.lottery as LotterySnapshot;
        expect(draws.at(-1)?.entries).toBe(1);
        return again;
      },
      { everyMs: 250 },
    );
    const { draws } = joined.snapshot.lottery as LotterySnapshot;
    expect(draws.map(({ drawId }) => drawId)).toEqual([ids[6], ids[5], ids[4], ids[3], ids[2], ids[0]]);
    const you = joined.you.plays.lottery as LotteryYou;
    expect(you.draws).toEqual({
      [ids[0] as string]: { ticket: 1, entryId: expect.stringMatching(ENTRY_ID), state: null, award: null },
    });
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await room.store.draws(room.roomId, cursor, 3);
      if (!page) throw new Error('no page');
      seen.push(...page.draws.map(({ drawId }) => drawId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
    const odd = await ana.call('lottery:draws', { cursor: 'nonsense' });
    expect(odd).toMatchObject(refused('INVALID_PAYLOAD', { path: 'cursor' }));
  });
});
