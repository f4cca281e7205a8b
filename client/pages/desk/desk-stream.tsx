import type { RoomModel } from '../../model/room-model.ts';
import { Composer } from '../../plays/chat/composer.tsx';
import type { ActWay } from '../../plays/moderation/desk-act-form.tsx';
import { isAbove, REASON_MAX, TIMEOUT_MS } from '../../plays/moderation/desk-lengths.ts';
import { DeskLineView } from '../../plays/moderation/desk-line.tsx';
import { type DeskLine, STREAM_FILTERS } from '../../plays/moderation/desk-lines.ts';
import type { Desk } from '../../plays/moderation/desk-model.ts';
import { heldCount } from '../../plays/moderation/desk-reducer.ts';
import { deskText } from '../../text/desk.ts';
import { errorText, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { useFollow } from './use-follow.ts';

type Props = { model: RoomModel; desk: Desk; onAct: (way: ActWay) => void; onPerson: () => void };

/** What is said, with what became of it; one line is picked, and keys and buttons act on it. */
export function DeskStream({ model, desk, onAct, onPerson }: Props) {
  const lines = desk.shown();
  const selectedId = desk.selectedId.value;
  const last = lines.at(-1)?.message.messageId;
  const { list, newer, toEnd, onScroll } = useFollow(last, lines.length, selectedId !== null);
  return (
    <>
      <StreamHead desk={desk} />
      <div class="desk-lines">
        <div
          ref={list}
          class="desk-lines-list"
          role="log"
          aria-label={deskText.columns.stream}
          data-testid="chat-list"
          onScroll={onScroll}
        >
          {lines.length === 0 ? <p class="desk-quiet">{deskText.stream.empty[desk.filter.value]}</p> : null}
          <ol>
            {lines.map((line) => (
              <DeskLineView
                key={line.message.messageId}
                line={line}
                badgeName={model.fans.state.value.rules?.badge ?? ''}
                isSelected={line.message.messageId === selectedId}
                onSelect={() => {
                  const { messageId } = line.message;
                  desk.selectedId.value = messageId === selectedId ? null : messageId;
                }}
              >
                <LineActs model={model} desk={desk} line={line} onAct={onAct} onPerson={onPerson} />
              </DeskLineView>
            ))}
          </ol>
          <PendingLines model={model} />
        </div>
        {newer > 0 ? (
          <button
            type="button"
            class="desk-newer"
            onClick={() => {
              desk.selectedId.value = null;
              toEnd();
            }}
          >
            <Icon name="down" size={16} /> {deskText.stream.newer(newer)}
          </button>
        ) : null}
      </div>
      <Composer chat={model.chat} />
    </>
  );
}

function StreamHead({ desk }: { desk: Desk }) {
  const words = deskText.stream;
  const held = heldCount(desk.state.value);
  return (
    <div class="desk-stream-head">
      <fieldset class="desk-filters">
        <legend class="visually-hidden">{words.filter}</legend>
        {STREAM_FILTERS.map((filter) => (
          <button
            key={filter}
            type="button"
            aria-pressed={desk.filter.value === filter}
            data-testid={`filter-${filter}`}
            onClick={() => {
              desk.filter.value = filter;
            }}
          >
            {words.filters[filter]}
            {filter === 'held' && held > 0 ? <span class="desk-count num">{held}</span> : null}
          </button>
        ))}
      </fieldset>
      <input
        class="input desk-reason"
        dir="auto"
        maxLength={REASON_MAX}
        autocomplete="off"
        list="desk-reasons"
        aria-label={words.reason}
        title={words.reason}
        placeholder={words.reasonHint}
        data-testid="desk-reason"
        value={desk.reason.value}
        onInput={(event) => {
          desk.reason.value = event.currentTarget.value;
        }}
      />
      <datalist id="desk-reasons">
        {deskText.form.reasons.split('|').map((reason) => (
          <option key={reason} value={reason} />
        ))}
      </datalist>
    </div>
  );
}

type ActsProps = Props & { line: DeskLine };

function LineActs({ model, desk, line, onAct, onPerson }: ActsProps) {
  const { acts } = deskText;
  const { messageId, userId, role } = line.message;
  const isOwn = userId === model.you.value?.userId;
  const isPinned = desk.state.value.pinned?.messageId === messageId;
  const mayAct = isAbove(model.role.value, role);
  const act = (name: string, label: string, key: string | null, run: () => unknown, isGrave = false) => (
    <button
      type="button"
      class={`btn btn-line ${isGrave ? 'is-grave' : ''}`}
      data-testid={`act-${name}`}
      aria-keyshortcuts={key ?? undefined}
      onClick={() => void run()}
    >
      {label} {key === null ? null : <span class="desk-key">{key}</span>}
    </button>
  );
  return (
    <div class="desk-acts">
      {line.state === 'held' ? (
        <>
          {act('approve', acts.approve, null, () => desk.review([messageId], true))}
          {act('reject', acts.reject, 'D', () => desk.review([messageId], false), true)}
        </>
      ) : null}
      {line.state === 'shown' && (mayAct || isOwn) ? (
        <>
          {act('delete', acts.delete, 'D', () => desk.remove([messageId]))}
          {act('hold', acts.hold, 'H', () => desk.hold([messageId]))}
        </>
      ) : null}
      {mayAct ? (
        <>
          {act('mute', acts.mute, 'M', () =>
            desk.sanction({ userIds: [userId], kind: 'timeout', durationMs: TIMEOUT_MS }),
          )}
          {act('time', acts.time, 'T', () => onAct('speak'))}
          {act('ban', acts.ban, 'B', () => onAct('ban'), true)}
        </>
      ) : null}
      {line.state === 'shown'
        ? act('pin', isPinned ? acts.unpin : acts.pin, 'P', () => desk.pin(isPinned ? null : messageId))
        : null}
      {line.state === 'shown' ? act('reply', acts.reply, null, () => model.chat.reply(line.message)) : null}
      <button type="button" class="btn btn-line desk-to-person" data-testid="act-person" onClick={onPerson}>
        {deskText.person.title}
      </button>
    </div>
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
