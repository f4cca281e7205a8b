import { useState } from 'preact/hooks';
import type { Role } from '../../../shared/kernel/units.ts';
import type { Action, ActionKind } from '../../../shared/plays/moderation/actions.ts';
import { deskText } from '../../text/desk.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { nameInWords } from '../../ui/simulated-words.ts';
import { detailOf } from './desk-details.ts';
import { canUndo } from './desk-lengths.ts';
import type { LogSearch } from './desk-log-model.ts';
import type { DeskState } from './desk-reducer.ts';
import { actorOf, deedOf, lengthOf, whenWords } from './desk-words-of.ts';
import './desk-log.css';

export const SEARCH_ID = 'desk-log-search';

type Props = {
  state: DeskState;
  log: LogSearch;
  role: Role;
  nowMs: number;
  onUndo: (actionId: string) => void;
};

/** What all moderators do, as they do it; and the search over all that they did. */
export function LogView({ state, log, role, nowMs, onUndo }: Props) {
  const { found, nextCursor, isAsking, query } = log.state.value;
  const actions = found ?? state.actions;
  const words = deskText.log;
  return (
    <div class="desk-log">
      <SearchForm key={query.about?.userId ?? ''} log={log} />
      {query.about ? (
        <p class="desk-log-about" data-testid="log-about">
          <bdi>{nameInWords(query.about)}</bdi>
        </p>
      ) : null}
      <p class="desk-quiet" role="status" data-testid="log-found">
        {isAsking
          ? deskText.records.searching
          : found === null || found.length === 0
            ? ''
            : `${deskText.records.found(found.length)}${nextCursor === null ? '' : ' +'}`}
      </p>
      {actions.length === 0 && !isAsking ? (
        <Empty icon="receipt" title={found === null ? words.empty : words.nothing} hint="" />
      ) : null}
      <ol class="desk-log-list" data-testid="desk-log">
        {actions.map((action) => (
          <Entry
            key={action.actionId}
            action={action}
            state={state}
            nowMs={nowMs}
            onUndo={canUndo(action, role, nowMs) ? () => onUndo(action.actionId) : null}
          />
        ))}
      </ol>
      {(found === null ? actions.length > 0 : nextCursor !== null) ? (
        <button
          type="button"
          class="btn btn-line btn-wide"
          disabled={isAsking}
          onClick={() => void (found === null ? log.search({ text: '', kind: null }) : log.more())}
        >
          {words.older}
        </button>
      ) : null}
    </div>
  );
}

function SearchForm({ log }: { log: LogSearch }) {
  const words = deskText.log;
  const { query } = log.state.peek();
  const [text, setText] = useState(query.text);
  const [kind, setKind] = useState<ActionKind | null>(query.kind);
  const about = query.about ?? null;
  return (
    <form
      class="desk-search"
      onSubmit={(event) => {
        event.preventDefault();
        void log.search({ text, kind, about });
      }}
    >
      <input
        id={SEARCH_ID}
        class="input"
        type="search"
        dir="auto"
        maxLength={100}
        aria-label={words.search}
        placeholder={words.searchHint}
        data-testid="log-search"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <select
        class="input"
        aria-label={words.allKinds}
        value={kind ?? ''}
        data-testid="log-kind"
        onChange={(event) => {
          const chosen = (event.currentTarget.value || null) as ActionKind | null;
          setKind(chosen);
          void log.search({ text, kind: chosen, about });
        }}
      >
        <option value="">{words.allKinds}</option>
        {(Object.keys(words.kinds) as ActionKind[]).map((each) => (
          <option key={each} value={each}>
            {words.kinds[each]}
          </option>
        ))}
      </select>
      {log.state.value.found === null ? (
        <button type="submit" class="btn">
          {words.go}
        </button>
      ) : (
        <button
          type="button"
          class="btn"
          data-testid="log-clear"
          onClick={() => {
            setText('');
            setKind(null);
            log.clear();
          }}
        >
          {words.clear}
        </button>
      )}
    </form>
  );
}

type EntryProps = { action: Action; state: DeskState; nowMs: number; onUndo: (() => void) | null };

/** One action: who did what to whom, for how long, why, and on which words. */
export function Entry({ action, state, nowMs, onUndo }: EntryProps) {
  const { reason, messages, undoneBy, atMs } = action;
  const detail = detailOf(action, state);
  const length = lengthOf(action);
  return (
    <li
      class={`desk-entry ${undoneBy === null ? '' : 'is-undone'}`}
      data-testid="log-entry"
      data-kind={action.kind}
      data-undone={undoneBy !== null}
    >
      <div class="desk-entry-words">
        <p>
          <strong>{actorOf(action)}</strong> <span class="desk-entry-deed">{deedOf(action, state)}</span>
        </p>
        <p class="desk-entry-why">
          <time class="num">{whenWords(atMs, nowMs)}</time>
          {length === null ? null : ` · ${length}`}
          {' · '}
          <bdi>{reason === '' ? deskText.log.noReason : reason}</bdi>
          {detail === '' ? null : (
            <>
              {' · '}
              <bdi>{detail}</bdi>
            </>
          )}
          {undoneBy === null ? null : ` · ${deskText.log.undone}`}
        </p>
        {messages.slice(0, 2).map(({ messageId, text }) => (
          <blockquote key={messageId}>
            <bdi>{text}</bdi>
          </blockquote>
        ))}
        {messages.length > 2 ? <p class="desk-entry-why">+{messages.length - 2}</p> : null}
      </div>
      {onUndo === null ? null : (
        <button
          type="button"
          class="icon-btn"
          aria-label={deskText.acts.undo}
          title={deskText.acts.undo}
          data-testid="log-undo"
          onClick={onUndo}
        >
          <Icon name="reply" size={18} />
        </button>
      )}
    </li>
  );
}
