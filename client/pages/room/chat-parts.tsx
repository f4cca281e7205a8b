import { Composer } from '../../plays/chat/composer.tsx';
import { ChatList, PinnedMessage } from '../../plays/chat/view.tsx';
import { text } from '../../text/i18n.ts';
import type { RoomView } from './room-view.ts';

export function RoomChat({ view }: { view: RoomView }) {
  const { model } = view;
  const { chat } = model;
  return (
    <ChatList
      chat={chat.state}
      yourId={model.you.value?.userId ?? ''}
      onReply={model.role.value === 'guest' ? null : chat.reply}
      onRetry={chat.retry}
      onDiscard={chat.discard}
    />
  );
}

export function RoomPinned({ view }: { view: RoomView }) {
  const { pinned } = view.model.chat.state.value;
  return pinned === null ? null : (
    <div class="pinned-slot glass">
      <PinnedMessage message={pinned} />
    </div>
  );
}

/** The composer, or for guests the way to it. */
export function SayOrSignIn({ view }: { view: RoomView }) {
  const { model, sheet } = view;
  if (model.you.value === null) return <span class="say-wait" />;
  if (model.role.value !== 'guest') return <Composer chat={model.chat} />;
  if (!model.signIn.state.value.canSignIn) return <p class="say-guest">{text.chat.guestOnly}</p>;
  return (
    <button
      type="button"
      class="btn btn-strong say-sign-in"
      data-testid="sign-in-open"
      onClick={() => {
        sheet.value = 'sign-in';
      }}
    >
      {text.chat.signIn}
    </button>
  );
}
