import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { Held } from '../../../shared/plays/moderation/desk-records.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { skeleton } from '../../text/skeleton.ts';
import { desk, edit, eventsTo, filteredRoom, review, say, setModes } from './testing/filters.ts';
import { refused } from './testing/people.ts';

const harness = useCheckedHarness();
const stage = () => filteredRoom(harness);

describe('a held message', () => {
  it('[MO65] looks said to its author, and nobody hears of it but staff', async () => {
    const { bo, join, two, host, mo, headSeq, history, roomId, time } = await stage();
    const ana = await join('ana');
    const anaToo = await join('ana', 'viewer', two);
    const from = await headSeq();
    const answer = await ana.must('chat:say', { opId: opId(), text: 'holdme please', mentions: ['bo'] });
    expect(answer).toEqual({
      seq: from + 1,
      message: {
        ...{ messageId: answer.message.messageId, userId: 'ana', name: 'ana', role: 'viewer' },
        ...{ text: 'holdme please', mentions: ['bo'], badge: null, replyTo: null, atMs: time.nowMs },
      },
    });
    const held = { message: answer.message, why: { by: 'word', detail: 'holdme' }, heldAtMs: time.nowMs };
    for (const client of [host, mo]) {
      await eventually(() =>
        expect(client.events('moderation:held').map(({ data }) => data)).toEqual([held]),
      );
    }
    // Somebody says something aloud, so that everybody's frames pass the one that was held.
    const { seq } = await bo.must('chat:say', { opId: opId(), text: 'hello' });
    for (const client of [ana, anaToo, bo]) {
      expect(await eventsTo(client, seq, from)).toEqual(['chat:said']);
      expect(client.notices).toEqual([]);
      expect(JSON.stringify(client.frames)).not.toContain('holdme');
    }
    expect((await history()).messages.map(({ text }) => text)).toEqual(['hello']);
    const late = await join('cy');
    const resumed = await late.must('room:resume', { roomId, afterSeq: from });
    expect(JSON.stringify(resumed)).not.toContain('holdme');
    expect(await desk(mo)).toMatchObject({ held: [held], heldCount: 1 });
  });

  it('[MO65] gives no points and counts for no draw until it is shown', async () => {
    const { join, keys, redis, mo, sayAs } = await stage();
    await redis.hset(keys.phrases, 'd1', skeleton('open sesame'));
    const ana = await join('ana');
    await redis.hset(keys.fans, 'ana', '1 5 0 0 0 0 0 0 0 0 0 Ana');
    const { message } = await ana.must('chat:say', { opId: opId(), text: 'holdme open sesame' });
    expect(message.badge).toEqual({ level: 1, lit: true });
    expect(await redis.smembers(keys.drawSaid('d1'))).toEqual([]);
    expect(await redis.hget(keys.fans, 'ana')).toBe('1 5 0 0 0 0 0 0 0 0 0 Ana');
    expect(await review(mo, [message.messageId], true)).toMatchObject({ ok: true });
    expect(await redis.smembers(keys.drawSaid('d1'))).toEqual(['ana']);
    expect(await redis.hget(keys.fans, 'ana')).toBe('1 5 0 0 0 0 0 0 0 0 0 Ana');
    expect(await sayAs('open sesame')).toMatchObject({ ok: true });
    expect(await redis.scard(keys.drawSaid('d1'))).toBe(2);
  });

  it('[MO66] is held to what holds for any other', async () => {
    const { host, join, headSeq, held, bo } = await stage();
    const ana = await join('ana');
    const reply = { replyToMessageId: 'm_never' };
    expect(await say(ana, 'holdme', reply)).toMatchObject(refused('MESSAGE_NOT_FOUND'));
    const { message } = await bo.must('chat:say', { opId: opId(), text: 'first' });
    const answer = await ana.must('chat:say', {
      ...{ opId: opId(), text: 'holdme', replyToMessageId: message.messageId },
    });
    expect(answer.message.replyTo).toEqual({
      ...{ messageId: message.messageId, userId: 'bo', name: 'bo', excerpt: 'first' },
    });
    await setModes(host, { slowMs: 300_000 });
    const cy = await join('cy');
    expect(await say(cy, 'holdme')).toMatchObject({ ok: true });
    expect(await say(cy, 'hello')).toMatchObject(refused('SLOW_MODE', { retryAfterMs: 300_000 }));
    expect(await say(cy, 'holdme')).toMatchObject(refused('SLOW_MODE'));
    await host.must('moderation:sanction', { opId: opId(), userIds: ['bo'], kind: 'mute' });
    const seq = await headSeq();
    expect(await say(bo, 'holdme')).toMatchObject(refused('MUTED'));
    expect(await headSeq()).toBe(seq);
    expect(await held()).toHaveLength(2);
  });

  it('[MO67] a retry gets the first answer, though the lists changed in between', async () => {
    const { host, join, sayAs, mo, headSeq, history, held } = await stage();
    const changed = async (change: { add?: string[]; remove?: string[] }, listId: string, text: string) => {
      expect(await edit(host, listId, change)).toMatchObject({ ok: true });
      return eventually(async () => {
        const reply = await sayAs(text);
        return reply.ok ? reply.data.message.text : reply.error.code;
      });
    };
    const clients = await Promise.all(['a', 'b', 'c', 'd'].map((userId) => join(userId)));
    const texts = ['the holdme one', 'the plain one', 'the maskme one', 'the later one'];
    const first = texts.map((text) => ({ opId: opId(), text }));
    const answers = await Promise.all(clients.map((client, i) => client.must('chat:say', first[i] as never)));
    // What was held passes now; what passed is blocked, held or masked now; what was masked passes.
    await changed({ remove: ['holdme'] }, 'hold-list', 'x');
    await changed({ add: ['plain'] }, 'block-list', 'x');
    await changed({ remove: ['maskme'] }, 'mask-list', 'x');
    await changed({ add: ['later'] }, 'mask-list', 'x');
    await eventually(async () =>
      expect(await sayAs('later')).toMatchObject({ data: { message: { text: '*****' } } }),
    );
    const [seq, waiting] = [await headSeq(), await held()];
    const said = (await history()).messages.length;
    const again = await Promise.all(clients.map((client, i) => client.must('chat:say', first[i] as never)));
    expect(again).toEqual(answers);
    expect(await headSeq()).toBe(seq);
    expect(await held()).toEqual(waiting);
    expect((await history()).messages).toHaveLength(said);
    for (const [i, client] of clients.entries()) {
      const other = { opId: first[i]?.opId as string, text: 'quite another text' };
      expect(await client.call('chat:say', other)).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
    }
    expect(await sayAs('the plain one')).toMatchObject(refused('WORD_BLOCKED'));
    expect(await desk(mo)).toMatchObject({ heldCount: 1 });
  });

  it('[MO68] at most 500 wait; the oldest fifty are rejected in one action', async () => {
    const { mo, keys, redis, sayAs, facts } = await stage();
    const { data } = (await sayAs('holdme template')) as { data: { message: ChatMessage } };
    const value = await redis.hget(keys.heldById, data.message.messageId);
    await redis.del(keys.held, keys.heldById);
    for (let i = 0; i < 500; i += 1) {
      const id = `m_old${String(i).padStart(3, '0')}`;
      await redis.zadd(keys.held, i, id);
      await redis.hset(keys.heldById, id, (value as string).replaceAll(data.message.messageId, id));
    }
    expect(await desk(mo)).toMatchObject({ heldCount: 500 });
    expect(await sayAs('holdme one more')).toMatchObject({ ok: true });
    const { held, heldCount, actions } = await desk(mo);
    expect(heldCount).toBe(451);
    expect(await redis.hlen(keys.heldById)).toBe(451);
    expect(held).toHaveLength(100);
    expect(held[0]?.message.messageId).toBe('m_old050');
    expect(actions[0]).toMatchObject({ kind: 'reject', actorId: 'system', detail: 'queue-full' });
    expect(actions[0]?.messages).toHaveLength(50);
    expect((await facts('moderated')).filter(({ kind }) => kind === 'reject')).toHaveLength(1);
  });
});

describe('review', () => {
  it('[MO69] approving says it now, to everyone; rejecting tells nobody', async () => {
    const { join, bo, host, mo, time, history, headSeq, held } = await stage();
    const ana = await join('ana');
    const one = await ana.must('chat:say', { opId: opId(), text: 'holdme one' });
    const two = await ana.must('chat:say', { opId: opId(), text: 'holdme two' });
    time.advance(60_000);
    await bo.must('chat:say', { opId: opId(), text: 'meanwhile' });
    const from = await headSeq();
    const op = { opId: opId(), messageIds: [one.message.messageId], approve: true, reason: 'fine' };
    const { action } = await mo.must('moderation:review', op);
    expect(action).toMatchObject({
      ...{ kind: 'approve', actorId: 'mo', userIds: ['ana'], reason: 'fine' },
      messages: [{ messageId: one.message.messageId, userId: 'ana', name: 'ana', text: 'holdme one' }],
    });
    const shown = { ...one.message, atMs: time.nowMs };
    for (const client of [ana, bo, host]) {
      const of = () => client.events('chat:said').find(({ seq }) => seq > from);
      await eventually(() =>
        expect(of()).toEqual({ seq: from + 1, name: 'chat:said', atMs: time.nowMs, data: shown }),
      );
    }
    expect((await history()).messages.at(-1)).toEqual(shown);
    expect(await mo.must('moderation:review', op)).toEqual({ action });
    const said = bo.events('chat:said').length;
    const rejected = await review(mo, [two.message.messageId], false);
    expect(rejected).toMatchObject({ ok: true, data: { action: { kind: 'reject', userIds: ['ana'] } } });
    const { seq } = await bo.must('chat:say', { opId: opId(), text: 'after' });
    await eventsTo(bo, seq);
    expect(bo.events('chat:said')).toHaveLength(said + 1);
    expect(await held()).toEqual([]);
    // A reply to the approved one finds it.
    expect(await say(bo, 'yes', { replyToMessageId: one.message.messageId })).toMatchObject({ ok: true });
  });

  it('[MO69] is of all the messages or none, and not for those of somebody who is banned', async () => {
    const { join, host, mo, held, headSeq } = await stage();
    const ana = await join('ana');
    const { messageId } = (await ana.must('chat:say', { opId: opId(), text: 'holdme' })).message;
    const seq = await headSeq();
    expect(await review(mo, [messageId, messageId, 'm_never'], true)).toMatchObject(
      refused('NOT_HELD', { path: 'messageIds.2' }),
    );
    expect(await headSeq()).toBe(seq);
    expect(await held()).toEqual([messageId]);
    await host.must('moderation:sanction', { opId: opId(), userIds: ['ana'], kind: 'ban' });
    expect(await review(mo, [messageId], true)).toMatchObject(refused('NOT_HELD', { path: 'messageIds.0' }));
    expect(await review(mo, [messageId], false)).toMatchObject({ ok: true });
    expect(await review(mo, [messageId], false)).toMatchObject(refused('NOT_HELD'));
  });

  it('[MO69] two moderators decide once', async () => {
    const { join, host, mo, history } = await stage();
    const ana = await join('ana');
    const { messageId } = (await ana.must('chat:say', { opId: opId(), text: 'holdme' })).message;
    const replies = await Promise.all([review(mo, [messageId], true), review(host, [messageId], true)]);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await history()).messages).toHaveLength(1);
  });

  it('[MO70] moderators take shown messages back for review, and they return to their place', async () => {
    const { say: tell, bo, mo, host, time, history, keys, redis, held } = await stage();
    const messages = [];
    for (const text of ['one', 'two', 'three']) {
      time.advance(1000);
      messages.push(await tell('ana', text));
    }
    const [, two] = messages as [ChatMessage, ChatMessage, ChatMessage];
    await host.must('chat:pin', { opId: opId(), messageId: two.messageId });
    const hold = { opId: opId(), messageIds: [two.messageId], reason: 'let me see' };
    const { action } = await mo.must('moderation:hold', hold);
    expect(action).toMatchObject({ kind: 'hold', userIds: ['ana'], messages: [{ text: 'two' }] });
    expect(await mo.must('moderation:hold', hold)).toEqual({ action });
    const removed = { messageIds: [two.messageId] };
    await eventually(() => expect(bo.events('chat:removed').map(({ data }) => data)).toEqual([removed]));
    expect((await history()).messages.map(({ text }) => text)).toEqual(['one', 'three']);
    expect(await redis.get(keys.chatPin)).toBeNull();
    const waiting: Held = {
      ...{ message: two, why: { by: 'moderator', detail: 'let me see' }, heldAtMs: time.nowMs },
    };
    expect((await desk(mo)).held).toEqual([waiting]);
    time.advance(5000);
    expect(await review(mo, [two.messageId], true)).toMatchObject({ ok: true });
    await eventually(() =>
      expect(bo.events('chat:restored').map(({ data }) => data)).toEqual([{ message: two }]),
    );
    expect((await history()).messages.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(await held()).toEqual([]);
  });

  it('[MO70] but not those of somebody of the same or a higher role, nor what is not there', async () => {
    const { say: tell, join, mo, headSeq, bo } = await stage();
    await join('mo2', 'moderator');
    const viewers = await tell('ana', 'hi');
    const moderators = await tell('mo2', 'hi', 'moderator');
    const seq = await headSeq();
    const hold = (...messageIds: string[]) => mo.call('moderation:hold', { opId: opId(), messageIds });
    expect(await hold(viewers.messageId, moderators.messageId)).toMatchObject(
      refused('OUTRANKED', { path: 'messageIds.1' }),
    );
    expect(await hold(viewers.messageId, 'm_never')).toMatchObject(
      refused('MESSAGE_NOT_FOUND', { path: 'messageIds.1' }),
    );
    expect(await bo.call('moderation:hold', { opId: opId(), messageIds: [viewers.messageId] })).toMatchObject(
      refused('FORBIDDEN'),
    );
    expect(await headSeq()).toBe(seq);
  });
});

describe('taking messages back for review', () => {
  it('[MO70] can be undone: those that still wait return to their places', async () => {
    const { say: tell, mo, history, held } = await stage();
    const [first, second] = [await tell('cy', 'one'), await tell('dan', 'two')];
    const messageIds = [first.messageId, second.messageId];
    const { action } = await mo.must('moderation:hold', { opId: opId(), messageIds });
    expect((await history()).messages).toEqual([]);
    expect(await review(mo, [second.messageId], false)).toMatchObject({ ok: true });
    const undone = await mo.must('moderation:undo', { opId: opId(), actionId: action.actionId });
    expect(undone.action).toMatchObject({
      kind: 'undo',
      undoes: action.actionId,
      messages: [{ text: 'one' }],
    });
    expect((await history()).messages.map(({ text }) => text)).toEqual(['one']);
    expect(await held()).toEqual([]);
    const again = await mo.must('moderation:hold', { opId: opId(), messageIds: [first.messageId] });
    await review(mo, [first.messageId], false);
    const late = await mo.call('moderation:undo', { opId: opId(), actionId: again.action.actionId });
    expect(late).toMatchObject(refused('CANNOT_UNDO'));
  });

  it('[MO72] who was dismissed a moment ago does nothing more, though the node does not know it yet', async () => {
    const { host, join, keys, redis, say: tell } = await stage();
    const ana = await join('ana');
    await host.must('moderation:appoint', { opId: opId(), userId: 'ana', role: 'moderator' });
    await eventually(async () => expect(await setModes(ana, { slowMs: 5000 })).toBeDefined());
    await redis.hdel(keys.roles, 'a ana');
    const { messageId } = await tell('cy', 'one');
    const list = { listId: 'mine', title: 'mine', language: 'en', action: 'block' as const, enabled: true };
    for (const reply of [
      await ana.call('moderation:hold', { opId: opId(), messageIds: [messageId] }),
      await ana.call('moderation:review', { opId: opId(), messageIds: [messageId], approve: true }),
      await ana.call('moderation:set-modes', { opId: opId(), modes: { slowMs: 0 } }),
      await ana.call('moderation:save-list', { opId: opId(), list }),
      await ana.call('moderation:edit-words', { opId: opId(), listId: 'block-list', add: ['another'] }),
      await ana.call('moderation:remove-list', { opId: opId(), listId: 'block-list' }),
      await ana.call('moderation:words', { listId: 'block-list' }),
    ])
      expect(reply).toMatchObject(refused('FORBIDDEN'));
  });
});
