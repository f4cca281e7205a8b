import { createHash } from 'node:crypto';

/** All chance of these tests follows from one text, so that they say the same on every machine and day. */
const FIXED = 'livestall independent draws 1';

/** 32 bytes that stand for these words. */
export const bytesFor = (...what: (string | number)[]): Buffer =>
  createHash('sha256')
    .update([FIXED, ...what].join(' '))
    .digest();

export const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

export const ticketsUpTo = (size: number): number[] => Array.from({ length: size }, (_, at) => at + 1);
