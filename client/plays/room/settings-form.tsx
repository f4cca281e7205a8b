import { useRef, useState } from 'preact/hooks';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { errorText } from '../../text/i18n.ts';
import { language } from '../../text/language.ts';
import { settingsText } from '../../text/settings.ts';
import { createWhen, fromLocalField, readersZone, toLocalField } from '../../text/when.ts';
import { Field } from '../../ui/field.tsx';
import {
  checkRoomFields,
  HOST_MAX,
  REPLAY_MAX,
  type RoomFieldProblems,
  type RoomFields,
  TITLE_MAX,
} from './settings-rules.ts';
import './settings-form.css';

/** Only what was changed. */
export type RoomSettingsPatch = Partial<
  Pick<RoomInfo, 'title' | 'hostName' | 'sellerContact' | 'startsAtMs' | 'replayUrl'>
>;

type Props = {
  room: RoomInfo;
  /** The server's time: this device's clock may be a day wrong. */
  now: () => number;
  /** `room:change`; what the server refuses is said at its field, or above the button. */
  onSave: (patch: RoomSettingsPatch) => Promise<Ack<unknown>>;
  onDone: () => void;
};

/** What a host may change about the room: its names, the next show, the replay of an earlier one. */
export function RoomSettingsForm({ room, now, onSave, onDone }: Props) {
  const before = useRef(fieldsOf(room)).current;
  const [fields, setFields] = useState(before);
  const [problems, setProblems] = useState<Partial<Record<keyof RoomFields, string>>>({});
  const [failure, setFailure] = useState('');
  const [isSaving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  function change(change: Partial<RoomFields>): void {
    setFields({ ...fields, ...change });
    const rest = { ...problems };
    for (const name of Object.keys(change)) delete rest[name as keyof RoomFields];
    setProblems(rest);
  }
  function show(found: Partial<Record<keyof RoomFields, string>>): void {
    setProblems(found);
    const [first] = Object.keys(found);
    if (first !== undefined) form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (isSaving) return;
    setFailure('');
    const found = checkRoomFields(fields, now(), before.startsAt);
    if (Object.keys(found).length > 0) {
      show(wordsOf(found));
      return;
    }
    const patch = patchOf(before, fields);
    if (Object.keys(patch).length === 0) {
      onDone();
      return;
    }
    setSaving(true);
    const ack = await onSave(patch);
    setSaving(false);
    if (ack.ok) {
      onDone();
      return;
    }
    const field = fieldAt(ack.error.path);
    if (field !== null) show({ [field]: settingsText.refused });
    else setFailure(settingsText.notSaved(errorText(ack.error)));
  }

  const input = (name: keyof RoomFields) => ({
    name,
    value: fields[name],
    onInput: (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      change({ [name]: event.currentTarget.value }),
  });
  return (
    <form ref={form} class="room-settings" noValidate data-testid="room-settings" onSubmit={submit}>
      <Field label={settingsText.fieldTitle} hint={settingsText.titleHint} problem={problems.title ?? null}>
        {(ids) => <input {...ids} {...input('title')} dir="auto" maxLength={TITLE_MAX} />}
      </Field>
      <Field label={settingsText.fieldHost} hint={settingsText.hostHint} problem={problems.hostName ?? null}>
        {(ids) => <input {...ids} {...input('hostName')} dir="auto" maxLength={HOST_MAX} />}
      </Field>
      <Field
        label={optional(settingsText.fieldContact)}
        hint={settingsText.contactHint}
        problem={problems.sellerContact ?? null}
      >
        {(ids) => <textarea {...ids} {...input('sellerContact')} dir="auto" rows={2} />}
      </Field>
      <StartField
        {...{ now, timeZone: room.timeZone, typed: fields.startsAt, problem: problems.startsAt ?? null }}
        onChange={(startsAt) => change({ startsAt })}
      />
      <Field
        label={optional(settingsText.fieldReplay)}
        hint={settingsText.replayHint}
        problem={problems.replayUrl ?? null}
      >
        {(ids) => (
          <input {...ids} {...input('replayUrl')} type="url" inputMode="url" maxLength={REPLAY_MAX} />
        )}
      </Field>
      <p class="room-settings-failure" role="alert">
        {failure}
      </p>
      <button
        type="submit"
        class="btn btn-strong btn-wide"
        data-testid="room-settings-save"
        disabled={isSaving}
      >
        {isSaving ? settingsText.saving : settingsText.save}
      </button>
    </form>
  );
}

type StartProps = {
  label?: string;
  now: () => number;
  timeZone: string;
  typed: string;
  problem: string | null;
  onChange: (typed: string) => void;
};

/** A day and a time in the reader's own zone; in the room's as well, where that is another. */
export function StartField({
  label = settingsText.fieldStart,
  now,
  timeZone,
  typed,
  problem,
  onChange,
}: StartProps) {
  const own = readersZone();
  const atMs = fromLocalField(typed);
  const isOther = timeZone !== own && atMs !== null && !Number.isNaN(atMs);
  const inRoom = isOther
    ? settingsText.startInRoom(createWhen(language, timeZone).show(atMs, now()), timeZone)
    : '';
  return (
    <div class="room-start">
      <Field
        label={optional(label)}
        hint={inRoom === '' ? settingsText.startHint(own) : inRoom}
        problem={problem}
      >
        {(ids) => (
          <input
            {...ids}
            name="startsAt"
            type="datetime-local"
            value={typed}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Field>
      {typed === '' ? null : (
        <button type="button" class="btn btn-line" onClick={() => onChange('')}>
          {settingsText.clearStart}
        </button>
      )}
    </div>
  );
}

const optional = (label: string) => `${label} · ${settingsText.optional}`;

function fieldsOf(room: RoomInfo): RoomFields {
  return {
    ...{ title: room.title, hostName: room.hostName, sellerContact: room.sellerContact },
    startsAt: toLocalField(room.startsAtMs),
    replayUrl: room.replayUrl ?? '',
  };
}

function patchOf(before: RoomFields, fields: RoomFields): RoomSettingsPatch {
  const changed = (name: keyof RoomFields) => fields[name].trim() !== before[name];
  const replayUrl = fields.replayUrl.trim();
  return {
    ...(changed('title') ? { title: fields.title.trim() } : {}),
    ...(changed('hostName') ? { hostName: fields.hostName.trim() } : {}),
    ...(changed('sellerContact') ? { sellerContact: fields.sellerContact.trim() } : {}),
    ...(changed('startsAt') ? { startsAtMs: fromLocalField(fields.startsAt) } : {}),
    ...(changed('replayUrl') ? { replayUrl: replayUrl === '' ? null : replayUrl } : {}),
  };
}

function wordsOf(found: RoomFieldProblems): Partial<Record<keyof RoomFields, string>> {
  return Object.fromEntries(Object.entries(found).map(([field, problem]) => [field, settingsText[problem]]));
}

/** The server names a field as the contract calls it. */
function fieldAt(path: unknown): keyof RoomFields | null {
  if (path === 'startsAtMs') return 'startsAt';
  return path === 'title' || path === 'hostName' || path === 'sellerContact' || path === 'replayUrl'
    ? path
    : null;
}
