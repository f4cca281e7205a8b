import { type ChatMessage, type ChatSnapshot, chatContract } from '../../../shared/plays/chat/contract.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { Reader } from '../../kernel/play.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { Keys } from '../../redis/keys.ts';
import { mapReply, opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { type Draft, quoteOf } from './chat.rules.ts';

const scripts = loadScripts(import.meta.url, ['say', 'pin']);
/** Longer than any client retries. Chat is much and cheap, so its opIds are not kept for a day. */
const OP_HORIZON_MS = 120_000;

type Op = { actor: string; opId: string; fingerprint: string };
type Refused = 'MESSAGE_NOT_FOUND' | 'IDEMPOTENCY_MISMATCH';
type Said = { seq: number; message: ChatMessage };

/** Chat in Redis: the last messages, the pinned one. */
export class ChatStore {
  readonly #deps: { redis: RedisClient; keys: Keys; scriptNow: () => string };

  constructor(deps: { redis: RedisClient; keys: Keys; scriptNow: () => string }) {
    this.#deps = deps;
  }

  async say(roomId: string, op: Op, draft: Draft, replyTo: string | null): Promise<Outcome<Said, Refused>> {
    const room = this.#deps.keys.room(roomId);
    const args = {
      messageId: draft.messageId,
      head: JSON.stringify(draft).slice(0, -1),
      quote: JSON.stringify(quoteOf(draft)),
      replyTo: replyTo ?? '',
      kept: chatContract.limits.historyKept.value,
      opHorizonMs: OP_HORIZON_MS,
    };
    const { head, events, chat, chatById } = room;
    const reply = await runScript(
      this.#deps.redis,
      scripts.say,
      { head, events, ops: room.ops('chat'), opAges: room.opAges('chat'), chat, chatById },
      [this.#deps.scriptNow(), opField(op.actor, op.opId), op.fingerprint, JSON.stringify(args)],
    );
    return mapReply('say', reply, { 10: 'MESSAGE_NOT_FOUND' }, (json) => JSON.parse(json) as Said);
  }

  /** `null` unpins. */
  async pin(roomId: string, op: Op, messageId: string | null): Promise<Outcome<object, Refused>> {
    const room = this.#deps.keys.room(roomId);
    const { head, events, chatById, chatPin } = room;
    const reply = await runScript(
      this.#deps.redis,
      scripts.pin,
      { head, events, ops: room.ops('chat'), opAges: room.opAges('chat'), chatById, chatPin },
      [
        this.#deps.scriptNow(),
        opField(op.actor, op.opId),
        op.fingerprint,
        messageId ?? '',
        String(OP_HORIZON_MS),
      ],
    );
    return mapReply('pin', reply, { 10: 'MESSAGE_NOT_FOUND' }, () => ({}));
  }
}

export const chatReader: Reader<ChatSnapshot> = {
  queue(pipe, keys) {
    pipe.lrange(keys.chat, 0, '-1');
    pipe.get(keys.chatPin);
  },
  parse(replies) {
    const [messages, pinned] = replies as [string[], string | null];
    return {
      messages: messages.map((json) => JSON.parse(json) as ChatMessage).reverse(),
      pinned: pinned === null ? null : (JSON.parse(pinned) as ChatMessage),
    };
  },
};
