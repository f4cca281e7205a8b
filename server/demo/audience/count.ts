import { isSimulated } from '../../../shared/kernel/simulated.ts';
import type { Log } from '../../kernel/log.ts';
import { StoreError } from '../../kernel/outcome.ts';
import type { RoomStore } from '../../plays/room/room.store.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';
import { SHOW_ACTOR } from '../people.ts';

export type CountDeps = {
  rooms: Pick<RoomStore, 'read' | 'update'>;
  redis: RedisClient;
  keys: Keys;
  roomId: string;
  log: Log;
  onCount: (count: number) => void;
};

const LOOK_EVERY_MS = 5000;

/**
 * Says in the room how many of its viewers are simulated: counted from who is there, over all nodes, as viewers are.
 * Every node of a demo looks, so that nothing is left of an audience whose server crashed.
 */
export class SimulatedCount {
  readonly #deps: CountDeps;
  /** Looks also while none are told of. */
  readonly #expects: boolean;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: CountDeps, expects: boolean) {
    this.#deps = deps;
    this.#expects = expects;
  }

  start(): void {
    this.#running = this.#look();
  }

  /** With a last look, after the audience has gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #look(): Promise<void> {
    try {
      await this.look();
    } catch (err) {
      const level = err instanceof StoreError ? 'debug' : 'error';
      this.#deps.log[level]({ err }, 'simulated viewers could not be counted');
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#look();
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async look(): Promise<void> {
    const { rooms, redis, keys, roomId, onCount } = this.#deps;
    const listing = await rooms.read(roomId);
    if (!listing || (!this.#expects && listing.room.simulated === 0)) return;
    const users = await guarded(() => redis.hkeys(keys.room(roomId).presence));
    const simulated = users.filter(isSimulated).length;
    await this.#tell(listing.room.simulated, simulated);
    onCount(simulated);
  }

  async #tell(told: number, simulated: number): Promise<void> {
    if (told !== simulated) await this.#deps.rooms.update(this.#deps.roomId, { simulated }, SHOW_ACTOR);
  }
}
