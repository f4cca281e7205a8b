/** Tells fans, on all of their devices, what their points have become. */
export class FanNews {
  readonly #notify: (roomId: string, userId: string, name: string, data: unknown) => void;

  constructor(notify: (roomId: string, userId: string, name: string, data: unknown) => void) {
    this.#notify = notify;
  }

  /**
   * `told`: what `fans_save` of lua/fans.lua returned. `here`: only on this node's sockets, and without a call to
   * Redis: for what many get at once.
   */
  tell(roomId: string, told: string, here = this.#notify): void {
    for (const [userId, level, points] of JSON.parse(told) as [string, number, number][]) {
      here(roomId, userId, 'fan-badges:points-changed', { level, points });
    }
  }
}
