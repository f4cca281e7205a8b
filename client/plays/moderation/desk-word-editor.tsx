import { useEffect, useState } from 'preact/hooks';
import { deskText } from '../../text/desk.ts';
import { errorText } from '../../text/i18n.ts';
import { Field } from '../../ui/field.tsx';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { WordProblem, Words } from './desk-words-model.ts';

type Props = { listId: string; words: Words; onRemoved: () => void };

/** The words of a list: read, found, added, taken out. */
export function WordEditor({ listId, words, onRemoved }: Props) {
  const names = deskText.words;
  const [find, setFind] = useState('');
  const now = words.state.value;
  useEffect(() => {
    void words.open(listId);
    return words.close;
  }, [listId, words]);
  const wanted = find.trim().toLowerCase();
  const found = (now?.words ?? []).filter((word) => word.toLowerCase().includes(wanted));
  return (
    <div class="desk-words">
      <AddWords words={words} />
      <input
        class="input"
        type="search"
        dir="auto"
        aria-label={names.filter}
        placeholder={names.filter}
        value={find}
        onInput={(event) => setFind(event.currentTarget.value)}
      />
      {now !== null && !now.isAsking && now.words.length === 0 ? (
        <p class="desk-quiet">{names.noWords}</p>
      ) : null}
      {now?.isAsking === true && now.words.length === 0 ? (
        <p class="desk-quiet">{deskText.records.loading}</p>
      ) : null}
      <ul class="desk-word-tags" data-testid="words">
        {found.map((word) => (
          <li key={word}>
            <bdi>{word}</bdi>
            <button
              type="button"
              class="icon-btn"
              aria-label={names.takeOut(word)}
              data-testid="word-remove"
              onClick={() => void words.remove(word)}
            >
              <Icon name="close" size={16} />
            </button>
          </li>
        ))}
      </ul>
      {now !== null && now.nextCursor !== null ? (
        <button type="button" class="btn btn-line" disabled={now.isAsking} onClick={() => void words.more()}>
          {names.more}
        </button>
      ) : null}
      <HoldButton
        label={names.remove}
        icon="trash"
        testId="list-remove"
        onHeld={async () => {
          if (await words.removeList(listId)) onRemoved();
        }}
      />
    </div>
  );
}

function AddWords({ words }: { words: Words }) {
  const names = deskText.words;
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<WordProblem | null>(null);
  const [isWorking, setWorking] = useState(false);

  async function add(force: boolean): Promise<void> {
    if (isWorking || typed.trim() === '') return;
    setWorking(true);
    const refused = await words.add(typed, force);
    setWorking(false);
    setProblem(refused);
    setTyped(refused === null ? '' : refused.left.join('\n'));
  }
  return (
    <form
      class="desk-words-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add(false);
      }}
    >
      <Field
        label={names.addWords}
        hint={names.addHint}
        problem={problem === null ? null : problemWords(problem)}
      >
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            dir="auto"
            spellcheck={false}
            data-testid="words-add"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="desk-words-acts">
        <button type="submit" class="btn btn-strong" data-testid="words-add-go" disabled={isWorking}>
          {names.addGo}
        </button>
        {problem?.error.code === 'TOO_BROAD' ? (
          <button type="button" class="btn btn-line" data-testid="words-force" onClick={() => void add(true)}>
            {names.force}
          </button>
        ) : null}
      </div>
    </form>
  );
}

function problemWords({ error, word }: WordProblem): string {
  if (error.code === 'TOO_BROAD') return deskText.words.broad;
  return error.code === 'BAD_WORD' && word !== null ? deskText.words.bad(word) : errorText(error);
}
