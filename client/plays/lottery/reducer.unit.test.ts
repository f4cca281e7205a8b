import { expect, test } from 'vitest';
import type { YourDraw } from '../../../shared/plays/lottery/draw.ts';
import type { EventOf } from '../events.ts';
import * as draws from './reducer.ts';
import { sampleAward, sampleDraw } from './testing.ts';

const inIt: YourDraw = { ticket: 7, entryId: 'Anna-4vQx81LmZk0', state: null, award: null };
const start = draws.drawsFromSnapshot({ draws: [sampleDraw()] }, { draws: { d1: inIt } });

function hear(state: draws.DrawState, ...events: Pick<EventOf<'lottery'>, 'name' | 'data'>[]) {
  return events
    .map((event, i) => ({ seq: i + 1, atMs: 0, ...event }) as EventOf<'lottery'>)
    .reduce(draws.reduceDraws, state);
}

test('a draw is taken over whole at each phase, a new one comes first', () => {
  const state = hear(
    start,
    { name: 'lottery:changed', data: { draw: sampleDraw({ drawId: 'd2', phase: 'announced' }) } },
    { name: 'lottery:changed', data: { draw: sampleDraw({ phase: 'closed' }) } },
  );
  expect(state.draws.map(({ drawId, phase }) => `${drawId} ${phase}`)).toEqual(['d2 announced', 'd1 closed']);
});

test('all draws that run are kept, and the last five that are over', () => {
  let state = draws.noDraws;
  for (let i = 1; i <= 9; i += 1) {
    const draw = sampleDraw({ drawId: `d${i}`, phase: i === 1 ? 'open' : 'revealed' });
    state = hear(state, { name: 'lottery:changed', data: { draw } });
  }
  expect(state.draws.map(({ drawId }) => drawId)).toEqual(['d9', 'd8', 'd7', 'd6', 'd5', 'd1']);
});

test('entries and freezing are those of the last event, of their draw', () => {
  const state = hear(
    start,
    { name: 'lottery:entries-changed', data: { drawId: 'd1', entries: 40 } },
    { name: 'lottery:entries-changed', data: { drawId: 'dx', entries: 99 } },
    { name: 'lottery:freezing', data: { drawId: 'd1', done: 10, of: 40 } },
    { name: 'lottery:freezing', data: { drawId: 'd1', done: 20, of: 40 } },
  );
  expect(state.draws[0]?.entries).toBe(40);
  expect(state.freezing).toEqual({ d1: { done: 20, of: 40 } });
});

test('what you won is told by a notice, also where the page knew of no ticket', () => {
  const award = sampleAward();
  const won = (state: draws.DrawState) =>
    draws.reduceDrawNotice(state, {
      roomId: 'r1',
      name: 'lottery:won',
      data: { drawId: 'd1', title: 'Spring bag', award },
    }).yours.d1;
  expect(won(start)).toEqual({ ...inIt, award });
  expect(won(draws.noDraws)).toMatchObject({ ticket: 7, award });
});

test('where you stand is replaced by a notice, and by what the server says of you', () => {
  const you = { ...inIt, state: 'void:absent' };
  const told = draws.reduceDrawNotice(start, {
    roomId: 'r1',
    name: 'lottery:you-changed',
    data: { drawId: 'd1', you },
  });
  expect(told.yours.d1?.state).toBe('void:absent');
  expect(draws.yourDrawsAnew(told, { draws: {} }).yours).toEqual({});
});

test('whether you won is settled only by an answer that came after the draw', () => {
  expect(start.settled).toEqual({});
  const drawn = hear(start, { name: 'lottery:changed', data: { draw: sampleDraw({ phase: 'drawn' }) } });
  expect(drawn.settled).toEqual({});
  expect(draws.yourDrawsAnew(drawn, { draws: { d1: inIt } }).settled).toEqual({ d1: true });
});

test('a press is under way until its answer; a ticket and a refusal are kept', () => {
  const working = draws.pressed(start, 'd1', 'enter');
  expect(working.outcomes.d1).toEqual({ kind: 'working', doing: 'enter' });
  const entered = draws.entered(working, 'd1', { ticket: 9, entryId: 'BoTcH2nYw73_qPsE' });
  expect([entered.outcomes.d1, entered.yours.d1?.ticket]).toEqual([undefined, 9]);
  const error = { code: 'ENTRIES_CLOSED', message: '', retryable: false };
  expect(draws.refused(working, 'd1', error, 5).outcomes.d1).toEqual({ kind: 'refused', error, atMs: 5 });
  const claimed = draws.claimed(working, 'd1', { award: sampleAward({ status: 'claimed' }) });
  expect(claimed.yours.d1?.award?.status).toBe('claimed');
});

test('an event or notice of a newer server is left alone', () => {
  const event = { seq: 1, atMs: 0, name: 'lottery:painted', data: {} } as unknown as EventOf<'lottery'>;
  expect(draws.reduceDraws(start, event)).toBe(start);
});
