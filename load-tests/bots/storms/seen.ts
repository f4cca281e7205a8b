import type { EventBatch } from '../../../client/sdk/types.ts';
import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { eventSpecs } from '../../../shared/protocol.ts';
import type { SeenGroup, SeenResult } from './methods.ts';

/**
 * What a viewer was handed out, boiled down so that thousands of viewers can be compared with the log: how many events
 * that nothing may leave out, and a hash over their seq, name and data in the order they came.
 */

/** Neither superseded by a later one nor for staff alone: every viewer gets it. */
export function reachesAll(name: string): boolean {
  const spec = eventSpecs.get(name);
  return spec !== undefined && spec.conflateBy === undefined && spec.audience === undefined;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
export const EMPTY_HASH = FNV_OFFSET;

/** Frames are parsed once for all viewers, so most events are asked for thousands of times. */
const known = new WeakMap<object, number>();

/** FNV-1a, 32 bits. */
function hashOf(event: RoomEvent): number {
  const before = known.get(event);
  if (before !== undefined) return before;
  const text = `${event.seq} ${event.name} ${JSON.stringify(event.data)}`;
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  known.set(event, hash);
  return hash;
}

/** The hash of what came before and of this event. */
export const fold = (hash: number, event: RoomEvent): number =>
  Math.imul(hash ^ hashOf(event), FNV_PRIME) >>> 0;

export class Seen {
  fromSeq = 0;
  toSeq = 0;
  events = 0;
  hash = EMPTY_HASH;
  repeated = 0;
  omittedChat = 0;

  /** A whole snapshot: what came before counts no more. */
  snapshot(seq: number): void {
    this.fromSeq = seq;
    this.toSeq = seq;
    this.events = 0;
    this.hash = EMPTY_HASH;
  }

  batch({ events, toSeq, omittedChat }: EventBatch): void {
    let seq = this.toSeq;
    for (const event of events) {
      if (event.seq <= seq) this.repeated += 1;
      seq = event.seq;
      if (!reachesAll(event.name)) continue;
      this.events += 1;
      this.hash = fold(this.hash, event);
    }
    this.omittedChat += omittedChat;
    this.toSeq = toSeq;
  }
}

/** Viewers with the same story are one group. */
export function seenByAll(all: readonly Seen[]): SeenResult {
  const groups = new Map<string, SeenGroup>();
  const result: SeenResult = { groups: [], repeated: 0, omittedChat: 0 };
  for (const { fromSeq, toSeq, events, hash, repeated, omittedChat } of all) {
    const key = `${fromSeq} ${toSeq} ${events} ${hash}`;
    const group = groups.get(key);
    if (group) group.viewers += 1;
    else groups.set(key, { fromSeq, toSeq, events, hash, viewers: 1 });
    result.repeated += repeated;
    result.omittedChat += omittedChat;
  }
  result.groups = [...groups.values()];
  return result;
}
