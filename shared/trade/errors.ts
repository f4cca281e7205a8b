import type { ErrorSpec } from '../kernel/errors.ts';

/** Refusals of whatever takes units of a sale: the same words for a grab, a cart and a place in line. */
export const SALE_ERRORS = {
  SALE_NOT_FOUND: { message: 'There is no such sale in this room.', retryable: false },
  NOT_OPEN: { message: 'The sale has not opened yet; wait `retryAfterMs`.', retryable: true },
  SOLD_OUT: { message: 'No unit is left; held ones may come back.', retryable: true },
  LIMIT_REACHED: { message: 'You have as many as one buyer may have.', retryable: false },
  PAUSED: { message: 'The host paused the sale.', retryable: true },
  ENDED: { message: 'The sale is over.', retryable: false },
  TOO_MANY_HOLDS: {
    message: 'Too many of your holds ran out unpaid; wait `retryAfterMs`.',
    retryable: true,
  },
  TOKEN_REQUIRED: {
    message: 'This sale takes a grab with a fresh token for this opId only; ask for one and try again.',
    retryable: true,
  },
  FANS_FIRST: {
    message: 'For a moment the sale is for fans of a level that you do not have; wait `retryAfterMs`.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorSpec>;

export type SaleErrorCode = keyof typeof SALE_ERRORS;
export const SALE_ERROR_CODES = Object.keys(SALE_ERRORS) as SaleErrorCode[];
