/** What the shape of a record allows, for the schema and for the check by hand. */

export const RECORD_FORMAT = 'livestall-draw/1';
export const AWARD_STATUSES = ['won', 'claimed', 'passed-on'] as const;

export const RECORD_LIMITS = {
  /** Winners of a draw, and units of one prize. */
  winners: 10_000,
  prizes: 1000,
  conditions: 50,
  /** Characters of a title or a reason. */
  text: 1000,
  /** Siblings in an inclusion proof: enough for 2^32 tickets. */
  path: 32,
  /** The year 2286, as elsewhere. */
  seconds: 9_999_999_999,
  /** A month. */
  periodS: 2_678_400,
  round: Number.MAX_SAFE_INTEGER,
} as const;
