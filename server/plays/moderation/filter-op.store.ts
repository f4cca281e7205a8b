import type { CommunityDeps } from '../../community/deps.ts';
import { type Outcome, refuse } from '../../kernel/outcome.ts';
import { mapReply, opField } from '../../redis/reply.ts';
import { runScript, type Script } from '../../redis/scripts.ts';
import { keysOf, type ModeratorOp } from './moderation.store.ts';

/** How long a result is kept under its opId. */
const OP_HORIZON_MS = 24 * 3_600_000;

export type StaffDeps = Pick<CommunityDeps, 'redis' | 'keys' | 'due' | 'scriptNow'>;
/** What any script of staff may refuse with. */
export type StaffRefusal = 'IDEMPOTENCY_MISMATCH' | 'BANNED' | 'FORBIDDEN';

/** Runs a script that includes lua/moderator.lua. `more`: keys that are not the room's own. */
export async function runStaff(
  { due, keys, redis, scriptNow }: StaffDeps,
  script: Script,
  roomId: string,
  op: ModeratorOp,
  args: object,
  more: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  // Its fact is to be delivered by some node.
  await due.announce(roomId, 0);
  const { actor, name: actorName, tokenRole, opId, reason } = op;
  return runScript(redis, script, { ...keysOf(script, keys.room(roomId)), ...more }, [
    scriptNow(),
    opField(actor, opId),
    op.fingerprint,
    JSON.stringify({ ...args, actorName, tokenRole, reason, opHorizonMs: OP_HORIZON_MS }),
  ]);
}

/** As `mapReply`, with what scripts of staff may refuse with besides. */
export function mapStaff<T, Code extends string>(
  script: string,
  reply: unknown,
  refusals: Readonly<Record<number, Code>>,
  parse: (payload: string) => T,
): Outcome<T, Code | StaffRefusal> {
  const [code] = reply as [number];
  return code === 10 ? refuse('FORBIDDEN') : mapReply(script, reply, refusals, parse);
}
