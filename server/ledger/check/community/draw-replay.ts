import type { FactData } from '../../../../shared/trade/facts.ts';
import { hashText, SEED_HIGH, SEED_LOW } from '../hashing.ts';

export type DrawPhase = 'announced' | 'closed' | 'frozen' | 'drawn' | 'revealed' | 'cancelled';

/** A draw as its facts so far lead to. The list of entries is not kept: two hashes stand for it. */
export type DrawReplay = {
  drawId: string;
  phase: DrawPhase;
  announced: FactData<'draw-announced'>;
  frozen?: FactData<'draw-frozen'>;
  drawn?: FactData<'draw-drawn'>;
  revealed?: FactData<'draw-revealed'>;
  entries: number;
  /** Over the users in ticket order. */
  usersLow: number;
  usersHigh: number;
  /** Of this draw, for the table of entrants. */
  seedLow: number;
  seedHigh: number;
  /** From this one on the next in line is drawn. */
  nextI: number;
  /** Winning tickets in order, those of the next in line after the first. */
  awards: { ticket: number; status: 'won' | 'claimed' | 'passed-on' | 'redrawn' }[];
};

export function newDraw(announced: FactData<'draw-announced'>): DrawReplay {
  const { drawId } = announced;
  return {
    ...{ drawId, phase: 'announced', announced, entries: 0, nextI: 0, awards: [] },
    ...{ usersLow: SEED_LOW, usersHigh: SEED_HIGH },
    ...{ seedLow: hashText(SEED_LOW, `draw ${drawId}`), seedHigh: hashText(SEED_HIGH, `draw ${drawId}`) },
  };
}

/** Takes the user of the next ticket into the hashes that stand for the list. */
export function addUser(list: { usersLow: number; usersHigh: number }, userId: string): void {
  list.usersLow = hashText(list.usersLow, userId);
  list.usersHigh = hashText(list.usersHigh, userId);
}
