import type { CommunityDeps } from '../../community/deps.ts';
import { StoreError } from '../../kernel/outcome.ts';
import type { PointsStore } from './points.store.ts';

/** Facts of one call: what Redis does of them takes a few milliseconds at most. */
const FACTS_AT_ONCE = 100;
/** Calls in a row for one room; what is left then has its turn with the due queue, after other rooms. */
const CALLS_AT_ONCE = 10;

export type FollowerDeps = Pick<CommunityDeps, 'log' | 'fanNews'> & { store: PointsStore };

/**
 * Gives points for what the ledger says of orders. Where it has come to is kept with the room (`pointsFact`) and moved in
 * the script that gives the points, so that each fact counts once, from whichever node and after whatever crash.
 */
export class LedgerFollower {
  readonly #deps: FollowerDeps;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** Follows a room's ledger to its end, or for as long as is fair to other rooms. Never rejects. */
  async visit(roomId: string): Promise<void> {
    await this.#quietly(roomId, async () => {
      let left = 1;
      for (let calls = 0; left > 0 && calls < CALLS_AT_ONCE; calls += 1)
        left = await this.#follow(roomId, FACTS_AT_ONCE);
    });
  }

  /** Puts a room with facts to follow into its due queue. Never rejects. */
  async mark(roomId: string): Promise<void> {
    await this.#quietly(roomId, () => this.#follow(roomId, 0));
  }

  async #quietly(roomId: string, work: () => Promise<unknown>): Promise<void> {
    const { log } = this.#deps;
    try {
      await work();
    } catch (error) {
      if (error instanceof StoreError) log.debug({ roomId, err: error }, 'points: redis is away');
      else log.error({ roomId, err: error }, 'points: the ledger of a room could not be followed');
    }
  }

  /** Returns how many facts are left. */
  async #follow(roomId: string, limit: number): Promise<number> {
    const { store, fanNews, log } = this.#deps;
    const { left, firstN, unreadable, told } = await store.followLedger(roomId, limit);
    if (firstN > 0) {
      log.warn(
        { roomId, firstN },
        'points: facts were trimmed before their orders were counted; going on from the first there is',
      );
    }
    if (unreadable > 0) log.error({ roomId, unreadable }, 'points: facts of orders that cannot be read');
    fanNews.tell(roomId, told);
    return left;
  }
}
