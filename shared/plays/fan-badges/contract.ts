import { z } from 'zod';
import { fanBadgeSchema, fanLevelSchema, fanRulesSchema, fanSchema } from '../../community/fans.ts';
import { defineContract } from '../../kernel/contract.ts';
import { opIdSchema, ROLES, SIGNED_IN, timeMsSchema, userIdSchema } from '../../kernel/units.ts';

/** Fan badges: a club with levels that people climb by being here. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const FAN_LIMITS = {
  watchRoundMs: {
    value: 5000,
    unit: 'ms',
    summary: 'How often a node counts watch time; one call a room and round.',
  },
  boardPage: { value: 50, unit: 'fans', summary: 'Fans of a page of the leaderboard, at most.' },
  keeperAskMs: { value: 10 * MINUTE_MS, unit: 'ms', summary: 'How long the question to moderate stands.' },
  newcomerMs: {
    value: 10 * MINUTE_MS,
    unit: 'ms',
    summary: 'Who has watched for less than this may still say who invited them.',
  },
  coreLevel: { value: 10, unit: 'level', summary: 'From this level on a fan is a core fan.' },
} as const;

export const boardSchema = z.enum(['day', 'session', 'all']);
export type Board = z.infer<typeof boardSchema>;

const rankedSchema = z.strictObject({
  rank: z.int().min(1),
  userId: z.string(),
  name: z.string(),
  points: z.int(),
  badge: fanBadgeSchema,
});

const youSchema = z.strictObject({
  fan: fanSchema.nullable(),
  /** The host asks you to moderate: until when the question stands, and for how long the shift is. */
  keeperAsk: z.strictObject({ untilMs: timeMsSchema, shiftMs: z.int().min(1) }).nullable(),
  /** How many that you invited have stayed. */
  invites: z.int().min(0),
});

export const fanBadgesContract = defineContract({
  name: 'fan-badges',
  summary: 'A fan club: points for being here, levels, a badge, perks.',
  commands: {
    'fan-badges:join': {
      summary: 'Join the fan club at level 1. Who is in already stays as they are.',
      input: z.strictObject({ opId: opIdSchema }),
      output: youSchema,
      roles: SIGNED_IN,
      rate: { perSecond: 0.5, burst: 3 },
      errors: [],
    },
    'fan-badges:share': {
      summary: 'Say that you shared the room. It counts for fans, up to the cap of the day.',
      input: z.strictObject({ opId: opIdSchema }),
      output: z.strictObject({ granted: z.int().min(0) }),
      roles: SIGNED_IN,
      rate: { perSecond: 0.2, burst: 2 },
      errors: ['NOT_A_FAN'],
    },
    'fan-badges:came-by': {
      summary:
        'Say who invited you: once, before you have watched for long. It counts for them when you have stayed.',
      input: z.strictObject({ opId: opIdSchema, inviterId: userIdSchema }),
      output: z.strictObject({ counted: z.boolean() }),
      roles: SIGNED_IN,
      rate: { perSecond: 0.2, burst: 2 },
      errors: [],
    },
    'fan-badges:me': {
      summary: 'Your level and points, what you earned today, and for how long you have watched.',
      input: z.strictObject({}),
      output: youSchema.extend({
        /** Unix ms at which the day of the caps ends. */
        dayEndsAtMs: timeMsSchema,
        watchedMs: z.int().min(0),
        /** Places on the boards; null: not on it. */
        ranks: z.strictObject({
          day: z.int().min(1).nullable(),
          session: z.int().min(1).nullable(),
          all: z.int().min(1).nullable(),
        }),
      }),
      roles: SIGNED_IN,
      rate: { perSecond: 1, burst: 5 },
      errors: [],
    },
    'fan-badges:board': {
      summary: 'A page of a leaderboard.',
      input: z.strictObject({
        board: boardSchema,
        fromRank: z.int().min(1).max(10_000_000).default(1),
        limit: z.int().min(1).max(FAN_LIMITS.boardPage.value).default(20),
      }),
      output: z.strictObject({ fans: z.array(rankedSchema), total: z.int().min(0) }),
      roles: ROLES,
      rate: { perSecond: 1, burst: 5 },
      errors: [],
    },
    'fan-badges:set-rules': {
      summary:
        'Change the badge, the thresholds, points or caps. A level that a fan has is never lost by it; higher levels are reached with the next points.',
      input: z.strictObject({ opId: opIdSchema, rules: fanRulesSchema }),
      output: z.strictObject({ rules: fanRulesSchema }),
      roles: ['host'],
      rate: { perSecond: 0.5, burst: 3 },
      errors: [],
    },
    'fan-badges:ask-keeper': {
      summary:
        'Ask a fan to moderate for a shift. They become a moderator once they accept. `FORBIDDEN` for somebody who may moderate for good already.',
      input: z.strictObject({
        opId: opIdSchema,
        userId: userIdSchema,
        shiftMs: z
          .int()
          .min(10 * MINUTE_MS)
          .max(24 * HOUR_MS)
          .default(4 * HOUR_MS),
      }),
      output: z.strictObject({}),
      roles: ['host'],
      rate: { perSecond: 0.5, burst: 5 },
      errors: ['NOT_A_FAN'],
    },
    'fan-badges:answer-keeper': {
      summary: 'Accept or decline to moderate.',
      input: z.strictObject({ opId: opIdSchema, accept: z.boolean() }),
      output: z.strictObject({ untilMs: timeMsSchema.nullable() }),
      roles: SIGNED_IN,
      rate: { perSecond: 0.5, burst: 3 },
      errors: ['NOT_ASKED'],
    },
  },
  events: {
    'fan-badges:level-up': {
      summary: 'A fan reached a level.',
      data: z.strictObject({ userId: z.string(), name: z.string(), level: fanLevelSchema }),
      lane: 'chat',
    },
    'fan-badges:entered': {
      summary: 'A fan of a high level came in.',
      data: z.strictObject({ userId: z.string(), name: z.string(), level: fanLevelSchema }),
      lane: 'chat',
    },
    'fan-badges:rules-changed': {
      summary: 'The host changed the rules of the club.',
      data: z.strictObject({ rules: fanRulesSchema }),
      lane: 'control',
      conflateBy: '',
    },
  },
  notices: {
    'fan-badges:points-changed': {
      summary: 'Your points and level now.',
      data: z.strictObject({ level: fanLevelSchema, points: z.int().min(0) }),
    },
    'fan-badges:keeper-asked': {
      summary: 'The host asks you to moderate for `shiftMs`; answer before `untilMs`.',
      data: z.strictObject({ untilMs: timeMsSchema, shiftMs: z.int().min(1) }),
    },
  },
  errors: {
    NOT_A_FAN: { message: 'Only members of the fan club can do or be asked this.', retryable: false },
    NOT_ASKED: { message: 'Nobody asks you to moderate, or not any more.', retryable: false },
  },
  limits: FAN_LIMITS,
  snapshot: z.strictObject({
    rules: fanRulesSchema,
    fans: z.int().min(0),
  }),
  you: youSchema,
});
export type FanBadgesSnapshot = z.infer<typeof fanBadgesContract.snapshot>;
export type FanBadgesYou = z.infer<typeof fanBadgesContract.you>;
