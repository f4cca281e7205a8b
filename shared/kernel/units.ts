import { z } from 'zod';
import { cleanText } from './text.ts';

/**
 * Scalars that every contract is built from. A name says its unit: `…Ms` is a whole number of
 * milliseconds (a moment is Unix time by the server's Redis), `…Minor` is money in the currency's
 * smallest unit (ISO 4217 exponent).
 */

/** Integers above this would lose digits in Redis' Lua JSON codec (14 significant digits). */
export const MAX_MINOR = 1_000_000_000_000;
export const MAX_UNITS = 1_000_000;
const MAX_TIME_MS = 9_999_999_999_999;

export const roomIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected 1-63 of a-z, 0-9 and "-", not starting with "-"')
  .meta({ description: 'Room id: 1-63 of a-z, 0-9 and "-".', example: 'linen-house' });

export const idSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1-64 of A-Z, a-z, 0-9, "_" and "-"')
  .meta({ description: 'Id: 1-64 URL-safe characters.', example: 'p_8Jk2' });

/** A user id is the token's `sub`. The prefix `guest:` is reserved for sockets without a token. */
export const userIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$/, 'expected 1-64 of A-Z, a-z, 0-9, "_.:@-"')
  .meta({ description: 'User id: the `sub` of the token.', example: 'u-1001' });

/**
 * Chosen by the caller, once an intention, and kept over retries: one (user, opId) has at most one
 * effect, and a retry gets the first result.
 */
export const opIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, 'expected 8-64 of A-Z, a-z, 0-9, "_" and "-"')
  .meta({ description: 'Idempotency id: 8-64 URL-safe characters, the same over retries.' });

export const timeMsSchema = z.int().min(0).max(MAX_TIME_MS).meta({ description: 'Unix time in ms.' });
export const seqSchema = z.int().min(0).meta({ description: 'Position in the event log of the room.' });
export const minorSchema = z
  .int()
  .min(0)
  .max(MAX_MINOR)
  .meta({ description: "Money in the currency's smallest unit." });
export const unitsSchema = z.int().min(0).max(MAX_UNITS).meta({ description: 'Units of stock.' });
export const quantitySchema = z.int().min(1).max(1000);
export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, 'expected a three-letter ISO 4217 code')
  .meta({ example: 'CNY' });

export const ROLES = ['host', 'cohost', 'moderator', 'viewer', 'guest'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

/** `ROLES` are listed from the highest down. */
export function isAbove(a: Role, b: Role): boolean {
  return ROLES.indexOf(a) < ROLES.indexOf(b);
}

export function higherRole(a: Role, b: Role): Role {
  return isAbove(a, b) ? a : b;
}

/** Everyone who signed in. A guest watches and reads only. */
export const SIGNED_IN: readonly Role[] = ['host', 'cohost', 'moderator', 'viewer'];
export const SELLERS: readonly Role[] = ['host', 'cohost'];
export const STAFF: readonly Role[] = ['host', 'cohost', 'moderator'];

/** Text that others will read: cleaned (see text.ts) before its length counts. */
export function shownText(min: number, max: number) {
  return z.string().overwrite(cleanText).min(min).max(max);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Length as people see it: an emoji with skin tone counts one. */
export function graphemeCount(text: string): number {
  let count = 0;
  for (const _ of graphemes.segment(text)) count += 1;
  return count;
}
