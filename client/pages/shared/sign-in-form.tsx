import { useState } from 'preact/hooks';
import type { SignIn } from '../../model/sign-in.ts';
import { text } from '../../text/i18n.ts';
import { Field } from '../../ui/field.tsx';
import './sign-in-form.css';

const NAME_MAX = 24;

/** Demo: a name makes you a viewer. Elsewhere the shop brings the sign-in along. */
export function NameForm({ signIn, onDone }: { signIn: SignIn; onDone: () => void }) {
  const { canSignIn, problem, name: known } = signIn.state.value;
  const [name, setName] = useState(known);
  const [isWorking, setWorking] = useState(false);
  if (!canSignIn) return <p class="sign-in-hint">{text.signIn.noToken}</p>;

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (name.trim() === '' || isWorking) return;
    setWorking(true);
    const isDone = await signIn.withName(name.trim());
    setWorking(false);
    if (isDone) onDone();
  }
  return (
    <form class="sign-in" onSubmit={submit}>
      <Field
        label={text.signIn.name}
        hint={text.signIn.hint}
        problem={problem === null ? null : text.signIn.failed}
      >
        {(ids) => (
          <input
            {...ids}
            data-testid="sign-in-name"
            value={name}
            maxLength={NAME_MAX}
            placeholder={text.signIn.namePlaceholder}
            autocomplete="nickname"
            dir="auto"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <button
        type="submit"
        class="btn btn-strong btn-wide"
        data-testid="sign-in-submit"
        disabled={isWorking || name.trim() === ''}
      >
        {isWorking ? text.signIn.working : text.signIn.submit}
      </button>
    </form>
  );
}

/** For the studio and the desk: the code from the server's first lines. */
export function CodeForm({ signIn, onDone }: { signIn: SignIn; onDone: () => void }) {
  const { problem } = signIn.state.value;
  const [code, setCode] = useState('');
  const [isWorking, setWorking] = useState(false);
  const problems = { 'bad-code': text.signIn.badCode, failed: text.signIn.failed };

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (code.trim() === '' || isWorking) return;
    setWorking(true);
    const isDone = await signIn.withCode(code.trim());
    setWorking(false);
    if (isDone) onDone();
  }
  return (
    <form class="sign-in" onSubmit={submit}>
      <Field
        label={text.signIn.code}
        hint={text.signIn.codeHint}
        problem={problem === null ? null : problems[problem]}
      >
        {(ids) => (
          <input
            {...ids}
            data-testid="sign-in-code"
            value={code}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        )}
      </Field>
      <button
        type="submit"
        class="btn btn-strong btn-wide"
        data-testid="sign-in-submit"
        disabled={isWorking || code.trim() === ''}
      >
        {isWorking ? text.signIn.working : text.signIn.codeSubmit}
      </button>
    </form>
  );
}
