import type { FanBadgesYou } from '../../../shared/plays/fan-badges/contract.ts';
import { format, text } from '../../text/i18n.ts';
import './keeper-ask.css';

type Props = {
  ask: NonNullable<FanBadgesYou['keeperAsk']>;
  nowMs: number;
  onAnswer: (accept: boolean) => void;
};

/** The host asks a fan to moderate. */
export function KeeperAsk({ ask, nowMs, onAnswer }: Props) {
  if (ask.untilMs <= nowMs) return null;
  return (
    <section class="keeper" data-testid="keeper-ask">
      <strong>{text.fans.keeperTitle}</strong>
      <p>{text.fans.keeperWhat(format.duration(ask.shiftMs))}</p>
      <p class="club-small num">{text.fans.keeperLeft(ask.untilMs - nowMs)}</p>
      <div class="keeper-acts">
        <button type="button" class="btn" data-testid="keeper-decline" onClick={() => onAnswer(false)}>
          {text.fans.decline}
        </button>
        <button type="button" class="btn btn-fan" data-testid="keeper-accept" onClick={() => onAnswer(true)}>
          {text.fans.accept}
        </button>
      </div>
    </section>
  );
}
