import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import './field.css';

type Props = {
  label: string;
  hint?: string;
  problem?: string | null;
  /** Gets the id that the label points at and the one that describes it. */
  children: (ids: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ComponentChildren;
};

/** A labelled control with a hint, or with what is wrong and what would be right. */
export function Field({ label, hint, problem = null, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div class={`field ${problem === null ? '' : 'has-problem'}`}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': noteId, 'aria-invalid': problem !== null })}
      <p id={noteId} class="field-note">
        {problem ?? hint ?? ''}
      </p>
    </div>
  );
}
