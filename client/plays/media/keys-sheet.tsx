import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { StreamKey } from '../../../shared/plays/media/contract.ts';
import { broadcastText } from '../../text/broadcast.ts';
import { format, text } from '../../text/i18n.ts';
import { Field } from '../../ui/field.tsx';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useCopy } from '../../ui/use-copy.ts';
import type { NewKey, StreamKeys } from './stream-keys.ts';
import './keys-sheet.css';

type Props = { keys: StreamKeys; nowMs: number; run: (call: Promise<Ack<unknown>>) => Promise<boolean> };

const LABEL_MAX = 40;

/** How to stream with OBS, the keys there are, and a new one. */
export function KeysSheet({ keys, nowMs, run }: Props) {
  const words = broadcastText.obs;
  useEffect(() => {
    void run(keys.refresh());
    return keys.forget;
  }, [keys, run]);
  const list = keys.keys.value;
  return (
    <div class="keys" data-testid="keys">
      <p>{words.how}</p>
      <p class="keys-hint">{words.hint}</p>
      {keys.made.value === null ? (
        <NewKeyForm onMake={(label) => run(keys.make(label))} />
      ) : (
        <Made made={keys.made.value} />
      )}
      <h3>{words.keys}</h3>
      {list === null ? <p class="keys-hint">{text.common.loading}</p> : null}
      {list?.length === 0 ? <p class="keys-hint">{words.noKeys}</p> : null}
      <ul class="keys-list">
        {list?.map((key) => (
          <KeyRow key={key.keyId} of={key} nowMs={nowMs} onRevoke={() => void run(keys.revoke(key.keyId))} />
        ))}
      </ul>
      {list === null || list.length === 0 ? null : <p class="keys-hint">{words.revokeHint}</p>}
    </div>
  );
}

function NewKeyForm({ onMake }: { onMake: (label: string) => Promise<boolean> }) {
  const words = broadcastText.obs;
  const [label, setLabel] = useState<string>(words.labelStart);
  const [isTried, setTried] = useState(false);
  const isEmpty = label.trim() === '';
  return (
    <form
      class="keys-new"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!isEmpty) void onMake(label.trim());
      }}
    >
      <Field label={words.label} problem={isTried && isEmpty ? words.needLabel : null}>
        {(ids) => (
          <input
            {...ids}
            data-testid="key-label"
            dir="auto"
            maxLength={LABEL_MAX}
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="btn btn-strong btn-wide" data-testid="key-make">
        <Icon name="plus" size={18} /> {words.make}
      </button>
    </form>
  );
}

/** Server and secret to be pasted into the encoder. */
function Made({ made }: { made: NewKey }) {
  const words = broadcastText.obs;
  return (
    <div class="keys-made" data-testid="key-made">
      <CopyField label={words.server} value={made.server} testId="key-server" />
      {made.secret === null ? (
        <p class="keys-once">{words.lost}</p>
      ) : (
        <>
          <CopyField label={words.token} value={made.secret} testId="key-secret" />
          <p class="keys-once">{words.once}</p>
        </>
      )}
    </div>
  );
}

function CopyField({ label, value, testId }: { label: string; value: string; testId: string }) {
  const words = broadcastText.obs;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const { state, copy } = useCopy();
  const isCopied = state === 'copied';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="keys-copy">
        <input
          ref={field}
          id={id}
          class="input"
          data-testid={testId}
          readOnly
          spellcheck={false}
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="btn"
          onClick={async () => (await copy(value)) || field.current?.select()}
        >
          <Icon name={isCopied ? 'check' : 'copy'} size={18} />
          <span aria-live="polite">{isCopied ? words.copied : words.copy}</span>
        </button>
      </div>
    </div>
  );
}

function KeyRow({ of, nowMs, onRevoke }: { of: StreamKey; nowMs: number; onRevoke: () => void }) {
  const words = broadcastText.obs;
  return (
    <li class="keys-row" data-testid="key" data-key={of.keyId}>
      <span>
        <strong>
          <bdi>{of.label}</bdi>
        </strong>
        {words.made(format.moment(of.createdAtMs, nowMs))} ·{' '}
        {of.lastUsedAtMs === null ? words.unused : words.used(format.moment(of.lastUsedAtMs, nowMs))}
      </span>
      <HoldButton label={words.revoke} icon="trash" compact testId="key-revoke" onHeld={onRevoke} />
    </li>
  );
}
