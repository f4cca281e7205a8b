import type { SanctionKind } from '../../../shared/kernel/sanction.ts';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import type { Identity } from '../../kernel/context.ts';
import { fingerprint } from '../../redis/reply.ts';
import type { ModeratorOp } from './moderation.store.ts';

/** How long a sanction lasts; 0: until it is lifted. */
export function durationOf(kind: SanctionKind, given: number | undefined): number {
  if (given !== undefined) return given;
  if (kind === 'timeout') return MODERATION_LIMITS.timeoutMs.value;
  return kind === 'kick' ? MODERATION_LIMITS.kickMs.value : 0;
}

/**
 * Place of the first user for whom such a sanction would be without effect, -1 for none. A guest never speaks, and is
 * somebody else after the next connection: they can be sent out, and are kept out with the device of a user who is
 * banned.
 */
export function vainFor(kind: SanctionKind, userIds: readonly string[]): number {
  return kind === 'kick' ? -1 : userIds.findIndex((userId) => userId.startsWith('guest:'));
}

/** Who calls, as the desk and its scripts need it. */
export type Caller = { readonly user: Identity; readonly connection: { readonly token: Identity } };

/** A moderator's call, as scripts take it: with the role of the caller's own token, not what a node believes of them. */
export function opOf(
  command: string,
  { user, connection }: Caller,
  input: { opId: string; reason: string },
): ModeratorOp {
  const { opId, reason } = input;
  const who = { actor: user.userId, name: user.name, tokenRole: connection.token.role };
  return { ...who, opId, reason, fingerprint: fingerprint(command, input) };
}
