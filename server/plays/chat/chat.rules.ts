import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { cleanText, truncate } from '../../../shared/kernel/text.ts';
import { graphemeCount, STAFF } from '../../../shared/kernel/units.ts';
import {
  CHAT_TEXT_MAX_CODE_UNITS,
  CHAT_TEXT_MAX_GRAPHEMES,
  type ChatMessage,
} from '../../../shared/plays/chat/contract.ts';
import type { Identity } from '../../kernel/context.ts';
import type { ShapeTraits } from '../../kernel/shaping.ts';

const EXCERPT_MAX_GRAPHEMES = 60;

/** A message before Redis adds what it replies to and its time. Field order is the wire's. */
export type Draft = Omit<ChatMessage, 'replyTo' | 'atMs'>;

/** Undefined when cleaning leaves nothing to read. */
export function draftMessage(
  messageId: string,
  author: Identity,
  input: { text: string; mentions: readonly string[] },
): Draft | undefined {
  const text = cleanText(input.text);
  if (text === '') return undefined;
  const { userId, name, role } = author;
  return { messageId, userId, name, role, text, mentions: [...new Set(input.mentions)] };
}

/** Cleaning may make a text longer: one ligature stands for up to 18 letters. */
export function isTooLong({ text }: Draft): boolean {
  return text.length > CHAT_TEXT_MAX_CODE_UNITS || graphemeCount(text) > CHAT_TEXT_MAX_GRAPHEMES;
}

/** What a reply to this message carries of it. */
export function quoteOf(draft: Draft): NonNullable<ChatMessage['replyTo']> {
  const { messageId, userId, name, text } = draft;
  return { messageId, userId, name, excerpt: truncate(text, EXCERPT_MAX_GRAPHEMES) };
}

/** Staff always pass; whoever is named or replied to gets the message even when others don't. */
export function shapeOf(event: RoomEvent): ShapeTraits {
  const message = event.data as ChatMessage;
  const addressees = new Set([...message.mentions, ...(message.replyTo ? [message.replyTo.userId] : [])]);
  addressees.delete(message.userId);
  return {
    authorId: message.userId,
    always: STAFF.includes(message.role),
    addressees: [...addressees],
    notice: { name: 'chat:mentioned', data: { seq: event.seq, message } },
  };
}
