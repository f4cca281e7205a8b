import { expect, test } from 'vitest';
import { FAN_DEFAULTS, type Fan } from '../../../shared/community/fans.ts';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { createFanPlay } from './model.ts';

const fan: Fan = {
  ...{ level: 2, points: 30, lit: true, joinedAtMs: 0 },
  today: { watch: 0, chat: 0, share: 0, paid: 0, invite: 0 },
};
type Call = { name: string; input: Record<string, unknown> };

function setUp(
  inviterId: string | null = null,
  answer: (call: Call) => Ack<unknown> = () => ({ ok: true, data: {} }),
) {
  const listeners = new Map<string, (value: never) => void>();
  const calls: Call[] = [];
  const client = {
    on: (name: string, listener: (value: never) => void) => listeners.set(name, listener),
    async call(name: string, input: Record<string, unknown>) {
      calls.push({ name, input });
      return answer({ name, input });
    },
  } as unknown as LivestallClient;
  const play = createFanPlay(client, { inviterId });
  const emit = (name: string, value: unknown) => listeners.get(name)?.(value as never);
  return {
    play,
    calls,
    emit,
    snapshot: (part: object = {}) =>
      emit('snapshot', {
        snapshot: { 'fan-badges': { rules: FAN_DEFAULTS, fans: 1 } },
        you: {
          ...{ userId: 'ana', role: 'viewer' },
          plays: { 'fan-badges': { fan, keeperAsk: null, invites: 0 } },
          ...part,
        },
      }),
    points: (level: number) =>
      emit('notice', { roomId: 'r1', name: 'fan-badges:points-changed', data: { level, points: 60 } }),
  };
}

const board = (from: number, count: number, total: number, shift = 0): Ack<unknown> => ({
  ok: true,
  data: {
    fans: Array.from({ length: count }, (_, i) => ({ rank: from + i, userId: `u${from + i - shift}` })),
    total,
  },
});

test('who sent the link is told once, when somebody has signed in', () => {
  const { snapshot, calls } = setUp('mei');
  snapshot({ role: 'guest', userId: 'g1' });
  expect(calls).toEqual([]);
  snapshot();
  snapshot();
  expect(calls).toEqual([{ name: 'fan-badges:came-by', input: { inviterId: 'mei' } }]);
});

test('one’s own link, and a name that is none, invite nobody', () => {
  for (const inviterId of ['ana', '', '<b>', 'x'.repeat(65)]) {
    const { snapshot, calls } = setUp(inviterId);
    snapshot();
    expect([inviterId, calls]).toEqual([inviterId, []]);
  }
});

test('a new level is news, the one that you came with is none', () => {
  const { play, snapshot, points } = setUp();
  snapshot();
  points(2);
  expect(play.news.value).toBe(null);
  points(3);
  expect(play.news.value).toEqual({ kind: 'level', level: 3 });
});

test('a question that stands when you come is news, once', () => {
  const { play, snapshot } = setUp();
  const asked = { plays: { 'fan-badges': { fan, keeperAsk: { untilMs: 9, shiftMs: 1 }, invites: 0 } } };
  snapshot(asked);
  expect(play.news.value).toEqual({ kind: 'keeper' });
  play.hideNews();
  snapshot(asked);
  expect(play.news.value).toBe(null);
});

test('a board grows page by page, and one who fell behind between two pages stands on it once', async () => {
  const { play } = setUp(null, ({ input }) =>
    input.fromRank === 1 ? board(1, 20, 30) : board(21, 10, 30, 1),
  );
  await play.openBoard('all');
  expect(play.board.value).toMatchObject({ board: 'all', total: 30, state: 'ready' });
  await play.moreOfBoard();
  expect(play.board.value.fans.map(({ rank }) => rank)).toEqual([
    ...Array.from({ length: 20 }, (_, i) => i + 1),
    ...Array.from({ length: 9 }, (_, i) => i + 22),
  ]);
});

test('the answer for a board that was left does not show on the next one', async () => {
  const { play } = setUp(null, ({ input }) => board(1, input.board === 'day' ? 1 : 3, 3));
  await Promise.all([play.openBoard('day'), play.openBoard('all')]);
  expect([play.board.value.board, play.board.value.fans.length]).toEqual(['all', 3]);
});

test('sharing counts for members only', async () => {
  const { play, snapshot, calls } = setUp(null, () => ({ ok: true, data: { granted: 5 } }));
  snapshot({ plays: { 'fan-badges': { fan: null, keeperAsk: null, invites: 0 } } });
  expect([await play.shared(), calls.length]).toEqual([0, 0]);
  snapshot();
  expect(await play.shared()).toBe(5);
});
