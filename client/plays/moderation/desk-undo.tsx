import type { ReadonlySignal } from '@preact/signals';
import { deskText } from '../../text/desk.ts';
import { nameInWords } from '../../ui/simulated-words.ts';
import { type Done, undoable } from './desk-model.ts';
import type { DeskState } from './desk-reducer.ts';
import { deedOf, lengthOf } from './desk-words-of.ts';
import './desk-acts.css';
import './desk-undo.css';

type Props = {
  done: ReadonlySignal<Done | null>;
  state: DeskState;
  nowMs: number;
  /** Whether U takes it back on this page. */
  hasKeys?: boolean;
};

/** What was just done, and for ten seconds the way to take it back. */
export function UndoBar({ done, state, nowMs, hasKeys = false }: Props) {
  const last = undoable(done, nowMs);
  const seconds = last === null ? 0 : Math.ceil((last.untilMs - nowMs) / 1000);
  return (
    <div class="undo-slot">
      {/* The words alone: told once, not at every second. */}
      <p class="visually-hidden" role="status">
        {last === null ? '' : wordsOf(last, state)}
      </p>
      {last === null ? null : (
        <div class="undo-bar" data-testid="undo-bar">
          <span aria-hidden="true">{wordsOf(last, state)}</span>
          <button
            type="button"
            class="btn"
            aria-keyshortcuts={hasKeys ? 'U' : undefined}
            data-testid="undo"
            onClick={() => void last.undo()}
          >
            {deskText.acts.undoIn(seconds)} {hasKeys ? <span class="desk-key">U</span> : null}
          </button>
        </div>
      )}
    </div>
  );
}

function wordsOf({ what }: Done, state: DeskState): string {
  if (what.kind === 'pin')
    return what.said === null ? deskText.log.unpinned : deskText.log.pinned(nameInWords(what.said));
  const [first] = what.actions;
  if (first === undefined) return '';
  // Calls of one intention differ in nothing but whom they are about.
  const all = { ...first, userIds: what.actions.flatMap(({ userIds }) => userIds) };
  const parts = [
    deskText.log.byYou(deedOf(all, state)),
    lengthOf(first),
    first.reason === '' ? null : first.reason,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
