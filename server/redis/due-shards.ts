import { keySlot, SLOTS } from './key-slot.ts';
import { roomTag } from './keys.ts';

/**
 * Which part of so many of the index over rooms with something due a room belongs to. It is in parts on a Cluster, or
 * one shard would carry the announcements of all rooms. The n-th is for the rooms in the n-th share of the slots, and
 * its hash tag lies in the middle of that: where shards have whole ranges of slots, as they have unless somebody moves
 * some, a room and its part of the index are on the same one, and are away together.
 */
export function dueShardOf(roomId: string, shards: number): number {
  return Math.floor((keySlot(roomTag(roomId)) * shards) / SLOTS);
}
