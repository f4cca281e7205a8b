import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { deskText } from '../../text/desk.ts';
import { format } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { Name } from '../../ui/name.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import type { DeskLine } from './desk-lines.ts';
import './desk-acts.css';
import './desk-line.css';

type Props = {
  line: DeskLine;
  isSelected: boolean;
  /** What the room calls its fans' badge. */
  badgeName: string;
  onSelect: (messageId: string) => void;
  /** What can be done with the selected line. */
  children?: ComponentChildren;
};

/** A line of the stream: what was said, what became of it, and why. */
export function DeskLineView({ line, isSelected, badgeName, onSelect, children }: Props) {
  const { message, state } = line;
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  return (
    <li
      ref={item}
      class={`desk-line is-${state} ${isSelected ? 'is-selected' : ''}`}
      data-testid="chat-message"
      data-state={state}
      data-user={message.userId}
    >
      <button
        type="button"
        class="desk-line-said"
        aria-current={isSelected}
        onClick={() => onSelect(message.messageId)}
      >
        <time class="num">{format.timeOfDay(message.atMs)}</time>
        <span class="desk-line-text">
          <Name
            name={message.name}
            userId={message.userId}
            role={message.role}
            fan={{ badge: message.badge, called: badgeName }}
          />{' '}
          {message.replyTo === null ? null : (
            <span class="desk-line-to">
              <Icon name="reply" size={13} /> <SimulatedMark userId={message.replyTo.userId} />
              <bdi>{message.replyTo.name}</bdi>{' '}
            </span>
          )}
          <bdi class="desk-line-words">{message.text}</bdi> <Marks line={line} />
        </span>
      </button>
      {isSelected ? children : null}
    </li>
  );
}

function Marks({ line: { state, why, reports } }: { line: DeskLine }) {
  const { stream } = deskText;
  return (
    <>
      {state === 'held' ? (
        <span class="tag desk-mark is-warn">
          {stream.held}
          {why === null ? null : ` · ${stream.why[why.by](why.detail)}`}
        </span>
      ) : null}
      {state === 'removed' ? <span class="tag desk-mark">{stream.removed}</span> : null}
      {reports.length === 0 ? null : (
        <span class="tag desk-mark is-bad" title={reports.map(({ reason }) => reason).join('\n')}>
          {stream.reports(reports.length)}
        </span>
      )}
    </>
  );
}
