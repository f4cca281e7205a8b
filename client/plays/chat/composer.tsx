import { useRef } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { complete, peopleIn, suggestions } from './mentions.ts';
import type { ChatPlay } from './model.ts';
import { tooMany } from './text-length.ts';
import './composer.css';

type Props = {
  chat: ChatPlay;
  /** Why the next line can't be sent yet, in a word or two; '': it can. */
  wait?: string;
  /** What to know before typing, in place of the invitation to: slow mode is on. */
  hint?: string;
};

/** One line to say something, with "@" names completed and the message that is answered above it. */
export function Composer({ chat, wait = '', hint = '' }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const typed = chat.typed.value;
  const replyTo = chat.replyTo.value;
  const over = tooMany(typed);
  const isReady = typed.trim() !== '' && over === 0 && wait === '';
  const names = suggestions(typed, peopleIn(chat.state.value.entries));

  function send(): void {
    if (!isReady) return;
    chat.say();
    input.current?.focus();
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {names.length > 0 ? (
        <div class="composer-names">
          {names.map((person) => (
            <button
              key={person.userId}
              type="button"
              class="tag"
              onPointerDown={keepFocus}
              onClick={() => {
                chat.typed.value = complete(typed, person);
                input.current?.focus();
              }}
            >
              @<bdi>{person.name}</bdi> <SimulatedMark userId={person.userId} />
            </button>
          ))}
        </div>
      ) : null}
      {replyTo === null ? null : (
        <div class="composer-reply">
          <Icon name="reply" size={16} />
          <p>
            {text.chat.replyingTo} <SimulatedMark userId={replyTo.userId} />
            <bdi>{replyTo.name}</bdi>: <bdi>{replyTo.text}</bdi>
          </p>
          <button
            type="button"
            class="icon-btn"
            aria-label={text.chat.stopReply}
            onPointerDown={keepFocus}
            onClick={() => {
              chat.replyTo.value = null;
            }}
          >
            <Icon name="close" size={18} />
          </button>
        </div>
      )}
      <div class="composer-row">
        <input
          ref={input}
          class="composer-input"
          data-testid="composer-input"
          aria-label={text.chat.composerLabel}
          placeholder={hint === '' ? text.chat.composer : hint}
          value={typed}
          dir="auto"
          enterkeyhint="send"
          autocomplete="off"
          onInput={(event) => {
            chat.typed.value = event.currentTarget.value;
          }}
        />
        {over > 0 ? (
          <span class="composer-over num" role="status">
            {text.chat.tooLong(over)}
          </span>
        ) : null}
        {wait === '' ? null : (
          <span class="composer-wait num" role="timer" data-testid="composer-wait">
            {wait}
          </span>
        )}
        <button
          type="submit"
          class={`icon-btn composer-send ${isReady ? 'is-ready' : ''} ${typed === '' ? 'is-empty' : ''}`}
          data-testid="composer-send"
          aria-label={text.chat.send}
          disabled={!isReady}
          onPointerDown={keepFocus}
        >
          <Icon name="send" size={20} />
        </button>
      </div>
    </form>
  );
}

/** A press beside the line must not put the keyboard away, nor move what is pressed. */
function keepFocus(event: Event): void {
  event.preventDefault();
}
