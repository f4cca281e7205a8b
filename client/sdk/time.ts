/** Time as the SDK needs it. Tests and simulations pass their own. */
export type Time = {
  /** Milliseconds; only differences matter, the offset to the server is measured. */
  now(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
};

/** Monotonic, so that a user who sets the device's clock does not shift a countdown. */
export const systemTime: Time = {
  now: () => performance.timeOrigin + performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A number in [0, 1). */
export type Random = () => number;
