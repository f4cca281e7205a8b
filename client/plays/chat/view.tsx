import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { CallError } from '../../../shared/kernel/ack.ts';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import { errorText, text } from '../../text/i18n.ts';
import { FanMark } from '../../ui/fan-mark.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Name } from '../../ui/name.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { nameInWords } from '../../ui/simulated-words.ts';
import { onLineKey } from './line-keys.ts';
import { memo } from './memo.ts';
import type { ChatEntry, ChatNote, ChatState, PendingLine } from './reducer.ts';
import { useStickToEnd } from './stick-to-end.ts';
import './view.css';

type Props = {
  chat: ReadonlySignal<ChatState>;
  yourId: string;
  /** Null: lines can't be tapped. */
  onReply: ((message: ChatMessage) => void) | null;
  /** What a tap does instead, e.g. a menu. */
  onOpen?: ((message: ChatMessage) => void) | undefined;
  /** What the room calls its fans' badge; '': badges are not shown. */
  badgeName?: string;
  /** Whether a screen reader reads every message as it comes. */
  isReadAloud?: boolean;
  /** What helps against a refusal: a button beside its words. */
  remedy?: ((refusal: CallError) => ComponentChildren) | undefined;
  onRetry: (opId: string) => void;
  onDiscard: (opId: string) => void;
  /** Extra controls at the end of a line (pin, for staff). */
  controls?: ((message: ChatMessage) => ComponentChildren) | undefined;
};

/** The stream of messages; it stays at the end until you scroll up to read. */
export function ChatList(props: Props) {
  const { chat, yourId, onReply, onOpen, badgeName = '', isReadAloud = true, controls } = props;
  const { entries, pending } = chat.value;
  const { list, newer, isAway, toEnd, onScroll } = useStickToEnd(entries, pending);
  const keysId = useId();
  return (
    <div class="chat">
      <div
        ref={list}
        class="chat-list"
        data-testid="chat-list"
        role="log"
        aria-live={isReadAloud ? 'polite' : 'off'}
        aria-label={text.chat.title}
        aria-describedby={keysId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one stop of the tab key, from which the arrows go on
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onLineKey}
      >
        <ol>
          {entries.length === 0 && pending.length === 0 ? (
            <li class="chat-empty">{text.chat.empty}</li>
          ) : null}
          {entries.map((entry) => (
            <Line key={entry.key} {...{ entry, yourId, onReply, onOpen, badgeName, controls }} />
          ))}
          {pending.map((line) => (
            <Pending
              key={line.opId}
              line={line}
              onRetry={props.onRetry}
              onDiscard={props.onDiscard}
              remedy={props.remedy}
            />
          ))}
        </ol>
      </div>
      <span id={keysId} hidden>
        {text.chat.keys}
      </span>
      {newer > 0 || isAway ? (
        <button type="button" class="chat-newer" data-testid="chat-newer" onClick={toEnd}>
          <Icon name="down" size={16} />
          {newer > 0 ? text.chat.newer(newer) : text.chat.toNewest}
        </button>
      ) : null}
    </div>
  );
}

type LineProps = Pick<Props, 'yourId' | 'onReply' | 'onOpen' | 'controls'> & {
  entry: ChatEntry;
  badgeName: string;
};

const Line = memo(function Line({ entry, yourId, onReply, onOpen, badgeName, controls }: LineProps) {
  if (entry.kind === 'omitted') return <li class="chat-omitted">{text.chat.omitted(entry.count)}</li>;
  if (entry.kind === 'note') return <Note note={entry.note} badgeName={badgeName} />;
  const { message } = entry;
  const tap = onOpen ?? onReply;
  const names = message.mentions.includes(yourId) || message.replyTo?.userId === yourId;
  const said = (
    <>
      <Name
        name={message.name}
        userId={message.userId}
        role={message.role}
        fan={badgeName === '' ? undefined : { badge: message.badge, called: badgeName }}
      />{' '}
      {message.replyTo === null ? null : (
        <span class="chat-to">
          <Icon name="reply" size={13} />
          <SimulatedMark userId={message.replyTo.userId} />
          <bdi>{message.replyTo.name}</bdi>{' '}
        </span>
      )}
      <bdi class="chat-text">{message.text}</bdi>
    </>
  );
  return (
    <li
      class={`chat-line ${names ? 'names-you' : ''} ${controls === undefined ? '' : 'has-controls'}`}
      data-testid="chat-message"
    >
      {tap === null ? (
        <p class="chat-said">{said}</p>
      ) : (
        <button
          type="button"
          class="chat-said"
          tabIndex={-1}
          title={(onOpen === undefined ? text.chat.replyTo : text.conduct.menu)(nameInWords(message))}
          data-testid="chat-open"
          onClick={() => tap(message)}
        >
          {said}
        </button>
      )}
      {controls?.(message)}
    </li>
  );
});

/** A quiet line: a fan came in, or has a new level. */
function Note({ note, badgeName }: { note: ChatNote; badgeName: string }) {
  const { what, userId, name, level } = note;
  return (
    <li class={`chat-note is-${what}`} data-testid="chat-note">
      {badgeName === '' ? null : <FanMark badge={{ level, lit: true }} called={badgeName} />}
      <SimulatedMark userId={userId} />
      <bdi>{name}</bdi> {what === 'level-up' ? text.fans.leveledUp(level) : text.fans.entered}
    </li>
  );
}

type PendingProps = { line: PendingLine } & Pick<Props, 'onRetry' | 'onDiscard' | 'remedy'>;

function Pending({ line, onRetry, onDiscard, remedy }: PendingProps) {
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
          {remedy?.(line.refusal)}
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
          {/* One child of the box that cuts lines: beside each other they would lose the space between them. */}
          <span>
            <Name name={message.name} userId={message.userId} role={message.role} /> <bdi>{message.text}</bdi>
          </span>
        </span>
      </button>
      {children}
    </div>
  );
}
