import type { Fan, FanRules, PointSource } from '../../../shared/community/fans.ts';
import { format, text } from '../../text/i18n.ts';
import { FanMark } from '../../ui/fan-mark.tsx';
import { Icon } from '../../ui/icon.tsx';
import { climbOf, POINT_SOURCES, perksOf } from './ladder.ts';
import type { FanDetails } from './model.ts';
import type { FanState } from './reducer.ts';
import './club-view.css';

type Props = {
  fans: FanState;
  details: FanDetails | null;
  currency: string;
  isGuest: boolean;
  /** Levels that sales of this room open early for, lowest first. */
  earlyLevels: readonly number[];
  onJoin: () => void;
  onSignIn: () => void;
  onShare: () => void;
  /** What sharing came to; '' before. */
  shareWords: string;
};

/** Your standing in the club, or the way in. */
export function Club(props: Props) {
  const { fans } = props;
  const { rules, you } = fans;
  if (rules === null) return null;
  return (
    <div class="club" data-testid="club" data-state={you.fan === null ? 'none' : `level-${you.fan.level}`}>
      {you.fan === null ? <JoinCard {...props} rules={rules} /> : <Standing fan={you.fan} rules={rules} />}
      {you.fan === null ? null : <Today fan={you.fan} {...props} rules={rules} />}
      <section>
        <h3>{text.fans.perks}</h3>
        <ul class="club-perks">
          {perksOf(rules).map(({ what, fromLevel }) => (
            <Perk key={what} words={text.fans.perk[what]} fromLevel={fromLevel} fan={you.fan} />
          ))}
          {props.earlyLevels.map((level) => (
            <Perk key={`early-${level}`} words={text.fans.early(level)} fromLevel={level} fan={you.fan} />
          ))}
        </ul>
      </section>
      {props.isGuest ? null : (
        <section class="club-share">
          <button
            type="button"
            class="btn btn-line btn-wide"
            data-testid="club-share"
            onClick={props.onShare}
          >
            <Icon name="share" size={18} /> {text.fans.share}
          </button>
          <p class="club-small" aria-live="polite">
            {props.shareWords}
          </p>
          {you.invites > 0 ? <p class="club-small">{text.fans.invited(you.invites)}</p> : null}
        </section>
      )}
    </div>
  );
}

type WithRules = Props & { rules: FanRules };

function JoinCard({ fans, rules, isGuest, onJoin, onSignIn }: WithRules) {
  return (
    <div class="club-join">
      <FanMark badge={{ level: 1, lit: true }} called={rules.badge} />
      <p>{text.fans.joinHint(rules.badge)}</p>
      <button
        type="button"
        class="btn btn-fan btn-wide"
        data-testid="club-join"
        onClick={isGuest ? onSignIn : onJoin}
      >
        {isGuest ? text.fans.signIn : text.fans.join}
      </button>
      <p class="club-small num">{text.fans.members(fans.fans)}</p>
    </div>
  );
}

function Standing({ fan, rules }: { fan: Fan; rules: FanRules }) {
  const { next, share } = climbOf(rules, fan.level, fan.points);
  return (
    <div class="club-standing">
      <p class="club-level">
        <FanMark badge={{ level: fan.level, lit: fan.lit }} called={rules.badge} />
        <strong>{text.fans.levelLong(fan.level)}</strong>
        <span class="num">{text.fans.points(fan.points)}</span>
      </p>
      <Bar share={share} label={next === null ? text.fans.top : text.fans.toNext(next.missing, next.level)} />
      <p class="club-small num" data-testid="club-next">
        {next === null ? text.fans.top : text.fans.toNext(next.missing, next.level)}
      </p>
      {fan.lit ? null : <p class="club-dim">{text.fans.unlit}</p>}
    </div>
  );
}

function Today({ fan, rules, details, currency }: WithRules & { fan: Fan }) {
  return (
    <section>
      <h3>{text.fans.today}</h3>
      <ul class="club-today">
        {POINT_SOURCES.map((source) => (
          <li key={source}>
            <span>{sourceWords(source, rules, currency)}</span>
            <span class="num">{text.fans.ofCap(fan.today[source], rules[source].cap)}</span>
            <Bar share={fan.today[source] / Math.max(1, rules[source].cap)} />
          </li>
        ))}
      </ul>
      {details === null ? null : (
        <p class="club-small num">
          {text.fans.resets(format.timeOfDay(details.dayEndsAtMs))}{' '}
          {text.fans.watched(Math.floor(details.watchedMs / 60_000))}
        </p>
      )}
    </section>
  );
}

function sourceWords(source: PointSource, rules: FanRules, currency: string): string {
  const words = text.fans.source;
  switch (source) {
    case 'watch':
      return words.watch(rules.watch.points, Math.round(rules.watch.everyMs / 60_000));
    case 'chat':
      return words.chat(rules.chat.points);
    case 'share':
      return words.share(rules.share.points);
    case 'paid':
      return words.paid(rules.paid.points, format.units(rules.paid.perUnits, currency));
    case 'invite':
      return words.invite(rules.invite.points, Math.round(rules.invite.stayMs / 60_000));
  }
}

function Perk({ words, fromLevel, fan }: { words: string; fromLevel: number; fan: Fan | null }) {
  const has = (fan?.level ?? 0) >= fromLevel;
  return (
    <li class={has ? 'has-it' : ''}>
      <Icon name={has ? 'check' : 'medal'} size={18} />
      <span>{words}</span>
      <span class="club-small num">{text.fans.fromLevel(fromLevel)}</span>
    </li>
  );
}

/** Filled to a share of 0 to 1; the words beside it say the same. */
function Bar({ share, label }: { share: number; label?: string }) {
  const style = { transform: `scaleX(${Math.min(1, share)})` };
  return (
    <span class="club-bar" aria-hidden="true" title={label}>
      <span style={style} />
    </span>
  );
}
