import { useRef, useState } from 'preact/hooks';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { format } from '../../text/i18n.ts';
import { studioText } from '../../text/studio.ts';
import { Icon } from '../../ui/icon.tsx';
import { Name } from '../../ui/name.tsx';
import { ofPeople, ofSimulated } from './questions.ts';
import type { StudioParts } from './studio-parts.ts';
import './questions.css';

type Props = { model: RoomModel; parts: StudioParts };

const SHOWN = 3;

/** What buyers ask and nobody has answered, above the chat that would carry it away. Only people's count. */
export function Questions({ model, parts }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { chat } = model;
  const { answered } = parts;
  const simulatedShown = useRef<ReadonlySet<string>>(new Set());
  const asked = parts.questions.value;
  const people = ofPeople(asked);
  const simulated = ofSimulated(asked, simulatedShown.current);
  simulatedShown.current = new Set(simulated.map(({ messageId }) => messageId));
  const open = [...people, ...simulated];
  if (open.length === 0) return null;
  const words = studioText.questions;
  const shown = isOpen ? open : open.slice(0, SHOWN);
  return (
    <section class="questions" aria-label={words.title} data-testid="questions" data-count={people.length}>
      <header>
        <h3>{words.title}</h3>
        {people.length === 0 ? null : <span class="questions-count num">{format.number(people.length)}</span>}
        {open.length > SHOWN ? (
          <button
            type="button"
            class="questions-more"
            aria-expanded={isOpen}
            data-testid="questions-more"
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? words.less : words.more(open.length - SHOWN)}
          </button>
        ) : null}
      </header>
      <ul>
        {shown.map((message) => (
          <Question
            key={message.messageId}
            message={message}
            badgeName={model.fans.state.value.rules?.badge ?? ''}
            onReply={() => {
              chat.reply(message);
              document.querySelector<HTMLInputElement>('.studio-chat .composer-input')?.focus();
            }}
            onAnswered={() => {
              answered.value = new Set([...answered.value, message.messageId]);
            }}
          />
        ))}
      </ul>
    </section>
  );
}

type QuestionProps = {
  message: ChatMessage;
  badgeName: string;
  onReply: () => void;
  onAnswered: () => void;
};

function Question({ message, badgeName, onReply, onAnswered }: QuestionProps) {
  const words = studioText.questions;
  const fan = badgeName === '' ? undefined : { badge: message.badge, called: badgeName };
  return (
    <li data-testid="question">
      <p>
        <Name name={message.name} userId={message.userId} role={message.role} fan={fan} />{' '}
        <bdi class="chat-text">{message.text}</bdi>
      </p>
      <button
        type="button"
        class="icon-btn"
        aria-label={`${words.reply}: ${message.name}`}
        title={words.reply}
        data-testid="question-reply"
        onClick={onReply}
      >
        <Icon name="reply" size={18} />
      </button>
      <button
        type="button"
        class="icon-btn"
        aria-label={`${words.answered}: ${message.name}`}
        title={words.answered}
        data-testid="question-answered"
        onClick={onAnswered}
      >
        <Icon name="check" size={18} />
      </button>
    </li>
  );
}
