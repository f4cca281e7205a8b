import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { guarded } from '../../redis/errors.ts';
import { loadScripts } from '../../redis/scripts.ts';
import { mapStaff, runStaff, type StaffDeps, type StaffRefusal } from './filter-op.store.ts';
import type { ModeratorOp } from './moderation.store.ts';
import { MODE_FIELDS, type ModesPatch, modeFields, parseModes } from './modes-reader.ts';

const scripts = loadScripts(import.meta.url, ['modes']);

/** What filters need of the modes, and when that was last changed. */
export type LinkRules = { links: Pick<Modes, 'links' | 'allowedHosts'>; linksAtMs: number };
type Changed = { modes: Modes; action: Action };

/** How chat works, in Redis: lua/speak.lua of the community enforces slow, followers and level. */
export class ModesStore {
  readonly #deps: StaffDeps;

  constructor(deps: StaffDeps) {
    this.#deps = deps;
  }

  async set(roomId: string, op: ModeratorOp, patch: ModesPatch): Promise<Outcome<Changed, StaffRefusal>> {
    const args = { patch: modeFields(patch), detail: JSON.stringify(patch) };
    const reply = await runStaff(this.#deps, scripts.modes, roomId, op, args);
    return mapStaff('modes', reply, {}, (json) => JSON.parse(json) as Changed);
  }

  async links(roomId: string): Promise<LinkRules> {
    const { keys, redis } = this.#deps;
    const values = await guarded(() => redis.hmget(keys.room(roomId).modes, ...MODE_FIELDS, 'linksAtMs'));
    const { links, allowedHosts } = parseModes(values);
    return { links: { links, allowedHosts }, linksAtMs: Number(values[MODE_FIELDS.length] ?? '0') };
  }
}
