import { z } from 'zod';
import { shownText, timeMsSchema } from '../kernel/units.ts';

/** The fan club of a room: what several plays know of a fan. */

export const FAN_LEVELS = 20;
/** For at most so long fans may grab before everybody else. */
export const EARLY_MS_MAX = 30_000;

export const fanLevelSchema = z
  .int()
  .min(1)
  .max(FAN_LEVELS)
  .meta({ description: `Level of a fan, 1 to ${FAN_LEVELS}.` });

/** What stands beside the name of a fan. Not lit: no points on the last days that the room was live. */
export const fanBadgeSchema = z
  .strictObject({ level: fanLevelSchema, lit: z.boolean() })
  .meta({ id: 'FanBadge' });
export type FanBadge = z.infer<typeof fanBadgeSchema>;

/** Where points come from. */
export const POINT_SOURCES = ['watch', 'chat', 'share', 'paid', 'invite'] as const;
export const pointSourceSchema = z.enum(POINT_SOURCES);
export type PointSource = z.infer<typeof pointSourceSchema>;

const DEFAULT_THRESHOLDS: readonly number[] = [
  ...[0, 20, 60, 130, 250, 450, 750, 1150, 1700, 2400, 3300, 4500, 6000, 8000, 10_500, 13_500, 17_500],
  ...[22_500, 29_000, 38_000],
];

const points = z.int().min(0).max(1000);
const cap = z.int().min(0).max(10_000);

/** What the host sets. `cap`: points of that source a day, in the room's time zone. */
export const fanRulesSchema = z
  .strictObject({
    /** The room's own name for the badge, 1-4 characters. */
    badge: shownText(1, 4),
    /** Points from which each level begins; the first is 0. */
    thresholds: z
      .array(z.int().min(0).max(100_000_000))
      .length(FAN_LEVELS)
      .refine((list) => list[0] === 0 && list.every((t, i) => i === 0 || t > (list[i - 1] as number)), {
        message: 'expected 0 first, and each higher than the one before',
      })
      .meta({ examples: [[...DEFAULT_THRESHOLDS]] }),
    /** `points` for every `everyMs` watched while the room is live. */
    watch: z.strictObject({ points, everyMs: z.int().min(60_000).max(3_600_000), cap }),
    chat: z.strictObject({ points, cap }),
    share: z.strictObject({ points, cap }),
    /** `points` for every `perUnits` whole units of the room's currency in a paid order. */
    paid: z.strictObject({ points, perUnits: z.int().min(1).max(1_000_000), cap }),
    /** For an invited user who has watched for `stayMs`. */
    invite: z.strictObject({ points, cap, stayMs: z.int().min(60_000).max(3_600_000) }),
    /** A badge dims after so many days, on which the room was live, without points. */
    lapseDays: z.int().min(1).max(365),
    /** From this level on the room is told when the fan comes in; 21: never. */
    entranceLevel: z
      .int()
      .min(1)
      .max(FAN_LEVELS + 1),
  })
  .meta({ id: 'FanRules' });
export type FanRules = z.infer<typeof fanRulesSchema>;

/** The same as in server/community/lua/fan-rules.lua; a test compares them. */
export const FAN_DEFAULTS: FanRules = {
  badge: 'FAN',
  thresholds: [...DEFAULT_THRESHOLDS],
  watch: { points: 6, everyMs: 300_000, cap: 30 },
  chat: { points: 1, cap: 5 },
  share: { points: 5, cap: 10 },
  paid: { points: 1, perUnits: 10, cap: 100 },
  invite: { points: 10, cap: 50, stayMs: 300_000 },
  lapseDays: 7,
  entranceLevel: 7,
};

/** Earned today, by source. */
export const pointsTodaySchema = z.strictObject({
  watch: cap,
  chat: cap,
  share: cap,
  paid: cap,
  invite: cap,
});

export const fanSchema = z
  .strictObject({
    level: fanLevelSchema,
    points: z.int().min(0),
    lit: z.boolean(),
    /** Of the day in the room's time zone. */
    today: pointsTodaySchema,
    joinedAtMs: timeMsSchema,
  })
  .meta({ id: 'Fan' });
export type Fan = z.infer<typeof fanSchema>;
