import type { ModerationSnapshot } from '../../../shared/plays/moderation/contract.ts';
import { DEFAULT_MODES, type Modes } from '../../../shared/plays/moderation/modes.ts';
import type { Reader } from '../../kernel/play.ts';

const NAMES = ['slowMs', 'followersMs', 'minLevel', 'links', 'allowedHosts'] as const;

/** The fields of the hash `modes` that a reader asks for, in the order in which `parseModes` takes them. */
export const MODE_FIELDS: readonly string[] = NAMES;

/** Modes from their hash; what was never set has its default. */
export function parseModes(values: readonly (string | null | undefined)[]): Modes {
  const [slowMs, followersMs, minLevel, links, allowedHosts] = values;
  return {
    slowMs: (slowMs == null ? DEFAULT_MODES.slowMs : Number(slowMs)) as Modes['slowMs'],
    followersMs: (followersMs == null || followersMs === ''
      ? null
      : Number(followersMs)) as Modes['followersMs'],
    minLevel: (minLevel == null ? DEFAULT_MODES.minLevel : Number(minLevel)) as Modes['minLevel'],
    links: (links ?? DEFAULT_MODES.links) as Modes['links'],
    allowedHosts: allowedHosts == null ? DEFAULT_MODES.allowedHosts : (JSON.parse(allowedHosts) as string[]),
  };
}

/** What is left out, or undefined, stays. */
export type ModesPatch = { [N in keyof Modes]?: Modes[N] | undefined };

/** Modes as their hash has them. */
export function modeFields(patch: ModesPatch): Record<string, string> {
  const { slowMs, followersMs, minLevel, links, allowedHosts } = patch;
  return {
    ...(slowMs === undefined ? {} : { slowMs: String(slowMs) }),
    ...(followersMs === undefined ? {} : { followersMs: followersMs === null ? '' : String(followersMs) }),
    ...(minLevel === undefined ? {} : { minLevel: String(minLevel) }),
    ...(links === undefined ? {} : { links }),
    ...(allowedHosts === undefined ? {} : { allowedHosts: JSON.stringify([...new Set(allowedHosts)]) }),
  };
}

export const modesReader: Reader<ModerationSnapshot> = {
  queue(pipe, keys) {
    pipe.hmget(keys.modes, ...NAMES);
  },
  parse([values]) {
    return { modes: parseModes(values as (string | null)[]) };
  },
};
