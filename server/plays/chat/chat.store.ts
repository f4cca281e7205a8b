import { type ChatMessage, type ChatSnapshot, chatContract } from '../../../shared/plays/chat/contract.ts';
import type { Draft } from '../../community/chat-draft.ts';
import type { FanNews } from '../../community/fan-news.ts';
import type { RoomCalendars } from '../../community/room-days.ts';
import {
  CHAT_OP_HORIZON_MS,
  mapSpoken,
  type SpeakRefusal,
  type Spoken,
  speakArgs,
  speakKeys,
} from '../../community/speaking.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { Reader } from '../../kernel/play.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { Keys } from '../../redis/keys.ts';
import { mapReply, type OpRefusal, opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['say', 'pin']);

type Op = { actor: string; opId: string; fingerprint: string };

export type ChatStoreDeps = {
  redis: RedisClient;
  keys: Keys;
  calendars: RoomCalendars;
  fanNews: FanNews;
  scriptNow: () => string;
};

/** Chat in Redis: the last messages, the pinned one. */
export class ChatStore {
  readonly #deps: ChatStoreDeps;

  constructor(deps: ChatStoreDeps) {
    this.#deps = deps;
  }

  async say(
    roomId: string,
    op: Op,
    draft: Draft,
    replyTo: string | null,
  ): Promise<Outcome<Spoken, SpeakRefusal>> {
    const { calendars, fanNews, keys, redis, scriptNow } = this.#deps;
    const room = keys.room(roomId);
    const args = {
      ...speakArgs(draft, replyTo),
      kept: chatContract.limits.historyKept.value,
      opId: op.opId,
      days: await calendars.days(roomId),
    };
    const { chat, fanBoards, phrases, draws } = room;
    const reply = await runScript(
      redis,
      scripts.say,
      { ...speakKeys(room), chat, fanBoards, phrases, draws },
      [scriptNow(), opField(op.actor, op.opId), op.fingerprint, JSON.stringify(args)],
    );
    const [, , told] = reply as [number, string, string?];
    if (told !== undefined) fanNews.tell(roomId, told);
    return mapSpoken('say', reply);
  }

  /** `null` unpins. */
  async pin(
    roomId: string,
    op: Op,
    messageId: string | null,
  ): Promise<Outcome<object, 'MESSAGE_NOT_FOUND' | OpRefusal>> {
    const room = this.#deps.keys.room(roomId);
    const { head, events, chatById, chatPin } = room;
    const reply = await runScript(
      this.#deps.redis,
      scripts.pin,
      {
        ...{ head, events, ledger: room.ledger, sanctions: room.sanctions, chatById, chatPin },
        ...{ ops: room.ops('chat'), opAges: room.opAges('chat') },
      },
      [
        this.#deps.scriptNow(),
        opField(op.actor, op.opId),
        op.fingerprint,
        messageId ?? '',
        String(CHAT_OP_HORIZON_MS),
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
