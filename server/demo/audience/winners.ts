import type { RandomSource } from '../../kernel/random.ts';
import type { Viewer } from './viewer.ts';
import type { Wheel } from './wheel.ts';

export type WinnersDeps = {
  random: RandomSource;
  wheel: Wheel;
  said: (occasion: 'won', viewer: Viewer) => void;
};

/** The others let their time run out, so that the next in line gets the prize. */
const CLAIM_SHARE = 0.75;
const FIRST_MS = 4000;
/** Most claim within a minute, the last after two and a half. */
const SPREAD_MS = 150_000;
const AGAIN_MS = 20_000;
const TRIES = 3;

/** Claims prizes as people do. Whoever was away when they won doesn't know of it, and claims nothing. */
export class Winners {
  readonly #deps: WinnersDeps;
  readonly #claiming = new Set<string>();

  constructor(deps: WinnersDeps) {
    this.#deps = deps;
  }

  noticed(viewer: Viewer, notice: unknown): void {
    const { name, data } = notice as { name: string; data: { drawId?: string } };
    const { drawId } = data;
    if (name !== 'lottery:won' || drawId === undefined) return;
    const { random, wheel, said } = this.#deps;
    said('won', viewer);
    const claim = `${viewer.no} ${drawId}`;
    if (this.#claiming.has(claim) || random.next() >= CLAIM_SHARE) return;
    this.#claiming.add(claim);
    wheel.after(FIRST_MS + random.next() ** 2 * SPREAD_MS, () => void this.#claim(viewer, drawId, 1));
  }

  async #claim(viewer: Viewer, drawId: string, attempt: number): Promise<void> {
    const claimed = await viewer.act('lottery:claim', { drawId, contact: contactOf(viewer) }, false);
    const isLost = !claimed.ok && claimed.error.code !== 'UNAVAILABLE' && !claimed.error.retryAfterMs;
    if (claimed.ok || isLost || attempt >= TRIES) {
      this.#claiming.delete(`${viewer.no} ${drawId}`);
      return;
    }
    this.#deps.wheel.after(AGAIN_MS * attempt, () => void this.#claim(viewer, drawId, attempt + 1));
  }
}

/** What the host reads in place of an address: nobody could take it for one. */
export function contactOf({ no, persona }: Pick<Viewer, 'no' | 'persona'>): string {
  return persona.tongue === 'zh' ? `模拟观众 ${no}（没有地址）` : `Simulated viewer ${no} (no address)`;
}
