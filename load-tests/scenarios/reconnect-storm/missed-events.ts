import type { Redis } from 'ioredis';
import type { RoomKeys } from '../../../server/redis/keys.ts';
import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { SeenGroup, SeenResult } from '../../bots/storms/methods.ts';
import { EMPTY_HASH, fold, reachesAll } from '../../bots/storms/seen.ts';

/** What Redis' log of a room says, read past the server. */
export async function readLog(redis: Redis, keys: RoomKeys): Promise<RoomEvent[]> {
  const entries = await redis.xrange(keys.events, '-', '+');
  return entries.map(([, fields]) => JSON.parse(fields[1] ?? '{}') as RoomEvent);
}

/** Seq of the last event that every viewer must get; 0 where there is none. */
export const lastForAll = (log: readonly RoomEvent[]): number =>
  log.findLast(({ name }) => reachesAll(name))?.seq ?? 0;

export type Missed = {
  /** Events that viewers should have been handed out and were not, all viewers together. */
  missedEvents: number;
  repeatedEvents: number;
  violations: string[];
};

const EXAMPLES = 3;

/**
 * Compares what each viewer was handed out since its last snapshot with the log: every event that reaches all, once, in
 * order, with the same data. Viewers of one group saw the same.
 *
 * @param seq every viewer must have got as far as this.
 */
export function missedEvents(log: readonly RoomEvent[], seen: SeenResult, seq: number): Missed {
  const violations: string[] = [];
  let missed = 0;
  for (const group of seen.groups) {
    const { viewers, problem, count } = judge(log, group, seq);
    missed += count * viewers;
    if (problem !== null) violations.push(`${viewers} viewers ${problem}`);
  }
  const more = violations.splice(EXAMPLES).length;
  if (more > 0) violations.push(`and ${more} more groups of viewers`);
  if (seen.repeated > 0) violations.push(`${seen.repeated} events came twice or out of order`);
  if (seen.omittedChat > 0) violations.push(`${seen.omittedChat} messages were left out (shaping)`);
  return { missedEvents: missed + seen.omittedChat, repeatedEvents: seen.repeated, violations };
}

function judge(
  log: readonly RoomEvent[],
  group: SeenGroup,
  seq: number,
): { viewers: number; problem: string | null; count: number } {
  const { viewers, fromSeq, toSeq, events, hash } = group;
  const firstKept = log[0]?.seq ?? 0;
  if (firstKept > fromSeq + 1) {
    throw new Error(`The log begins at ${firstKept}: what viewers saw since ${fromSeq} cannot be checked.`);
  }
  const due = log.filter((event) => event.seq > fromSeq && reachesAll(event.name));
  const inTime = due.filter((event) => event.seq <= toSeq);
  const late = due.filter((event) => event.seq > toSeq && event.seq <= seq).length;
  const expected = inTime.reduce(fold, EMPTY_HASH);
  const lost = Math.max(0, inTime.length - events);
  const said = `after ${fromSeq}, up to ${toSeq}: ${events} events of ${inTime.length}`;
  if (late > 0) return { viewers, problem: `stopped short of ${seq} (${said})`, count: lost + late };
  if (hash === expected && events === inTime.length) return { viewers, problem: null, count: 0 };
  return { viewers, problem: `saw other events than the log has (${said})`, count: Math.max(1, lost) };
}
