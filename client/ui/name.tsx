import type { FanBadge } from '../../shared/community/fans.ts';
import type { Role } from '../../shared/kernel/units.ts';
import { text } from '../text/i18n.ts';
import { toneOf } from './avatar.tsx';
import { FanMark } from './fan-mark.tsx';
import { SimulatedMark } from './simulated-mark.tsx';
import './name.css';

type Props = {
  name: string;
  userId: string;
  role: Role;
  /** With what the room calls its badge; left out or null: none is shown. */
  fan?: { badge: FanBadge | null; called: string } | undefined;
};

/** A person's name, kept apart from the text around it whatever its script's direction is. */
export function Name({ name, userId, role, fan }: Props) {
  return (
    <>
      {role === 'host' || role === 'cohost' || role === 'moderator' ? (
        <span class={`role-badge is-${role}`}>{text.roles[role]}</span>
      ) : null}
      <SimulatedMark userId={userId} />
      {fan?.badge ? <FanMark badge={fan.badge} called={fan.called} /> : null}
      <bdi class={`name tint-${toneOf(userId)}`}>{name}</bdi>
    </>
  );
}
