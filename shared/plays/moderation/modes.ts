import { z } from 'zod';
import { fanLevelSchema } from '../../community/fans.ts';
import { MODERATION_LIMITS } from './limits.ts';

/** How chat works in a room. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What links do: pass, wait for review, or are refused. */
export const linkPolicySchema = z.enum(['allow', 'hold', 'block']);

/** Host name, as in a link; stands for its subdomains too. */
const hostSchema = z
  .string()
  .toLowerCase()
  .regex(
    /^(?=.{1,253}$)([a-z0-9\u0080-\u{10ffff}]([a-z0-9\u0080-\u{10ffff}-]{0,61}[a-z0-9\u0080-\u{10ffff}])?\.)+[a-z0-9\u0080-\u{10ffff}-]{2,63}$/u,
    'expected a host name, e.g. example.com',
  )
  .meta({ examples: ['example.com'] });

export const modesSchema = z
  .strictObject({
    /** Time between two messages of a viewer; 0: off. */
    slowMs: z.union([0, 5, 10, 30, 60, 300].map((s) => z.literal(s * 1000))),
    /** For how long one must have followed to speak; null: off, 0: any follower. */
    followersMs: z
      .union([0, 10 * MINUTE_MS, 60 * MINUTE_MS, DAY_MS, 7 * DAY_MS].map((ms) => z.literal(ms)))
      .nullable(),
    /** Level of the fan club that one needs to speak; 0: off, 1: fans only. */
    minLevel: fanLevelSchema.or(z.literal(0)),
    links: linkPolicySchema,
    allowedHosts: z.array(hostSchema).max(MODERATION_LIMITS.allowedHostsMax.value),
  })
  .meta({ id: 'ChatModes' });
export type Modes = z.infer<typeof modesSchema>;

export const DEFAULT_MODES: Modes = {
  slowMs: 0,
  followersMs: null,
  minLevel: 0,
  links: 'hold',
  allowedHosts: [],
};
