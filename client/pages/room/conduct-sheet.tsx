import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import { MessageMenu } from '../../plays/moderation/message-menu.tsx';
import { inForce } from '../../plays/moderation/reducer.ts';
import { SanctionCard } from '../../plays/moderation/sanction-card.tsx';
import { text } from '../../text/i18n.ts';
import type { RoomView } from './room-view.ts';

/** Why you may not speak, and the way to appeal. */
export function ConductSheet({ view }: { view: RoomView }) {
  const { conduct, nowMs } = view.model;
  const sanction = inForce(conduct.state.value.sanctions, 'speak', nowMs.value);
  if (sanction === undefined) return <p>{text.errors.NOT_SANCTIONED}</p>;
  return <SanctionCard sanction={sanction} nowMs={nowMs.value} onAppeal={conduct.appeal} />;
}

export function MessageSheet({ view, message }: { view: RoomView; message: ChatMessage }) {
  const { model, sheet } = view;
  const isOwn = message.userId === model.you.value?.userId;
  return (
    <MessageMenu
      message={message}
      isOwn={isOwn}
      onReply={() => {
        model.chat.reply(message);
        sheet.value = null;
      }}
      onMention={() => {
        model.chat.mention(message.name);
        sheet.value = null;
      }}
      onReport={(reason) => model.conduct.report(message.messageId, reason)}
    />
  );
}
