import { chatContract } from '../../../shared/plays/chat/contract.ts';
import { draftMessage, isTooLong } from '../../community/chat-draft.ts';
import { screenedOf } from '../../community/screened-input.ts';
import { ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, nothing, type Play } from '../../kernel/play.ts';
import type { RandomSource } from '../../kernel/random.ts';
import { fingerprint } from '../../redis/reply.ts';
import { shapeOf } from './chat.rules.ts';
import { type ChatStore, chatReader } from './chat.store.ts';

export function createChatPlay(store: ChatStore, random: RandomSource): Play<typeof chatContract> {
  return definePlay({
    contract: chatContract,
    snapshot: chatReader,
    you: () => nothing,
    shapes: { 'chat:said': shapeOf },
    handlers: {
      'chat:say': async (input, { roomId, user }) => {
        const { asked = input, name = user.name } = screenedOf(input) ?? {};
        const draft = draftMessage(random.id('m'), { ...user, name }, input);
        if (!draft) return refuse('EMPTY_TEXT', { path: 'text' });
        if (isTooLong(draft))
          return refuse('INVALID_PAYLOAD', { path: 'text', message: 'expected a shorter text' });
        const op = { actor: user.userId, opId: input.opId, fingerprint: fingerprint('chat:say', asked) };
        return store.say(roomId, op, draft, input.replyToMessageId);
      },
      'chat:pin': async (input, { roomId, user }) => {
        const op = { actor: user.userId, opId: input.opId, fingerprint: fingerprint('chat:pin', input) };
        const outcome = await store.pin(roomId, op, input.messageId);
        return outcome.ok ? ok({}) : outcome;
      },
    },
  });
}
