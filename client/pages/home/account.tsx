import { useState } from 'preact/hooks';
import { becomePerson, type DemoPerson, forgetPerson, type PersonStorage } from '../../model/demo-person.ts';
import { homeText } from '../../text/home.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import './account.css';

type Props = {
  storage: PersonStorage;
  person: DemoPerson | null;
  /** Any room of the demo. */
  roomId: string;
  onPerson: (person: DemoPerson | null) => void;
};

/** Who you are in the rooms of a demo, or the way to be somebody. */
export function AccountButton({ person, onOpen }: { person: DemoPerson | null; onOpen: () => void }) {
  return (
    <button
      type="button"
      class={person === null ? 'btn btn-line' : 'btn account-you'}
      data-testid="account"
      data-state={person === null ? 'out' : 'in'}
      aria-haspopup="dialog"
      aria-label={person === null ? undefined : homeText.you(person.name)}
      onClick={onOpen}
    >
      {person === null ? <Icon name="person" size={18} /> : <Avatar name={person.name} size={28} />}
      {person === null ? homeText.signIn : <bdi>{person.name}</bdi>}
    </button>
  );
}

export function AccountSheet(props: Props & { onClose: () => void }) {
  const { person, onClose } = props;
  return (
    <Sheet title={person === null ? homeText.signInTitle : homeText.youTitle} onClose={onClose}>
      <AccountForm {...props} onDone={onClose} />
    </Sheet>
  );
}

const NAME_MAX = 24;

function AccountForm({ storage, person, roomId, onPerson, onDone }: Props & { onDone: () => void }) {
  const [name, setName] = useState(person?.name ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [isWorking, setWorking] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (isWorking) return;
    if (name.trim() === '') {
      setProblem(homeText.needName);
      return;
    }
    setWorking(true);
    const outcome = await becomePerson(storage, roomId, name.trim());
    setWorking(false);
    if ('problem' in outcome) {
      setProblem(outcome.problem === 'bad-name' ? homeText.badName : homeText.signInFailed);
      return;
    }
    onPerson(outcome);
    onDone();
  }
  return (
    <form class="account-form" noValidate onSubmit={submit}>
      <Field
        label={person === null ? homeText.signInTitle : homeText.rename}
        hint={person === null ? homeText.signInHint : homeText.youHint}
        problem={problem}
      >
        {(ids) => (
          <input
            {...ids}
            data-testid="account-name"
            value={name}
            maxLength={NAME_MAX}
            autocomplete="nickname"
            dir="auto"
            onInput={(event) => {
              setName(event.currentTarget.value);
              setProblem(null);
            }}
          />
        )}
      </Field>
      <button type="submit" class="btn btn-strong btn-wide" data-testid="account-submit" disabled={isWorking}>
        {isWorking ? homeText.working : homeText.signInSubmit}
      </button>
      {person === null ? null : (
        <button
          type="button"
          class="btn btn-line btn-wide"
          data-testid="account-out"
          onClick={() => {
            forgetPerson(storage);
            onPerson(null);
            onDone();
          }}
        >
          {homeText.signOut}
        </button>
      )}
    </form>
  );
}
