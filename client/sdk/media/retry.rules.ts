import { backoffMs } from '../backoff.ts';
import type { Random } from '../time.ts';
import type { Loss } from './ask.ts';

/**
 * What to do about a loss: how long to wait, and what to say meanwhile. A refusal that passes by itself has its own
 * pace; everything else is tried at once, then less and less often.
 */
export type Plan = {
  delayMs: number;
  /** null: going on, nothing to say yet. */
  says: 'full' | 'unavailable' | 'failed' | 'off-air' | 'unsupported' | null;
  /** Nothing but a change of the room or the user is worth another try. */
  waits: boolean;
};

/** A worker that died takes hundreds along: they come back over a moment, not in one. */
export const AT_ONCE_MS = 250;
const RETRY_MAX_MS = 15_000;
const FULL_AFTER_MS = 5_000;
/** Who may come again so soon is not kept out by the crowd: a worker is being replaced. */
const SOON_MS = 1_500;
const UNAVAILABLE_AFTER_MS = 30_000;
/** So many attempts in vain are said to have failed. */
export const FAILED_AFTER = 4;

export function planAfter({ code, retryAfterMs }: Loss, attempt: number, random: Random): Plan {
  switch (code) {
    case 'UNSUPPORTED':
      return { delayMs: 0, says: 'unsupported', waits: true };
    case 'OFF_AIR':
    case 'off-air':
      return { delayMs: UNAVAILABLE_AFTER_MS, says: 'off-air', waits: false };
    case 'MEDIA_FULL':
      return {
        delayMs: spread(retryAfterMs ?? FULL_AFTER_MS, random),
        says: (retryAfterMs ?? FULL_AFTER_MS) < SOON_MS ? null : 'full',
        waits: false,
      };
    case 'MEDIA_UNAVAILABLE':
      return {
        delayMs: spread(retryAfterMs ?? UNAVAILABLE_AFTER_MS, random),
        says: 'unavailable',
        waits: false,
      };
    default: {
      const delayMs =
        attempt === 0 ? Math.round(random() * AT_ONCE_MS) : backoffMs(attempt, random, 500, RETRY_MAX_MS);
      return {
        delayMs: Math.max(delayMs, retryAfterMs ?? 0),
        says: attempt >= FAILED_AFTER ? 'failed' : null,
        waits: false,
      };
    }
  }
}

/** Not before, and up to half as long again. */
function spread(ms: number, random: Random): number {
  return Math.round(ms * (1 + random() / 2));
}
