import { useState } from 'preact/hooks';
import type { Appeal } from '../../../shared/plays/moderation/desk-records.ts';
import { deskText } from '../../text/desk.ts';
import { Empty } from '../../ui/empty.tsx';
import { Field } from '../../ui/field.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { REASON_MAX } from './desk-lengths.ts';
import type { Desk } from './desk-model.ts';
import { whenWords } from './desk-words-of.ts';
import './desk-appeals.css';

type Props = { desk: Desk; nowMs: number; onPerson: (userId: string, name: string) => void };

/** Who asks for another look; an answer ends it, and accepting lifts the sanction. */
export function AppealsView({ desk, nowMs, onPerson }: Props) {
  const { appeals } = desk.records.value;
  if (appeals.length === 0) return <Empty icon="shield" title={deskText.appeals.empty} hint="" />;
  return (
    <ul class="desk-appeals">
      {appeals.map((appeal) => (
        <AppealRow key={appeal.appealId} appeal={appeal} desk={desk} nowMs={nowMs} onPerson={onPerson} />
      ))}
    </ul>
  );
}

function AppealRow({ appeal, desk, nowMs, onPerson }: Props & { appeal: Appeal }) {
  const words = deskText.appeals;
  const [note, setNote] = useState('');
  const { appealId, userId, name, text, kind, atMs } = appeal;
  return (
    <li class="desk-appeal" data-testid="appeal">
      <p>
        <button type="button" class="desk-appeal-who" onClick={() => onPerson(userId, name)}>
          <bdi>{name}</bdi>
        </button>{' '}
        <SimulatedMark userId={userId} />
        <span class="desk-entry-why">
          {words.against(deskText.sanction[kind])} · <time class="num">{whenWords(atMs, nowMs)}</time>
        </span>
      </p>
      <blockquote>
        <bdi>{text}</bdi>
      </blockquote>
      <Field label={words.note} hint={words.noteHint}>
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            maxLength={REASON_MAX}
            autocomplete="off"
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="desk-appeal-acts">
        <button
          type="button"
          class="btn btn-strong"
          data-testid="appeal-accept"
          onClick={() => void desk.resolve(appealId, true, note.trim())}
        >
          {words.accept}
        </button>
        <button
          type="button"
          class="btn btn-line"
          data-testid="appeal-reject"
          onClick={() => void desk.resolve(appealId, false, note.trim())}
        >
          {words.reject}
        </button>
      </div>
    </li>
  );
}
