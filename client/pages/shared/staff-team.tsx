import { useState } from 'preact/hooks';
import type { Role } from '../../../shared/kernel/units.ts';
import { SHIFT_CHOICES_MS } from '../../plays/moderation/desk-lengths.ts';
import type { Desk } from '../../plays/moderation/desk-model.ts';
import { nameOf } from '../../plays/moderation/desk-reducer.ts';
import { whenWords } from '../../plays/moderation/desk-words-of.ts';
import { lengthWords } from '../../text/desk.ts';
import { hostText } from '../../text/host.ts';
import { text } from '../../text/i18n.ts';
import { Empty } from '../../ui/empty.tsx';
import { Field } from '../../ui/field.tsx';
import { HoldButton } from '../../ui/hold-button.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import './staff-team.css';

type Props = { desk: Desk; role: Role; nowMs: number };
type Appointed = 'cohost' | 'moderator';
const APPOINTED: readonly Appointed[] = ['moderator', 'cohost'];
/** A user id as the contract has it; a token's `sub`. */
const USER_ID = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$/;

/** Who helps in this room, for how long, and the way to appoint more. */
export function StaffTeam({ desk, role, nowMs }: Props) {
  const words = hostText.team;
  const staff = desk.state.value.staff.filter((member) => member.role !== 'host');
  return (
    <div class="team">
      {staff.length === 0 ? <Empty icon="shield" title={words.empty} hint={words.emptyHint} /> : null}
      <ul>
        {staff.map(({ userId, role: theirs, untilMs }) => (
          <li key={userId} class="team-member" data-testid="team-member" data-user={userId}>
            <div>
              <strong>
                <bdi>{nameOf(desk.state.value, userId)}</bdi>
              </strong>{' '}
              <SimulatedMark userId={userId} />
              <p class="team-note">
                {theirs === 'guest' || theirs === 'viewer' ? null : text.roles[theirs]} ·{' '}
                {untilMs === null ? words.forGood : words.endsAt(whenWords(untilMs, nowMs))}
              </p>
            </div>
            {role === 'host' ? (
              <HoldButton
                label={words.takeBack}
                icon="trash"
                testId="team-take-back"
                onHeld={() => void desk.appoint({ userId, role: 'viewer', reason: '' })}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {staff.length === 0 ? null : <p class="team-note">{words.tokenHint}</p>}
      {role === 'host' ? <AppointForm desk={desk} userId={null} /> : null}
    </div>
  );
}

type AppointProps = {
  desk: Desk;
  userId: string | null;
  /** Left out: moderator or co-host, as chosen. */
  only?: Appointed;
};

/** Appoints somebody: whose id is typed, or whose card is open. */
export function AppointForm({ desk, userId, only }: AppointProps) {
  const words = hostText.team;
  const [typed, setTyped] = useState('');
  const [appointed, setAppointed] = useState<Appointed>(only ?? 'moderator');
  const [durationMs, setDuration] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const whom = userId ?? typed.trim();
    if (!USER_ID.test(whom)) return setProblem(words.needUserId);
    setProblem(null);
    if (await desk.appoint({ userId: whom, role: appointed, durationMs, reason: '' })) setTyped('');
  }
  return (
    <form class="appoint" onSubmit={submit}>
      {userId === null ? (
        <div class="appoint-wide">
          <Field label={words.userId} hint={words.userIdHint} problem={problem}>
            {(ids) => (
              <input
                {...ids}
                autocomplete="off"
                spellcheck={false}
                data-testid="appoint-user"
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
      ) : null}
      {only === undefined ? (
        <Field label={words.role}>
          {(ids) => (
            <select
              {...ids}
              data-testid="appoint-role"
              value={appointed}
              onChange={(event) => setAppointed(event.currentTarget.value as Appointed)}
            >
              {APPOINTED.map((each) => (
                <option key={each} value={each}>
                  {words.roles[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
      ) : null}
      <Field label={words.until}>
        {(ids) => (
          <select
            {...ids}
            data-testid="appoint-length"
            value={String(durationMs)}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setDuration(value === 'null' ? null : Number(value));
            }}
          >
            {SHIFT_CHOICES_MS.map((ms) => (
              <option key={ms} value={String(ms)}>
                {ms === null ? words.forGood : lengthWords(ms)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <p class="team-note appoint-wide">{words.roleHints[appointed]}</p>
      <button type="submit" class="btn btn-strong appoint-wide" data-testid="appoint-go">
        {words.appoint}
      </button>
    </form>
  );
}
