import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { ChatEntry } from '../../plays/chat/reducer.ts';

/** Which lines of the chat want an answer. No DOM, and no dictionary: signs and the few words that ask. */

/** How Chinese asks without a question mark. */
const CHINESE_END = /[吗嗎么麼呢][\s。.!！~～…,，啊呀]*$/u;
const CHINESE_WORD =
  /(?:什么|什麼|怎么|怎麼|怎样|怎樣|多少|多久|多大|多长|多長|几点|幾點|几号|幾號|哪里|哪裡|哪个|哪個|哪款|为什么|為什麼|为何|為何|请问|請問|能不能|可不可以|可以.{0,8}[吗嗎]|有没有|有沒有|是不是|会不会|會不會|好不好|要不要|求.{0,6}链接|求.{0,6}連結)/u;
/** English that begins like a question; people leave the mark out on a phone. */
const ENGLISH_START =
  /^(?:@\S+\s+)?(?:how|what|when|where|which|who|whose|why|is|are|does|do|did|can|could|will|would|has|have|any|anyone)\b(?!\s*[!.])/iu;
/** A link's "?" asks nothing. */
const LINKS = /https?:\/\/\S+/giu;
const MARK = /[?？⁇⁈¿؟]/u;
const MIN_WORDS_WITHOUT_MARK = 3;

export function isQuestion(text: string): boolean {
  const said = text.replace(LINKS, ' ').trim();
  if (MARK.test(said)) return /[\p{L}\p{N}]/u.test(said);
  if (/\p{Script=Han}/u.test(said)) return CHINESE_WORD.test(said) || CHINESE_END.test(said);
  return ENGLISH_START.test(said) && said.split(/\s+/u).length >= MIN_WORDS_WITHOUT_MARK;
}

type Input = {
  entries: readonly ChatEntry[];
  /** Whoever sits at this studio. */
  yourId: string;
  /** Ids of messages that were answered by voice: ticked off here. */
  answered: ReadonlySet<string>;
  nowMs: number;
};

/** Whoever waits longer has left, or asks again. */
const WAITS_MS = 30 * 60_000;

const SELLS = new Set<ChatMessage['role']>(['host', 'cohost']);

/**
 * What is asked and not answered yet, oldest first: lines that ask, and lines that name you. It is answered once you or
 * another seller replies to it, or names who asked in a later line. The same again from the same person is one question.
 */
export function openQuestions({ entries, yourId, answered, nowMs }: Input): ChatMessage[] {
  const open: ChatMessage[] = [];
  /** Ticked off. */
  const done: ChatMessage[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'message') continue;
    const { message } = entry;
    if (message.userId === yourId || SELLS.has(message.role)) {
      settle(open, message);
      continue;
    }
    if (message.role === 'moderator' || message.atMs < nowMs - WAITS_MS) continue;
    if (answered.has(message.messageId)) done.push(message);
    if ([...open, ...done].some((asked) => isSame(asked, message))) continue;
    const namesYou = message.mentions.includes(yourId) || message.replyTo?.userId === yourId;
    if (namesYou || isQuestion(message.text)) open.push(message);
  }
  return open;
}

function isSame(asked: ChatMessage, again: ChatMessage): boolean {
  return asked.userId === again.userId && asked.text.trim() === again.text.trim();
}

/** Takes out what this line answers. */
function settle(open: ChatMessage[], { replyTo, mentions }: ChatMessage): void {
  for (let at = open.length - 1; at >= 0; at -= 1) {
    const asked = open[at] as ChatMessage;
    const isMeant =
      replyTo !== null ? replyTo.messageId === asked.messageId : mentions.includes(asked.userId);
    if (isMeant) open.splice(at, 1);
  }
}
