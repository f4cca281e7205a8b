import { expect, it } from 'vitest';
import { ChatView, type Frame } from './chat-view.ts';

const said = (seq: number) => ({ seq, name: 'chat:said', data: { messageId: `m${seq}` } });
const frame = (fromSeq: number, toSeq: number): Frame => ({
  fromSeq,
  toSeq,
  events: Array.from({ length: toSeq - fromSeq + 1 }, (_, i) => said(fromSeq + i)),
});
const joined = (seq: number) => ({
  seq,
  snapshot: { chat: { messages: Array.from({ length: seq }, (_, i) => ({ messageId: `m${i + 1}` })) } },
});

function viewAt(seq: number): ChatView {
  const view = new ChatView();
  view.joined(joined(seq));
  return view;
}

it('takes frames one after the other, and not twice', () => {
  const view = viewAt(2);
  expect(view.frame(frame(3, 4))).toBe(false);
  expect(view.frame(frame(3, 4))).toBe(false);
  expect(view.state).toBe(viewAt(4).state);
});

it('notes a gap once, and holds what comes after it until the missed events are there', () => {
  const view = viewAt(2);
  expect(view.frame(frame(5, 6))).toBe(true);
  expect(view.frame(frame(7, 7))).toBe(false);
  expect(view.behind).toBe(true);
  view.resumed({ kind: 'events', seq: 4, events: [said(3), said(4)] });
  expect(view.behind).toBe(false);
  expect(view.gaps).toBe(1);
  expect(view.state).toBe(viewAt(7).state);
});

it('stays behind where an answer does not reach the frames that wait', () => {
  const view = viewAt(2);
  view.frame(frame(6, 6));
  view.resumed({ kind: 'events', seq: 3, events: [said(3)] });
  expect(view.behind).toBe(true);
  view.resumed({ kind: 'snapshot', joined: joined(5) });
  expect(view.state).toBe(viewAt(6).state);
});

it('an empty frame behind the gap shows it, and frames that came ahead of an answer are not taken back', () => {
  const view = viewAt(2);
  expect(view.frame({ fromSeq: 6, toSeq: 5, events: [] })).toBe(true);
  view.resumed({ kind: 'snapshot', joined: joined(5) });
  view.frame(frame(6, 7));
  view.joined(joined(6));
  expect(view.state).toBe(viewAt(7).state);
});

it('keeps as many messages as a snapshot has', () => {
  const view = viewAt(200);
  view.frame(frame(201, 260));
  expect(view.state.split(' ')).toHaveLength(1 + 200);
});
