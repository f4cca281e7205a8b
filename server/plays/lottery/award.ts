import { type EntryState, stateOfCode } from '../../../shared/lottery/fair-draw.ts';
import type { Award, YourDraw } from '../../../shared/plays/lottery/draw.ts';
import { entryIds } from './draw-secrets.ts';

/** An award as Redis has it (lua/award-value.lua), and as the room sees it. */
export type StoredAward = {
  no: number;
  status: 'won' | 'claimed' | 'passed-on';
  prizeIndex: number;
  ticket: number;
  /** The counter of the draw that gave the ticket. */
  i: number;
  /** 1 for the first winner; the next in line have the rank of the one they follow. */
  rank: number;
  claimBeforeMs: number;
  userId: string;
};

const STATUS = { w: 'won', c: 'claimed', p: 'passed-on' } as const;

export function parseAward(no: number, value: string): StoredAward {
  const [status, prize, ticket, i, rank, before, userId] = value.split(' ');
  const known = STATUS[status as keyof typeof STATUS];
  if (known === undefined || userId === undefined) throw new Error(`award ${no} is malformed: ${value}`);
  return {
    ...{ no, status: known, prizeIndex: Number(prize), ticket: Number(ticket), i: Number(i) },
    ...{ rank: Number(rank), claimBeforeMs: Number(before), userId },
  };
}

/** `isRedrawn`: another draw gives away what was not claimed in this one. */
export function shownAward(
  { no, status, prizeIndex, ticket, claimBeforeMs }: StoredAward,
  isRedrawn: boolean,
): Award {
  return {
    ...{ no, prizeIndex, ticket, claimBeforeMs },
    status: isRedrawn && status === 'won' ? 'redrawn' : status,
  };
}

/** Where a user stands, of what lua/draw-mine.lua says of them. */
export function yourDraw(
  entryKey: string,
  userId: string,
  isRedrawn: boolean,
  [ticket = '', code = '', no = '', value = '']: readonly string[],
): YourDraw {
  const state: EntryState | null = code === '' ? null : stateOfCode(code);
  return {
    ticket: Number(ticket),
    entryId: entryIds(entryKey)(userId),
    state,
    award: value === '' ? null : shownAward(parseAward(Number(no), value), isRedrawn),
  };
}
