import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../../client/sdk/types.ts';
import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { Seen, seenByAll } from '../../bots/storms/seen.ts';
import { lastForAll, missedEvents } from './missed-events.ts';

const said = (seq: number): RoomEvent => ({
  seq,
  name: 'chat:said',
  atMs: seq,
  data: { text: `line ${seq}` },
});
const counted = (seq: number): RoomEvent => ({
  ...{ seq, name: 'room:presence-changed', atMs: seq },
  data: { viewers: seq, followers: 0 },
});
/** Presence at 3 and 6; messages elsewhere. */
const log = [said(1), said(2), counted(3), said(4), said(5), counted(6)];

const batch = (events: RoomEvent[], toSeq: number): EventBatch =>
  ({ events, toSeq, omittedChat: 0 }) as unknown as EventBatch;

function viewer(fromSeq: number, ...batches: [RoomEvent[], number][]): Seen {
  const seen = new Seen();
  seen.snapshot(fromSeq);
  for (const [events, toSeq] of batches) seen.batch(batch(events, toSeq));
  return seen;
}
const judged = (...viewers: Seen[]) => missedEvents(log, seenByAll(viewers), lastForAll(log));

describe('what viewers missed', () => {
  it('is nothing where all got what nothing supersedes, in whatever frames', () => {
    const all = judged(
      viewer(0, [[said(1), said(2)], 3], [[said(4), said(5)], 6]),
      viewer(0, [[said(1)], 1], [[said(2), counted(3), said(4)], 4], [[said(5)], 5]),
      viewer(4, [[said(5), counted(6)], 6]),
    );
    expect(all).toEqual({ missedEvents: 0, repeatedEvents: 0, violations: [] });
  });

  it('[LK31] is counted for each viewer', () => {
    const hole = () => viewer(0, [[said(1)], 2], [[said(4), said(5)], 6]);
    const { missedEvents: missed, violations } = judged(hole(), hole());
    expect(missed).toBe(2);
    expect(violations).toEqual([expect.stringMatching(/^2 viewers saw other events .*3 events of 4/)]);
  });

  it('shows as other data, as repeats, and as stopping short', () => {
    const other = { ...said(2), data: { text: 'forged' } };
    expect(judged(viewer(0, [[said(1), other, said(4), said(5)], 6])).missedEvents).toBe(1);
    const twice = judged(viewer(1, [[said(2), said(2), said(4), said(5)], 6]));
    expect(twice.repeatedEvents).toBe(1);
    expect(twice.violations).toHaveLength(2);
    const short = judged(viewer(0, [[said(1), said(2)], 4]));
    expect(short.violations).toEqual([expect.stringContaining('stopped short of 5')]);
    expect(short.missedEvents).toBe(2);
  });

  it('counts from the last snapshot', () => {
    const came = viewer(0, [[said(1)], 1]);
    came.snapshot(4);
    came.batch(batch([said(5)], 5));
    expect(judged(came).missedEvents).toBe(0);
  });

  it('cannot be told where the log no longer reaches back', () => {
    expect(() => missedEvents(log.slice(2), seenByAll([viewer(0)]), 5)).toThrow(/begins at 3/);
  });
});
