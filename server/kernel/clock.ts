/** Time is an argument: production passes `systemClock`, tests a clock they turn by hand. */
export type Clock = {
  /** Unix time in ms by this process. Decides nothing of value: deadlines live in Redis' own time. */
  nowMs(): number;
  /** Milliseconds that only go up, for measuring spans and buckets. */
  monotonicMs(): number;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
