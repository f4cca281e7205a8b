import { expect, test } from 'vitest';
import type { Role } from '../../../shared/kernel/units.ts';
import { DRAW_LIMITS, type Draw, type YourDraw } from '../../../shared/plays/lottery/draw.ts';
import { CONTACT_MAX } from './claim-form.tsx';
import { drawsToShow, entryStateOf } from './entry-state.ts';
import { type DrawState, noDraws } from './reducer.ts';
import { sampleAward, sampleDraw } from './testing.ts';

const NOW_MS = 200_000;
const inIt: YourDraw = { ticket: 7, entryId: 'Anna-4vQx81LmZk0', state: null, award: null };

type Part = {
  draw?: Partial<Draw>;
  you?: YourDraw;
  state?: Partial<DrawState>;
  role?: Role;
  isOnline?: boolean;
};

function stateOf({ draw = {}, you, state = {}, role = 'viewer', isOnline = true }: Part) {
  const yours = you === undefined ? {} : { d1: you };
  return entryStateOf(sampleDraw(draw), { ...noDraws, yours, ...state }, role, isOnline, NOW_MS);
}

test.each([
  [
    'opens later',
    { draw: { phase: 'announced', opensAtMs: NOW_MS + 9_000 } },
    { state: 'before', leftMs: 9_000 },
  ],
  ['is due to open', { draw: { phase: 'announced', opensAtMs: NOW_MS - 9 } }, { state: 'before', leftMs: 0 }],
  ['is open', {}, { state: 'enter', leftMs: 200_000, unmet: [] }],
  ['you entered', { you: inIt }, { state: 'in', leftMs: 200_000, ticket: 7 }],
  ['a guest sees', { role: 'guest' }, { state: 'sign-in', leftMs: 200_000 }],
  ['is the host’s own', { role: 'host' }, { state: 'seller', leftMs: 200_000 }],
  ['a moderator sees', { role: 'moderator' }, { state: 'enter', leftMs: 200_000, unmet: [] }],
  ['is out of reach', { isOnline: false }, { state: 'offline' }],
  ['closed by the clock', { draw: { closesAtMs: NOW_MS } }, { state: 'freezing', share: null, ticket: null }],
  [
    'is being frozen',
    { draw: { phase: 'closed' }, you: inIt, state: { freezing: { d1: { done: 1, of: 4 } } } },
    { state: 'freezing', share: 0.25, ticket: 7 },
  ],
  [
    'waits for the beacon',
    { draw: { phase: 'frozen', beaconAtMs: NOW_MS + 3_000 }, you: inIt },
    { state: 'waiting', leftMs: 3_000, ticket: 7 },
  ],
  [
    'waits for a late beacon',
    { draw: { phase: 'frozen', beaconAtMs: NOW_MS - 3_000 } },
    { state: 'waiting', leftMs: 0, ticket: null },
  ],
  [
    'has no beacon to wait for',
    { draw: { phase: 'frozen', beaconAtMs: null } },
    { state: 'waiting', leftMs: null, ticket: null },
  ],
  ['was drawn without you', { draw: { phase: 'revealed' } }, { state: 'over' }],
  ['was drawn a moment ago', { draw: { phase: 'drawn' }, you: inIt }, { state: 'looking' }],
  [
    'was drawn, and not you',
    { draw: { phase: 'drawn' }, you: inIt, state: { settled: { d1: true } } },
    { state: 'lost' },
  ],
  [
    'was called off',
    { draw: { phase: 'cancelled', cancelReason: 'wrong prize' } },
    { state: 'cancelled', reason: 'wrong prize' },
  ],
] as const satisfies readonly (readonly [string, Part, object])[])(
  'a draw that %s',
  (_what, part, expected) => {
    expect(stateOf(part)).toEqual(expected);
  },
);

test('a void ticket says why, before and after the draw', () => {
  const you = { ...inIt, state: 'void:absent' };
  expect(stateOf({ draw: { phase: 'frozen' }, you })).toEqual({
    state: 'void',
    reason: 'absent',
    isOver: false,
  });
  expect(stateOf({ draw: { phase: 'drawn' }, you })).toMatchObject({ state: 'void', isOver: true });
});

test('what you won comes before everything, and its claim runs out', () => {
  const won = (part: Parameters<typeof sampleAward>[0]) =>
    stateOf({ draw: { phase: 'revealed' }, you: { ...inIt, award: sampleAward(part) } });
  expect(won({})).toEqual({ state: 'won', leftMs: 700_000, prizeIndex: 1 });
  expect(won({ claimBeforeMs: NOW_MS })).toEqual({ state: 'claim-over', prizeIndex: 1 });
  expect(won({ status: 'passed-on' }).state).toBe('claim-over');
  expect(won({ status: 'redrawn' }).state).toBe('redrawn');
  expect(won({ status: 'claimed', claimBeforeMs: 1 })).toEqual({
    state: 'claimed',
    leftMs: 0,
    prizeIndex: 1,
  });
});

test('conditions that are not met are named, and one who won lately is told', () => {
  const progress = (wonRecently: boolean, ...met: boolean[]) => ({
    d1: { conditions: met.map((each) => ({ met: each, have: 0, need: 1 })), wonRecently },
  });
  expect(stateOf({ state: { progress: progress(false, true, false) } })).toMatchObject({ unmet: [1] });
  expect(stateOf({ state: { progress: progress(true, true) } }).state).toBe('won-recently');
});

test('a press under way shows until its answer', () => {
  const outcomes = { d1: { kind: 'working', doing: 'enter' } } as const;
  expect(stateOf({ state: { outcomes } })).toEqual({ state: 'working', doing: 'enter' });
});

test('the most urgent draw comes first', () => {
  const draws = [
    sampleDraw({ drawId: 'old', phase: 'revealed', beaconAtMs: NOW_MS - 3_600_000 }),
    sampleDraw({ drawId: 'just-over', phase: 'revealed', beaconAtMs: NOW_MS - 5_000 }),
    sampleDraw({ drawId: 'later', phase: 'announced', opensAtMs: NOW_MS + 60_000 }),
    sampleDraw({ drawId: 'drawing', phase: 'frozen' }),
    sampleDraw({ drawId: 'long', closesAtMs: NOW_MS + 90_000 }),
    sampleDraw({ drawId: 'short', closesAtMs: NOW_MS + 10_000 }),
    sampleDraw({ drawId: 'won', phase: 'revealed', beaconAtMs: 0 }),
  ];
  const yours = { won: { ...inIt, award: sampleAward() } };
  const ids = drawsToShow({ ...noDraws, draws, yours }, NOW_MS).map(({ drawId }) => drawId);
  expect(ids).toEqual(['won', 'short', 'long', 'drawing', 'later', 'just-over']);
});

test('the length of a contact is that of the contract', () => {
  expect(CONTACT_MAX).toBe(DRAW_LIMITS.contactMaxCharacters.value);
});
