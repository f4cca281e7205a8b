import { useEffect, useRef } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { HeartsPlay } from './model.ts';
import './heart-button.css';

type Props = {
  hearts: HeartsPlay;
  /** The page knows of the server: what is tapped counts. */
  isOnline: boolean;
  /** Set for guests, who have to sign in first. */
  onSignIn: (() => void) | null;
};

/** What flies is loaded with the first heart; without it, hearts count all the same. */
async function withFlight(use: (flight: typeof import('./heart-flight.ts')) => void): Promise<void> {
  try {
    use(await import('./heart-flight.ts'));
  } catch {
    // The line is gone, or another version was installed meanwhile: nothing flies.
  }
}

/** Gives a heart with each press. */
export function HeartButton({ hearts, isOnline, onSignIn }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const seen = useRef(hearts.ofOthers.peek());
  const total = hearts.total.value ?? 0;
  const ofOthers = hearts.ofOthers.value;
  /** A name that changes under a screen reader's focus would be read out, once a second in a busy room. */
  const named = useRef(total);
  if (button.current === null || button.current !== document.activeElement) named.current = total;

  useEffect(() => {
    const fresh = ofOthers - seen.current;
    seen.current = ofOthers;
    const { current } = button;
    if (fresh <= 0 || current === null || document.hidden) return;
    void withFlight(({ flyOfOthers }) => flyOfOthers(current, fresh));
  }, [ofOthers]);

  function press(): void {
    if (onSignIn !== null) {
      onSignIn();
      return;
    }
    const { current } = button;
    if (hearts.give() && current !== null) void withFlight(({ flyOwn }) => flyOwn(current));
  }

  return (
    <button
      ref={button}
      type="button"
      class={`icon-btn glass heart-give ${hearts.hasGiven.value ? 'has-given' : ''}`}
      data-testid="heart-give"
      aria-label={text.hearts.give(named.current)}
      aria-disabled={!isOnline}
      title={text.hearts.giveOne}
      onKeyDown={(event) => {
        // A key that is held down is one press.
        if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault();
      }}
      onClick={press}
    >
      <Icon name="heart" />
    </button>
  );
}
