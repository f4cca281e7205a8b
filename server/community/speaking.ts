import type { ChatMessage } from '../../shared/community/chat-message.ts';
import { STAFF } from '../../shared/kernel/units.ts';
import { type Outcome, type Refusal, refuse } from '../kernel/outcome.ts';
import type { RoomKeys } from '../redis/keys.ts';
import { mapReply, type OpRefusal } from '../redis/reply.ts';
import { skeleton } from '../text/skeleton.ts';
import { type Draft, quoteOf } from './chat-draft.ts';

/** What saying something and holding it for review have in common: lua/speak.lua from this side. */

export type Spoken = { seq: number; message: ChatMessage };
export type NotNow = 'MUTED' | 'SLOW_MODE' | 'FOLLOWERS_ONLY' | 'LEVEL_ONLY';
export type SpeakRefusal = 'MESSAGE_NOT_FOUND' | NotNow | OpRefusal;

/** Messages that a room keeps to be shown, replied to, pinned and taken back. */
export const HISTORY_KEPT = 200;
/** Longer than any client retries. Chat is much and cheap, so its opIds are not kept for a day. */
export const CHAT_OP_HORIZON_MS = 120_000;

/** Keys that lua/speak.lua and the libraries that it includes need, and the opIds of chat. */
export function speakKeys(room: RoomKeys): Record<string, string> {
  const { head, events, ledger, sanctions, modes, followers, spoke, fans, fanRules, chatById } = room;
  return {
    ...{ head, events, ledger, sanctions, modes, followers, spoke, fans, fanRules, chatById },
    ...{ ops: room.ops('chat'), opAges: room.opAges('chat') },
  };
}

/** Args that lua/speak.lua reads. `head` is the message's JSON without its last fields and brace. */
export function speakArgs(draft: Draft, replyTo: string | null): object {
  return {
    messageId: draft.messageId,
    head: JSON.stringify(draft).slice(0, -1),
    quote: JSON.stringify(quoteOf(draft)),
    replyTo: replyTo ?? '',
    user: draft.userId,
    staff: STAFF.includes(draft.role),
    skeleton: skeleton(draft.text),
    opHorizonMs: CHAT_OP_HORIZON_MS,
  };
}

export function mapSpoken(script: string, reply: unknown): Outcome<Spoken, SpeakRefusal> {
  const [code, detail] = reply as [number, string];
  return notNow(code, detail) ?? mapReply(script, reply, { 10: 'MESSAGE_NOT_FOUND' }, parseSpoken);
}

export const parseSpoken = (json: string): Spoken => JSON.parse(json) as Spoken;

/** Codes 11 to 14 of lua/speak.lua: what keeps somebody from speaking now. */
function notNow(code: number, detail: string): Refusal<NotNow> | undefined {
  const wait = Number(detail) > 0 ? { retryAfterMs: Number(detail) } : {};
  switch (code) {
    case 11:
      return refuse('MUTED', wait);
    case 12:
      return refuse('SLOW_MODE', wait);
    case 13:
      return refuse('FOLLOWERS_ONLY', wait);
    case 14:
      return refuse('LEVEL_ONLY');
    default:
      return undefined;
  }
}
