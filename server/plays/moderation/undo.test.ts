import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
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
  undo,
} from './testing/people.ts';

const harness = useCheckedHarness();
const stage = () => people(harness);
const lift = (by: TestClient, userId: string, what: 'speak' | 'enter', id = opId()) =>
  by.call('moderation:lift', { opId: id, userId, what });
const texts = (messages: readonly ChatMessage[]) => messages.map(({ text }) => text);

describe('lifting', () => {
  it('[MO10] ends what keeps somebody from speaking, or out, at once and for everyone to hear', async () => {
    const { join, mo, comeIn, sanctions, facts } = await stage();
    const ana = await join('ana');
    const mute = await sanctioned(mo, 'ana', 'mute');
    expect(await lift(mo, 'ana', 'enter')).toMatchObject(refused('NOT_SANCTIONED'));
    const reply = await lift(mo, 'ana', 'speak');
    expect(reply).toMatchObject({
      ok: true,
      data: { action: { kind: 'unmute', userIds: ['ana'], detail: mute.action.actionId, undoes: null } },
    });
    expect(await speak(ana)).toMatchObject({ ok: true });
    await eventually(() => expect(told(ana).at(-1)).toEqual([]));
    await eventually(() =>
      expect(ana.events('moderation:lifted').map(({ data }) => data)).toEqual([
        { userIds: ['ana'], what: 'speak' },
      ]),
    );
    await sanctioned(mo, 'ana', 'ban');
    expect(await lift(mo, 'ana', 'enter')).toMatchObject({ ok: true, data: { action: { kind: 'unban' } } });
    expect((await comeIn('ana')).reply).toMatchObject({ ok: true });
    expect(await lift(mo, 'ana', 'enter')).toMatchObject(refused('NOT_SANCTIONED'));
    expect(await sanctions()).toEqual({});
    expect((await facts('moderated')).map(({ standing }) => standing)).toMatchObject([
      { what: 'speak', on: [{ userId: 'ana' }], off: [] },
      { what: 'speak', on: [], off: ['ana'] },
      { what: 'enter', on: [{ userId: 'ana' }], off: [] },
      { what: 'enter', on: [], off: ['ana'] },
    ]);
  });

  it('[MO10] is not for somebody of a lower role than who put it on, nor for oneself', async () => {
    const { host, mo, sanctions } = await stage();
    await sanctioned(host, ['ana', 'mo'], 'mute');
    expect(await lift(mo, 'ana', 'speak')).toMatchObject(refused('OUTRANKED', { path: 'userId' }));
    expect(await lift(mo, 'mo', 'speak')).toMatchObject(refused('OUTRANKED', { path: 'userId' }));
    expect(Object.keys(await sanctions())).toHaveLength(2);
    expect(await lift(host, 'mo', 'speak')).toMatchObject({ ok: true });
  });
});

describe('undoing a sanction', () => {
  it('[MO8] brings back the earlier one, if it would still run', async () => {
    const { mo, join, time, sanctions } = await stage();
    const ana = await join('ana');
    const mute = (await sanctioned(mo, 'ana', 'mute')).action;
    const timeout = (await sanctioned(mo, ['ana', 'bo'], 'timeout')).action;
    expect(await undo(mo, timeout)).toMatchObject({ ok: true });
    expect(await sanctions()).toEqual({ 'm ana': `0 ${mute.actionId}` });
    await eventually(() => {
      expect(told(ana).at(-1)).toMatchObject([{ actionId: mute.actionId, kind: 'mute', untilMs: null }]);
      expect(ana.events('moderation:lifted').at(-1)?.data).toEqual({ userIds: ['bo'], what: 'speak' });
      expect(ana.events('moderation:sanctioned').at(-1)?.data).toEqual({
        ...{ userIds: ['ana'], kind: 'mute', untilMs: null },
      });
    });
    await sanctioned(mo, 'cy', 'timeout', { durationMs: MINUTE_MS });
    const later = (await sanctioned(mo, 'cy', 'timeout', { durationMs: HOUR_MS })).action;
    time.advance(MINUTE_MS);
    expect(await undo(mo, later)).toMatchObject({ ok: true });
    expect(Object.keys(await sanctions())).toEqual(['m ana']);
  });

  it('[MO8] an earlier one that was taken back itself does not return', async () => {
    const { mo, sanctions } = await stage();
    const one = (await sanctioned(mo, 'ana', 'ban', { durationMs: HOUR_MS })).action;
    const two = (await sanctioned(mo, 'ana', 'ban')).action;
    const three = (await sanctioned(mo, 'ana', 'ban', { durationMs: DAY_MS })).action;
    expect(await undo(mo, two)).toMatchObject({ ok: true });
    expect((await sanctions())['b ana']).toMatch(new RegExp(` ${three.actionId}$`));
    expect(await undo(mo, three)).toMatchObject({ ok: true });
    expect((await sanctions())['b ana']).toBe(`${one.untilMs} ${one.actionId}`);
    expect(await undo(mo, one)).toMatchObject({ ok: true });
    expect(await sanctions()).toEqual({});
  });

  it('[MO8] what was lifted stays so', async () => {
    const { mo, sanctions } = await stage();
    await sanctioned(mo, 'ana', 'mute');
    const timeout = (await sanctioned(mo, 'ana', 'timeout')).action;
    expect(await lift(mo, 'ana', 'speak')).toMatchObject({ ok: true });
    expect(await undo(mo, timeout)).toMatchObject({ ok: true });
    expect(await sanctions()).toEqual({});
  });

  it('[MO7] frees the device with the ban, and takes it again where an earlier ban returns', async () => {
    const { mo, comeIn, redis, keys } = await stage();
    const phone = 'ana-and-her-phone';
    await comeIn('ana', phone);
    await sanctioned(mo, 'ana', 'ban');
    const second = (await sanctioned(mo, 'ana', 'ban', { devices: false })).action;
    expect((await comeIn('ana-2', phone)).reply).toMatchObject({ ok: true });
    expect(await undo(mo, second)).toMatchObject({ ok: true });
    expect((await comeIn('ana-3', phone)).reply).toMatchObject(refused('BANNED'));
    expect(await lift(mo, 'ana', 'enter')).toMatchObject({ ok: true });
    expect(await redis.hlen(keys.bannedDevices)).toBe(0);
    expect((await comeIn('ana-4', phone)).reply).toMatchObject({ ok: true });
  });

  it('[MO14] once, within a day, and only what can be', async () => {
    const { mo, time, headSeq, sanctions } = await stage();
    expect(await undo(mo, { actionId: 'a1' })).toMatchObject(refused('ACTION_NOT_FOUND'));
    expect(await undo(mo, { actionId: 'm_1' })).toMatchObject(refused('ACTION_NOT_FOUND'));
    const id = opId();
    const mute = (await sanctioned(mo, 'ana', 'mute')).action;
    const first = await undo(mo, mute, id);
    expect(first).toMatchObject({
      ok: true,
      data: { action: { kind: 'undo', userIds: ['ana'], undoes: mute.actionId, detail: 'mute' } },
    });
    const seq = await headSeq();
    expect(await undo(mo, mute, id)).toEqual(first);
    expect(await undo(mo, mute)).toMatchObject(refused('CANNOT_UNDO'));
    const undone = first.ok ? first.data.action : mute;
    expect(await undo(mo, undone)).toMatchObject(refused('CANNOT_UNDO'));
    expect(await headSeq()).toBe(seq);
    const old = (await sanctioned(mo, 'ana', 'mute')).action;
    time.advance(MODERATION_LIMITS.undoMs.value);
    const young = (await sanctioned(mo, 'bo', 'mute')).action;
    expect(await undo(mo, old)).toMatchObject({ ok: true });
    time.advance(MODERATION_LIMITS.undoMs.value + 1);
    expect(await undo(mo, young)).toMatchObject(refused('CANNOT_UNDO'));
    expect(Object.keys(await sanctions())).toEqual(['m bo']);
  });

  it('[MO14] is not for somebody of a lower role, nor for oneself', async () => {
    const { host, mo, join, redis, keys } = await stage();
    const ban = (await sanctioned(host, 'ana', 'ban')).action;
    expect(await undo(mo, ban)).toMatchObject(refused('OUTRANKED'));
    const mute = (await sanctioned(mo, 'bo', 'mute')).action;
    await redis.hset(keys.roles, 'a bo', 'moderator 0');
    const bo = await join('bo');
    expect(await undo(bo, mute)).toMatchObject(refused('OUTRANKED'));
    const co = await join('co', 'cohost');
    expect(await undo(co, mute)).toMatchObject({ ok: true });
  });

  it('[MO15] a lift is undone: what it ended is back, unless something newer is in force', async () => {
    const { mo, comeIn, join, sanctions } = await stage();
    const ban = (await sanctioned(mo, ['ana', 'bo'], 'ban')).action;
    const lifted = async (userId: string) => {
      const reply = await lift(mo, userId, 'enter');
      if (!reply.ok) throw new Error(reply.error.code);
      return reply.data.action;
    };
    const [anas, bos] = [await lifted('ana'), await lifted('bo')];
    const ana = await join('ana');
    const newer = (await sanctioned(mo, 'bo', 'ban', { durationMs: HOUR_MS })).action;
    expect(await undo(mo, anas)).toMatchObject({ ok: true });
    expect(await undo(mo, bos)).toMatchObject({ ok: true });
    expect(await sanctions()).toEqual({
      'b ana': `0 ${ban.actionId}`,
      'b bo': `${newer.untilMs} ${newer.actionId}`,
    });
    await eventually(() => expect(ana.closings.map(({ reason }) => reason)).toEqual(['BANNED']));
    expect((await comeIn('ana')).reply).toMatchObject(refused('BANNED'));
  });

  it('[MO15] modes return to what they were', async () => {
    const { redis, keys, mo, one, roomId } = await stage();
    await redis.hset(keys.modes, 'slowMs', '5000');
    const set = await mo.call('moderation:set-modes', {
      opId: opId(),
      modes: { slowMs: 30_000, minLevel: 3 },
    });
    if (!set.ok) throw new Error(set.error.code);
    expect(await redis.hmget(keys.modes, 'slowMs', 'minLevel')).toEqual(['30000', '3']);
    expect(await undo(mo, set.data.action)).toMatchObject({
      ok: true,
      data: { action: { detail: 'modes' } },
    });
    const viewer = await harness.join(one, roomId, { userId: 'vi' });
    const { snapshot } = await viewer.must('room:join', { roomId });
    expect(snapshot.moderation).toMatchObject({ modes: { slowMs: 5000, minLevel: 0 } });
    await eventually(() =>
      expect(mo.events('moderation:modes-changed').at(-1)?.data).toMatchObject({ modes: { slowMs: 5000 } }),
    );
  });
});

describe('taking messages back', () => {
  it('[MO12] takes all of them back or none, with what they said on the record', async () => {
    const { mo, host, say, history, headSeq, facts } = await stage();
    const [a, b, c] = [await say('ana', 'one'), await say('bo', 'two "x"'), await say('ana', 'three')];
    const hosts = await say('host', 'mine', 'host');
    const remove = (messageIds: string[]) =>
      mo.call('moderation:delete', { opId: opId(), messageIds, reason: 'spam' });
    const before = await headSeq();
    expect(await remove([a.messageId, 'm_never'])).toMatchObject(
      refused('MESSAGE_NOT_FOUND', { path: 'messageIds.1' }),
    );
    expect(await remove([hosts.messageId, a.messageId])).toMatchObject(
      refused('OUTRANKED', { path: 'messageIds.0' }),
    );
    expect(await headSeq()).toBe(before);
    const reply = await remove([a.messageId, b.messageId, a.messageId]);
    const evidence = [b, a].map(({ messageId, userId, name, text }) => ({ messageId, userId, name, text }));
    expect(reply).toMatchObject({
      ok: true,
      data: { action: { kind: 'delete', userIds: ['bo', 'ana'], messages: evidence, reason: 'spam' } },
    });
    expect(texts((await history()).messages)).toEqual(['three', 'mine']);
    await eventually(() =>
      expect(host.events('chat:removed').map(({ data }) => data)).toEqual([
        { messageIds: [b.messageId, a.messageId] },
      ]),
    );
    expect(await facts('moderated')).toMatchObject([{ kind: 'delete', messages: evidence }]);
    expect(await remove([a.messageId])).toMatchObject(refused('MESSAGE_NOT_FOUND'));
    expect(await remove([c.messageId])).toMatchObject({ ok: true });
  });

  it('[MO12] one’s own may be taken back by oneself', async () => {
    const { mo, say, history } = await stage();
    const own = await say('mo', 'oops', 'moderator');
    const reply = await mo.call('moderation:delete', { opId: opId(), messageIds: [own.messageId] });
    expect(reply).toMatchObject({ ok: true });
    expect((await history()).messages).toEqual([]);
    expect(reply.ok && (await undo(mo, reply.data.action))).toMatchObject({ ok: true });
    expect(texts((await history()).messages)).toEqual(['oops']);
  });

  it('[MO12] a pinned message is pinned no more', async () => {
    const { mo, host, say, history, facts } = await stage();
    const message = await say('ana', 'pinned');
    await host.must('chat:pin', { opId: opId(), messageId: message.messageId });
    await mo.must('moderation:delete', { opId: opId(), messageIds: [message.messageId] });
    expect((await history()).pinned).toBeNull();
    await eventually(() => expect(host.events('chat:pinned').at(-1)?.data).toEqual({ message: null }));
    expect((await facts('message-pinned')).map(({ messageId }) => messageId)).toEqual([
      message.messageId,
      null,
    ]);
  });

  it('[MO11] a sanction takes the messages of its users back, all of the last 200 of them', async () => {
    const { mo, say, history, join, time } = await stage();
    const cy = await join('cy');
    for (let i = 0; i < 60; i += 1) {
      time.advance(1);
      await say(i % 2 === 0 ? 'ana' : 'bo', `spam ${i}`);
      time.advance(1);
      if (i % 20 === 0) await say('cy', `fine ${i}`);
    }
    const before = texts((await history()).messages);
    const { action } = await sanctioned(mo, ['ana', 'bo'], 'ban', { deleteMessages: true });
    expect(texts((await history()).messages)).toEqual(['fine 0', 'fine 20', 'fine 40']);
    expect(action.messages).toHaveLength(50);
    await eventually(() => {
      const removed = cy
        .events('chat:removed')
        .flatMap(({ data }) => (data as { messageIds: string[] }).messageIds);
      expect(removed).toHaveLength(60);
    });
    expect(await undo(mo, action)).toMatchObject({ ok: true });
    expect(texts((await history()).messages)).toEqual(before);
    await eventually(() => expect(cy.events('chat:restored')).toHaveLength(60));
  });

  it('[MO13] messages come back in their places, whole', async () => {
    const { mo, say, history, time, join, redis, keys } = await stage();
    const cy = await join('cy');
    const all: ChatMessage[] = [];
    for (let i = 0; i < 6; i += 1) {
      all.push(await say('ana', `m${i}`));
      // Two at each moment: ties keep their order, too.
      if (i % 2 === 1) time.advance(1000);
    }
    const messageIds = [0, 1, 3, 5].map((i) => (all[i] as ChatMessage).messageId);
    const { action } = await mo.must('moderation:delete', { opId: opId(), messageIds });
    const later = await say('ana', 'later');
    expect(texts((await history()).messages)).toEqual(['m2', 'm4', 'later']);
    const undone = await undo(mo, action);
    expect(undone).toMatchObject({ ok: true, data: { action: { messages: [{ text: 'm0' }, {}, {}, {}] } } });
    expect((await history()).messages).toEqual([...all, later]);
    await eventually(() =>
      expect(
        cy.events('chat:restored').map(({ data }) => (data as { message: ChatMessage }).message),
      ).toEqual([0, 1, 3, 5].map((i) => all[i])),
    );
    // They can be quoted again.
    expect(await redis.hlen(keys.chatById)).toBe(7);
    const quoted = await cy.must('chat:say', {
      opId: opId(),
      text: 're',
      replyToMessageId: messageIds[1] as string,
    });
    expect(quoted.message.replyTo).toMatchObject({ messageId: messageIds[1], excerpt: 'm1' });
  });

  it('[MO13] one that would have scrolled out since stays gone, and no more than 200 are kept', async () => {
    const { mo, say, history, join, time } = await stage();
    const cy = await join('cy');
    const [old, kept] = [await say('ana', 'old'), await say('ana', 'kept')];
    const { action } = await mo.must('moderation:delete', {
      ...{ opId: opId(), messageIds: [old.messageId, kept.messageId] },
    });
    time.advance(1000);
    for (let i = 0; i < 199; i += 1) await say('bo', `b${i}`);
    expect(await undo(mo, action)).toMatchObject({
      ok: true,
      data: { action: { messages: [{ text: 'kept' }] } },
    });
    const { messages } = await history();
    expect(messages).toHaveLength(200);
    expect(messages[0]?.text).toBe('kept');
    await eventually(() => expect(cy.events('chat:restored')).toHaveLength(1));
  });

  it('[MO2] a refused sanction takes no message back', async () => {
    const { mo, say, history } = await stage();
    await say('ana', 'one');
    const reply = await sanction(mo, ['ana', 'host'], 'ban', { deleteMessages: true });
    expect(reply).toMatchObject(refused('OUTRANKED', { path: 'userIds.1' }));
    expect(texts((await history()).messages)).toEqual(['one']);
  });
});
