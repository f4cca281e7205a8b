import type { Sanction } from '../../shared/kernel/sanction.ts';
import { type Role, roleSchema } from '../../shared/kernel/units.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Identity } from '../kernel/context.ts';
import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScripts, runScript } from '../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['enter']);

/** A fan's entrance is announced once in this time, however often the page is loaded. */
const ENTRANCE_EVERY_MS = 600_000;

export type PeopleDeps = {
  redis: RedisClient;
  keys: Keys;
  clock: Pick<Clock, 'nowMs'>;
  scriptNow: () => string;
};

/** Who is who in a room, and who may come in: the same for every play. */
export class People {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** Lets somebody in with the role that they have here, or says that they are banned. */
  async enter(roomId: string, user: Identity): Promise<Outcome<Role, 'BANNED'>> {
    // Of a guest without a device there is nothing to know.
    if (user.role === 'guest' && user.device === undefined) return ok('guest');
    const room = this.#deps.keys.room(roomId);
    const { head, events, sanctions, actions, appeals, roles, devices, bannedDevices, fans, fanRules } = room;
    const args = {
      ...{
        user: user.userId,
        name: user.name,
        tokenRole: user.role,
        tokenLeftMs: this.#leftMs(user),
        device: user.device ?? '',
      },
      entranceEveryMs: ENTRANCE_EVERY_MS,
    };
    const reply = await runScript(
      this.#deps.redis,
      scripts.enter,
      {
        ...{ head, events, sanctions, actions, appeals, roles, devices, bannedDevices, fans, fanRules },
        entrances: room.entrances,
      },
      [this.#deps.scriptNow(), JSON.stringify(args)],
    );
    const [code, detail] = reply as [number, string];
    switch (code) {
      case 0:
        return ok(roleSchema.parse(detail));
      case 3:
        return refuse('BANNED', { sanction: JSON.parse(detail) as Sanction });
      case 4:
        return refuse('BANNED', { message: 'Somebody who is banned from this room uses this device.' });
      default:
        throw new Error(`enter.lua answered the unknown code ${code}`);
    }
  }

  /** For how long a token still is good: by the clock that ends its sockets, so that Redis' may differ. */
  #leftMs({ expiresAtMs }: Identity): number {
    return Number.isFinite(expiresAtMs) ? Math.max(0, Math.floor(expiresAtMs - this.#deps.clock.nowMs())) : 0;
  }
}
