import { describe, expect, it } from 'vitest';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Input } from '../../../shared/protocol.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { HOUR_MS, type People, people, refused, sanctioned, speak, undo } from './testing/people.ts';

const harness = useCheckedHarness();
const stage = () => people(harness);

type Query = Input<'moderation:log'>;
const log = async ({ mo }: People, query: Query = {}) => mo.must('moderation:log', query);
const ids = ({ actions }: { actions: Action[] }) => actions.map(({ actionId }) => actionId);

/** So many mutes by Mo, past rate limits: of `u0`, `u1`, … */
async function mutes({ one, roomId }: People, count: number, from = 0): Promise<void> {
  const { moderation } = one.core.stores;
  const who = { actor: 'mo', name: 'Mo', tokenRole: 'moderator' as const, fingerprint: '' };
  for (let i = from; i < from + count; i += 1) {
    const order = {
      ...{
        userIds: [`u${i % 10}`],
        kind: 'mute' as const,
        durationMs: 0,
        deleteMessages: false,
        devices: false,
      },
    };
    const done = await moderation.sanction(roomId, { ...who, opId: opId(), reason: `reason ${i}` }, order);
    if (!done.ok) throw new Error(done.code);
  }
}

describe('the log', () => {
  it('[MO19] has every action, numbered, newest first, page by page', async () => {
    const all = await stage();
    expect(await log(all)).toEqual({ actions: [], nextCursor: null });
    await mutes(all, 45);
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await log(all, { limit: 20, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...ids(page));
      cursor = page.nextCursor ?? undefined;
      pages += 1;
      // What happens meanwhile does not shift the pages.
      await mutes(all, 1, 45 + pages);
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 45 }, (_, i) => `a${45 - i}`));
    expect(pages).toBe(3);
    for (const cursor of ['0', 'a4', '-1', '9'.repeat(16)]) {
      expect(await all.mo.call('moderation:log', { cursor })).toMatchObject(
        refused('INVALID_PAYLOAD', { path: 'cursor' }),
      );
    }
  });

  it('[MO19] is searched by who, whom, what, when and words', async () => {
    const all = await stage();
    const { host, mo, say, time } = all;
    const spam = await say('ana', 'Buy ＦＡＫＥ watches');
    const start = time.nowMs;
    await sanctioned(mo, ['ana', 'bo'], 'ban', { reason: 'Verkauft Fälschungen' });
    time.advance(HOUR_MS);
    await sanctioned(host, 'bo', 'mute');
    await mo.must('moderation:delete', { opId: opId(), messageIds: [spam.messageId] });
    time.advance(HOUR_MS);
    await sanctioned(mo, 'cy', 'mute', { reason: '假货' });
    const found = async (query: Query) => ids(await log(all, query));
    expect(await found({})).toEqual(['a4', 'a3', 'a2', 'a1']);
    expect(await found({ actorId: 'host' })).toEqual(['a2']);
    expect(await found({ userId: 'ana' })).toEqual(['a3', 'a1']);
    expect(await found({ userId: 'bo', kind: 'ban' })).toEqual(['a1']);
    expect(await found({ kind: 'mute' })).toEqual(['a4', 'a2']);
    expect(await found({ fromMs: start + 1, toMs: start + HOUR_MS })).toEqual(['a3', 'a2']);
    expect(await found({ text: 'FÄLSCH' })).toEqual(['a1']);
    expect(await found({ text: 'fake' })).toEqual(['a3']);
    expect(await found({ text: '假货' })).toEqual(['a4']);
    expect(await found({ text: 'nothing of the kind' })).toEqual([]);
    expect(await found({ userId: 'never-came' })).toEqual([]);
  });

  it('[MO19] a search looks at a bounded number of actions and says where it stopped', async () => {
    const all = await stage();
    await mutes(all, 1);
    await sanctioned(all.mo, 'ana', 'ban', { reason: 'the needle' });
    const { redis, keys } = all;
    // 2,500 more, as a busy room has after months.
    const sample = (await redis.xrange(keys.actions, '1-0', '1-0'))[0]?.[1][1] as string;
    const pipe = redis.pipeline();
    for (let no = 3; no <= 2502; no += 1) {
      pipe.xadd(keys.actions, `${no}-0`, 'a', sample.replace('"a1"', `"a${no}"`));
    }
    await pipe.exec();
    const first = await log(all, { text: 'needle' });
    expect(first).toEqual({ actions: [], nextCursor: '503' });
    expect(ids(await log(all, { text: 'needle', cursor: '503' }))).toEqual(['a2']);
    expect((await log(all, { text: 'needle', cursor: '2' })).nextCursor).toBeNull();
  });

  it('[MO19] an action that was taken back says by which', async () => {
    const all = await stage();
    const { action } = await sanctioned(all.mo, 'ana', 'mute');
    const reply = await undo(all.mo, action);
    const undone = reply.ok ? reply.data.action : undefined;
    expect((await log(all)).actions).toEqual([undone, { ...action, undoneBy: undone?.actionId }]);
    const { log: reads } = all.one.core.stores.moderation;
    expect(await reads.read(all.roomId, 'a1')).toEqual({ ...action, undoneBy: 'a2' });
    for (const id of ['a0', 'a3', 'a', 'x1', '1']) expect(await reads.read(all.roomId, id)).toBeUndefined();
  });

  it('[MO1] is for staff, by what the room knows', async () => {
    const { one, roomId, join, redis, keys } = await stage();
    const ana = await join('ana');
    for (const command of ['moderation:log', 'moderation:desk'] as const) {
      expect(await ana.call(command, {})).toMatchObject(refused('FORBIDDEN'));
    }
    // The socket still has the role that its room has taken back or that a ban stopped.
    await redis.hset(keys.roles, 'a kay', 'moderator 0');
    const kay = await harness.join(one, roomId, { userId: 'kay' });
    expect(await kay.call('moderation:log', {})).toMatchObject({ ok: true });
    await redis.hset(keys.sanctions, 'b kay', '0 a1');
    expect(await kay.call('moderation:log', {})).toMatchObject(refused('BANNED'));
    expect(await kay.call('moderation:desk', {})).toMatchObject(refused('BANNED'));
    expect(await kay.call('moderation:person', { userId: 'ana' })).toMatchObject(refused('BANNED'));
  });
});

describe('the desk', () => {
  it('[MO20] shows what there is to do, as of its seq', async () => {
    const { host, mo, join, headSeq, time, redis, keys, roomId } = await stage();
    await host.must('moderation:appoint', {
      opId: opId(),
      userId: 'kay',
      role: 'cohost',
      durationMs: HOUR_MS,
    });
    await redis.hset(keys.roles, 'a gone', `moderator ${time.nowMs}`);
    const ana = await join('ana');
    const { action } = await sanctioned(mo, 'ana', 'mute');
    await ana.must('moderation:appeal', {
      ...{ opId: opId(), roomId, actionId: action.actionId, text: 'please' },
    });
    const desk = await mo.must('moderation:desk', {});
    expect(desk).toMatchObject({
      seq: await headSeq(),
      held: [],
      heldCount: 0,
      appeals: [{ userId: 'ana', state: 'open' }],
      staff: [
        { userId: 'host', role: 'host', untilMs: null },
        { userId: 'kay', role: 'cohost', untilMs: time.nowMs + HOUR_MS },
        { userId: 'mo', role: 'moderator', untilMs: null },
      ],
    });
    expect(ids(desk)).toEqual(['a2', 'a1']);
  });
});

describe('a person', () => {
  it('[MO21] has what a moderator may know', async () => {
    const { mo, host, join, say, time, redis, keys } = await stage();
    expect(await mo.must('moderation:person', { userId: 'never-came' })).toEqual({
      ...{ userId: 'never-came', role: 'viewer', badge: null, followingSinceMs: null, watchedMs: 0 },
      ...{ hasPaidOrders: false, here: false, sanctions: [], actions: [], messages: [] },
    });
    await host.must('room:start-session', { opId: opId(), title: 'Live' });
    const ana = await join('ana');
    await eventually(async () => expect(await redis.hget(keys.watch, 'ana')).not.toBeNull());
    await ana.must('room:follow', { opId: opId(), follow: true });
    const since = time.nowMs;
    expect(await speak(ana, 'said')).toMatchObject({ ok: true });
    for (let i = 0; i < 21; i += 1) await say('ana', `more ${i}`);
    await redis.hset(keys.paidOrders, 'ana', '1');
    time.advance(90_000);
    const { action } = await sanctioned(mo, 'ana', 'mute', { reason: 'why' });
    const person = await mo.must('moderation:person', { userId: 'ana' });
    expect(person).toMatchObject({
      ...{ userId: 'ana', role: 'viewer', badge: null, followingSinceMs: since, watchedMs: 90_000 },
      ...{ hasPaidOrders: true, here: true, actions: [action] },
      sanctions: [{ actionId: action.actionId, kind: 'mute', untilMs: null, reason: 'why', appeal: 'none' }],
    });
    expect(person.messages.map(({ text }) => text)).toEqual(
      Array.from({ length: 20 }, (_, i) => `more ${20 - i}`),
    );
    expect(await mo.must('moderation:person', { userId: 'host' })).toMatchObject({
      role: 'host',
      here: true,
    });
  });
});
