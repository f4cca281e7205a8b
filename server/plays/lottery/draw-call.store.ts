import type { RedisClient } from '../../redis/client.ts';
import type { DueQueue } from '../../redis/due-queue.ts';
import type { Keys } from '../../redis/keys.ts';
import { runScript, type Script } from '../../redis/scripts.ts';

export type DrawCallDeps = { redis: RedisClient; keys: Keys; due: DueQueue; scriptNow: () => string };

/** Runs a script of a room's draws; ARGV begins with the time. */
export async function callDraws(
  { redis, keys, scriptNow }: DrawCallDeps,
  script: Script,
  roomId: string,
  argv: readonly string[],
): Promise<unknown> {
  const room = keys.room(roomId);
  const all: Record<string, string> = {
    ...{ head: room.head, events: room.events, ledger: room.ledger, due: room.due, meta: room.meta },
    ...{ ops: room.ops('lottery'), opAges: room.opAges('lottery') },
    ...{ sanctions: room.sanctions, roles: room.roles, presence: room.presence, watch: room.watch },
    ...{ followers: room.followers, fans: room.fans, invites: room.invites, paidOrders: room.paidOrders },
    ...{ wonAt: room.wonAt, draws: room.draws, drawsRunning: room.drawsRunning, phrases: room.phrases },
  };
  const named = Object.fromEntries(Object.entries(all).filter(([name]) => script.keys.includes(name)));
  return runScript(redis, script, named, [scriptNow(), ...argv]);
}

/** The same for a script that sets a time at which something is due: should this node die, others look for it. */
export async function callDrawsDue(
  deps: DrawCallDeps,
  script: Script,
  roomId: string,
  argv: readonly string[],
): Promise<unknown> {
  await deps.due.announce(roomId, 0);
  return callDraws(deps, script, roomId, argv);
}
