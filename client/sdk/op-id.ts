import type { Random } from './time.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LENGTH = 22;

/**
 * A fresh idempotency id: 22 URL-safe characters, 132 bits from the platform's generator. With `random`
 * (tests, simulations) the same seed gives the same ids.
 */
export function newOpId(random?: Random): string {
  const bytes = new Uint8Array(LENGTH);
  if (random === undefined) crypto.getRandomValues(bytes);
  else for (let i = 0; i < LENGTH; i += 1) bytes[i] = Math.floor(random() * 256);
  let id = '';
  for (const byte of bytes) id += ALPHABET.charAt(byte & 63);
  return id;
}
