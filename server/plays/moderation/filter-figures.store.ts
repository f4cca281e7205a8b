import type { CommunityDeps } from '../../community/deps.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import type { Floods, RoomFlood } from './filter-floods.ts';

const scripts = loadScripts(import.meta.url, ['filtered']);

/** A little more than what the script lets pass, so that a timer that comes early is not in vain. */
const EVERY_MS = 1020;

type Deps = Pick<CommunityDeps, 'config' | 'redis' | 'keys' | 'log' | 'clock' | 'scriptNow'>;

/**
 * Tells Redis, once a second and room while something is stopped there, what this node stopped in the last ten
 * seconds; the script adds up all nodes and tells staff. So a raid costs Redis one call a second and node, however
 * many raiders there are.
 */
export class FilterFigures {
  readonly #deps: Deps;
  readonly #floods: Floods;
  readonly #underWay = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: Deps, floods: Floods) {
    this.#deps = deps;
    this.#floods = floods;
  }

  /** Something was stopped: there will be figures to tell. */
  wake(): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const rooms = this.#floods.rooms();
    if (rooms.length === 0) this.close();
    for (const [roomId, flood] of rooms) {
      if (flood.told || this.#underWay.has(roomId)) flood.figures(this.#deps.clock.monotonicMs());
      else void this.#tell(roomId, flood);
    }
  }

  async #tell(roomId: string, flood: RoomFlood): Promise<void> {
    const { clock, config, keys, log, redis, scriptNow } = this.#deps;
    const { head, events, filtered } = keys.room(roomId);
    const { blocked, held, users } = flood.figures(clock.monotonicMs());
    const over = blocked + held + users === 0;
    this.#underWay.add(roomId);
    try {
      const told = await runScript(redis, scripts.filtered, { head, events, filtered }, [
        ...[scriptNow(), config.nodeId, `${blocked} ${held} ${users}`],
      ]);
      // Staff hear of the end, too. Something may have been stopped while we asked.
      if (over && told === 1) {
        const { blocked, held } = flood.figures(clock.monotonicMs());
        flood.told = blocked + held === 0;
      }
    } catch (error) {
      log.debug({ roomId, err: error }, 'the figures of the filters were not told');
    } finally {
      this.#underWay.delete(roomId);
    }
  }
}
