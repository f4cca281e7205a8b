import { readFile } from 'node:fs/promises';
import { type PublicJwk, readKeySet } from '../../shared/trade/receipt-check.ts';

/** Why nothing can be said about a receipt; the message is for people. */
export class CannotCheck extends Error {}

export const KEYS_PATH = '/.well-known/livestall-keys.json';
const FETCH_TIMEOUT_MS = 10_000;
const KEYS_MAX_BYTES = 1024 * 1024;

/**
 * The keys to check with: of a file or an address (`keys`), or as a server publishes them (`server`, an origin).
 * @throws CannotCheck when there are none to be had.
 */
export async function readKeys(from: { keys?: string; server?: string }): Promise<PublicJwk[]> {
  const { keys: place = '', server } = from;
  const address = server === undefined ? place : new URL(KEYS_PATH, originOf(server)).href;
  const text = /^https?:\/\//.test(address) ? await fetchText(address) : await readText(address);
  const keys = readKeySet(parse(text));
  if (keys === null || keys.length === 0) {
    throw new CannotCheck(`${address} has no Ed25519 key: expected {"keys": […]} (RFC 7517, RFC 8037).`);
  }
  return keys;
}

function originOf(server: string): string {
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
    throw new CannotCheck(`--server: expected an address such as https://live.example, not "${server}".`);
  }
  return server;
}

async function fetchText(address: string): Promise<string> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) {
      await response.body?.cancel();
      throw new CannotCheck(`${address} was answered with ${response.status} instead of the keys.`);
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > KEYS_MAX_BYTES) throw new CannotCheck(`${address} answers more than keys can be.`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } catch (error) {
    if (error instanceof CannotCheck) throw error;
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    throw new CannotCheck(`No keys from ${address}: ${cause?.code ?? cause?.message ?? message}.`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CannotCheck(`The keys cannot be read from ${path}: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
