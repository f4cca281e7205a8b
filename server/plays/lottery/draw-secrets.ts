import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { ENTRY_ID_LENGTH } from '../../../shared/lottery/fair-draw.ts';

/** Makes 32 bytes that nobody can guess; an argument, so that a test's draw can be repeated. */
export type SecretSource = () => Uint8Array;
export const systemSecrets: SecretSource = () => randomBytes(32);

/**
 * Gives entrants their pseudonyms in the public list: the first 96 bits of HMAC-SHA256(entryKey, userId), base64url.
 * The key (hexadecimal) is the draw's own and lies with it, so that other secrets may change, and one user's entries
 * in two draws cannot be told to be theirs.
 */
export function entryIds(entryKey: string): (userId: string) => string {
  // A key that is prepared once: a list has a million entrants.
  const key = createSecretKey(entryKey, 'hex');
  return (userId) => createHmac('sha256', key).update(userId).digest('base64url').slice(0, ENTRY_ID_LENGTH);
}
