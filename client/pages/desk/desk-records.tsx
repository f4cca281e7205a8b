import { useComputed } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { CallError } from '../../../shared/kernel/ack.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { AppealsView } from '../../plays/moderation/desk-appeals.tsx';
import { LogView } from '../../plays/moderation/desk-log.tsx';
import { HostsForm } from '../../plays/moderation/desk-modes.tsx';
import { WordEditor } from '../../plays/moderation/desk-word-editor.tsx';
import { ListForm, newList, WordListsView } from '../../plays/moderation/desk-word-lists.tsx';
import { deskText } from '../../text/desk.ts';
import { errorText } from '../../text/i18n.ts';
import { language } from '../../text/language.ts';
import { Sheet } from '../../ui/sheet.tsx';
import type { DeskParts } from './desk-parts.ts';

export const RECORDS_TABS = ['log', 'appeals', 'words'] as const;
export type RecordsTab = (typeof RECORDS_TABS)[number];

type Props = {
  model: RoomModel;
  parts: DeskParts;
  tab: RecordsTab;
  onTab: (tab: RecordsTab) => void;
  onPerson: (userId: string, name: string) => void;
};

/** The log, the appeals, and the rules that work by themselves. */
export function DeskRecords({ model, parts, tab, onTab, onPerson }: Props) {
  const { desk, log } = parts;
  const state = desk.records.value;
  // Times of day and what is a day old: no need to draw the log four times a second.
  const nowMs = useComputed(() => Math.floor(model.nowMs.value / 10_000) * 10_000).value;
  const names = { log: deskText.log.title, appeals: deskText.appeals.title, words: deskText.words.title };
  return (
    <>
      <div class="desk-tabs" role="tablist">
        {RECORDS_TABS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-selected={tab === each}
            aria-controls="desk-records-panel"
            data-testid={`tab-${each}`}
            onClick={() => onTab(each)}
          >
            {names[each]}
            {each === 'appeals' && state.appeals.length > 0 ? (
              <span class="desk-count num">{state.appeals.length}</span>
            ) : null}
          </button>
        ))}
      </div>
      <div class="desk-records-panel" id="desk-records-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {state.isReady ? (
          <>
            {tab === 'log' ? (
              <LogView
                {...{ state, log, nowMs }}
                role={model.role.value}
                onUndo={(actionId) => void desk.undo(actionId)}
              />
            ) : null}
            {tab === 'appeals' ? <AppealsView {...{ desk, nowMs, onPerson }} /> : null}
            {tab === 'words' ? <Rules parts={parts} /> : null}
          </>
        ) : (
          <NotYet problem={state.problem} onTryAgain={desk.refresh} />
        )}
      </div>
    </>
  );
}

/** Nothing is known yet, which is not the same as that there is nothing. */
function NotYet({ problem, onTryAgain }: { problem: CallError | null; onTryAgain: () => void }) {
  const words = deskText.records;
  if (problem === null) return <p class="desk-quiet desk-not-yet">{words.loading}</p>;
  return (
    <div class="desk-not-yet" role="alert" data-testid="records-failed">
      <p>{words.failed}</p>
      <p class="desk-quiet">{errorText(problem)}</p>
      <button type="button" class="btn" data-testid="records-retry" onClick={onTryAgain}>
        {words.tryAgain}
      </button>
    </div>
  );
}

function Rules({ parts }: { parts: DeskParts }) {
  const { desk, words } = parts;
  const { lists, modes } = desk.records.value;
  const [open, setOpen] = useState<{ list: ReturnType<typeof newList>; isNew: boolean } | null>(null);
  return (
    <div class="desk-rules">
      <WordListsView
        lists={lists}
        words={words}
        onEdit={(list) => setOpen({ list, isNew: false })}
        onNew={() => setOpen({ list: newList(language), isNew: true })}
      />
      {modes === null ? null : <HostsForm modes={modes} onSet={desk.setModes} />}
      {open === null ? null : (
        <Sheet title={open.isNew ? deskText.words.add : open.list.title} onClose={() => setOpen(null)}>
          <ListForm
            list={open.list}
            words={words}
            onSaved={(list) => (open.isNew ? setOpen({ list, isNew: false }) : setOpen(null))}
          />
          {open.isNew ? null : (
            <WordEditor listId={open.list.listId} words={words} onRemoved={() => setOpen(null)} />
          )}
        </Sheet>
      )}
    </div>
  );
}
