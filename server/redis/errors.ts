import { StoreError } from '../kernel/outcome.ts';

/**
 * Replies by which Redis says that it did nothing and may do it later. A command that timed out, or
 * whose connection closed after it was written, may have been done: OUTCOME_UNKNOWN.
 */
const REFUSED =
  /^(LOADING|READONLY|CLUSTERDOWN|TRYAGAIN|ASK|MOVED|MASTERDOWN|MISCONF|OOM|NOREPLICAS|BUSY|NOAUTH|WRONGPASS)\b/;
const NOT_SENT =
  /enableOfflineQueue|isn't writeable|All sentinels are unreachable|ClusterAllFailedError|Failed to refresh slots|Cluster isn't ready|subscriber for (slot|the cluster)|startup nodes|ECONNREFUSED|ENOENT|Too many Cluster redirections\. Last error: \w*Error: (TRYAGAIN|ASK|MOVED|CLUSTERDOWN)\b/;
const UNKNOWN =
  /Command timed out|Command aborted|Connection is closed|Too many Cluster redirections|max retries per request|ECONNRESET|EPIPE|Socket timeout/i;

/** Turns what ioredis throws into a `StoreError`, and leaves bugs (script errors, WRONGTYPE) as they are. */
export function asStoreError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const { previousErrors } = error as { previousErrors?: Error[] };
  // A transaction was discarded as a whole; why is with the command that was refused in it.
  if (error.message.startsWith('EXECABORT') && previousErrors?.[0]) return asStoreError(previousErrors[0]);
  const text = `${error.name} ${error.message}`;
  if (REFUSED.test(error.message) || NOT_SENT.test(text)) return new StoreError('UNAVAILABLE', error);
  if (UNKNOWN.test(text)) return new StoreError('OUTCOME_UNKNOWN', error);
  return error;
}

/** Runs plain commands (no script) under the same mapping. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStoreError(error);
  }
}
