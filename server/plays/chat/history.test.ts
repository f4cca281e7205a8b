import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { chatRoom, FAMILY, refused } from './testing.ts';

const harness = useCheckedHarness();
const stage = () => chatRoom(harness);

describe('the history', () => {
  it('[CH4] has the last 200 messages, oldest first', async () => {
    const { keys, state, tellMany } = await stage();
    expect(await state()).toEqual({ messages: [], pinned: null });
    const texts = await tellMany(203);
    const { messages } = await state();
    expect(messages.map(({ text }) => text)).toEqual(texts.slice(3));
    expect(await harness.redis.client.llen(keys.chat)).toBe(200);
    expect(await harness.redis.client.hlen(keys.chatById)).toBe(200);
  });

  it('[CH5] a reply quotes what it replies to', async () => {
    const { ana, tell } = await stage();
    const long = FAMILY.repeat(61);
    const first = await tell('first', { text: long });
    const reply = (to: string, text: string) =>
      ana.must('chat:say', { opId: opId(), text, replyToMessageId: to });
    const second = await reply(first.message.messageId, 'second');
    expect(second.message.replyTo).toEqual({
      ...{ messageId: first.message.messageId, userId: 'cy', name: 'Cy', excerpt: `${FAMILY.repeat(59)}…` },
    });
    const third = await reply(second.message.messageId, 'third');
    expect(third.message.replyTo).toEqual({
      ...{ messageId: second.message.messageId, userId: 'ana', name: 'Ana', excerpt: 'second' },
    });
  });

  it('[CH5] replies to nothing that is not among the last 200', async () => {
    const { ana, tell, tellMany, events } = await stage();
    const first = await tell('first');
    await tellMany(199);
    const reply = (to: string) => ana.call('chat:say', { opId: opId(), text: 're', replyToMessageId: to });
    expect(await reply('m_never')).toMatchObject(refused('MESSAGE_NOT_FOUND'));
    expect(await reply(first.message.messageId)).toMatchObject({ ok: true });
    // That reply was the 201st message.
    expect(await reply(first.message.messageId)).toMatchObject(refused('MESSAGE_NOT_FOUND'));
    expect(await events()).toBe(201);
  });
});

describe('pinning', () => {
  it('[CH7] shows one message to everyone, until another or none', async () => {
    const { node, roomId, ana, tell, state } = await stage();
    const moderator = await harness.join(node, roomId, { userId: 'mod', role: 'moderator' });
    const [one, two] = [await tell('one'), await tell('two')];
    const pin = (messageId: string | null, id = opId()) =>
      moderator.call('chat:pin', { opId: id, messageId });
    const id = opId();
    for (const messageId of [one.message.messageId, one.message.messageId]) {
      expect(await pin(messageId, id)).toEqual({ ok: true, data: {} });
    }
    await eventually(() => expect(ana.events('chat:pinned')).toHaveLength(1));
    expect((await state()).pinned).toEqual(one.message);
    expect(await pin(two.message.messageId, id)).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
    expect(await pin(two.message.messageId)).toMatchObject({ ok: true });
    await eventually(() => expect(ana.events('chat:pinned').at(-1)?.data).toEqual({ message: two.message }));
    expect(await pin('m_never')).toMatchObject(refused('MESSAGE_NOT_FOUND'));
    expect((await state()).pinned).toEqual(two.message);
    // The sixth at once has to wait.
    await eventually(async () => expect(await pin(null)).toMatchObject({ ok: true }), { everyMs: 200 });
    await eventually(() => expect(ana.events('chat:pinned').at(-1)?.data).toEqual({ message: null }));
    expect((await state()).pinned).toBeNull();
  });

  it('[CH7] is for staff', async () => {
    const { node, roomId, ana, tell, state } = await stage();
    const { messageId } = (await tell('one')).message;
    expect(await ana.call('chat:pin', { opId: opId(), messageId })).toMatchObject(refused('FORBIDDEN'));
    const guest = await harness.join(node, roomId, 'guest');
    expect(await guest.call('chat:pin', { opId: opId(), messageId })).toMatchObject(
      refused('UNAUTHENTICATED'),
    );
    expect((await state()).pinned).toBeNull();
    for (const role of ['host', 'cohost', 'moderator'] as const) {
      const client = await harness.join(node, roomId, { userId: `a-${role}`, role });
      expect(await client.call('chat:pin', { opId: opId(), messageId })).toMatchObject({ ok: true });
    }
  });

  it('[CH8] outlives the last 200', async () => {
    const { node, roomId, tell, tellMany, state } = await stage();
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const { message } = await tell('pinned');
    await host.must('chat:pin', { opId: opId(), messageId: message.messageId });
    await tellMany(200);
    const { messages, pinned } = await state();
    expect(messages.map(({ messageId }) => messageId)).not.toContain(message.messageId);
    expect(pinned).toEqual(message);
    const again = await host.call('chat:pin', { opId: opId(), messageId: message.messageId });
    expect(again).toMatchObject(refused('MESSAGE_NOT_FOUND'));
    expect((await state()).pinned).toEqual(message);
  });
});
