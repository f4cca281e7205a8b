import { useEffect, useState } from 'preact/hooks';
import { lengthWords } from '../../text/desk.ts';
import { hostText } from '../../text/host.ts';
import { format } from '../../text/i18n.ts';
import { FanMark } from '../../ui/fan-mark.tsx';
import { Field } from '../../ui/field.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import type { FanPlay } from './model.ts';
import './host-club.css';

type CardProps = { fans: FanPlay; onBoard: () => void; onRules: (() => void) | null };

const GLANCE = 3;
const GLANCE_EVERY_MS = 30_000;

/** The club at a glance: how many, who leads today, and the way to its board and its rules. */
export function ClubCard({ fans, onBoard, onRules }: CardProps) {
  const words = hostText.club;
  const { rules, fans: count } = fans.state.value;
  const page = fans.board.value;
  useEffect(() => {
    const look = () => {
      if (!document.hidden && fans.board.value.board === 'day') void fans.openBoard('day');
    };
    look();
    const timer = setInterval(look, GLANCE_EVERY_MS);
    return () => clearInterval(timer);
  }, [fans]);
  return (
    <div class="club-card" data-testid="club-card">
      <header>
        <h2>{words.title}</h2>
        <span class="num">{words.fans(count)}</span>
      </header>
      <ol>
        {page.board === 'day'
          ? page.fans.slice(0, GLANCE).map(({ userId, name, badge, points }) => (
              <li key={userId}>
                <FanMark badge={badge} called={rules?.badge ?? ''} />
                <bdi>{name}</bdi> <SimulatedMark userId={userId} />
                <span class="num">{format.compact(points)}</span>
              </li>
            ))
          : null}
      </ol>
      <div class="club-card-acts">
        <button type="button" class="btn btn-line" data-testid="club-board" onClick={onBoard}>
          {words.board}
        </button>
        {onRules === null ? null : (
          <button
            type="button"
            class="btn btn-line"
            data-testid="club-rules"
            disabled={rules === null}
            onClick={onRules}
          >
            {words.edit}
          </button>
        )}
      </div>
    </div>
  );
}

const SHIFT_CHOICES_MS = [3_600_000, 4 * 3_600_000, 8 * 3_600_000, 24 * 3_600_000];
const SHIFT_START_MS = 4 * 3_600_000;

type AskProps = {
  /** Null: the id is typed. */
  userId: string | null;
  onAsk: (userId: string, shiftMs: number) => Promise<boolean>;
};

/** Asks a fan to moderate for a shift. */
export function KeeperForm({ userId, onAsk }: AskProps) {
  const words = hostText.club;
  const [typed, setTyped] = useState('');
  const [shiftMs, setShift] = useState(SHIFT_START_MS);
  const [problem, setProblem] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const whom = userId ?? typed.trim();
    if (!USER_ID.test(whom)) return setProblem(hostText.team.needUserId);
    setProblem(null);
    setAsked((await onAsk(whom, shiftMs)) ? whom : null);
  }
  return (
    <form class="keeper-form" onSubmit={submit}>
      <div class="fan-pairs">
        {userId === null ? (
          <Field label={words.askWho} problem={problem}>
            {(ids) => (
              <input
                {...ids}
                autocomplete="off"
                spellcheck={false}
                data-testid="keeper-user"
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
        ) : null}
        <Field label={words.askShift}>
          {(ids) => (
            <select
              {...ids}
              value={shiftMs}
              onChange={(event) => setShift(Number(event.currentTarget.value))}
            >
              {SHIFT_CHOICES_MS.map((ms) => (
                <option key={ms} value={ms}>
                  {lengthWords(ms)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <button type="submit" class="btn btn-line" data-testid="keeper-ask-go">
        {words.ask}
      </button>
      <p class="fan-note" role="status">
        {asked === null ? words.askHint : words.asked(asked)}
      </p>
    </form>
  );
}

export const USER_ID = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$/;
