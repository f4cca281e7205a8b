import type { Log } from '../kernel/log.ts';
import { StoreError } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { FlashSaleStore } from '../plays/flash-sale/flash-sale.store.ts';
import type { LotteryStore } from '../plays/lottery/lottery.store.ts';
import type { MediaStore } from '../plays/media/media.store.ts';
import type { RoomStore } from '../plays/room/room.store.ts';
import type { ShelfStore } from '../plays/shelf/shelf.store.ts';
import { fingerprint } from '../redis/reply.ts';
import { DEMO_ROOM_ID, SHOW_ACTOR } from './people.ts';
import { isHostAtWork, nextDraw, nextSale, OFF_AIR_MS, SESSION_TITLE } from './show.rules.ts';

export type DemoShowDeps = {
  rooms: RoomStore;
  shelf: ShelfStore;
  sales: FlashSaleStore;
  draws: LotteryStore;
  media: Pick<MediaStore, 'shown'>;
  random: RandomSource;
  log: Log;
  /** Redis' time, as this node knows it. */
  serverNowMs: () => number;
};

const LOOK_EVERY_MS = 2000;

/**
 * Keeps the demo room going while nobody runs it: a session, and one sale and one draw after the other. It sells, and
 * never buys, chats, watches or enters, and it stops when a host goes on air. Every node of a demo has one; their opIds
 * make them act as one.
 */
export class DemoShow {
  readonly #deps: DemoShowDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;
  /** When this node first saw that no session runs. */
  #offAirSinceMs: number | undefined;

  constructor(deps: DemoShowDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#look(true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #look(first: boolean): Promise<void> {
    try {
      await this.step(first);
    } catch (error) {
      const level = error instanceof StoreError ? 'debug' : 'error';
      this.#deps.log[level]({ err: error }, 'the show could not go on');
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#look(false);
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** One look at the room. `first`: the server has just started, nobody has gone off air on purpose. */
  async step(first: boolean): Promise<void> {
    const { rooms, media, serverNowMs } = this.#deps;
    const nowMs = serverNowMs();
    const listing = await rooms.read(DEMO_ROOM_ID);
    if (!listing) return;
    const { session } = listing;
    if (session) this.#offAirSinceMs = undefined;
    if (isHostAtWork(session, (await media.shown(DEMO_ROOM_ID)).length, nowMs)) return;
    if (!session) {
      this.#offAirSinceMs ??= first ? nowMs - OFF_AIR_MS : nowMs;
      if (nowMs - this.#offAirSinceMs < OFF_AIR_MS) return;
      await this.#goLive();
    }
    await this.#sell(nowMs);
    await this.#draw(nowMs);
  }

  async #sell(nowMs: number): Promise<void> {
    const { shelf, sales } = this.#deps;
    const next = nextSale(await sales.list(DEMO_ROOM_ID), await shelf.list(DEMO_ROOM_ID), nowMs);
    if (!next) return;
    const op = {
      actor: SHOW_ACTOR,
      opId: next.opId,
      fingerprint: fingerprint('flash-sale:schedule', next.input),
    };
    const outcome = await sales.schedule(DEMO_ROOM_ID, op, this.#deps.random.id('sale'), next.input);
    if (!outcome.ok) {
      this.#deps.log.debug({ code: outcome.code }, 'the show left a sale out');
      return;
    }
    await shelf.feature(
      DEMO_ROOM_ID,
      { ...op, fingerprint: fingerprint('shelf:feature', { productId: next.input.productId }) },
      next.input.productId,
    );
  }

  async #draw(nowMs: number): Promise<void> {
    const { draws } = this.#deps;
    const latest = await draws.draws(DEMO_ROOM_ID, undefined, 1);
    const next = nextDraw(latest?.draws[0], nowMs);
    if (!next) return;
    const { opId, terms } = next;
    const op = { actor: SHOW_ACTOR, opId, fingerprint: fingerprint('lottery:announce', terms) };
    const outcome = await draws.announce(DEMO_ROOM_ID, op, terms);
    if (!outcome.ok) this.#deps.log.debug({ code: outcome.code }, 'the show left a draw out');
  }

  async #goLive(): Promise<void> {
    const session = { sessionId: this.#deps.random.id('s'), title: SESSION_TITLE };
    // Of two nodes that do this at once, one is told that a session runs.
    const op = { actor: SHOW_ACTOR, opId: this.#deps.random.id('op'), fingerprint: 'show' };
    await this.#deps.rooms.startSession(DEMO_ROOM_ID, op, session);
  }
}
