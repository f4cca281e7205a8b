import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { chatRoom, FAMILY, refused, said } from './testing.ts';

const harness = useCheckedHarness();
const stage = (config: { chatPerSecond?: number } = {}) => chatRoom(harness, config);

describe('saying', () => {
  it('[CH9] answers with the message as everyone gets it', async () => {
    const { time, node, roomId, ana, state } = await stage();
    const bo = await harness.join(node, roomId, { userId: 'bo' });
    time.advance(4321);
    const answer = await ana.must('chat:say', { opId: opId(), text: 'hello', mentions: ['bo'] });
    expect(answer.message).toEqual({
      ...{ messageId: answer.message.messageId, userId: 'ana', name: 'Ana', role: 'viewer' },
      ...{ text: 'hello', mentions: ['bo'], badge: null, replyTo: null, atMs: time.nowMs },
    });
    for (const client of [ana, bo]) {
      await eventually(() =>
        expect(client.events()).toEqual([
          { seq: answer.seq, name: 'chat:said', atMs: time.nowMs, data: answer.message },
        ]),
      );
    }
    expect((await state()).messages).toEqual([answer.message]);
  });

  it('[CH1] cleans the text and keeps markup as text', async () => {
    const { ana } = await stage();
    const say = async (text: string) => (await ana.must('chat:say', { opId: opId(), text })).message.text;
    expect(await say(' <img src=x onerror=alert(1)> & "quotes" \\ \n ')).toBe(
      '<img src=x onerror=alert(1)> & "quotes" \\',
    );
    expect(await say('\u202eevil\u202c ｗｉｄｅ Z\u0335\u0336\u0337\u0338\u0339')).toBe(
      `evil wide ${'Z\u0335\u0336\u0337\u0338\u0339'.normalize('NFKC').slice(0, 4)}`,
    );
    expect(await say('שלום عليكم')).toBe('שלום عليكم');
  });

  it('[CH2] takes 300 characters as people count them, in at most 1,500 units', async () => {
    const { node, roomId, ana, events } = await stage();
    const marked = 'e\u0301\u0316\u0317\u0318';
    for (const text of ['x'.repeat(300), FAMILY.repeat(100), marked.repeat(300)]) {
      expect(await ana.call('chat:say', { opId: opId(), text })).toMatchObject({ ok: true });
    }
    await eventually(() => expect(said(ana)[1]?.text).toBe(FAMILY.repeat(100)));
    const bo = await harness.join(node, roomId, { userId: 'bo' });
    for (const text of ['x'.repeat(301), FAMILY.repeat(137), `${marked.repeat(299)}${marked}\u0319`]) {
      const reply = await bo.call('chat:say', { opId: opId(), text });
      expect(reply).toMatchObject(refused('INVALID_PAYLOAD', { path: 'text' }));
    }
    // One sign that cleaning spells out in 18 letters.
    const cy = await harness.join(node, roomId, { userId: 'cy' });
    const spelt = (times: number) => cy.call('chat:say', { opId: opId(), text: '\ufdfa'.repeat(times) });
    expect(await spelt(16)).toMatchObject({ ok: true });
    expect(await spelt(17)).toMatchObject(refused('INVALID_PAYLOAD', { path: 'text' }));
    expect(await events()).toBe(4);
  });

  it('[CH3] refuses a text of which nothing is left', async () => {
    const { ana, events } = await stage();
    const say = (text: string) => ana.call('chat:say', { opId: opId(), text });
    expect(await say('\u202e\u202c\u200b')).toMatchObject(
      refused('EMPTY_TEXT', { path: 'text', retryable: false }),
    );
    expect(await say(' \n ')).toMatchObject(refused('INVALID_PAYLOAD', { path: 'text' }));
    expect(await say('')).toMatchObject(refused('INVALID_PAYLOAD', { path: 'text' }));
    expect(await events()).toBe(0);
  });

  it('[CH6] names each person once, and at most five', async () => {
    const { ana } = await stage();
    const mentions = ['bo', 'cy', 'bo', 'u.v@x-1:2', 'cy'];
    const { message } = await ana.must('chat:say', { opId: opId(), text: 'hi', mentions });
    expect(message.mentions).toEqual(['bo', 'cy', 'u.v@x-1:2']);
    const six = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(await ana.call('chat:say', { opId: opId(), text: 'hi', mentions: six })).toMatchObject(
      refused('INVALID_PAYLOAD', { path: 'mentions' }),
    );
  });

  it('[CH10] is done once, whatever is repeated', async () => {
    const { ana, events, tellMany } = await stage();
    const say = { opId: opId(), text: 'once' };
    const [first, twin] = await Promise.all([ana.must('chat:say', say), ana.must('chat:say', say)]);
    expect(twin).toEqual(first);
    await tellMany(201);
    // Also when the message is not among the last 200 any more.
    expect(await ana.must('chat:say', say)).toEqual(first);
    expect(await events()).toBe(202);
    expect(said(ana).filter(({ messageId }) => messageId === first.message.messageId)).toHaveLength(1);
  });

  it('[CH10] refuses other input under the same opId, and remembers no refusal', async () => {
    const { ana, tell, events } = await stage();
    const say = { opId: opId(), text: 'once' };
    await ana.must('chat:say', say);
    expect(await ana.call('chat:say', { ...say, text: 'twice' })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    expect(await events()).toBe(1);
    const reply = { opId: opId(), text: 'yes', replyToMessageId: 'm_soon' };
    expect(await ana.call('chat:say', reply)).toMatchObject(refused('MESSAGE_NOT_FOUND'));
    await tell('soon');
    const done = await eventually(() => ana.must('chat:say', reply));
    expect(done.message.replyTo?.messageId).toBe('m_soon');
  });

  it('[CH11] is held to one a second and three at once, a user and node', async () => {
    const { node, roomId, ana } = await stage();
    const too = await harness.join(node, roomId, { userId: 'ana' });
    const bo = await harness.join(node, roomId, { userId: 'bo' });
    const say = (client: TestClient) => client.call('chat:say', { opId: opId(), text: 'quick' });
    const replies = await Promise.all([say(ana), say(too), say(ana), say(too), say(ana)]);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(3);
    for (const reply of replies) {
      if (reply.ok) continue;
      expect(reply.error).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
      expect(reply.error.retryAfterMs).toBeGreaterThan(0);
      expect(reply.error.retryAfterMs).toBeLessThanOrEqual(1000);
    }
    expect(await say(bo)).toMatchObject({ ok: true });
    await eventually(async () => expect(await say(too)).toMatchObject({ ok: true }), { everyMs: 200 });
    await eventually(() => expect(said(bo)).toHaveLength(5));
  });

  it('[CH12] is for everyone who signed in', async () => {
    const { node, roomId, events } = await stage();
    const guest = await harness.join(node, roomId, 'guest');
    expect(await guest.call('chat:say', { opId: opId(), text: 'hi' })).toMatchObject(
      refused('UNAUTHENTICATED'),
    );
    expect(await events()).toBe(0);
    for (const role of ['host', 'cohost', 'moderator', 'viewer'] as const) {
      const client = await harness.join(node, roomId, { userId: `a-${role}`, role });
      expect((await client.must('chat:say', { opId: opId(), text: 'hi' })).message.role).toBe(role);
    }
    await eventually(() => expect(said(guest)).toHaveLength(4));
  });
});

describe('a crowd', () => {
  it('[CH13] is shown as a sample; staff see all, and nobody misses what is said to them', async () => {
    const { node, roomId, ana, tell } = await stage({ chatPerSecond: 2 });
    const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
    const bo = await harness.join(node, roomId, { userId: 'bo' });
    const first = await tell('first', { userId: 'ana' });
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const to = i % 3 === 0 ? { mentions: ['ana'] } : {};
        return tell(
          `text ${i}`,
          { userId: `user-${i}`, ...to },
          i % 3 === 1 ? first.message.messageId : null,
        );
      }),
    );
    const { seq } = await tell('last', { userId: 'host', role: 'host' });
    await eventually(() => expect(host.events('chat:said').at(-1)?.seq).toBe(seq));
    expect(said(host)).toHaveLength(32);
    for (const client of [ana, bo]) {
      await eventually(() => expect(client.frames.at(-1)?.toSeq).toBe(seq));
      expect(said(client).at(-1)?.text).toBe('last');
      const omitted = client.frames.reduce((sum, frame) => sum + frame.omittedChat, 0);
      expect(omitted).toBeGreaterThan(0);
      expect(said(client).length + omitted).toBe(32);
    }
    const toAna = said(host).filter(
      ({ mentions, replyTo }) => mentions.includes('ana') || replyTo?.userId === 'ana',
    );
    expect(toAna).toHaveLength(20);
    const noticed = ana.notices.map(({ data }) => (data as { message: ChatMessage }).message.messageId);
    const seen = [...said(ana).map(({ messageId }) => messageId), ...noticed];
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(toAna.map(({ messageId }) => messageId)));
    expect(bo.notices).toEqual([]);
  });
});
