import type { Role } from '../../../shared/kernel/units.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { type DrawState, isDrawn, isOver } from './reducer.ts';

/** Where you stand in a draw; one of these at a time. */
export type EntryState =
  | { state: 'before'; leftMs: number }
  /** `unmet`: places of the conditions that you do not meet yet, as far as is known. */
  | { state: 'enter'; leftMs: number; unmet: number[] }
  | { state: 'in'; leftMs: number; ticket: number }
  | { state: 'working'; doing: 'enter' | 'claim' }
  | { state: 'sign-in' | 'seller' | 'won-recently'; leftMs: number }
  /** The list is being frozen; null: not known how far it is. */
  | { state: 'freezing'; share: number | null; ticket: number | null }
  /** The list is frozen; `leftMs` until the beacon's round, null without one. */
  | { state: 'waiting'; leftMs: number | null; ticket: number | null }
  /** Your ticket does not count, and why: `absent`, `watch`, … */
  | { state: 'void'; reason: string; isOver: boolean }
  /** Drawn, and it is being asked whether you are among the winners. */
  | { state: 'looking' }
  | { state: 'won' | 'claimed'; leftMs: number; prizeIndex: number }
  | { state: 'claim-over' | 'redrawn'; prizeIndex: number }
  | { state: 'lost' | 'over' | 'offline' }
  | { state: 'cancelled'; reason: string };

const SELLERS: readonly Role[] = ['host', 'cohost'];

/**
 * What you won comes first, then the end of a draw, then what you can do now. A draw that should have opened by the
 * clock counts as not open until the server says so.
 */
export function entryStateOf(
  draw: Draw,
  draws: DrawState,
  role: Role,
  isOnline: boolean,
  nowMs: number,
): EntryState {
  const { drawId, phase } = draw;
  const yours = draws.yours[drawId];
  const ticket = yours?.ticket ?? null;
  const outcome = draws.outcomes[drawId];
  if (outcome?.kind === 'working') return { state: 'working', doing: outcome.doing };
  if (yours?.award) return awardState(yours.award, draw.claimMs, nowMs);
  if (phase === 'cancelled') return { state: 'cancelled', reason: draw.cancelReason ?? '' };
  const reason = /^void:(.+)$/.exec(yours?.state ?? '')?.[1];
  if (reason !== undefined) return { state: 'void', reason, isOver: isOver(draw) };
  if (isDrawn(draw)) {
    if (ticket === null) return { state: 'over' };
    return { state: draws.settled[drawId] ? 'lost' : 'looking' };
  }
  if (phase === 'frozen') {
    const leftMs = draw.beaconAtMs === null ? null : Math.max(0, draw.beaconAtMs - nowMs);
    return { state: 'waiting', leftMs, ticket };
  }
  const leftMs = Math.max(0, draw.closesAtMs - nowMs);
  if (phase === 'closed' || (phase === 'open' && leftMs === 0)) {
    const freezing = draws.freezing[drawId];
    const share = freezing === undefined || freezing.of === 0 ? null : freezing.done / freezing.of;
    return { state: 'freezing', share, ticket };
  }
  if (SELLERS.includes(role)) return { state: 'seller', leftMs };
  if (phase === 'announced') return { state: 'before', leftMs: Math.max(0, draw.opensAtMs - nowMs) };
  if (ticket !== null) return { state: 'in', leftMs, ticket };
  if (role === 'guest') return { state: 'sign-in', leftMs };
  if (!isOnline) return { state: 'offline' };
  const progress = draws.progress[drawId];
  if (progress?.wonRecently) return { state: 'won-recently', leftMs };
  const unmet = (progress?.conditions ?? []).flatMap(({ met }, at) => (met ? [] : [at]));
  return { state: 'enter', leftMs, unmet };
}

type Award = NonNullable<DrawState['yours'][string]['award']>;

function awardState(
  { status, prizeIndex, claimBeforeMs }: Award,
  claimMs: number,
  nowMs: number,
): EntryState {
  // A page whose clock is a little late would say that there is more time than anybody gets.
  const leftMs = Math.min(claimBeforeMs - nowMs, claimMs);
  if (status === 'redrawn') return { state: 'redrawn', prizeIndex };
  if (status === 'claimed') return { state: 'claimed', leftMs: Math.max(0, leftMs), prizeIndex };
  if (status === 'passed-on' || leftMs <= 0) return { state: 'claim-over', prizeIndex };
  return { state: 'won', leftMs, prizeIndex };
}

/** Whether conditions still matter to you: before the list is frozen. */
export function isJudging({ phase }: Draw): boolean {
  return phase === 'announced' || phase === 'open';
}

const ENDED_SHOWN_MS = 10 * 60_000;

/**
 * The draw that a chip shows, the most urgent first: what you can claim, what can be entered (the one that closes
 * first), what is being drawn, what opens soon, what was drawn a short while ago.
 */
export function drawsToShow({ draws, yours }: DrawState, nowMs: number): Draw[] {
  const rank = (draw: Draw): number => {
    const award = yours[draw.drawId]?.award;
    if (award?.status === 'won' && award.claimBeforeMs > nowMs) return 0;
    if (draw.phase === 'open') return 1;
    if (draw.phase === 'closed' || draw.phase === 'frozen') return 2;
    if (draw.phase === 'announced') return 3;
    return nowMs - (draw.beaconAtMs ?? draw.closesAtMs) < ENDED_SHOWN_MS ? 4 : 5;
  };
  const atMs = (draw: Draw) => (draw.phase === 'announced' ? draw.opensAtMs : draw.closesAtMs);
  return draws
    .map((draw) => ({ draw, rank: rank(draw) }))
    .filter((each) => each.rank < 5)
    .sort((a, b) => a.rank - b.rank || (a.rank === 4 ? -1 : 1) * (atMs(a.draw) - atMs(b.draw)))
    .map(({ draw }) => draw);
}
