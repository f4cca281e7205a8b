import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Held } from '../../../shared/plays/moderation/desk-records.ts';
import type { AnyEvent, EventDataOf, EventName } from '../../../shared/protocol.ts';
import { type DeskState, emptyDesk, reduceDesk } from './desk-reducer.ts';

/** For the tests of the desk. */

export function messageOf(messageId: string, part: Partial<ChatMessage> = {}): ChatMessage {
  return {
    ...{ messageId, userId: 'bo', name: 'Bo', role: 'viewer', text: `text of ${messageId}`, mentions: [] },
    ...{ badge: null, replyTo: null, atMs: 1_000 },
    ...part,
  };
}

export function heldOf(message: ChatMessage, by: Held['why']['by'] = 'word'): Held {
  return { message, why: { by, detail: 'bad' }, heldAtMs: message.atMs };
}

export function actionOf(actionId: string, part: Partial<Action> = {}): Action {
  return {
    ...{ actionId, kind: 'delete', actorId: 'mo', actorName: 'Mo', actorRole: 'moderator', userIds: ['bo'] },
    ...{ messages: [], reason: '', untilMs: null, detail: '', undoes: null, undoneBy: null, atMs: 1_000 },
    ...part,
  };
}

export function evidenceOf({ messageId, userId, name, text }: ChatMessage): Action['messages'][number] {
  return { messageId, userId, name, text };
}

export function eventOf<N extends EventName>(name: N, data: EventDataOf<N>, seq = 1, atMs = 1_000): AnyEvent {
  return { name, data, seq, atMs } as AnyEvent;
}

export function after(events: readonly AnyEvent[], state: DeskState = emptyDesk): DeskState {
  return events.reduce(reduceDesk, state);
}
