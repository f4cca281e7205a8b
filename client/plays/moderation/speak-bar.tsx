import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { SpeakState } from './speak-state.ts';
import './speak-bar.css';

type Props = {
  speak: SpeakState;
  onWhy: () => void;
  onFollow: () => void;
  onClub: () => void;
};

/** In place of the composer, while something keeps you from speaking: what, and what you can do about it. */
export function SpeakBar({ speak, onWhy, onFollow, onClub }: Props) {
  const act = actOf(speak, { onWhy, onFollow, onClub });
  return (
    <div class="speak-bar" data-testid="speak-bar" data-state={speak.state}>
      <Icon name="info" size={18} />
      <p>{wordsOf(speak)}</p>
      {act === null ? null : (
        <button type="button" class={`btn ${act.look}`} data-testid="speak-act" onClick={act.run}>
          {act.words}
        </button>
      )}
    </div>
  );
}

function wordsOf(speak: SpeakState): string {
  const words = text.conduct;
  switch (speak.state) {
    case 'muted':
      return speak.leftMs === null ? words.mutedForGood : words.muted(format.duration(speak.leftMs));
    case 'followers':
      return speak.leftMs === null ? words.followers : words.followersWait(format.duration(speak.leftMs));
    case 'level':
      return speak.level === 1 ? words.fansOnly : words.levelOnly(speak.level);
    default:
      return '';
  }
}

function actOf(speak: SpeakState, acts: Omit<Props, 'speak'>) {
  if (speak.state === 'muted') return { words: text.conduct.why, look: 'btn-line', run: acts.onWhy };
  if (speak.state === 'followers' && speak.leftMs === null) {
    return { words: text.conduct.follow, look: 'btn-strong', run: acts.onFollow };
  }
  if (speak.state === 'level') {
    return { words: speak.isFan ? text.fans.title : text.fans.join, look: 'btn-fan', run: acts.onClub };
  }
  return null;
}
