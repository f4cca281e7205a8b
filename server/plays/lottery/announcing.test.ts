import { describe, expect, it } from 'vitest';
import { roundAfter, timeOfRoundMs } from '../../../shared/lottery/beacon-info.ts';
import { commitOf } from '../../../shared/lottery/fair-draw.ts';
import type { Condition } from '../../../shared/plays/lottery/draw.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { announce, drawRoom, prize, refused, users } from './testing.ts';

const harness = useHarness();
const TERMS = { title: 'Bag', prizes: [prize()], durationMs: 10_000 };

describe('announcing', () => {
  it('[LO12] commits to a seed and a round before the first entry', async () => {
    const room = await drawRoom(harness, { drand: true });
    const draw = await announce(room.host, { opensInMs: 4000, prizes: [prize(2), prize(3)] });
    const { info } = room.drand ?? {};
    if (!info) throw new Error('no chain');
    const closesAtMs = room.time.nowMs + 14_000;
    const beaconRound = roundAfter(info, closesAtMs + 10_000);
    expect(draw).toMatchObject({
      ...{
        phase: 'announced',
        trust: 'beacon',
        currency: 'CNY',
        opensAtMs: room.time.nowMs + 4000,
        closesAtMs,
      },
      ...{ beaconRound, beaconAtMs: timeOfRoundMs(info, beaconRound), entries: 0, voided: null, root: null },
      ...{ winners: null, shownWinners: [], redrawOf: null, redrawnBy: null, cancelReason: null },
    });
    expect(timeOfRoundMs(info, beaconRound)).toBeGreaterThan(closesAtMs + 10_000);
    const seed = await room.redis.hget(room.keys.draw(draw.drawId), 'seed');
    expect(commitOf(nodeHashes, Buffer.from(seed as string, 'hex'))).toEqual(Buffer.from(draw.commit, 'hex'));
    expect(await room.facts(draw.drawId)).toMatchObject([
      {
        kind: 'draw-announced',
        actor: 'host',
        data: { commit: draw.commit, beaconRound, winnersMax: 5, redrawOf: null },
      },
    ]);
    const other = await announce(room.host);
    expect(other.commit).not.toBe(draw.commit);
    await room.close();
  });

  it('[LO12] a retry gets the same draw, another input does not', async () => {
    const room = await drawRoom(harness);
    const id = opId();
    const first = await room.host.must('lottery:announce', { opId: id, ...TERMS });
    room.time.advance(1000);
    expect(await room.host.must('lottery:announce', { opId: id, ...TERMS })).toEqual(first);
    const other = await room.host.call('lottery:announce', { opId: id, ...TERMS, title: 'Purse' });
    expect(other).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
    expect(await room.redis.zcard(room.keys.draws)).toBe(1);
  });

  it('[LO13] without a beacon a draw is operator-trusted', async () => {
    const room = await drawRoom(harness);
    const reply = await room.host.call('lottery:announce', { opId: opId(), ...TERMS, trust: 'beacon' });
    expect(reply).toMatchObject(refused('NO_BEACON', { path: 'trust' }));
    expect(await announce(room.host)).toMatchObject({
      trust: 'operator',
      beaconRound: null,
      beaconAtMs: null,
    });
  });

  it('[LO13] with a beacon, a host may still choose to be trusted', async () => {
    const room = await drawRoom(harness, { drand: true });
    expect(await announce(room.host, { trust: 'operator' })).toMatchObject({
      trust: 'operator',
      beaconRound: null,
    });
    await room.close();
  });

  it('[LO11] five at once, until one is over', async () => {
    const room = await drawRoom(harness);
    const draws = [];
    for (let i = 0; i < 5; i += 1) draws.push((await announce(room.host)).drawId);
    // The host's own rate is not what is asked here.
    const op = { actor: 'host', opId: opId(), fingerprint: '' };
    const terms = { ...TERMS, conditions: [], opensInMs: 0, claimMs: 3_600_000, repeatMs: 0 };
    expect(await room.store.announce(room.roomId, op, terms)).toMatchObject({ code: 'TOO_MANY_DRAWS' });
    await room.store.cancel(room.roomId, { ...op, opId: opId() }, draws[0] as string, 'One too many.');
    expect(await room.store.announce(room.roomId, op, terms)).toMatchObject({ ok: true });
  });

  it('[LO12] nobody who is banned, and no viewer', async () => {
    const room = await drawRoom(harness);
    const ana = await room.join('ana');
    const call = (client: typeof ana) => client.call('lottery:announce', { opId: opId(), ...TERMS });
    expect(await call(ana)).toMatchObject(refused('FORBIDDEN'));
    await room.redis.hset(room.keys.sanctions, 'b host', '0 a1');
    expect(await call(room.host)).toMatchObject(refused('BANNED'));
  });
});

describe('what a region allows', () => {
  it.each([
    ['cn' as const, 5_000_000, true],
    ['cn' as const, 5_000_001, false],
    ['strict' as const, 5_000_001, false],
    ['open' as const, 5_000_001, true],
  ])('[LO10] %s: a prize of %i in CNY is allowed: %s', async (regionProfile, valueMinor, isAllowed) => {
    const room = await drawRoom(harness, { config: { regionProfile } });
    const prizes = [prize(), prize(1, 'Watch', valueMinor)];
    const reply = await room.host.call('lottery:announce', { opId: opId(), ...TERMS, prizes });
    if (isAllowed) expect(reply).toMatchObject({ ok: true });
    else expect(reply).toMatchObject(refused('PRIZE_TOO_LARGE', { path: 'prizes.1.valueMinor' }));
  });

  it.each([
    ['strict' as const, false],
    ['cn' as const, true],
    ['open' as const, true],
  ])('[LO10] %s: a purchase may be asked for: %s', async (regionProfile, isAllowed) => {
    const room = await drawRoom(harness, { config: { regionProfile } });
    const conditions: Condition[] = [{ kind: 'follow' }, { kind: 'purchase' }];
    const reply = await room.host.call('lottery:announce', { opId: opId(), ...TERMS, conditions });
    if (isAllowed) expect(reply).toMatchObject({ ok: true });
    else expect(reply).toMatchObject(refused('CONDITION_NOT_ALLOWED', { path: 'conditions.1' }));
  });

  it.each(['a', '1', '福'])('[LO9] the passphrase %o is too little', async (phrase) => {
    const room = await drawRoom(harness);
    const conditions: Condition[] = [{ kind: 'follow' }, { kind: 'phrase', phrase }];
    const reply = await room.host.call('lottery:announce', { opId: opId(), ...TERMS, conditions });
    expect(reply).toMatchObject(refused('INVALID_PAYLOAD', { path: 'conditions.1.phrase' }));
  });

  it('[LO10] 10,001 winners, none, and a kind of condition twice are no draw', async () => {
    const room = await drawRoom(harness);
    const call = (more: object) => room.host.raw('lottery:announce', { opId: opId(), ...TERMS, ...more });
    const invalid = (path: string) => refused('INVALID_PAYLOAD', { path });
    expect(await call({ prizes: [prize(9999), prize(2)] })).toMatchObject(invalid('prizes'));
    expect(await call({ prizes: [] })).toMatchObject(invalid('prizes'));
    expect(await call({ prizes: [prize(0)] })).toMatchObject(invalid('prizes.0.count'));
    const twice = [{ kind: 'follow' }, { kind: 'follow' }];
    expect(await call({ conditions: twice })).toMatchObject(invalid('conditions'));
  });
});

describe('the host', () => {
  it('[LO14] closes early; the round stays', async () => {
    const room = await drawRoom(harness, { drand: true });
    const draw = await announce(room.host, { durationMs: 60_000 });
    await room.enterMany(draw.drawId, ['ana']);
    room.time.advance(1000);
    const id = opId();
    const closed = await room.host.must('lottery:close', { opId: id, drawId: draw.drawId });
    expect(closed.draw).toMatchObject({
      ...{ phase: 'closed', closesAtMs: room.time.nowMs, beaconRound: draw.beaconRound, entries: 1 },
    });
    await room.until(draw.drawId, 'frozen');
    expect(await room.host.call('lottery:close', { opId: id, drawId: draw.drawId })).toMatchObject({
      ok: true,
    });
    const wrong = refused('WRONG_DRAW_PHASE');
    const again = { opId: opId(), drawId: draw.drawId };
    expect(await room.host.call('lottery:close', again)).toMatchObject(wrong);
    const cancel = { opId: opId(), drawId: draw.drawId, reason: 'Too late.' };
    expect(await room.host.call('lottery:cancel', cancel)).toMatchObject(wrong);
    await room.close();
  });

  it('[LO14] calls a draw off before entries close', async () => {
    const room = await drawRoom(harness);
    const soon = await announce(room.host, {
      opensInMs: 5000,
      conditions: [{ kind: 'phrase', phrase: 'bag bag' }],
    });
    expect(await room.redis.hexists(room.keys.phrases, soon.drawId)).toBe(1);
    const close = { opId: opId(), drawId: soon.drawId };
    expect(await room.host.call('lottery:close', close)).toMatchObject(refused('WRONG_DRAW_PHASE'));
    const cancel = { opId: opId(), drawId: soon.drawId, reason: 'The bag is torn.' };
    const { draw } = await room.host.must('lottery:cancel', cancel);
    expect(draw).toMatchObject({ phase: 'cancelled', cancelReason: 'The bag is torn.' });
    expect(await room.redis.exists(room.keys.phrases)).toBe(0);
    room.time.advance(60_000);
    const kinds = (await room.facts(soon.drawId)).map(({ kind }) => kind);
    expect(kinds).toEqual(['draw-announced', 'draw-cancelled']);
    expect(await room.host.call('lottery:cancel', { ...cancel, drawId: 'd_none' })).toMatchObject({
      ok: false,
    });
    expect(await room.redis.zrange(room.keys.due, 0, '-1')).not.toContain(`lottery:step:${soon.drawId}`);
  });
});

it('[LO21] secrets are in nothing that leaves the server before the reveal', async () => {
  const room = await drawRoom(harness, { drand: true });
  const ana = await room.join('ana');
  const { drawId } = await announce(room.host);
  const { entryKey, seed } = await room.redis.hgetall(room.keys.draw(drawId));
  if (!entryKey || !seed) throw new Error('no secrets');
  const shown = async () =>
    JSON.stringify([
      ...[ana.events(), ana.notices, room.host.events(), await room.record(drawId), await room.draw(drawId)],
      ...[await room.facts(drawId), await room.redis.xrange(room.keys.events, '-', '+')],
      await ana.must('room:join', { roomId: room.roomId }),
      await room.redis.hgetall(room.keys.ops('lottery')),
    ]);
  await ana.must('lottery:enter', { drawId });
  await room.enterMany(drawId, users(10));
  for (const phase of ['open', 'frozen'] as const) {
    await room.until(drawId, phase);
    const text = await shown();
    expect(text).toContain(drawId);
    expect(text).not.toContain(seed);
    expect(text).not.toContain(entryKey);
    room.time.advance(10_000);
  }
  await room.turnToBeacon(drawId);
  await room.until(drawId, 'revealed');
  await eventually(async () => expect(await shown()).toContain(seed));
  expect(await shown()).not.toContain(entryKey);
  await room.close();
});
