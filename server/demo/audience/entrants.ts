import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import type { RandomSource } from '../../kernel/random.ts';
import type { Happening } from './picture.ts';
import type { Viewer } from './viewer.ts';
import type { Wheel } from './wheel.ts';

export type EntrantsDeps = {
  random: RandomSource;
  nowMs: () => number;
  wheel: Wheel;
  picture: { draws: ReadonlyMap<string, Draw> };
  here: () => readonly Viewer[];
  /** Says a draw's phrase; false: not now. */
  say: (viewer: Viewer, text: string) => Promise<boolean>;
};

const FIRST_MS = 2000;
const SPREAD_MS = 60_000;
const AGAIN_MS = 5000;
const TRIES = 4;

/**
 * Enters draws as people do, by meeting their conditions. The record of the draw has the simulated ones among its
 * entries as everybody else.
 */
export class Entrants {
  readonly #deps: EntrantsDeps;
  /** Who has thought of which draw: once each, however often they come and go. */
  readonly #taken = new Map<string, Set<Viewer>>();

  constructor(deps: EntrantsDeps) {
    this.#deps = deps;
  }

  happened(happening: Happening): void {
    if (happening.what === 'draw-over') this.#taken.delete(happening.draw.drawId);
    if (happening.what !== 'draw-open') return;
    for (const viewer of this.#deps.here()) this.#consider(viewer, happening.draw.drawId);
  }

  /** Somebody came in: what is open already is news to them. */
  came(viewer: Viewer): void {
    for (const { drawId, phase } of this.#deps.picture.draws.values())
      if (phase === 'open') this.#consider(viewer, drawId);
  }

  #consider(viewer: Viewer, drawId: string): void {
    const { random, wheel } = this.#deps;
    const taken = this.#taken.get(drawId) ?? new Set();
    this.#taken.set(drawId, taken);
    if (!viewer.persona.enters || taken.has(viewer)) return;
    taken.add(viewer);
    wheel.after(FIRST_MS + random.next() ** 2 * SPREAD_MS, () => void this.#enter(viewer, drawId, 1));
  }

  async #enter(viewer: Viewer, drawId: string, attempt: number): Promise<void> {
    const draw = this.#deps.picture.draws.get(drawId);
    if (!viewer.isHere || draw?.phase !== 'open') return;
    const ready = await this.#meet(viewer, draw);
    if (ready) {
      const entered = await viewer.call('lottery:enter', { drawId }, false);
      // What is not met by now (a level, minutes watched, a purchase) is not chased after.
      if (entered.ok || entered.error.retryAfterMs === undefined) return;
    }
    if (attempt >= TRIES) return;
    const againMs = AGAIN_MS * attempt * (1 + 4 * this.#deps.random.next());
    this.#deps.wheel.after(againMs, () => void this.#enter(viewer, drawId, attempt + 1));
  }

  /** Follows, and says the phrase. False: not yet. */
  async #meet(viewer: Viewer, { conditions }: Draw): Promise<boolean> {
    for (const condition of conditions) {
      if (condition.kind === 'follow' && !(await viewer.follow())) return false;
      if (condition.kind === 'phrase' && !(await this.#deps.say(viewer, condition.phrase))) return false;
    }
    return true;
  }
}
