import { expect, test } from 'vitest';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Draw, YourDraw } from '../../../shared/plays/lottery/draw.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { createManualTime } from '../../sdk/testing/manual-time.ts';
import { createLotteryPlay } from './model.ts';
import { sampleAward, sampleDraw } from './testing.ts';

const inIt: YourDraw = { ticket: 7, entryId: 'Anna-4vQx81LmZk0', state: null, award: null };

/** The play on a client that says what the test makes it say. */
function setUp(
  answer: (name: string, input: Record<string, unknown>) => Ack<unknown> = () => ({ ok: true, data: {} }),
) {
  const time = createManualTime(200_000);
  const listeners = new Map<string, (value: never) => void>();
  let resyncs = 0;
  const client = {
    on: (name: string, listener: (value: never) => void) => listeners.set(name, listener),
    call: async (name: string, input: Record<string, unknown>) => answer(name, input),
    serverNow: time.now,
    resync: () => {
      resyncs += 1;
    },
  } as unknown as LivestallClient;
  const play = createLotteryPlay(client, { time, random: () => 1 });
  const emit = (name: string, value: unknown) => listeners.get(name)?.(value as never);
  const you = (yours: Record<string, YourDraw>, userId = 'ana') => ({
    userId,
    plays: { lottery: { draws: yours } },
  });
  return {
    time,
    play,
    resyncs: () => resyncs,
    snapshot: (draws: Draw[], yours: Record<string, YourDraw> = {}, userId = 'ana') =>
      emit('snapshot', { snapshot: { lottery: { draws } }, you: you(yours, userId) }),
    you: (yours: Record<string, YourDraw>) => emit('you', you(yours)),
    changed: (draw: Draw) =>
      emit('events', { events: [{ seq: 1, atMs: 0, name: 'lottery:changed', data: { draw } }] }),
    notice: (name: string, data: object) => emit('notice', { roomId: 'r1', name, data }),
  };
}

test('an entrant who hears of the draw and not of a prize asks once, within eight seconds', async () => {
  const { time, play, snapshot, changed, resyncs, you } = setUp();
  snapshot([sampleDraw()], { d1: inIt });
  changed(sampleDraw({ phase: 'drawn' }));
  changed(sampleDraw({ phase: 'revealed' }));
  expect(resyncs()).toBe(0);
  await time.advance(8_000);
  expect(resyncs()).toBe(1);
  you({ d1: inIt });
  changed(sampleDraw({ phase: 'revealed' }));
  await time.advance(60_000);
  expect([resyncs(), play.state.value.settled]).toEqual([1, { d1: true }]);
});

test('a winner who was told, and who has no ticket, ask nothing', async () => {
  const winner = setUp();
  winner.snapshot([sampleDraw()], { d1: inIt });
  winner.notice('lottery:won', { drawId: 'd1', title: 'Spring bag', award: sampleAward() });
  winner.changed(sampleDraw({ phase: 'drawn' }));
  const onlooker = setUp();
  onlooker.snapshot([sampleDraw()]);
  onlooker.changed(sampleDraw({ phase: 'drawn' }));
  for (const each of [winner, onlooker]) await each.time.advance(20_000);
  expect([winner.resyncs(), onlooker.resyncs()]).toEqual([0, 0]);
});

test('what you won is news, however it is heard; what was so before you came is none', () => {
  const told = setUp();
  told.snapshot([sampleDraw({ phase: 'drawn' })], { d1: inIt });
  told.notice('lottery:won', { drawId: 'd1', title: 'Spring bag', award: sampleAward() });
  expect(told.play.news.value).toMatchObject({ kind: 'won', drawId: 'd1' });
  const asked = setUp();
  asked.snapshot([sampleDraw({ phase: 'drawn' })], { d1: inIt });
  asked.you({ d1: { ...inIt, award: sampleAward() } });
  expect(asked.play.news.value).toMatchObject({ kind: 'won' });
  const before = setUp();
  before.snapshot([sampleDraw({ phase: 'drawn' })], { d1: { ...inIt, award: sampleAward() } });
  expect(before.play.news.value).toBe(null);
});

test('a void ticket and a claim that ran out are news', () => {
  const { play, snapshot, notice } = setUp();
  snapshot([sampleDraw({ phase: 'closed' })], { d1: inIt });
  notice('lottery:you-changed', { drawId: 'd1', you: { ...inIt, state: 'void:follow' } });
  expect(play.news.value).toMatchObject({ kind: 'void' });
  notice('lottery:you-changed', { drawId: 'd1', you: { ...inIt, award: sampleAward() } });
  notice('lottery:you-changed', {
    drawId: 'd1',
    you: { ...inIt, award: sampleAward({ status: 'passed-on' }) },
  });
  expect(play.news.value).toMatchObject({ kind: 'claim-over' });
});

test('nothing of one person is left when another signs in', () => {
  const { play, snapshot, notice } = setUp();
  snapshot([sampleDraw()], { d1: inIt });
  notice('lottery:won', { drawId: 'd1', title: 'Spring bag', award: sampleAward() });
  snapshot([sampleDraw()], {}, 'bo');
  expect([play.state.value.yours, play.news.value]).toEqual([{}, null]);
});

test('earlier draws come page by page, each once', async () => {
  const pages: Record<string, unknown> = {
    first: { draws: [sampleDraw(), sampleDraw({ drawId: 'd0' })], nextCursor: 'more' },
    more: { draws: [sampleDraw({ drawId: 'd0' }), sampleDraw({ drawId: 'd-1' })], nextCursor: null },
  };
  const { play, snapshot } = setUp((_name, { cursor = 'first' }) => ({
    ok: true,
    data: pages[cursor as string],
  }));
  snapshot([sampleDraw()]);
  await play.loadEarlier();
  expect(play.earlier.value).toMatchObject({ draws: [{ drawId: 'd0' }], hasMore: true });
  await play.loadEarlier();
  expect(play.earlier.value.draws.map(({ drawId }) => drawId)).toEqual(['d0', 'd-1']);
  expect(play.earlier.value.hasMore).toBe(false);
});

test('entering twice at once is one call', async () => {
  let calls = 0;
  const { play, snapshot } = setUp(() => {
    calls += 1;
    return { ok: true, data: { ticket: 3, entryId: 'Anna-4vQx81LmZk0' } };
  });
  snapshot([sampleDraw()]);
  await Promise.all([play.enter('d1'), play.enter('d1')]);
  expect([calls, play.state.value.yours.d1?.ticket]).toEqual([1, 3]);
});
