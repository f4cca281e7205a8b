import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { errorText, format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { ClaimForm } from './claim-form.tsx';
import type { EntryState } from './entry-state.ts';
import type { DrawOutcome } from './reducer.ts';
import './entry-panel.css';

type Props = {
  draw: Draw;
  entry: EntryState;
  outcome: DrawOutcome | undefined;
  nowMs: number;
  onEnter: () => void;
  onSignIn: () => void;
  onClaim: (contact: string) => Promise<boolean>;
};

/** How long a refusal stays to be read. */
const NOTE_MS = 10_000;

/** Where you stand in a draw, in words, and the one thing to do about it. */
export function EntryPanel(props: Props) {
  const { draw, entry, outcome, nowMs } = props;
  const note = outcome?.kind === 'refused' && nowMs - outcome.atMs < NOTE_MS ? errorText(outcome.error) : '';
  return (
    <div class={`entry is-${entry.state}`} data-testid="entry" data-state={entry.state}>
      <Standing draw={draw} entry={entry} />
      <Act {...props} />
      <p class="entry-note" role="alert">
        {note}
      </p>
    </div>
  );
}

/** What a screen reader is told when it changes: no countdowns. */
function Standing({ draw, entry }: { draw: Draw; entry: EntryState }) {
  const words = standingWords(draw, entry);
  return (
    <div class="entry-standing" aria-live={entry.state === 'waiting' ? 'off' : 'polite'}>
      {words === null ? null : (
        <>
          <strong>
            {ICONS[entry.state] === undefined ? null : <Icon name={ICONS[entry.state] ?? 'info'} size={20} />}
            {words[0]}
          </strong>
          {words[1] === '' ? null : <span>{words[1]}</span>}
        </>
      )}
    </div>
  );
}

const ICONS = { in: 'check', won: 'gift', claimed: 'check', void: 'info', cancelled: 'info' } as Readonly<
  Partial<Record<EntryState['state'], 'check' | 'gift' | 'info'>>
>;

/** A line, and what explains it. */
function standingWords(draw: Draw, entry: EntryState): readonly [string, string] | null {
  const words = text.draw;
  const prize = 'prizeIndex' in entry ? (draw.prizes[entry.prizeIndex]?.title ?? '') : '';
  switch (entry.state) {
    case 'in':
      return [words.youAreIn, words.ticket(entry.ticket)];
    case 'freezing':
      return [
        entry.share === null ? words.freezing : words.freezingShare(Math.floor(entry.share * 100)),
        entry.ticket === null ? '' : words.ticket(entry.ticket),
      ];
    case 'waiting':
      return [waitingWords(entry.leftMs), entry.ticket === null ? '' : words.ticket(entry.ticket)];
    case 'void':
      return [words.void, voidWords(entry.reason)];
    case 'looking':
      return [words.looking, ''];
    case 'won':
      return [words.wonWhat(prize), words.claimLeft(format.duration(entry.leftMs))];
    case 'claimed':
      return [words.wonWhat(prize), words.claimed];
    case 'claim-over':
      return [words.wonWhat(prize), words.claimOver];
    case 'redrawn':
      return [words.wonWhat(prize), words.redrawn];
    case 'lost':
      return [words.lost, words.lostHint];
    case 'over':
      return [words.over, ''];
    case 'cancelled':
      return [words.cancelled, entry.reason];
    default:
      return null;
  }
}

function waitingWords(leftMs: number | null): string {
  if (leftMs === null) return text.draw.waiting;
  return leftMs > 0 ? text.draw.waitingBeacon(leftMs) : text.draw.waitingLate;
}

function voidWords(reason: string): string {
  const { voidWhy } = text.draw;
  return Object.hasOwn(voidWhy, reason) ? voidWhy[reason as keyof typeof voidWhy] : reason;
}

function Act({ entry, onEnter, onSignIn, onClaim }: Props) {
  if (entry.state === 'won' || entry.state === 'claimed') {
    return <ClaimForm isClaimed={entry.state === 'claimed'} onClaim={onClaim} />;
  }
  const words = actWords(entry);
  if (words === null) return null;
  const isReady = entry.state === 'enter' && entry.unmet.length === 0;
  return (
    <button
      type="button"
      class={`btn btn-wide ${isReady || entry.state === 'sign-in' ? 'btn-draw' : ''}`}
      data-testid="draw-enter"
      data-state={entry.state}
      disabled={!isReady && entry.state !== 'sign-in'}
      onClick={entry.state === 'sign-in' ? onSignIn : onEnter}
    >
      <span class="num">{words}</span>
    </button>
  );
}

/** What the button says; null where there is none. */
function actWords(entry: EntryState): string | null {
  const words = text.draw;
  switch (entry.state) {
    case 'before':
      return entry.leftMs > 0 ? words.opensIn(entry.leftMs) : words.opening;
    case 'enter':
      return entry.unmet.length === 0 ? words.enter : words.enterUnmet(entry.unmet.length);
    case 'working':
      return entry.doing === 'enter' ? words.entering : words.claiming;
    case 'sign-in':
      return words.signIn;
    case 'seller':
      return words.seller;
    case 'won-recently':
      return words.wonRecently;
    case 'offline':
      return words.offline;
    default:
      return null;
  }
}
