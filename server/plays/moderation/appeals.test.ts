import { describe, expect, it } from 'vitest';
import type { Appeal } from '../../../shared/plays/moderation/desk-records.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { HOUR_MS, people, refused, sanctioned, speak, told, under, undo } from './testing/people.ts';

const harness = useCheckedHarness();

async function stage() {
  const all = await people(harness);
  const appeal = (by: TestClient, actionId: string, text = 'it was not me', id = opId()) =>
    by.call('moderation:appeal', { opId: id, roomId: all.roomId, actionId, text });
  const answer = (by: TestClient, appealId: string, accept: boolean, reason = '') =>
    by.call('moderation:resolve-appeal', { opId: opId(), appealId, accept, reason });
  const appealsOf = async () => (await all.mo.must('moderation:desk', {})).appeals;
  return { ...all, appeal, answer, appealsOf };
}
const appeals = (client: TestClient): Appeal[] =>
  client.events('moderation:appealed').map(({ data }) => (data as { appeal: Appeal }).appeal);

describe('an appeal', () => {
  it('[MO17] is taken from somebody who is banned, with a token of the room or of any', async () => {
    const { one, two, mo, comeIn, appeal, appealsOf, facts, time } = await stage();
    const ban = (await sanctioned(mo, ['ana', 'bo'], 'ban')).action;
    const { client: ana, reply } = await comeIn('ana');
    expect(reply).toMatchObject(refused('BANNED'));
    const id = opId();
    const text = 'Said "no" \\ / \u202e🫖';
    const first = await appeal(ana, ban.actionId, text, id);
    expect(first).toEqual({ ok: true, data: { appealId: `${ban.actionId} ana` } });
    expect(await appeal(ana, ban.actionId, text, id)).toEqual(first);
    expect(await appeal(ana, ban.actionId, 'other', id)).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
    // Three at once are all that a node takes of a user.
    expect(await appeal((await comeIn('ana', undefined, two)).client, ban.actionId)).toMatchObject(
      refused('APPEALED'),
    );
    const open: Appeal = {
      ...{ appealId: `${ban.actionId} ana`, userId: 'ana', name: 'ana', text: 'Said "no" \\ / 🫖' },
      ...{ actionId: ban.actionId, kind: 'ban', state: 'open', note: '', atMs: time.nowMs },
    };
    await eventually(() => expect(appeals(mo)).toEqual([open]));
    expect(await appealsOf()).toEqual([open]);
    expect(await facts('appeal-made')).toEqual([{ userId: 'ana', actionId: ban.actionId, text: open.text }]);
    expect((await comeIn('ana')).reply).toMatchObject(refused('BANNED', { sanction: { appeal: 'open' } }));
    const anywhere = await harness.connect(one, await one.token({ userId: 'bo', room: '*' }));
    expect(await appeal(anywhere, ban.actionId)).toMatchObject({ ok: true });
    const other = await harness.connect(one, await one.token({ userId: 'bo', room: 'elsewhere' }));
    expect(await appeal(other, ban.actionId)).toMatchObject(refused('FORBIDDEN'));
  });

  it('[MO17] is against a sanction in force that one is under, in a room that is', async () => {
    const { one, two, mo, join, appeal, time } = await stage();
    const ana = await join('ana');
    expect(await appeal(await join('ana', 'viewer', two), 'a1')).toMatchObject(refused('NOT_SANCTIONED'));
    const bos = (await sanctioned(mo, 'bo', 'mute')).action;
    expect(await appeal(ana, bos.actionId)).toMatchObject(refused('NOT_SANCTIONED'));
    const timeout = (await sanctioned(mo, 'ana', 'timeout', { durationMs: HOUR_MS })).action;
    const mute = (await sanctioned(mo, 'ana', 'mute')).action;
    expect(await appeal(ana, timeout.actionId)).toMatchObject(refused('NOT_SANCTIONED'));
    expect(await appeal(ana, mute.actionId)).toMatchObject({ ok: true });
    const short = (await sanctioned(mo, 'cy', 'kick')).action;
    time.advance(HOUR_MS);
    const cy = await join('cy');
    expect(await appeal(cy, short.actionId)).toMatchObject(refused('NOT_SANCTIONED'));
    const anywhere = await harness.connect(one, await one.token({ userId: 'dee', room: '*' }));
    const nowhere = { opId: opId(), roomId: 'no-such-room', actionId: 'a1', text: 'x' };
    expect(await anywhere.call('moderation:appeal', nowhere)).toMatchObject(refused('ROOM_NOT_FOUND'));
  });
});

describe('the answer', () => {
  it('[MO18] accepting ends the sanction, and the user is told', async () => {
    const { mo, join, appeal, answer, appealsOf, sanctions, facts } = await stage();
    const ana = await join('ana');
    const mute = (await sanctioned(mo, 'ana', 'mute')).action;
    const made = await appeal(ana, mute.actionId);
    const appealId = made.ok ? made.data.appealId : '';
    expect(await answer(mo, appealId, true, 'sorry')).toMatchObject({
      ok: true,
      data: { action: { kind: 'appeal-accepted', userIds: ['ana'], detail: mute.actionId, reason: 'sorry' } },
    });
    expect(await sanctions()).toEqual({});
    expect(await speak(ana)).toMatchObject({ ok: true });
    await eventually(() => {
      expect(told(ana).at(-1)).toEqual([]);
      const answered = ana.notices.filter(({ name }) => name === 'moderation:appeal-answered');
      expect(answered.map(({ data }) => data)).toEqual([
        { actionId: mute.actionId, accepted: true, note: 'sorry' },
      ]);
      expect(appeals(mo).map(({ state }) => state)).toEqual(['open', 'accepted']);
    });
    expect(await appealsOf()).toEqual([]);
    expect(await answer(mo, appealId, false)).toMatchObject(refused('APPEAL_NOT_FOUND'));
    expect(await answer(mo, 'a9 ana', true)).toMatchObject(refused('APPEAL_NOT_FOUND'));
    expect((await facts('moderated')).at(-1)).toMatchObject({
      standing: { what: 'speak', on: [], off: ['ana'] },
    });
  });

  it('[MO18] rejecting leaves it, for good', async () => {
    const { mo, join, appeal, answer, roomId, sanctions } = await stage();
    const ana = await join('ana');
    const mute = (await sanctioned(mo, 'ana', 'mute')).action;
    await appeal(ana, mute.actionId);
    expect(await answer(mo, `${mute.actionId} ana`, false, 'no')).toMatchObject({
      ok: true,
      data: { action: { kind: 'appeal-rejected' } },
    });
    expect(Object.keys(await sanctions())).toEqual(['m ana']);
    expect(under(await ana.must('room:join', { roomId }))).toMatchObject([{ appeal: 'rejected' }]);
    expect(await appeal(ana, mute.actionId)).toMatchObject(refused('APPEALED'));
    await eventually(() =>
      expect(ana.notices.map(({ name }) => name)).toContain('moderation:appeal-answered'),
    );
  });

  it('[MO18] is not given by somebody of a lower role than who sanctioned, nor by the user', async () => {
    const { host, mo, join, appeal, answer } = await stage();
    const ana = await join('ana');
    const hosts = (await sanctioned(host, ['ana', 'mo'], 'mute')).action;
    await appeal(ana, hosts.actionId);
    await appeal(mo, hosts.actionId);
    expect(await answer(mo, `${hosts.actionId} ana`, true)).toMatchObject(refused('OUTRANKED'));
    expect(await answer(mo, `${hosts.actionId} mo`, true)).toMatchObject(refused('OUTRANKED'));
    expect(await answer(host, `${hosts.actionId} mo`, true)).toMatchObject({ ok: true });
  });

  it('[MO18] accepting leaves a later sanction alone, and one that was appealed with success never returns', async () => {
    const { mo, join, appeal, answer, sanctions } = await stage();
    const ana = await join('ana');
    const first = (await sanctioned(mo, 'ana', 'mute')).action;
    await appeal(ana, first.actionId);
    const later = (await sanctioned(mo, 'ana', 'timeout')).action;
    expect(await answer(mo, `${first.actionId} ana`, true)).toMatchObject({ ok: true });
    expect((await sanctions())['m ana']).toBe(`${later.untilMs} ${later.actionId}`);
    expect(await undo(mo, later)).toMatchObject({ ok: true });
    expect(await sanctions()).toEqual({});
  });

  it('[MO18] a sanction that is lifted, undone or over settles its appeal', async () => {
    const { mo, comeIn, appeal, appealsOf, time, redis, keys } = await stage();
    const ban = (await sanctioned(mo, ['ana', 'bo', 'cy'], 'ban', { durationMs: HOUR_MS })).action;
    const clients = [];
    for (const userId of ['ana', 'bo', 'cy']) clients.push((await comeIn(userId)).client);
    for (const client of clients) expect(await appeal(client, ban.actionId)).toMatchObject({ ok: true });
    expect((await appealsOf()).map(({ userId }) => userId)).toEqual(['ana', 'bo', 'cy']);
    await mo.must('moderation:lift', { opId: opId(), userId: 'ana', what: 'enter' });
    expect((await appealsOf()).map(({ userId }) => userId)).toEqual(['bo', 'cy']);
    time.advance(HOUR_MS);
    await eventually(async () => expect(await appealsOf()).toEqual([]));
    await eventually(async () => expect(await redis.hkeys(keys.appeals)).toEqual([`${ban.actionId} ana`]));
    expect(
      appeals(mo)
        .filter(({ state }) => state === 'accepted')
        .map(({ userId }) => userId)
        .sort(),
    ).toEqual([...['ana', 'bo', 'cy']]);
  });
});
