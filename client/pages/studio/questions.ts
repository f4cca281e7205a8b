import { isSimulated } from '../../../shared/kernel/simulated.ts';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { ChatEntry, ChatState } from '../../plays/chat/reducer.ts';

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
  /** Open ones whose lines the chat has let go, see `stillOpen`. */
  kept?: readonly ChatMessage[];
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
export function openQuestions({ entries, kept = [], yourId, answered, nowMs }: Input): ChatMessage[] {
  const open: ChatMessage[] = [];
  /** Ticked off. */
  const done: ChatMessage[] = [];
  for (const message of [...kept, ...messagesOf(entries)]) {
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

function messagesOf(entries: readonly ChatEntry[]): ChatMessage[] {
  return entries.flatMap((entry) => (entry.kind === 'message' ? [entry.message] : []));
}

/** A show with more than this many open questions has nobody who answers them. */
const KEPT_MAX = 50;

/**
 * Of what was open, people's questions whose lines the chat has let go since: it keeps two minutes of a full room, and a
 * question waits longer. What was taken back is none any more.
 */
export function stillOpen(
  before: readonly ChatMessage[],
  { entries, gone }: Pick<ChatState, 'entries' | 'gone'>,
): ChatMessage[] {
  const there = new Set([...entries.map(({ key }) => key), ...gone.map(({ messageId }) => messageId)]);
  return ofPeople(before)
    .filter(({ messageId }) => !there.has(messageId))
    .slice(-KEPT_MAX);
}

/** Of a demo's simulated viewers so many stand in the list, behind people. */
export const SIMULATED_SHOWN = 5;

/** Those of people. Only they wait for an answer. */
export function ofPeople(open: readonly ChatMessage[]): ChatMessage[] {
  return open.filter(({ userId }) => !isSimulated(userId));
}

/**
 * Those of simulated viewers that are shown: who has a place keeps it until their question is answered or gone, and the
 * latest get what is free. A full demo asks more than once a second; the list must not run away under a finger.
 */
export function ofSimulated(open: readonly ChatMessage[], shown: ReadonlySet<string>): ChatMessage[] {
  const all = open.filter(({ userId }) => isSimulated(userId));
  const kept = all.filter(({ messageId }) => shown.has(messageId));
  const free = SIMULATED_SHOWN - kept.length;
  const latest = free > 0 ? all.filter(({ messageId }) => !shown.has(messageId)).slice(-free) : [];
  return [...kept, ...latest].sort((a, b) => a.atMs - b.atMs);
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
