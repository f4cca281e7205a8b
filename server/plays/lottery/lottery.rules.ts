import { REGIONS, type RegionProfile } from '../../../shared/community/regions.ts';
import { prizeOfRank } from '../../../shared/lottery/verify-awards.ts';
import {
  type Condition,
  DRAW_LIMITS,
  type DrawTerms,
  type Prize,
} from '../../../shared/plays/lottery/draw.ts';
import { type Refusal, refuse } from '../../kernel/outcome.ts';
import { skeleton } from '../../text/skeleton.ts';

/** What a passphrase must have left when only its shape counts, or any message would contain it. */
const PHRASE_MIN_CHARACTERS = 2;

type TermsRefusal = Refusal<'CONDITION_NOT_ALLOWED' | 'NO_BEACON' | 'INVALID_PAYLOAD'>;

/** What is wrong with the terms of a draw before anything is asked of Redis; undefined: nothing. */
export function termsFault(
  { conditions, trust }: Pick<DrawTerms, 'conditions' | 'trust'>,
  { region, hasBeacon }: { region: RegionProfile; hasBeacon: boolean },
): TermsRefusal | undefined {
  const purchase = conditions.findIndex(({ kind }) => kind === 'purchase');
  if (purchase >= 0 && !REGIONS[region].purchaseCondition) {
    return refuse('CONDITION_NOT_ALLOWED', { path: `conditions.${purchase}` });
  }
  const phrase = conditions.findIndex(({ kind }) => kind === 'phrase');
  if (phrase >= 0 && [...phraseSkeleton(conditions)].length < PHRASE_MIN_CHARACTERS) {
    return refuse('INVALID_PAYLOAD', {
      path: `conditions.${phrase}.phrase`,
      message: `expected a passphrase of at least ${PHRASE_MIN_CHARACTERS} letters or signs that can be told apart`,
    });
  }
  if (trust === 'beacon' && !hasBeacon) return refuse('NO_BEACON', { path: 'trust' });
  return undefined;
}

/** What the passphrase looks like; '' where there is none. */
export function phraseSkeleton(conditions: readonly Condition[]): string {
  const condition = conditions.find((each) => each.kind === 'phrase');
  return condition === undefined ? '' : skeleton(condition.phrase);
}

export function winnersWanted(prizes: readonly Prize[]): number {
  return prizes.reduce((sum, { count }) => sum + count, 0);
}

/** The prize of the winner at a place, from 0. */
export function prizeOfPlace(prizes: readonly Prize[], place: number): number {
  const index = prizeOfRank(prizes, place + 1);
  if (index === undefined) throw new RangeError(`there is no prize for place ${place}`);
  return index;
}

/** The prizes that nobody has claimed, for a new draw. */
export function unclaimedPrizes(
  prizes: readonly Prize[],
  claimed: readonly { prizeIndex: number }[],
): Prize[] {
  return prizes.flatMap((prize, index) => {
    const count = prize.count - claimed.filter(({ prizeIndex }) => prizeIndex === index).length;
    return count > 0 ? [{ ...prize, count }] : [];
  });
}

/** A user id that says to its owner alone whose it is: `an***a`. */
export function maskedId(userId: string): string {
  if (userId.length < 5) return `${userId.slice(0, 1)}***`;
  return `${userId.slice(0, 2)}***${userId.slice(-1)}`;
}

/** So many entries are decided in one call: more would keep Redis for most of a millisecond. */
export const ENTRIES_AT_ONCE = 32;

/** So many entries are judged in one call: each condition costs a look-up, and a call must end within a millisecond. */
export function judgedAtOnce(conditions: number): number {
  return Math.floor(240 / (3 + conditions));
}

export const SHOWN_WINNERS = 20;
export const ENTRIES_MAX = DRAW_LIMITS.entriesMax.value;
