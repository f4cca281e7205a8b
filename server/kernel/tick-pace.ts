export type TickPaceOptions = {
  /** Between two frames of a small room. */
  leastMs: number;
  /** However large the room and busy the node. */
  mostMs: number;
  /** Packets that this node may spend on frames: what one process writes in about a third of its time. */
  packetsPerSecond: number;
  monotonicMs: () => number;
};

const WINDOW_MS = 1000;

/**
 * How long rooms of this node wait between frames. A room's tick grows with its audience, so that no room
 * takes more than the budget; all ticks are stretched while the rooms together write more than it.
 */
export class TickPace {
  readonly #options: TickPaceOptions;
  #windowFromMs: number;
  #packets = 0;
  #stretch = 1;

  constructor(options: TickPaceOptions) {
    this.#options = options;
    this.#windowFromMs = options.monotonicMs();
  }

  /** By how much ticks are longer now than their audiences ask for; 1: not at all. */
  get stretch(): number {
    this.#turn();
    return this.#stretch;
  }

  sent(packets: number): void {
    this.#turn();
    this.#packets += packets;
  }

  /** Time between two frames of a room with so many members on this node, in ms. */
  tickMs(members: number): number {
    const { leastMs, mostMs, packetsPerSecond } = this.#options;
    const byAudience = Math.max(leastMs, (members * 1000) / packetsPerSecond);
    return Math.min(Math.max(leastMs, mostMs), byAudience * this.stretch);
  }

  /** At a window's end the stretch is corrected by how far the packets were off the budget. */
  #turn(): void {
    const { leastMs, mostMs, packetsPerSecond, monotonicMs } = this.#options;
    const nowMs = monotonicMs();
    const passedMs = nowMs - this.#windowFromMs;
    if (passedMs < WINDOW_MS) return;
    const share = (this.#packets * 1000) / passedMs / packetsPerSecond;
    const most = Math.max(1, mostMs / leastMs);
    this.#stretch = Math.min(most, Math.max(1, this.#stretch * share));
    this.#packets = 0;
    this.#windowFromMs = nowMs;
  }
}
