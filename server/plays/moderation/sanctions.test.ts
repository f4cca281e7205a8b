import { describe, expect, it } from 'vitest';
import type { Joined } from '../../../shared/plays/room/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  people,
  refused,
  sanction,
  sanctioned,
  speak,
  told,
  under,
} from './testing/people.ts';

const harness = useCheckedHarness();
const stage = () => people(harness);

describe('who may', () => {
  it('[MO1] nobody acts on somebody of the same or a higher role, nor on themselves', async () => {
    const { join, host, mo, sanctions } = await stage();
    const co = await join('co', 'cohost');
    await join('mo2', 'moderator');
    await join('ana');
    const outranked = (path: string) => refused('OUTRANKED', { path });
    expect(await sanction(mo, 'host', 'mute')).toMatchObject(outranked('userIds.0'));
    expect(await sanction(mo, ['ana', 'co'], 'ban')).toMatchObject(outranked('userIds.1'));
    expect(await sanction(mo, ['ana', 'ana', 'mo2'], 'kick')).toMatchObject(outranked('userIds.2'));
    expect(await sanction(co, 'host', 'timeout')).toMatchObject(outranked('userIds.0'));
    expect(await sanction(mo, ['ana', 'mo'], 'ban')).toMatchObject(
      refused('NOT_YOURSELF', { path: 'userIds.1' }),
    );
    expect(await sanction(host, 'host', 'ban')).toMatchObject(refused('NOT_YOURSELF', { path: 'userIds.0' }));
    expect(await sanctions()).toEqual({});
    for (const [by, whom] of [
      [host, 'co'],
      [co, 'mo2'],
      [mo, 'ana'],
    ] as const) {
      expect(await sanction(by, whom, 'mute')).toMatchObject({ ok: true });
    }
    expect(Object.keys(await sanctions()).sort()).toEqual(['m ana', 'm co', 'm mo2']);
  });

  it('[MO1] viewers and guests sanction nobody', async () => {
    const { join, one, roomId, sanctions } = await stage();
    const ana = await join('ana');
    expect(await sanction(ana, 'bo', 'mute')).toMatchObject(refused('FORBIDDEN'));
    const guest = await harness.join(one, roomId, 'guest');
    expect(await sanction(guest, 'bo', 'mute')).toMatchObject(refused('UNAUTHENTICATED'));
    expect(await sanctions()).toEqual({});
  });

  it('[MO1] the script asks the room, not the node: a dismissed moderator is refused wherever the news is late', async () => {
    const { one, roomId, redis, keys, sanctions } = await stage();
    const { moderation } = one.core.stores;
    const order = {
      userIds: ['ana'],
      kind: 'ban' as const,
      durationMs: 0,
      deleteMessages: false,
      devices: true,
    };
    const by = (tokenRole: 'viewer' | 'moderator') =>
      moderation.sanction(
        roomId,
        { actor: 'kay', name: 'Kay', tokenRole, opId: opId(), fingerprint: '', reason: '' },
        order,
      );
    expect(await by('viewer')).toEqual({ ok: false, code: 'FORBIDDEN' });
    expect(await sanctions()).toEqual({});
    await redis.hset(keys.roles, 'a kay', 'moderator 0');
    expect(await by('viewer')).toMatchObject({ ok: true, data: { action: { actorRole: 'moderator' } } });
    await redis.hdel(keys.roles, 'a kay');
    expect(await by('viewer')).toEqual({ ok: false, code: 'FORBIDDEN' });
    expect(await by('moderator')).toMatchObject({ ok: true });
  });

  it('[MO1] a socket that still has the role is not enough', async () => {
    const { join, redis, keys, two, sanctions } = await stage();
    await redis.hset(keys.roles, 'a kay', 'moderator 0');
    const kay = await join('kay', 'viewer', two);
    expect(await sanction(kay, 'ana', 'mute')).toMatchObject({ ok: true });
    // No event says so: the node believes that Kay is a moderator.
    await redis.hdel(keys.roles, 'a kay');
    const op = { opId: opId() };
    for (const reply of [
      await sanction(kay, 'bo', 'mute'),
      await kay.call('moderation:lift', { ...op, userId: 'ana', what: 'speak' }),
      await kay.call('moderation:delete', { ...op, messageIds: ['m_1'] }),
      await kay.call('moderation:undo', { ...op, actionId: 'a1' }),
      await kay.call('moderation:resolve-appeal', { ...op, appealId: 'a1 ana', accept: true }),
      await kay.call('moderation:desk', {}),
      await kay.call('moderation:log', {}),
      await kay.call('moderation:person', { userId: 'ana' }),
    ]) {
      expect(reply).toMatchObject(refused('FORBIDDEN'));
    }
    expect(Object.keys(await sanctions())).toEqual(['m ana']);
  });

  it('[MO2] a sanction is of all of its users or of none', async () => {
    const { join, host, mo, sanctions, facts, headSeq } = await stage();
    await join('co', 'cohost');
    const many = Array.from({ length: 99 }, (_, i) => `raider-${i}`);
    const before = await headSeq();
    expect(await sanction(mo, [...many, 'co'], 'ban')).toMatchObject(
      refused('OUTRANKED', { path: 'userIds.99' }),
    );
    expect(await headSeq()).toBe(before);
    expect([await sanctions(), await facts('moderated')]).toEqual([{}, []]);
    const { action } = await sanctioned(host, [...many, 'co', 'co'].slice(0, 100), 'ban');
    expect(action.userIds).toEqual([...many, 'co']);
    expect(Object.keys(await sanctions())).toHaveLength(100);
    expect(await facts('moderated')).toHaveLength(1);
    const tooMany = await sanction(host, [...many, 'co', 'x'], 'ban');
    expect(tooMany).toMatchObject(refused('INVALID_PAYLOAD', { path: 'userIds' }));
  });
});

describe('being out of the room', () => {
  it('[MO3] a ban closes the sockets on every node, the reason first, and keeps them out', async () => {
    const { join, two, mo, comeIn } = await stage();
    const ana = [await join('ana'), await join('ana'), await join('ana', 'viewer', two)];
    const bo = await join('bo', 'viewer', two);
    const { action, seq } = await sanctioned(mo, ['ana', 'never-came'], 'ban', { reason: 'sells fakes' });
    expect(seq).toBeGreaterThan(0);
    const sanctions = [
      { actionId: action.actionId, kind: 'ban', untilMs: null, reason: 'sells fakes', appeal: 'none' },
    ];
    for (const socket of ana) {
      await eventually(() => expect(socket.closings.map(({ reason }) => reason)).toEqual(['BANNED']));
      await eventually(() => expect(socket.socket.connected).toBe(false));
      expect(told(socket)).toEqual([sanctions]);
    }
    expect(bo.socket.connected).toBe(true);
    expect(told(bo)).toEqual([]);
    for (const [userId, node] of [
      ['ana', two],
      ['never-came', undefined],
    ] as const) {
      const { client, reply } = await comeIn(userId, undefined, node);
      expect(reply).toMatchObject(refused('BANNED', { sanction: sanctions[0] }));
      expect(await speak(client)).toMatchObject(refused('NOT_IN_ROOM'));
    }
  });

  it('[MO3] a kick sends out for a moment, a minute where nothing is said', async () => {
    const { join, mo, comeIn, time } = await stage();
    const ana = await join('ana');
    const { action } = await sanctioned(mo, 'ana', 'kick');
    expect(action.untilMs).toBe(time.nowMs + MINUTE_MS);
    await eventually(() => expect(ana.closings.map(({ reason }) => reason)).toEqual(['KICKED']));
    expect((await comeIn('ana')).reply).toMatchObject(
      refused('BANNED', { sanction: { kind: 'kick', untilMs: action.untilMs } }),
    );
    time.advance(MINUTE_MS);
    expect((await comeIn('ana')).reply).toMatchObject({ ok: true });
  });

  it('[MO3] somebody who comes in while the ban falls ends outside', async () => {
    const { one, two, roomId, mo } = await stage();
    for (let round = 0; round < 8; round += 1) {
      const userId = `racer-${round}`;
      const clients = await Promise.all(
        [one, two, one].map(async (node) =>
          harness.connect(node, await node.token({ userId, room: roomId })),
        ),
      );
      const joins = clients.map((client) => client.call('room:join', { roomId }).catch(() => undefined));
      await sanctioned(mo, userId, 'ban');
      await Promise.all(joins);
      await eventually(() => {
        for (const node of [one, two]) {
          const inside = [...(node.core.hub.get(roomId)?.members ?? [])].map((member) => member.userId);
          expect(inside).not.toContain(userId);
        }
      });
    }
  });

  it('[MO7] keeps out other accounts of the device, but staff, for as long as the ban', async () => {
    const { comeIn, mo, time, redis, keys } = await stage();
    const phone = 'ana-and-her-phone';
    await comeIn('ana', phone);
    await comeIn('cleo', 'cleo-with-a-pad');
    await sanctioned(mo, 'ana', 'ban', { durationMs: HOUR_MS });
    await sanctioned(mo, 'cleo', 'ban', { devices: false });
    expect((await comeIn('ana-2', phone)).reply).toMatchObject(refused('BANNED'));
    expect((await comeIn('guest', phone)).reply).toMatchObject(refused('BANNED'));
    expect((await comeIn('helper', phone, undefined, 'moderator')).reply).toMatchObject({ ok: true });
    expect((await comeIn('ana-2', 'another-phone')).reply).toMatchObject({ ok: true });
    expect((await comeIn('cleo-2', 'cleo-with-a-pad')).reply).toMatchObject({ ok: true });
    time.advance(HOUR_MS);
    expect((await comeIn('ana-2', phone)).reply).toMatchObject({ ok: true });
    await eventually(async () => expect(await redis.hlen(keys.bannedDevices)).toBe(0));
  });
});

describe('not speaking', () => {
  it('[MO5] a mute and a timeout forbid to speak, and nothing else', async () => {
    const { join, mo, roomId, time } = await stage();
    const [ana, bo] = [await join('ana'), await join('bo')];
    const mute = await sanctioned(mo, 'ana', 'mute', { reason: 'shouts' });
    const timeout = await sanctioned(mo, 'bo', 'timeout');
    expect([mute.action.untilMs, timeout.action.untilMs]).toEqual([null, time.nowMs + 10 * MINUTE_MS]);
    expect(await speak(ana)).toMatchObject(refused('MUTED'));
    expect(await speak(bo)).toMatchObject(refused('MUTED', { retryAfterMs: 10 * MINUTE_MS }));
    for (const client of [ana, bo]) {
      await client.must('room:follow', { opId: opId(), follow: true });
      await eventually(() => expect(told(client)).toHaveLength(1));
      expect(client.closings).toEqual([]);
    }
    expect(under(await ana.must('room:join', { roomId }))).toEqual([
      { actionId: mute.action.actionId, kind: 'mute', untilMs: null, reason: 'shouts', appeal: 'none' },
    ]);
    time.advance(10 * MINUTE_MS);
    expect(await speak(bo)).toMatchObject({ ok: true });
    expect(await speak(ana)).toMatchObject(refused('MUTED'));
  });

  it('[MO5] binds staff, too', async () => {
    const { host, mo } = await stage();
    await sanctioned(host, 'mo', 'mute');
    expect(await speak(mo)).toMatchObject(refused('MUTED'));
  });
});

describe('time', () => {
  it('[MO6] lengths are those of each kind, and a mute has none', async () => {
    const { mo, time } = await stage();
    const until = async (kind: 'mute' | 'timeout' | 'kick' | 'ban', durationMs: number) => {
      const reply = await sanction(mo, 'ana', kind, { durationMs });
      return reply.ok ? (reply.data.action.untilMs ?? 0) - time.nowMs : reply.error.path;
    };
    expect(await until('mute', MINUTE_MS)).toBe('durationMs');
    expect([await until('timeout', MINUTE_MS - 1), await until('timeout', 7 * DAY_MS + 1)]).toEqual([
      'durationMs',
      'durationMs',
    ]);
    expect(await until('timeout', 7 * DAY_MS)).toBe(7 * DAY_MS);
    expect([await until('kick', 9_999), await until('kick', HOUR_MS + 1)]).toEqual([
      'durationMs',
      'durationMs',
    ]);
    expect(await until('kick', 10_000)).toBe(10_000);
    expect([await until('ban', HOUR_MS - 1), await until('ban', 366 * DAY_MS)]).toEqual([
      'durationMs',
      'durationMs',
    ]);
    expect(await until('ban', 365 * DAY_MS)).toBe(365 * DAY_MS);
  });

  it('[MO6] one that has ended leaves no record behind', async () => {
    const { mo, time, redis, keys, sanctions, comeIn } = await stage();
    await comeIn('ana', 'the-phone-of-ana');
    await sanctioned(mo, ['ana', 'bo'], 'ban', { durationMs: HOUR_MS });
    await sanctioned(mo, 'bo', 'timeout');
    await sanctioned(mo, 'cy', 'mute');
    expect(Object.keys(await sanctions())).toHaveLength(4);
    time.advance(HOUR_MS - 1);
    await eventually(async () =>
      expect(Object.keys(await sanctions()).sort()).toEqual(['b ana', 'b bo', 'm cy']),
    );
    time.advance(1);
    await eventually(async () => expect(Object.keys(await sanctions())).toEqual(['m cy']));
    expect(await redis.hlen(keys.bannedDevices)).toBe(0);
    expect(await redis.zcard(keys.due)).toBe(0);
  });
});

describe('one after another', () => {
  it('[MO8] a later one takes the place of an earlier one', async () => {
    const { mo, join, time, sanctions } = await stage();
    const ana = await join('ana');
    await sanctioned(mo, 'ana', 'timeout', { durationMs: HOUR_MS });
    const mute = await sanctioned(mo, 'ana', 'mute');
    expect(await sanctions()).toEqual({ 'm ana': `0 ${mute.action.actionId}` });
    time.advance(HOUR_MS);
    expect(await speak(ana)).toMatchObject(refused('MUTED'));
    await sanctioned(mo, 'ana', 'timeout', { durationMs: MINUTE_MS });
    time.advance(MINUTE_MS);
    expect(await speak(ana)).toMatchObject({ ok: true });
  });

  it('[MO8] a kick lets nobody in sooner', async () => {
    const { mo, time, sanctions } = await stage();
    const ban = await sanctioned(mo, 'ana', 'ban');
    await sanctioned(mo, 'bo', 'kick', { durationMs: HOUR_MS });
    const kick = await sanctioned(mo, ['ana', 'bo', 'cy'], 'kick');
    const { actionId, untilMs } = kick.action;
    expect(await sanctions()).toEqual({
      'b ana': `0 ${ban.action.actionId}`,
      'b bo': `${time.nowMs + HOUR_MS} a2`,
      'b cy': `${untilMs} ${actionId}`,
    });
  });

  it('[MO8] being mute and being out are apart', async () => {
    const { mo, comeIn, time } = await stage();
    const mute = await sanctioned(mo, 'ana', 'mute');
    await sanctioned(mo, 'ana', 'kick');
    expect((await comeIn('ana')).reply).toMatchObject(refused('BANNED'));
    time.advance(MINUTE_MS);
    const { client, reply } = await comeIn('ana');
    expect(under((reply as { data: Joined }).data).map(({ actionId }) => actionId)).toEqual([
      mute.action.actionId,
    ]);
    expect(await speak(client)).toMatchObject(refused('MUTED'));
  });
});

describe('what is told', () => {
  it('[MO9] everybody hears who and until when; only staff and the ledger why', async () => {
    const { mo, host, join, facts, time } = await stage();
    const bo = await join('bo');
    const reason = 'Said "no" \\ / \u0001\u202e<b>🫖</b>\u2028 twice';
    const { action, seq } = await sanctioned(mo, ['ana', 'cy'], 'timeout', { reason });
    expect(action).toEqual({
      ...{ actionId: 'a1', kind: 'timeout', actorId: 'mo', actorName: 'mo', actorRole: 'moderator' },
      ...{ userIds: ['ana', 'cy'], messages: [], reason: 'Said "no" \\ / <b>🫖</b> twice' },
      ...{ untilMs: time.nowMs + 10 * MINUTE_MS, detail: '', undoes: null, undoneBy: null, atMs: time.nowMs },
    });
    await eventually(() => {
      const events = bo.events('moderation:sanctioned');
      expect(events).toEqual([
        {
          ...{ seq, name: 'moderation:sanctioned', atMs: time.nowMs },
          data: { userIds: ['ana', 'cy'], kind: 'timeout', untilMs: action.untilMs },
        },
      ]);
    });
    await eventually(() =>
      expect(host.events('moderation:acted').map(({ data }) => data)).toEqual([{ action }]),
    );
    expect(bo.events('moderation:acted')).toEqual([]);
    expect(JSON.stringify([bo.frames, bo.notices])).not.toContain('twice');
    const { undoneBy, ...known } = action;
    const on = action.userIds.map((userId) => ({ userId, untilMs: action.untilMs }));
    expect(await facts('moderated')).toEqual([
      { ...known, undoneBy, seq, standing: { what: 'speak', on, off: [] } },
    ]);
  });

  it('[MO22] a retry gets the first answer and does nothing twice; other input is a mismatch', async () => {
    const { mo, facts, headSeq, time } = await stage();
    const input = { opId: opId(), userIds: ['ana'], kind: 'timeout' as const };
    const first = await mo.call('moderation:sanction', input);
    const seq = await headSeq();
    time.advance(1000);
    expect(await mo.call('moderation:sanction', input)).toEqual(first);
    expect(await mo.call('moderation:sanction', { ...input, kind: 'ban' })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    expect(await headSeq()).toBe(seq);
    expect(await facts('moderated')).toHaveLength(1);
  });
});
