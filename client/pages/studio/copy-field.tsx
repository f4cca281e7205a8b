import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { studioText } from '../../text/studio.ts';
import { Icon } from '../../ui/icon.tsx';

const SAID_MS = 2_000;

/** Something to be taken elsewhere: at one press, or by hand where the browser refuses. */
export function CopyField({ label, value, testId }: { label: string; value: string; testId: string }) {
  const words = studioText.stage;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      field.current?.select();
    }
  }
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
        <button type="button" class="btn" onClick={() => void copy()}>
          <Icon name={isCopied ? 'check' : 'copy'} size={18} />
          <span aria-live="polite">{isCopied ? words.copied : words.copy}</span>
        </button>
      </div>
    </div>
  );
}
