import {
  CHAT_TEXT_MAX_CODE_UNITS,
  CHAT_TEXT_MAX_GRAPHEMES,
  type ChatMessage,
} from '../../shared/community/chat-message.ts';
import { cleanText, truncate } from '../../shared/kernel/text.ts';
import { graphemeCount } from '../../shared/kernel/units.ts';
import type { Identity } from '../kernel/context.ts';

const EXCERPT_MAX_GRAPHEMES = 60;

/** A message before Redis adds the badge, what it replies to and its time. Field order is the wire's. */
export type Draft = Omit<ChatMessage, 'badge' | 'replyTo' | 'atMs'>;

/** Undefined when cleaning leaves nothing to read. */
export function draftMessage(
  messageId: string,
  author: Pick<Identity, 'userId' | 'name' | 'role'>,
  input: { text: string; mentions: readonly string[] },
): Draft | undefined {
  const text = cleanText(input.text);
  if (text === '') return undefined;
  const { userId, name, role } = author;
  return { messageId, userId, name, role, text, mentions: [...new Set(input.mentions)] };
}

/** Cleaning may make a text longer: one ligature stands for up to 18 letters. */
export function isTooLong({ text }: Pick<Draft, 'text'>): boolean {
  return text.length > CHAT_TEXT_MAX_CODE_UNITS || graphemeCount(text) > CHAT_TEXT_MAX_GRAPHEMES;
}

/** What a reply to this message carries of it. */
export function quoteOf(draft: Draft): NonNullable<ChatMessage['replyTo']> {
  const { messageId, userId, name, text } = draft;
  return { messageId, userId, name, excerpt: truncate(text, EXCERPT_MAX_GRAPHEMES) };
}
