import { expect, it } from 'vitest';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import { type ChatState, emptyChat } from './reducer.ts';
import { announced } from './to-announce.ts';

const message = (messageId: string, more: Partial<ChatMessage> = {}): ChatMessage =>
  ({
    ...{ messageId, userId: 'bo', name: 'Bo', role: 'viewer', text: messageId, mentions: [], replyTo: null },
    ...{ atMs: 0, badge: null },
    ...more,
  }) as ChatMessage;
const chat = (messages: readonly ChatMessage[], pinned: ChatMessage | null = null): ChatState => ({
  ...emptyChat,
  pinned,
  entries: messages.map((each, at) => ({ kind: 'message', key: each.messageId, seq: at + 1, message: each })),
});
const ids = (messages: readonly ChatMessage[]) => messages.map(({ messageId }) => messageId);

it('[PG89] of what is new, a listener is told what the host says, what names or answers them, and what is pinned', () => {
  const old = message('old', { role: 'host', userId: 'host' });
  const first = announced(chat([old], old), 'ana', null);
  expect([ids(first.messages), first.pinned]).toEqual([[], null]);
  const lines = [
    old,
    message('chatter'),
    message('host', { role: 'host', userId: 'host' }),
    message('names', { mentions: ['ana'] }),
    message('own', { userId: 'ana', mentions: ['ana'] }),
    message('answers', { replyTo: { messageId: 'x', userId: 'ana', name: 'Ana', excerpt: '' } }),
  ];
  const then = announced(chat(lines, lines[2]), 'ana', first);
  expect(ids(then.messages)).toEqual(['host', 'names', 'answers']);
  expect(then.pinned?.messageId).toBe('host');
  const later = announced(chat(lines, lines[2]), 'ana', then);
  expect([ids(later.messages), later.pinned]).toEqual([[], null]);
});

it('[PG89] of many at once, the latest three', () => {
  const lines = Array.from({ length: 50 }, (_, at) => message(`m${at}`, { mentions: ['ana'] }));
  expect(ids(announced(chat(lines), 'ana', announced(chat([]), 'ana', null)).messages)).toEqual([
    'm47',
    'm48',
    'm49',
  ]);
});

it('[PG89] your own line and what names you may come first; what the host said before them is told all the same', () => {
  const host = message('host', { role: 'host', userId: 'host' });
  const own = message('own', { userId: 'ana' });
  const inOrder = chat([message('old'), host, own]);
  const before = { ...inOrder, entries: inOrder.entries.slice(0, 1) };
  const ahead = { ...inOrder, entries: inOrder.entries.filter(({ key }) => key !== 'host') };
  const first = announced(ahead, 'ana', announced(before, 'ana', null));
  const then = announced(inOrder, 'ana', first);
  expect([ids(first.messages), ids(then.messages)]).toEqual([[], ['host']]);
});

it('[PG89] what a snapshot brings is not told as if it were said now', () => {
  const said = chat([message('host', { role: 'host', userId: 'host' })]);
  const snapshot = { ...said, entries: said.entries.map((entry) => ({ ...entry, seq: null }) as never) };
  expect(announced(snapshot, 'ana', announced(chat([]), '', null)).messages).toEqual([]);
});
