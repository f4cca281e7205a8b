import { expect, test } from 'vitest';
import type { Frame } from '../../shared/kernel/ack.ts';
import type { AnyEvent } from '../../shared/protocol.ts';
import { createSync, MAX_HELD_FRAMES } from './sync.ts';
import type { JoinedRoom, Resumed } from './types.ts';

function event(seq: number): AnyEvent {
  return { seq, name: 'room:presence-changed', atMs: seq, data: { viewers: seq, followers: 0 } };
}

function frame(fromSeq: number, toSeq: number, seqs: number[], omittedChat = 0): Frame {
  return { roomId: 'r1', fromSeq, toSeq, events: seqs.map(event), omittedChat };
}

const joinedAt = (seq: number) => ({ seq }) as JoinedRoom;
const missed = (seq: number, seqs: number[]) =>
  ({ kind: 'events', seq, events: seqs.map(event) }) as unknown as Resumed;

function setUp() {
  const heard: (number | string)[] = [];
  const omitted: number[] = [];
  const sync = createSync({
    snapshot: ({ seq }) => heard.push(`snapshot ${seq}`),
    events: (batch) => {
      heard.push(...batch.events.map(({ seq }) => seq));
      omitted.push(batch.omittedChat);
    },
    gap: () => heard.push('gap'),
  });
  return { sync, heard, omitted };
}

test('[SD1] frames that arrive before the join is answered are applied after it', () => {
  const { sync, heard } = setUp();
  sync.frame(frame(4, 5, [4, 5]));
  sync.frame(frame(6, 6, [6]));
  sync.joined(joinedAt(4));
  expect(heard).toEqual(['snapshot 4', 5, 6]);
  expect(sync.seq()).toBe(6);
});

test('[SD1] a frame that was applied is dropped, of an overlapping one only the new events are taken', () => {
  const { sync, heard } = setUp();
  sync.joined(joinedAt(2));
  sync.frame(frame(1, 2, [1, 2]));
  sync.frame(frame(2, 4, [2, 3, 4]));
  sync.frame(frame(3, 4, [3, 4]));
  expect(heard).toEqual(['snapshot 2', 3, 4]);
});

test('[SD1] a frame accounts for events that it does not carry', () => {
  const { sync, heard, omitted } = setUp();
  sync.joined(joinedAt(0));
  sync.frame(frame(1, 20, [7, 20], 12));
  sync.frame(frame(21, 21, [21]));
  expect(heard).toEqual(['snapshot 0', 7, 20, 21]);
  expect(omitted).toEqual([12, 0]);
});

test('[SD2] a gap is reported once; frames meanwhile wait for the answer', () => {
  const { sync, heard } = setUp();
  sync.joined(joinedAt(1));
  sync.frame(frame(4, 4, [4]));
  sync.frame(frame(5, 5, [5]));
  expect(heard).toEqual(['snapshot 1', 'gap']);
  expect(sync.resumed(missed(4, [2, 3, 4]))).toBe(true);
  expect(heard).toEqual(['snapshot 1', 'gap', 2, 3, 4, 5]);
});

test('an answer that leaves a gap to the waiting frames asks again', () => {
  const { sync, heard } = setUp();
  sync.joined(joinedAt(1));
  sync.frame(frame(8, 8, [8]));
  sync.resumed(missed(5, [2, 3, 4, 5]));
  expect(heard).toEqual(['snapshot 1', 'gap', 2, 3, 4, 5, 'gap']);
  sync.resumed(missed(8, [6, 7, 8]));
  expect(heard.slice(7)).toEqual([6, 7, 8]);
});

test('a log that began anew is told by the answer', () => {
  const { sync } = setUp();
  sync.joined(joinedAt(90));
  expect(sync.resumed(missed(3, []))).toBe(false);
  sync.joined(joinedAt(3));
  expect(sync.seq()).toBe(3);
});

test('frames kept back have a bound; what is lost by it shows as a gap', () => {
  const { sync, heard } = setUp();
  for (let seq = 1; seq <= MAX_HELD_FRAMES + 10; seq += 1) sync.frame(frame(seq, seq, [seq]));
  sync.joined(joinedAt(0));
  expect(heard).toEqual(['snapshot 0', 'gap']);
});

test('frames of an earlier link are forgotten', () => {
  const { sync, heard } = setUp();
  sync.joined(joinedAt(1));
  sync.hold(false);
  sync.frame(frame(2, 2, [2]));
  sync.hold(true);
  sync.resumed(missed(3, [2, 3]));
  expect(heard).toEqual(['snapshot 1', 2, 3]);
});

test('[SD3] a log that went back is joined again, whatever is under way', () => {
  const { sync, heard } = setUp();
  sync.joined(joinedAt(7));
  sync.frame({ ...frame(6, 5, []), reset: true });
  sync.frame(frame(6, 6, [6]));
  expect(sync.seq()).toBe(null);
  expect(sync.resumed(missed(9, [8, 9]))).toBe(false);
  sync.joined(joinedAt(5));
  expect(heard).toEqual(['snapshot 7', 'gap', 'snapshot 5', 6]);
});

test('[SD3] it knows when the event that it stands at happened, where it saw that event', () => {
  const { sync } = setUp();
  sync.joined({ seq: 3, seqAtMs: 33 } as JoinedRoom);
  expect(sync.atMs()).toBe(33);
  sync.frame(frame(4, 5, [4, 5]));
  expect(sync.atMs()).toBe(5);
  sync.frame(frame(6, 9, [7], 2));
  expect(sync.atMs()).toBe(undefined);
  sync.hold(false);
  sync.resumed(missed(11, [10, 11]));
  expect(sync.atMs()).toBe(11);
});
