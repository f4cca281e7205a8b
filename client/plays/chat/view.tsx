import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import { errorText, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { Name } from '../../ui/name.tsx';
import { memo } from './memo.ts';
import type { ChatEntry, ChatState, PendingLine } from './reducer.ts';
import { useStickToEnd } from './stick-to-end.ts';
import './view.css';

type Props = {
  chat: ReadonlySignal<ChatState>;
  yourId: string;
  /** Null: lines can't be tapped. */
  onReply: ((message: ChatMessage) => void) | null;
  onRetry: (opId: string) => void;
  onDiscard: (opId: string) => void;
  /** Extra controls at the end of a line (pin, for staff). */
  controls?: ((message: ChatMessage) => ComponentChildren) | undefined;
};

/** The stream of messages; it stays at the end until you scroll up to read. */
export function ChatList({ chat, yourId, onReply, onRetry, onDiscard, controls }: Props) {
  const { entries, pending } = chat.value;
  const { list, newer, toEnd, onScroll } = useStickToEnd(entries, pending);
  return (
    <div class="chat">
      <div
        ref={list}
        class="chat-list"
        data-testid="chat-list"
        role="log"
        aria-live="polite"
        aria-label={text.chat.title}
        onScroll={onScroll}
      >
        <ol>
          {entries.length === 0 && pending.length === 0 ? (
            <li class="chat-empty">{text.chat.empty}</li>
          ) : null}
          {entries.map((entry) => (
            <Line key={entry.key} entry={entry} yourId={yourId} onReply={onReply} controls={controls} />
          ))}
          {pending.map((line) => (
            <Pending key={line.opId} line={line} onRetry={onRetry} onDiscard={onDiscard} />
          ))}
        </ol>
      </div>
      {newer > 0 ? (
        <button type="button" class="chat-newer" onClick={toEnd}>
          <Icon name="down" size={16} />
          {text.chat.newer(newer)}
        </button>
      ) : null}
    </div>
  );
}

type LineProps = Pick<Props, 'yourId' | 'onReply' | 'controls'> & { entry: ChatEntry };

const Line = memo(function Line({ entry, yourId, onReply, controls }: LineProps) {
  if (entry.kind === 'omitted') return <li class="chat-omitted">{text.chat.omitted(entry.count)}</li>;
  const { message } = entry;
  const names = message.mentions.includes(yourId) || message.replyTo?.userId === yourId;
  const said = (
    <>
      <Name name={message.name} userId={message.userId} role={message.role} />{' '}
      {message.replyTo === null ? null : (
        <span class="chat-to">
          <Icon name="reply" size={13} />
          <bdi>{message.replyTo.name}</bdi>{' '}
        </span>
      )}
      <bdi class="chat-text">{message.text}</bdi>
    </>
  );
  return (
    <li class={`chat-line ${names ? 'names-you' : ''}`} data-testid="chat-message">
      {onReply === null ? (
        <p class="chat-said">{said}</p>
      ) : (
        <button
          type="button"
          class="chat-said"
          title={text.chat.replyTo(message.name)}
          onClick={() => onReply(message)}
        >
          {said}
        </button>
      )}
      {controls?.(message)}
    </li>
  );
});

function Pending({ line, onRetry, onDiscard }: { line: PendingLine } & Pick<Props, 'onRetry' | 'onDiscard'>) {
  return (
    <li
      class={`chat-line is-pending ${line.refusal === null ? '' : 'is-refused'}`}
      data-testid="chat-pending"
    >
      <p class="chat-said">
        <span class="name">{text.chat.you}</span> <bdi class="chat-text">{line.text}</bdi>
        {line.refusal === null ? <span class="visually-hidden">{text.chat.sending}</span> : null}
      </p>
      {line.refusal === null ? null : (
        <div class="chat-refusal" role="alert">
          <span>
            {text.chat.notSent} {errorText(line.refusal)}
          </span>
          <button type="button" data-testid="chat-retry" onClick={() => onRetry(line.opId)}>
            {text.chat.retry}
          </button>
          <button type="button" onClick={() => onDiscard(line.opId)}>
            {text.chat.discard}
          </button>
        </div>
      )}
    </li>
  );
}

/** The pinned message, cut short until it is tapped. */
export function PinnedMessage({ message, children }: { message: ChatMessage; children?: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div class={`pinned ${isOpen ? 'is-open' : ''}`} data-testid="pinned-message">
      <Icon name="pin" size={16} />
      <span class="visually-hidden">{text.chat.pinned}</span>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span>
          <Name name={message.name} userId={message.userId} role={message.role} /> <bdi>{message.text}</bdi>
        </span>
      </button>
      {children}
    </div>
  );
}
