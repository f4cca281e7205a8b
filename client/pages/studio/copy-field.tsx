import { useId, useRef } from 'preact/hooks';
import { studioText } from '../../text/studio.ts';
import { Icon } from '../../ui/icon.tsx';
import { useCopy } from '../../ui/use-copy.ts';

/** Something to be taken elsewhere: at one press, or by hand where the browser refuses. */
export function CopyField({ label, value, testId }: { label: string; value: string; testId: string }) {
  const words = studioText.stage;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const { state, copy } = useCopy();
  const isCopied = state === 'copied';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="copy-field">
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
