import type { FanBadge } from '../../shared/community/fans.ts';
import { text } from '../text/i18n.ts';
import './fan-mark.css';

/** The badge of a fan: the room's own word and the level, in the colour of the level; an outline when it is dim. */
export function FanMark({ badge, called }: { badge: FanBadge; called: string }) {
  const { level, lit } = badge;
  const words = lit ? text.fans.badge(called, level) : text.fans.badgeDim(called, level);
  return (
    <span class={`fan-mark tier-${tierOf(level)} ${lit ? '' : 'is-dim'}`} data-level={level} title={words}>
      <span aria-hidden="true">
        <bdi>{called}</bdi> <span class="num">{level}</span>
      </span>
      <span class="visually-hidden">{words}</span>
    </span>
  );
}

/** Four levels have one colour: 1 to 5. */
function tierOf(level: number): number {
  return Math.min(5, Math.ceil(level / 4));
}
