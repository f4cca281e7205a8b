import { useState } from 'preact/hooks';
import type { WordList } from '../../../shared/plays/moderation/desk-records.ts';
import { newOpId } from '../../sdk/op-id.ts';
import { deskText } from '../../text/desk.ts';
import { Empty } from '../../ui/empty.tsx';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Words } from './desk-words-model.ts';
import './desk-word-lists.css';

type ListHead = Omit<WordList, 'words'>;
type Props = {
  lists: readonly WordList[];
  words: Words;
  onEdit: (list: ListHead) => void;
  onNew: () => void;
};

/** The lists of the room, each switched at one press. */
export function WordListsView({ lists, words, onEdit, onNew }: Props) {
  const names = deskText.words;
  return (
    <section class="desk-lists" aria-label={names.title}>
      {lists.length === 0 ? <Empty icon="edit" title={names.empty} hint={names.emptyHint} /> : null}
      <ul>
        {lists.map(({ words: count, ...list }) => (
          <li key={list.listId} class="desk-list" data-testid="word-list" data-state={String(list.enabled)}>
            <div class="desk-list-what">
              <strong>
                <bdi>{list.title}</bdi>
              </strong>
              <span class="desk-entry-why">
                {list.language} · {names.count(count)} · {names.actions[list.action]}
              </span>
            </div>
            <button
              type="button"
              class={`btn ${list.enabled ? 'btn-strong' : 'btn-line'}`}
              role="switch"
              aria-checked={list.enabled}
              aria-label={list.title}
              data-testid="word-list-switch"
              onClick={() => void words.saveList({ ...list, enabled: !list.enabled })}
            >
              {list.enabled ? names.enabled : names.disabled}
            </button>
            <button
              type="button"
              class="icon-btn"
              aria-label={`${names.edit}: ${list.title}`}
              data-testid="word-list-edit"
              onClick={() => onEdit(list)}
            >
              <Icon name="edit" size={20} />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="btn btn-line" data-testid="word-list-add" onClick={onNew}>
        <Icon name="plus" size={18} /> {names.add}
      </button>
      <p class="desk-entry-why">{names.file}</p>
    </section>
  );
}

/** An id for a new list: unreadable, but never two the same. */
export function newList(language: string): ListHead {
  return { listId: `l-${newOpId()}`, title: '', language, action: 'block', enabled: true };
}

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const ACTIONS = ['block', 'hold', 'mask'] as const;

type FormProps = { list: ListHead; words: Words; onSaved: (list: ListHead) => void };

/** What a list is called, of which language it is, and what it does. */
export function ListForm({ list, words, onSaved }: FormProps) {
  const names = deskText.words;
  const [fields, setFields] = useState(list);
  const [problems, setProblems] = useState<{ title?: string; language?: string }>({});

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const title = fields.title.trim();
    const language = fields.language.trim();
    const found = {
      ...(title === '' || [...title].length > 60 ? { title: names.needTitle } : {}),
      ...(LANGUAGE.test(language) ? {} : { language: names.needLanguage }),
    };
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    const saved = { ...fields, title, language };
    if (await words.saveList(saved)) onSaved(saved);
  }
  return (
    <form class="desk-list-form" onSubmit={submit}>
      <Field label={names.listTitle} problem={problems.title ?? null}>
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            maxLength={60}
            autocomplete="off"
            data-testid="list-title"
            value={fields.title}
            onInput={(event) => setFields({ ...fields, title: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={names.language} hint={names.languageHint} problem={problems.language ?? null}>
        {(ids) => (
          <input
            {...ids}
            autocomplete="off"
            spellcheck={false}
            value={fields.language}
            onInput={(event) => setFields({ ...fields, language: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={names.action}>
        {(ids) => (
          <select
            {...ids}
            data-testid="list-action"
            value={fields.action}
            onChange={(event) =>
              setFields({ ...fields, action: event.currentTarget.value as ListHead['action'] })
            }
          >
            {ACTIONS.map((action) => (
              <option key={action} value={action}>
                {names.actions[action]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit" class="btn btn-strong" data-testid="list-save">
        {names.save}
      </button>
    </form>
  );
}
