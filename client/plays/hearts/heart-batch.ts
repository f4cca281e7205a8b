import type { Time } from '../../sdk/time.ts';

/** Those of the contract, which carries zod; a test holds them together. */
export const HEARTS_AT_ONCE = 20;
export const SEND_EVERY_MS = 2000;

/**
 * Gathers taps: the first goes out at once, what follows goes together. A thumb is quicker than anybody counts: taps
 * beyond what one command takes are for the eye only.
 */
export type HeartBatch = {
  tap(): void;
  /** What was gathered is not sent any more. */
  drop(): void;
};

export function createHeartBatch(time: Time, send: (count: number) => void): HeartBatch {
  let waiting = 0;
  let sentAtMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;

  function sendNow(): void {
    cancel = null;
    const count = waiting;
    waiting = 0;
    sentAtMs = time.now();
    send(count);
  }

  return {
    tap() {
      waiting = Math.min(HEARTS_AT_ONCE, waiting + 1);
      if (cancel !== null) return;
      const leftMs = sentAtMs + SEND_EVERY_MS - time.now();
      if (leftMs <= 0) sendNow();
      else cancel = time.after(leftMs, sendNow);
    },
    drop() {
      waiting = 0;
      cancel?.();
      cancel = null;
    },
  };
}
