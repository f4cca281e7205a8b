import { batch, type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { newOpId } from '../../sdk/op-id.ts';
import { isEventOf, isNoticeOf } from '../events.ts';
import { mentionsIn, peopleIn } from './mentions.ts';
import * as chat from './reducer.ts';

export type ChatPlay = {
  state: Signal<chat.ChatState>;
  /** What stands in the composer: kept here, so that it outlives a change of layout. */
  typed: Signal<string>;
  replyTo: Signal<ChatMessage | null>;
  /** When you last said something that was taken, by the server's time; 0: not since the page was opened. */
  spokeAtMs: Signal<number>;
  /** The next line answers this message. Stable, so that lines need not render anew. */
  reply(message: ChatMessage): void;
  /** Shows the line at once, dimmed, and sends it. */
  say(): void;
  /** Says just this. A refusal is the answer's, and leaves no line behind. */
  sayText(text: string): Promise<Ack<unknown>>;
  /** Begins a line that names somebody. */
  mention(name: string): void;
  retry(opId: string): void;
  discard(opId: string): void;
  pin(messageId: string | null): Promise<Ack<unknown>>;
};

const EXCERPT_CHARS = 60;

export function createChatPlay(client: LivestallClient): ChatPlay {
  const state = signal(chat.emptyChat);
  const typed = signal('');
  const replyTo = signal<ChatMessage | null>(null);
  const spokeAtMs = signal(0);
  let yourId = '';

  client.on('snapshot', ({ snapshot, you }) => {
    if (you.userId !== yourId) spokeAtMs.value = 0;
    yourId = you.userId;
    state.value = chat.chatFromSnapshot(snapshot.chat, state.value);
    const mine = snapshot.chat.messages.filter(({ userId }) => userId === yourId);
    spokeAtMs.value = Math.max(spokeAtMs.value, ...mine.map(({ atMs }) => atMs));
  });
  client.on('you', (you) => {
    yourId = you.userId;
  });
  client.on('events', ({ events, toSeq, omittedChat }) => {
    const next = events.reduce((now, event) => {
      if (isEventOf('chat', event)) return chat.reduceChat(now, event, yourId);
      return isEventOf('fan-badges', event) ? chat.noteFan(now, event) : now;
    }, state.value);
    state.value = chat.noteOmitted(next, toSeq, omittedChat);
    const answered = replyTo.value?.messageId;
    if (answered !== undefined && chat.isGone(next, answered)) replyTo.value = null;
  });
  client.on('notice', (notice) => {
    if (isNoticeOf('chat', notice)) state.value = chat.reduceChatNotice(state.value, notice);
  });

  async function send(draft: chat.Draft): Promise<Ack<unknown>> {
    state.value = chat.saying(state.value, draft);
    const ack = await client.call('chat:say', {
      opId: draft.opId,
      text: draft.text,
      mentions: draft.mentions,
      replyToMessageId: draft.replyTo?.messageId ?? null,
    });
    state.value = ack.ok
      ? chat.said(state.value, draft.opId, ack.data.seq, ack.data.message)
      : chat.refused(state.value, draft.opId, ack.error);
    if (ack.ok) spokeAtMs.value = Math.max(spokeAtMs.value, ack.data.message.atMs);
    return ack;
  }

  return {
    state,
    typed,
    replyTo,
    spokeAtMs,
    reply(message) {
      replyTo.value = message;
    },
    say() {
      const text = typed.value.trim();
      if (text === '') return;
      const to = replyTo.value;
      const named = mentionsIn(text, peopleIn(state.value.entries));
      const mentions = to === null || named.includes(to.userId) ? named : [to.userId, ...named];
      batch(() => {
        typed.value = '';
        replyTo.value = null;
      });
      void send({
        opId: newOpId(),
        text,
        mentions: mentions.filter((userId) => userId !== yourId).slice(0, 5),
        replyTo:
          to === null
            ? null
            : {
                messageId: to.messageId,
                userId: to.userId,
                name: to.name,
                excerpt: to.text.slice(0, EXCERPT_CHARS),
              },
      });
    },
    async sayText(text) {
      const opId = newOpId();
      const ack = await send({ opId, text, mentions: [], replyTo: null });
      if (!ack.ok) state.value = chat.dropLine(state.value, opId);
      return ack;
    },
    mention(name) {
      const before = typed.value.trimEnd();
      typed.value = `${before === '' ? '' : `${before} `}@${name} `;
    },
    retry(opId) {
      const line = state.value.pending.find((each) => each.opId === opId);
      if (line === undefined) return;
      // OUTCOME_UNKNOWN keeps its opId, so that it can't be said twice; a refusal is a new intention.
      const keeps = line.refusal?.retryable === true;
      state.value = chat.dropLine(state.value, opId);
      const { text, mentions, replyTo } = line;
      void send({ opId: keeps ? opId : newOpId(), text, mentions, replyTo });
    },
    discard(opId) {
      state.value = chat.dropLine(state.value, opId);
    },
    pin: (messageId) => client.call('chat:pin', { messageId }),
  };
}
