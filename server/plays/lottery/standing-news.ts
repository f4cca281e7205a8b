import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import type { Log } from '../../kernel/log.ts';
import type { LotteryStore, Standing } from './lottery.store.ts';

const USERS_AT_ONCE = 100;

export type StandingNewsDeps = {
  store: Pick<LotteryStore, 'standings'>;
  /** This node's sockets, once it takes any. */
  local: () => LocalPeople | undefined;
  notify: (roomId: string, userId: string, name: string, data: unknown) => void;
  log: Log;
};

/**
 * Tells people where they stand in a draw: after the freeze those whose ticket is void, each node those who are here,
 * so that it costs no more than the audience; after a claim ran out, whose it was.
 */
export class StandingNews {
  readonly #deps: StandingNewsDeps;

  constructor(deps: StandingNewsDeps) {
    this.#deps = deps;
  }

  observe(roomId: string, { name, data }: RoomEvent): void {
    if (name !== 'lottery:changed') return;
    const { draw } = data as { draw: Draw };
    const isOver = draw.redrawnBy !== null;
    if (!isOver && (draw.phase !== 'frozen' || draw.voided === 0)) return;
    const users = [...(this.#deps.local()?.users(roomId) ?? [])];
    const concerns = ({ you }: Standing): boolean =>
      isOver ? you.award?.status === 'redrawn' : you.state !== 'ok';
    this.#tell(roomId, draw.drawId, users, concerns).catch((error: unknown) => {
      this.#deps.log.debug({ roomId, err: error }, 'could not tell people where they stand in a draw');
    });
  }

  stand(roomId: string, drawId: string, userIds: readonly string[]): Promise<void> {
    return this.#tell(roomId, drawId, userIds, () => true);
  }

  async #tell(
    roomId: string,
    drawId: string,
    userIds: readonly string[],
    concerns: (standing: Standing) => boolean,
  ): Promise<void> {
    for (let at = 0; at < userIds.length; at += USERS_AT_ONCE) {
      const part = userIds.slice(at, at + USERS_AT_ONCE);
      for (const standing of await this.#deps.store.standings(roomId, drawId, part)) {
        if (!concerns(standing)) continue;
        this.#deps.notify(roomId, standing.userId, 'lottery:you-changed', { drawId, you: standing.you });
      }
    }
  }
}
