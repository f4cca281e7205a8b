import { useState } from 'preact/hooks';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import { deskText, lengthWords } from '../../text/desk.ts';
import { Field } from '../../ui/field.tsx';
import { followersWords } from './desk-details.ts';
import { readHosts } from './desk-hosts.ts';
import { FOLLOWERS_CHOICES_MS, SLOW_CHOICES_MS } from './desk-lengths.ts';
import './desk-modes.css';

type Props = { modes: Modes; onSet: (modes: Partial<Modes>) => Promise<boolean> };

const SLOW_START_MS = 30_000;
const FAN_LEVELS = Array.from({ length: 20 }, (_, index) => index + 1);

/** How chat works: each mode on or off at one press, and beside it how strict it is. */
export function ModesView({ modes, onSet }: Props) {
  const words = deskText.modes;
  return (
    <section class="desk-modes" aria-label={words.title}>
      <Mode
        name="slow"
        label={words.slow}
        isOn={modes.slowMs > 0}
        onPress={() => onSet({ slowMs: modes.slowMs > 0 ? 0 : SLOW_START_MS })}
        value={String(modes.slowMs)}
        choices={SLOW_CHOICES_MS.map((ms) => [String(ms), ms === 0 ? words.off : lengthWords(ms)])}
        onChoose={(value) => onSet({ slowMs: Number(value) as Modes['slowMs'] })}
      />
      <Mode
        name="followers"
        label={words.followers}
        isOn={modes.followersMs !== null}
        onPress={() => onSet({ followersMs: modes.followersMs === null ? 0 : null })}
        value={String(modes.followersMs)}
        choices={FOLLOWERS_CHOICES_MS.map((ms) => [String(ms), followersWords(ms)])}
        onChoose={(value) =>
          onSet({ followersMs: value === 'null' ? null : (Number(value) as Modes['followersMs']) })
        }
      />
      <Mode
        name="fans"
        label={words.fans}
        isOn={modes.minLevel > 0}
        onPress={() => onSet({ minLevel: modes.minLevel > 0 ? 0 : 1 })}
        value={String(modes.minLevel)}
        choices={[0, ...FAN_LEVELS].map((level) => [
          String(level),
          level === 0 ? words.off : words.level(level),
        ])}
        onChoose={(value) => onSet({ minLevel: Number(value) })}
      />
      <Mode
        name="links"
        label={words.links}
        isOn={modes.links !== 'allow'}
        onPress={() => onSet({ links: modes.links === 'allow' ? 'hold' : 'allow' })}
        value={modes.links}
        choices={(['allow', 'hold', 'block'] as const).map((policy) => [policy, words.linkPolicies[policy]])}
        onChoose={(value) => onSet({ links: value as Modes['links'] })}
      />
    </section>
  );
}

type ModeProps = {
  name: string;
  label: string;
  isOn: boolean;
  value: string;
  choices: readonly (readonly [string, string])[];
  onPress: () => Promise<boolean>;
  onChoose: (value: string) => Promise<boolean>;
};

function Mode({ name, label, isOn, value, choices, onPress, onChoose }: ModeProps) {
  return (
    <div class={`desk-mode ${isOn ? 'is-on' : ''}`}>
      <button type="button" aria-pressed={isOn} data-testid={`mode-${name}`} onClick={() => void onPress()}>
        {label}
      </button>
      <select
        aria-label={label}
        data-testid={`mode-${name}-value`}
        value={value}
        onChange={(event) => void onChoose(event.currentTarget.value)}
      >
        {choices.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Hosts that links may go to whatever the policy. */
export function HostsForm({ modes, onSet }: Props) {
  const words = deskText.modes;
  const [typed, setTyped] = useState(modes.allowedHosts.join('\n'));
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const read = readHosts(typed);
    if (!read.ok) {
      setProblem(read.bad === null ? words.hostsTooMany : words.hostBad(read.bad));
      return;
    }
    setProblem(null);
    if (await onSet({ allowedHosts: read.hosts })) setTyped(read.hosts.join('\n'));
  }
  return (
    <form class="desk-hosts" onSubmit={submit}>
      <Field label={words.hosts} hint={words.hostsHint} problem={problem}>
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            spellcheck={false}
            data-testid="mode-hosts"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="btn" data-testid="mode-hosts-save">
        {words.hostsSave}
      </button>
    </form>
  );
}
