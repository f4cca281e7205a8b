import type { ComponentChildren } from 'preact';
import { useCallback } from 'preact/hooks';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { Composer } from '../../plays/chat/composer.tsx';
import { ChatList, PinnedMessage } from '../../plays/chat/view.tsx';
import { deskText } from '../../text/desk.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { nameInWords } from '../../ui/simulated-words.ts';
import type { ActionReport } from './action-report.ts';
import './staff-chat.css';

type Props = {
  model: RoomModel;
  report: ActionReport;
  showPinned: boolean;
  /** Opens the card of whoever said a line. Stable, like the controls that it is part of. */
  onPerson?: (userId: string, name: string) => void;
  /** What stands between the pinned message and the stream. */
  children?: ComponentChildren;
};

/** The chat as staff sees it: every line can be pinned. */
export function StaffChat({ model, report, showPinned, onPerson, children }: Props) {
  const { chat } = model;
  const { pinned } = chat.state.value;
  // Stable, so that a new message renders one line and not all of them.
  const controls = useCallback(
    ({ messageId, userId, name }: ChatMessage) => (
      <span class="line-controls">
        {onPerson === undefined ? null : (
          <button
            type="button"
            class="icon-btn line-pin"
            aria-label={`${deskText.person.title}: ${nameInWords({ userId, name })}`}
            title={deskText.person.title}
            data-testid="chat-person"
            onClick={() => onPerson(userId, name)}
          >
            <Icon name="person" size={18} />
          </button>
        )}
        <button
          type="button"
          class="icon-btn line-pin"
          aria-label={text.chat.pin}
          title={text.chat.pin}
          data-testid="chat-pin"
          onClick={() => report.run(chat.pin(messageId))}
        >
          <Icon name="pin" size={18} />
        </button>
      </span>
    ),
    [chat, report, onPerson],
  );
  return (
    <div class="staff-chat">
      {showPinned && pinned !== null ? (
        <div class="staff-pinned">
          <PinnedMessage message={pinned}>
            <button
              type="button"
              class="icon-btn"
              aria-label={text.chat.unpin}
              data-testid="chat-unpin"
              onClick={() => report.run(chat.pin(null))}
            >
              <Icon name="close" size={18} />
            </button>
          </PinnedMessage>
        </div>
      ) : null}
      {children}
      <ChatList
        chat={chat.state}
        yourId={model.you.value?.userId ?? ''}
        badgeName={model.fans.state.value.rules?.badge ?? ''}
        onReply={chat.reply}
        onRetry={chat.retry}
        onDiscard={chat.discard}
        controls={controls}
      />
      <Composer chat={chat} />
    </div>
  );
}
