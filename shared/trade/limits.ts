/** Limits of whatever holds units. plays' documents show them. */
export const TRADE_LIMITS = {
  unpaidHoldsMax: { value: 3, unit: 'holds', summary: 'Unpaid holds in an hour before a buyer is paused.' },
  unpaidWindowMs: { value: 3_600_000, unit: 'ms', summary: 'The hour in which unpaid holds count.' },
  unpaidPauseMs: { value: 600_000, unit: 'ms', summary: 'How long a buyer is paused after too many.' },
  offerMs: {
    value: 60_000,
    unit: 'ms',
    summary: 'How long a returned unit is kept for the first in line.',
  },
} as const;

/** How long a grab token is good for. */
export const TOKEN_TTL_MS = 30_000;
/** Zero bits that a proof of work must begin with: about 4,000 hashes. */
export const WORK_BITS = 12;
