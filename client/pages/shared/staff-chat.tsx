import { useCallback } from 'preact/hooks';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { Composer } from '../../plays/chat/composer.tsx';
import { ChatList, PinnedMessage } from '../../plays/chat/view.tsx';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { ActionReport } from './action-report.ts';
import './staff-chat.css';

type Props = { model: RoomModel; report: ActionReport; showPinned: boolean };

/** The chat as staff sees it: every line can be pinned. */
export function StaffChat({ model, report, showPinned }: Props) {
  const { chat } = model;
  const { pinned } = chat.state.value;
  // Stable, so that a new message renders one line and not all of them.
  const controls = useCallback(
    ({ messageId }: ChatMessage) => (
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
    ),
    [chat, report],
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
      <ChatList
        chat={chat.state}
        yourId={model.you.value?.userId ?? ''}
        onReply={chat.reply}
        onRetry={chat.retry}
        onDiscard={chat.discard}
        controls={controls}
      />
      <Composer chat={chat} />
    </div>
  );
}
