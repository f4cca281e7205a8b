import { expect, test } from 'vitest';
import type { Appeal } from '../../../shared/plays/moderation/desk-records.ts';
import { createFreshAnswer } from './desk-fresh.ts';
import { type DeskAnswer, type DeskState, emptyDesk, fromAnswer, heldCount, nameOf } from './desk-reducer.ts';
import { actionOf, after, eventOf, evidenceOf, heldOf, messageOf } from './desk-testing.ts';

const answer = (part: Partial<DeskAnswer> = {}): DeskAnswer => ({
  ...{ seq: 10, held: [], heldCount: 0, reported: [], actions: [], appeals: [], lists: [], staff: [] },
  ...part,
});
const states = ({ lines }: DeskState) => lines.map(({ message, state }) => `${message.messageId} ${state}`);

test('a message goes from held to shown, and is counted once', () => {
  const bad = messageOf('h', { atMs: 5 });
  const held = after([eventOf('moderation:held', heldOf(bad)), eventOf('moderation:held', heldOf(bad))]);
  expect(heldCount(held)).toBe(1);
  const approve = actionOf('a1', { kind: 'approve', messages: [evidenceOf(bad)] });
  const shown = after(
    [eventOf('chat:said', { ...bad, atMs: 9 }), eventOf('moderation:acted', { action: approve })],
    held,
  );
  expect(states(shown)).toEqual(['h shown']);
  expect(heldCount(shown)).toBe(0);
});

test('what another moderator rejects or deletes is gone from the queue here, too', () => {
  const bad = messageOf('h');
  const state = fromAnswer(emptyDesk, answer({ held: [heldOf(bad)], heldCount: 3 }));
  expect(heldCount(state)).toBe(3);
  const reject = actionOf('a1', {
    kind: 'reject',
    messages: [evidenceOf(bad), evidenceOf(messageOf('unseen'))],
  });
  const next = after([eventOf('moderation:acted', { action: reject })], state);
  expect(states(next)).toEqual(['h removed']);
  expect(heldCount(next)).toBe(1);
});

test('the answer settles what was reviewed while nobody listened', () => {
  const held = after([eventOf('moderation:held', heldOf(messageOf('h')))]);
  expect(states(fromAnswer(held, answer()))).toEqual(['h removed']);
});

test('an undone action says by what, and stays once in the log', () => {
  const ban = actionOf('a1', { kind: 'ban' });
  const undo = actionOf('a2', { kind: 'undo', undoes: 'a1' });
  const state = after(
    [ban, undo, undo].map((action) => eventOf('moderation:acted', { action })),
    emptyDesk,
  );
  expect(state.actions.map(({ actionId, undoneBy }) => [actionId, undoneBy])).toEqual([
    ['a2', null],
    ['a1', 'a2'],
  ]);
});

test('bans and kicks are known until they are lifted; mutes keep nobody out', () => {
  const out = after([
    eventOf('moderation:sanctioned', { userIds: ['bo', 'cy'], kind: 'ban', untilMs: null }),
    eventOf('moderation:sanctioned', { userIds: ['di'], kind: 'mute', untilMs: null }),
    eventOf('moderation:lifted', { userIds: ['bo'], what: 'enter' }),
    eventOf('moderation:lifted', { userIds: ['cy'], what: 'speak' }),
  ]);
  expect(out.out).toEqual({ cy: null });
});

test('appeals come, and go when they are answered; the team follows roles', () => {
  const appeal: Appeal = {
    ...{ appealId: 'p1', userId: 'bo', name: 'Bo', text: 'sorry', actionId: 'a1', kind: 'ban' },
    ...{ state: 'open', note: '', atMs: 1 },
  };
  const open = after([
    eventOf('moderation:appealed', { appeal }),
    eventOf('room:role-changed', { userId: 'mo', role: 'moderator', untilMs: 5 }),
  ]);
  expect(open.appeals).toHaveLength(1);
  expect(open.staff).toEqual([{ userId: 'mo', role: 'moderator', untilMs: 5 }]);
  const closed = after(
    [
      eventOf('moderation:appealed', { appeal: { ...appeal, state: 'rejected' } }),
      eventOf('room:role-changed', { userId: 'mo', role: 'viewer', untilMs: null }),
    ],
    open,
  );
  expect([closed.appeals, closed.staff]).toEqual([[], []]);
});

test('people have the names that they were heard with', () => {
  const state = after([
    eventOf('chat:said', messageOf('a', { userId: 'u1', name: 'Una' })),
    eventOf('moderation:acted', {
      action: actionOf('a1', { messages: [{ messageId: 'x', userId: 'u2', name: 'Udo', text: '…' }] }),
    }),
  ]);
  expect(['u1', 'u2', 'mo', 'u9'].map((userId) => nameOf(state, userId))).toEqual(['Una', 'Udo', 'Mo', 'u9']);
});

test('events that came while the answer was under way are applied after it, older ones not', async () => {
  let reply: (ack: unknown) => void = () => {};
  const asked: string[] = [];
  const call = (name: string) => {
    asked.push(name);
    return new Promise((resolve) => {
      reply = resolve;
    });
  };
  const heard: [number, string[]][] = [];
  const fresh = createFreshAnswer({ call: call as never }, ({ seq }, later) =>
    heard.push([seq, later.map((event) => `${event.name} ${event.seq}`)]),
  );
  fresh.ask();
  fresh.heard([
    eventOf('moderation:acted', { action: actionOf('a1') }, 9),
    eventOf('moderation:held', heldOf(messageOf('h')), 11),
    eventOf('chat:said', messageOf('m'), 12),
    eventOf('moderation:reported', { messageId: 'm', byUserId: 'x', reason: '', reports: 1 }, 13),
  ]);
  fresh.ask();
  reply({ ok: true, data: answer({ seq: 10 }) });
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([[10, ['moderation:held 11', 'moderation:reported 13']]]);
  // Asked for twice while one was under way: once more.
  expect(asked).toEqual(['moderation:desk', 'moderation:desk']);
  reply({ ok: false, error: { code: 'UNAVAILABLE', message: '', retryable: true } });
  await new Promise((resolve) => setImmediate(resolve));
  expect([heard.length, asked.length]).toEqual([1, 2]);
});
