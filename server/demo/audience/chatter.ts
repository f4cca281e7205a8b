import type { RandomSource } from '../../kernel/random.ts';
import type { Refused } from './light-socket.ts';
import { type Occasion, Words } from './lines.ts';
import type { Happening, Picture } from './picture.ts';
import type { Viewer } from './viewer.ts';
import type { Wheel } from './wheel.ts';

export type ChatterDeps = {
  random: RandomSource;
  nowMs: () => number;
  wheel: Wheel;
  picture: Picture;
  here: () => readonly Viewer[];
  viewers: number;
};

/** Lines a second of a whole audience: 200 people say one or two, 2000 no more than three. */
const RATE_MIN = 0.5;
const RATE_MAX = 3;
/** People who just spoke let others speak. */
const BREATH_MS = 12_000;
const HUSH_MS = 600_000;
const FOR_GOOD_MS = 24 * 3_600_000;
const PHRASE_GAP_MS = 4000;

/** Who says what, and when. A refusal keeps the one who met it quiet for the time that it tells. */
export class Chatter {
  readonly #deps: ChatterDeps;
  readonly #words: Words;
  readonly #perSecond: number;
  #phraseFreeAtMs = 0;
  #lastText = '';

  constructor(deps: ChatterDeps) {
    this.#deps = deps;
    this.#words = new Words(deps.random);
    this.#perSecond = Math.min(RATE_MAX, RATE_MIN + deps.viewers / 160);
  }

  start(): void {
    const { random, wheel, picture } = this.#deps;
    const meanMs = 1000 / this.#perSecond;
    wheel.after(Math.min(8 * meanMs, -Math.log(1 - random.next()) * meanMs), () => {
      // Before and after a show, people talk less.
      if (picture.isLive || random.next() < 0.2) void this.#say(this.#smallTalk());
      this.start();
    });
  }

  happened({ what, ...about }: Happening): void {
    switch (what) {
      case 'sale-soon':
        this.#some(2, 15_000, 'soon');
        return;
      case 'sale-open':
        this.#some(4, 6000, 'open');
        return;
      case 'stock': {
        const { sale, wasAvailable } = about as Extract<Happening, { what: 'stock' }>;
        if (sale.available === 0 && wasAvailable > 0) this.#some(4, 10_000, 'sold-out');
        return;
      }
      case 'draw-open':
        this.#some(3, 20_000, 'draw');
        return;
      case 'draw-over':
        this.#some(3, 8000, 'draw-over');
        return;
      case 'live':
        this.#some(4, 6000, 'live');
        return;
      case 'host-said': {
        const { message } = about as Extract<Happening, { what: 'host-said' }>;
        if (this.#deps.random.next() < 0.35) {
          this.#deps.wheel.after(
            2000 + this.#deps.random.next() * 6000,
            () => void this.#say('host', undefined, message),
          );
        }
      }
    }
  }

  /** Something happened to this one: it may speak of it. */
  react(occasion: Occasion, viewer: Viewer): void {
    const { random, wheel } = this.#deps;
    if (random.next() < 0.3) wheel.after(1500 + random.next() * 8000, () => void this.#say(occasion, viewer));
  }

  /** Says what a draw asks for; false: not now, others are saying it. */
  async phrase(viewer: Viewer, text: string): Promise<boolean> {
    const nowMs = this.#deps.nowMs();
    if (nowMs < Math.max(this.#phraseFreeAtMs, viewer.hushedUntilMs) || text === this.#lastText) return false;
    this.#phraseFreeAtMs = nowMs + PHRASE_GAP_MS;
    return this.#send(viewer, text, {});
  }

  #some(count: number, withinMs: number, occasion: Occasion): void {
    const { random, wheel, viewers } = this.#deps;
    const voices = Math.ceil(count * Math.min(1, viewers / 60));
    for (let i = 0; i < voices; i += 1)
      wheel.after(400 + random.next() * withinMs, () => void this.#say(occasion));
  }

  #smallTalk(): Occasion {
    const roll = this.#deps.random.next();
    if (roll < 0.45) return 'product';
    return roll < 0.58 ? 'hello' : 'idle';
  }

  async #say(occasion: Occasion, given?: Viewer, to?: { messageId: string; userId: string }): Promise<void> {
    const { picture } = this.#deps;
    const viewer = given ?? this.#speaker();
    if (!viewer || viewer.hushedUntilMs > this.#deps.nowMs()) return;
    const text = this.#words.line(occasion, viewer.persona.tongue, {
      product: picture.product,
      host: picture.hostName,
    });
    if (text === undefined) return;
    await this.#send(viewer, text, to ? { replyToMessageId: to.messageId, mentions: [to.userId] } : {});
  }

  /** Some talk much, most a little; whoever spoke just now waits. */
  #speaker(): Viewer | undefined {
    const { here, random, nowMs } = this.#deps;
    const free = here().filter(({ hushedUntilMs }) => hushedUntilMs <= nowMs());
    if (free.length === 0) return undefined;
    const one = (): Viewer => free[Math.floor(random.next() * free.length)] as Viewer;
    return [one(), one()].toSorted((a, b) => b.persona.talk - a.persona.talk)[0];
  }

  async #send(viewer: Viewer, text: string, more: object): Promise<boolean> {
    const { nowMs } = this.#deps;
    viewer.hushedUntilMs = nowMs() + BREATH_MS;
    this.#lastText = text;
    const said = await viewer.act('chat:say', { text, ...more }, false);
    if (said.ok) return true;
    if (said.error.code === 'WORD_BLOCKED' || said.error.code === 'LINK_BLOCKED') this.#words.refuse(text);
    viewer.hushedUntilMs = nowMs() + hushMs(said.error);
    return false;
  }
}

/** How long somebody is quiet after a refusal. */
export function hushMs({ code, retryAfterMs }: Refused): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  return code === 'MUTED' ? FOR_GOOD_MS : HUSH_MS;
}
