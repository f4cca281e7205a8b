import { expect, test } from 'vitest';
import {
  after,
  counts,
  filtered,
  LINES_KEPT,
  type Lines,
  linesOf,
  neighbour,
  withHeld,
  withRejected,
  withRemoved,
  withReport,
  withReported,
  withShown,
} from './desk-lines.ts';
import { heldOf, messageOf } from './desk-testing.ts';

const ids = (lines: Lines) => lines.map(({ message }) => message.messageId);
const states = (lines: Lines) => lines.map(({ message, state }) => `${message.messageId} ${state}`);

test('a message that is taken back stays in the stream, and comes back to its place', () => {
  const [a, b] = [messageOf('a', { atMs: 1 }), messageOf('b', { atMs: 2 })];
  const gone = withRemoved(linesOf([a, b]), ['a']);
  expect(states(gone)).toEqual(['a removed', 'b shown']);
  expect(states(withShown(gone, a))).toEqual(['a shown', 'b shown']);
});

test('a held line waits until it is reviewed; approved, it stands where it is said', () => {
  const held = withHeld(linesOf([messageOf('b', { atMs: 5 })]), heldOf(messageOf('a', { atMs: 1 })));
  expect(states(held)).toEqual(['a held', 'b shown']);
  expect(held[0]?.why).toEqual({ by: 'word', detail: 'bad' });
  expect(states(withRemoved(held, ['a']))).toEqual(['a held', 'b shown']);
  expect(states(withRejected(held, ['a']))).toEqual(['a removed', 'b shown']);
  const approved = withShown(held, messageOf('a', { atMs: 9 }));
  expect(states(approved)).toEqual(['b shown', 'a shown']);
  expect(approved[1]?.why).toBe(null);
});

test('a new snapshot keeps what was held, and marks what has gone meanwhile', () => {
  const before = withHeld(
    linesOf([messageOf('old', { atMs: 1 }), messageOf('a', { atMs: 10 }), messageOf('b', { atMs: 11 })]),
    heldOf(messageOf('h', { atMs: 12 })),
  );
  const after = linesOf([messageOf('a', { atMs: 10 }), messageOf('c', { atMs: 13 })], before);
  expect(states(after)).toEqual(['old shown', 'a shown', 'b removed', 'h held', 'c shown']);
});

test('of the many that were said the last are kept, and all that wait', () => {
  const many = Array.from({ length: LINES_KEPT }, (_, i) => messageOf(`m${i}`, { atMs: 100 + i }));
  const lines = withHeld(linesOf(many), heldOf(messageOf('h', { atMs: 1 })));
  const next = withShown(lines, messageOf('last', { atMs: 9_999 }));
  expect(next).toHaveLength(LINES_KEPT);
  expect(ids(next).slice(0, 2)).toEqual(['h', 'm2']);
  expect(ids(next).at(-1)).toBe('last');
});

test('a report counts once for each who reports', () => {
  const lines = withReport(linesOf([messageOf('a')]), 'a', { byUserId: 'cy', reason: 'rude' });
  const twice = withReport(lines, 'a', { byUserId: 'cy', reason: 'very rude' });
  expect(twice[0]?.reports).toEqual([{ byUserId: 'cy', reason: 'very rude' }]);
  expect(withReport(twice, 'a', { byUserId: 'di', reason: '' })[0]?.reports).toHaveLength(2);
});

test('what was reported before is put in its place, with what is known of it here', () => {
  const [early, late] = [messageOf('early', { atMs: 1 }), messageOf('late', { atMs: 9 })];
  const told = { reports: 2, reportedAtMs: 10, last: [{ byUserId: 'cy', reason: 'rude' }] };
  const lines = withReport(linesOf([late]), 'late', { byUserId: 'di', reason: '' });
  const both = withReported(withReported(lines, { message: late, ...told }), { message: early, ...told });
  expect(ids(both)).toEqual(['early', 'late']);
  expect(both.map(({ reports }) => reports.map(({ byUserId }) => byUserId))).toEqual([['cy'], ['cy', 'di']]);
  // Once more changes nothing, and what was removed here meanwhile stays so.
  const removed = withRemoved(both, ['late']);
  expect(withReported(removed, { message: late, ...told })).toEqual(removed);
});

test.each([
  ['look at https://x.example/a', true],
  ['example.com/sale is cheaper', true],
  ['www.shop', true],
  ['加我 weixin.cn', true],
  ['商店.中国', true],
  ['size 3.5 or 4?', false],
  ['wow... nice', false],
  ['yes.', false],
])('the filter for links takes %j: %s', (text, isLink) => {
  expect(filtered(linesOf([messageOf('a', { text })]), 'links')).toHaveLength(isLink ? 1 : 0);
});

test('filters leave what they say', () => {
  const fan = messageOf('fan', { userId: 'fay', badge: { level: 3, lit: true }, atMs: 1 });
  const staff = messageOf('mod', { userId: 'mo', role: 'moderator', atMs: 2 });
  const said = [1, 2, 3, 4].map((i) => messageOf(`n${i}`, { userId: 'ny', atMs: 10 + i }));
  const lines = withReport(linesOf([fan, staff, ...said]), 'fan', { byUserId: 'x', reason: '' });
  const held = withHeld(lines, heldOf(messageOf('h', { userId: 'z', atMs: 20 }), 'link'));
  expect(ids(filtered(held, 'all'))).toHaveLength(7);
  expect(ids(filtered(held, 'held'))).toEqual(['h']);
  expect(ids(filtered(held, 'reported'))).toEqual(['fan']);
  expect(ids(filtered(held, 'links'))).toEqual(['h']);
  expect(ids(filtered(held, 'new'))).toEqual(['n1', 'n2', 'n3', 'h']);
});

test('moving stops at the ends, and starts at the newest', () => {
  const lines = linesOf([messageOf('a', { atMs: 1 }), messageOf('b', { atMs: 2 })]);
  expect(neighbour(lines, null, -1)).toBe('b');
  expect(neighbour(lines, 'b', -1)).toBe('a');
  expect(neighbour(lines, 'a', -1)).toBe('a');
  expect(neighbour(lines, 'b', 1)).toBe('b');
  expect(neighbour([], null, 1)).toBe(null);
});

test('[PG115] what is reported stays however much is said; each filter is counted by what is left to do', () => {
  let lines = withReport(linesOf([messageOf('bad', { atMs: 1 })]), 'bad', { byUserId: 'cy', reason: '' });
  lines = withHeld(lines, heldOf(messageOf('h', { atMs: 2, userId: 'di' })));
  for (let i = 0; i < LINES_KEPT + 50; i += 1) {
    lines = withShown(lines, messageOf(`m${i}`, { atMs: 100 + i, userId: 'ed' }));
  }
  expect(lines).toHaveLength(LINES_KEPT);
  expect(counts(lines)).toEqual({ all: LINES_KEPT, held: 1, reported: 1, links: 0, new: 2 });
  expect(ids(filtered(lines, 'new'))).toEqual(['bad', 'h']);
  expect(counts(withRemoved(lines, ['bad']))).toMatchObject({ reported: 0, new: 1 });
});

test('[PG116] what somebody reads stays, and after a line comes the next one that is there', () => {
  const said = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => messageOf(`m${from + i}`, { atMs: 100 + from + i }));
  const before = linesOf(said(LINES_KEPT));
  const reading = new Set(ids(before));
  const busy = said(LINES_KEPT * 2, LINES_KEPT).reduce(
    (lines, message) => withShown(lines, message, reading),
    before,
  );
  expect(busy).toHaveLength(LINES_KEPT * 2);
  expect(ids(busy).slice(0, LINES_KEPT)).toEqual(ids(before));
  expect(ids(busy).at(-1)).toBe(`m${LINES_KEPT * 3 - 1}`);

  expect(after(before, withRemoved(before, ['m4', 'm5']), 'm4')).toBe('m6');
  const [one] = said(1);
  const held = withHeld([], heldOf(one ?? messageOf('m0')));
  expect(after(held, withRejected(held, ['m0']), 'm0')).toBeNull();
  expect(after(held, withShown(held, messageOf('m9', { atMs: 999 })), 'm0')).toBe('m9');
});
