/**
 * The server's clock, estimated from replies that carry `serverNowMs`: the reply is taken to have been made
 * half-way through the round trip (Cristian's algorithm). Of the last samples the one with the least round
 * trip counts, because its error is at most half of that.
 */
export type ServerClock = {
  /** `sentAt` and `receivedAt` are readings of the local clock around the call. */
  sample(sentAt: number, receivedAt: number, serverNowMs: number): void;
  /** Forgets the samples: the device slept, or the local clock can't be trusted. */
  reset(): void;
  /** Unix time in ms by the server. Before the first sample: the local clock. */
  serverNow(): number;
  offsetMs(): number;
};

const KEPT = 6;

export function createServerClock(now: () => number): ServerClock {
  let samples: { rttMs: number; offsetMs: number }[] = [];
  let offsetMs = 0;
  return {
    sample(sentAt, receivedAt, serverNowMs) {
      const rttMs = Math.max(0, receivedAt - sentAt);
      samples.push({ rttMs, offsetMs: serverNowMs - (sentAt + receivedAt) / 2 });
      if (samples.length > KEPT) samples.shift();
      const best = samples.reduce((a, b) => (b.rttMs < a.rttMs ? b : a));
      offsetMs = best.offsetMs;
    },
    reset() {
      samples = [];
    },
    serverNow: () => now() + offsetMs,
    offsetMs: () => offsetMs,
  };
}
