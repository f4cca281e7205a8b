import { useRef, useState } from 'preact/hooks';
import { StartField } from '../../plays/room/settings-form.tsx';
import { checkRoomFields, HOST_MAX, type RoomFields, TITLE_MAX } from '../../plays/room/settings-rules.ts';
import { language } from '../../text/language.ts';
import { newRoomText } from '../../text/new-room.ts';
import { settingsText } from '../../text/settings.ts';
import { fromLocalField, readersZone } from '../../text/when.ts';
import { Field } from '../../ui/field.tsx';
import { CURRENCIES, currencyNames, firstCurrency, zoneNames } from './choices.ts';
import { type MadeRoom, makeDemoRoom, makeRoom, type Refusal, type RoomDraft } from './new-room.ts';

type Fields = Omit<RoomFields, 'replayUrl'> & { currency: string; timeZone: string; key: string };
type Problems = Partial<Record<keyof Fields, string>>;

const CURRENCY_NAMES = currencyNames(language);
const ZONES = zoneNames();
const OF_SERVER: Readonly<Record<string, keyof Fields>> = { startsAtMs: 'startsAt' };

type Props = {
  isDemo: boolean;
  /** The server's time. */
  now: () => number;
  onMade: (room: MadeRoom) => void;
};

/** What a room needs to begin with. What was typed stays until the room is made. */
export function NewRoomForm({ isDemo, now, onMade }: Props) {
  const [fields, setFields] = useState<Fields>({
    ...{ title: '', hostName: '', sellerContact: '', startsAt: '', key: '' },
    ...{ currency: firstCurrency(language), timeZone: readersZone() },
  });
  const [problems, setProblems] = useState<Problems>({});
  const [failure, setFailure] = useState('');
  const [isWorking, setWorking] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  function change(change: Partial<Fields>): void {
    setFields({ ...fields, ...change });
    const rest = { ...problems };
    for (const name of Object.keys(change)) delete rest[name as keyof Fields];
    setProblems(rest);
  }
  function show(found: Problems): void {
    setProblems(found);
    const [first] = Object.keys(found);
    form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  }
  function refused(refusal: Refusal): void {
    const field = refusal.field === null ? null : (OF_SERVER[refusal.field] ?? refusal.field);
    if (refusal.reason === 'bad-key') show({ key: newRoomText.badKey });
    else if (refusal.reason === 'field' && field !== null && field in fields)
      show({ [field]: newRoomText.refused(refusal.detail) });
    else if (refusal.reason === 'unreachable') setFailure(newRoomText.unreachable);
    else if (refusal.reason === 'too-many') setFailure(newRoomText.tooMany);
    else if (refusal.reason === 'full') setFailure(newRoomText.full);
    else setFailure(newRoomText.refused(refusal.detail));
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (isWorking) return;
    setFailure('');
    const found = problemsOf(fields, isDemo, now());
    if (Object.keys(found).length > 0) {
      show(found);
      return;
    }
    const draft: RoomDraft = {
      ...{ title: fields.title.trim(), hostName: fields.hostName.trim() },
      ...{ sellerContact: fields.sellerContact.trim(), currency: fields.currency },
      ...{ timeZone: fields.timeZone, startsAtMs: fromLocalField(fields.startsAt) },
    };
    setWorking(true);
    const outcome = isDemo ? await makeDemoRoom(draft) : await makeRoom(draft, fields.key.trim());
    setWorking(false);
    if (outcome.kind === 'made') onMade(outcome.room);
    else refused(outcome);
  }

  const bound = (name: keyof Fields) => ({
    name,
    value: fields[name],
    onInput: (event: { currentTarget: { value: string } }) => change({ [name]: event.currentTarget.value }),
  });
  const problem = (name: keyof Fields) => problems[name] ?? null;
  return (
    <form ref={form} class="new-room-form" noValidate data-testid="new-room" onSubmit={submit}>
      <Field label={settingsText.fieldTitle} hint={settingsText.titleHint} problem={problem('title')}>
        {(ids) => <input {...ids} {...bound('title')} dir="auto" maxLength={TITLE_MAX} autocomplete="off" />}
      </Field>
      <Field label={settingsText.fieldHost} hint={settingsText.hostHint} problem={problem('hostName')}>
        {(ids) => (
          <input {...ids} {...bound('hostName')} dir="auto" maxLength={HOST_MAX} autocomplete="nickname" />
        )}
      </Field>
      <Field
        label={`${settingsText.fieldContact} · ${settingsText.optional}`}
        hint={settingsText.contactHint}
        problem={problem('sellerContact')}
      >
        {(ids) => <textarea {...ids} {...bound('sellerContact')} dir="auto" rows={2} />}
      </Field>
      <div class="new-room-pair">
        <Field label={newRoomText.currency} hint={newRoomText.currencyHint} problem={problem('currency')}>
          {(ids) => (
            <select {...ids} {...bound('currency')}>
              {CURRENCIES.map((code) => (
                <option key={code} value={code}>
                  {CURRENCY_NAMES.get(code)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={newRoomText.zone} hint={newRoomText.zoneHint} problem={problem('timeZone')}>
          {(ids) => (
            <select {...ids} {...bound('timeZone')}>
              {ZONES.map((zone) => (
                <option key={zone} value={zone}>
                  {zone.replaceAll('_', ' ')}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <StartField
        label={newRoomText.start}
        now={now}
        timeZone={fields.timeZone}
        typed={fields.startsAt}
        problem={problem('startsAt')}
        onChange={(startsAt) => change({ startsAt })}
      />
      {isDemo ? null : (
        <div class="new-room-key">
          <Field label={newRoomText.key} hint={newRoomText.keyHint} problem={problem('key')}>
            {(ids) => (
              <input {...ids} {...bound('key')} type="password" autocomplete="off" spellcheck={false} />
            )}
          </Field>
          <p>
            {newRoomText.keyWhere}{' '}
            <a href="/api/docs" target="_blank" rel="noopener">
              {newRoomText.keyDocs}
            </a>
          </p>
        </div>
      )}
      <p class="new-room-failure" role="alert" data-testid="new-room-failure">
        {failure}
      </p>
      <button
        type="submit"
        class="btn btn-strong btn-wide"
        data-testid="new-room-submit"
        disabled={isWorking}
      >
        {isWorking ? newRoomText.working : newRoomText.submit}
      </button>
    </form>
  );
}

function problemsOf(fields: Fields, isDemo: boolean, nowMs: number): Problems {
  const found = checkRoomFields({ ...fields, replayUrl: '' }, nowMs);
  const words = Object.entries(found).map(([field, problem]) => [field, settingsText[problem]] as const);
  return {
    ...Object.fromEntries(words),
    ...(isDemo || fields.key.trim() !== '' ? {} : { key: newRoomText.needKey }),
  };
}
