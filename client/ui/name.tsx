import type { Role } from '../../shared/kernel/units.ts';
import { text } from '../text/i18n.ts';
import { toneOf } from './avatar.tsx';
import './name.css';

/** A person's name, kept apart from the text around it whatever its script's direction is. */
export function Name({ name, userId, role }: { name: string; userId: string; role: Role }) {
  return (
    <>
      {role === 'host' || role === 'cohost' || role === 'moderator' ? (
        <span class={`role-badge is-${role}`}>{text.roles[role]}</span>
      ) : null}
      <bdi class={`name tint-${toneOf(userId)}`}>{name}</bdi>
    </>
  );
}
