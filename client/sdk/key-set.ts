import { type PublicJwk, readKeySet } from '../../shared/trade/receipt-check.ts';
import type { Time } from './time.ts';

/** Brings what the server publishes. `fresh`: not from any cache. A rejection: not now. */
export type FetchKeys = (ask: { fresh: boolean }) => Promise<unknown>;

/** The keys that the server signs with, fetched when first asked for. */
export type KeySet = {
  /** Null: they could not be fetched. `fresh`: not those of more than ten seconds ago. */
  get(fresh?: boolean): Promise<readonly PublicJwk[] | null>;
  /** Whether `get` answers without the network. */
  isKnown(): boolean;
};

export const KEYS_PATH = '/.well-known/livestall-keys.json';
/** A receipt that names a key nobody has must not make us ask again and again. */
const REFETCH_MS = 10_000;
const FETCH_TIMEOUT_MS = 5_000;

export function createKeySet(fetchKeys: FetchKeys, time: Time): KeySet {
  let known: { keys: readonly PublicJwk[]; atMs: number } | null = null;
  let underWay: Promise<readonly PublicJwk[] | null> | null = null;

  async function load(fresh: boolean): Promise<readonly PublicJwk[] | null> {
    try {
      const keys = readKeySet(await fetchKeys({ fresh }));
      if (keys !== null) known = { keys, atMs: time.now() };
      return keys;
    } catch {
      return null;
    } finally {
      underWay = null;
    }
  }

  return {
    async get(fresh = false) {
      if (known !== null && (!fresh || time.now() - known.atMs < REFETCH_MS)) return known.keys;
      underWay ??= load(fresh);
      return (await underWay) ?? known?.keys ?? null;
    },
    isKnown: () => known !== null,
  };
}

/** Asks the node at `url` for its published keys. */
export function keysFrom(url: string): FetchKeys {
  return async ({ fresh }) => {
    const response = await fetch(new URL(KEYS_PATH, url), {
      credentials: 'omit',
      cache: fresh ? 'reload' : 'default',
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`${KEYS_PATH} was answered with ${response.status}`);
    return response.json();
  };
}
