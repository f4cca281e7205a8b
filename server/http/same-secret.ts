import { createHash, timingSafeEqual } from 'node:crypto';

export const hashSecret = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares secrets without telling by time where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hashSecret(a), hashSecret(b));
}
