import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import { type Draft, draftMessage, quoteOf } from '../../community/chat-draft.ts';
import type { Identity } from '../../kernel/context.ts';
import { shapeOf } from './chat.rules.ts';

const ana: Identity = {
  ...{
    userId: 'ana',
    name: 'Ana',
    role: 'viewer',
    room: 'linen',
    expiresAtMs: Number.POSITIVE_INFINITY,
    issuedAtMs: 0,
  },
};
const draft = (text: string, mentions: readonly string[] = []): Draft => {
  const made = draftMessage('m_1', ana, { text, mentions });
  if (!made) throw new Error('nothing was left of it');
  return made;
};
const shape = (message: Partial<ChatMessage>) => {
  const whole: ChatMessage = { ...draft('hello'), badge: null, replyTo: null, atMs: 1, ...message };
  return { whole, traits: shapeOf({ seq: 7, name: 'chat:said', atMs: 1, data: whole }) };
};

describe('a draft', () => {
  it('[CH1] has clean text and its author', () => {
    expect(draft('  ﬁne <b>linen</b>\u202e\n100％ ')).toEqual({
      ...{ messageId: 'm_1', userId: 'ana', name: 'Ana', role: 'viewer' },
      ...{ text: 'fine <b>linen</b> 100%', mentions: [] },
    });
  });

  it('[CH3] is none when nothing is left', () => {
    for (const text of ['\u200b', '\u202e\u202c', '\u00ad ', '\ufeff']) {
      expect(draftMessage('m_1', ana, { text, mentions: [] })).toBeUndefined();
    }
  });

  it('[CH6] names each once', () => {
    expect(draft('hi', ['cy', 'bo', 'cy', 'bo']).mentions).toEqual(['cy', 'bo']);
  });

  it('[CH4] begins with its id: the script that drops old messages reads it there', () => {
    expect(JSON.stringify(draft('hi'))).toMatch(/^\{"messageId":"m_1",/);
  });
});

describe('a quote', () => {
  it('[CH5] has at most 60 characters of the message', () => {
    expect(quoteOf(draft('short'))).toEqual({
      messageId: 'm_1',
      userId: 'ana',
      name: 'Ana',
      excerpt: 'short',
    });
    const family = '👨‍👩‍👧‍👦';
    expect(quoteOf(draft(family.repeat(60))).excerpt).toBe(family.repeat(60));
    expect(quoteOf(draft(family.repeat(61))).excerpt).toBe(`${family.repeat(59)}…`);
  });
});

describe('shaping', () => {
  it('[CH13] always shows staff', () => {
    for (const role of ['host', 'cohost', 'moderator'] as const) {
      expect(shape({ role }).traits).toMatchObject({ authorId: 'ana', always: true });
    }
    expect(shape({ role: 'viewer' }).traits.always).toBe(false);
  });

  it('[CH13] is for those who are named or replied to, but not for its author', () => {
    const replyTo = { messageId: 'm_0', userId: 'bo', name: 'Bo', excerpt: '' };
    expect(shape({ mentions: ['cy', 'ana', 'bo'], replyTo }).traits.addressees).toEqual(['cy', 'bo']);
    expect(shape({ replyTo: { ...replyTo, userId: 'ana' } }).traits.addressees).toEqual([]);
    const { whole, traits } = shape({ mentions: ['cy'] });
    expect(traits.notice).toEqual({ name: 'chat:mentioned', data: { seq: 7, message: whole } });
  });
});
