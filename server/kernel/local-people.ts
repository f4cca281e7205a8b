import type { CloseReason } from '../../shared/kernel/errors.ts';
import type { Role } from '../../shared/kernel/units.ts';
import type { Identity } from './context.ts';

/**
 * This node's sockets of a room, for plays that act on them when they see an event: each node does its own, so
 * that no message between nodes is needed.
 */
export type LocalPeople = {
  /** Users with a socket in the room on this node, each once. */
  users(roomId: string): ReadonlySet<string>;
  /** Who is on each of this node's sockets in the room: somebody with two comes twice. */
  here(roomId: string): readonly Identity[];
  /** Tells the sockets that a user has here; other nodes tell those that they have. */
  notify(roomId: string, userId: string, name: string, data: unknown): void;
  /** The role that the room gives a user from now on. */
  appoint(roomId: string, userId: string, role: Role): void;
  /** Closes the sockets that these users have in the room. */
  close(roomId: string, userIds: readonly string[], reason: CloseReason): void;
};
