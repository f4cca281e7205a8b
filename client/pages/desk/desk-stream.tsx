import { useComputed } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import type { RoomModel } from '../../model/room-model.ts';
import { Composer } from '../../plays/chat/composer.tsx';
import { memo } from '../../plays/chat/memo.ts';
import { DeskLineView } from '../../plays/moderation/desk-line.tsx';
import { type DeskLine, LINES_KEPT } from '../../plays/moderation/desk-lines.ts';
import type { Desk } from '../../plays/moderation/desk-model.ts';
import { deskText } from '../../text/desk.ts';
import { errorText, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { nameInWords } from '../../ui/simulated-words.ts';
import { LineActs, type StreamProps } from './line-acts.tsx';
import { StreamHead } from './stream-head.tsx';
import { useFollow } from './use-follow.ts';
import { usePointed } from './use-pointed.ts';

/** What is said, with what became of it; one line is picked, and keys and buttons act on it. */
export function DeskStream(props: StreamProps) {
  const { model, desk } = props;
  return (
    <>
      <StreamHead desk={desk} />
      <Lines {...props} />
      <PickedAloud desk={desk} />
      <Composer chat={model.chat} />
    </>
  );
}

/** So many are drawn while the stream runs by; the rest is there once somebody reads. */
const FOLLOWED = 100;

function Lines(props: StreamProps) {
  const { model, desk } = props;
  const all = desk.shown();
  const selectedId = desk.selectedId.value;
  const newer = desk.newer();
  const badgeName = useComputed(() => model.fans.state.value.rules?.badge ?? '').value;
  const isReading = selectedId !== null || desk.isAway.value;
  const lines = isReading ? all : all.slice(-FOLLOWED);
  const { list, isAway } = useFollow(isReading, lines.at(-1)?.message.messageId, lines.length);
  const pointed = usePointed((isPointing) => {
    desk.isAway.value = isPointing || isAway();
  });
  const onSelect = useCallback(
    (messageId: string) => {
      desk.selectedId.value = messageId === desk.selectedId.peek() ? null : messageId;
    },
    [desk],
  );
  return (
    <div class="desk-lines">
      <div
        ref={list}
        class="desk-lines-list"
        role="log"
        // Fifty a second would leave a screen reader no time for anything else; what is picked is read.
        aria-live="off"
        aria-label={deskText.columns.stream}
        data-testid="chat-list"
        onScroll={() => {
          desk.isAway.value = pointed.isPointing() || isAway();
        }}
        {...pointed.handlers}
      >
        {lines.length === 0 ? <p class="desk-quiet">{deskText.stream.empty[desk.filter.value]}</p> : null}
        <ol>
          {lines.map((line) => {
            const { messageId } = line.message;
            // Another type than the rest, so that only this one draws again at every change.
            return messageId === selectedId ? (
              <DeskLineView key={messageId} {...{ line, badgeName, onSelect }} isSelected>
                <LineActs {...props} line={line} />
              </DeskLineView>
            ) : (
              <Row key={messageId} {...{ line, badgeName, onSelect }} />
            );
          })}
        </ol>
        <PendingLines model={model} />
      </div>
      {newer > 0 ? (
        <button type="button" class="desk-newer" data-testid="desk-newer" onClick={desk.runOn}>
          <Icon name="down" size={16} />{' '}
          {newer >= LINES_KEPT ? deskText.stream.newerMore(LINES_KEPT) : deskText.stream.newer(newer)}
        </button>
      ) : null}
    </div>
  );
}

type RowProps = { line: DeskLine; badgeName: string; onSelect: (messageId: string) => void };

/** Fifty lines come in a second: one that has not changed is not drawn again. */
const Row = memo((props: RowProps) => <DeskLineView {...props} isSelected={false} />);

/** For a screen reader: who said what on the line that the keys came to. */
function PickedAloud({ desk }: { desk: Desk }) {
  const words = useComputed(() => {
    const line = desk.selected();
    if (line === null) return '';
    const { stream } = deskText;
    const what = { shown: '', held: ` (${stream.held})`, removed: ` (${stream.removed})` }[line.state];
    return `${nameInWords(line.message)}: ${line.message.text}${what}`;
  });
  return (
    <p class="visually-hidden" role="status" data-testid="picked-aloud">
      {words.value}
    </p>
  );
}

/** Own lines that were not taken yet, or were refused. */
function PendingLines({ model }: { model: RoomModel }) {
  const { chat } = model;
  return (
    <ul>
      {chat.state.value.pending.map(({ opId, text: said, refusal }) => (
        <li key={opId} class="desk-pending" data-testid="chat-pending">
          <bdi>{said}</bdi>
          {refusal === null ? (
            <span class="visually-hidden">{text.chat.sending}</span>
          ) : (
            <span role="alert">
              {text.chat.notSent} {errorText(refusal)}{' '}
              <button type="button" class="btn" data-testid="chat-retry" onClick={() => chat.retry(opId)}>
                {text.chat.retry}
              </button>{' '}
              <button type="button" class="btn btn-line" onClick={() => chat.discard(opId)}>
                {text.chat.discard}
              </button>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
