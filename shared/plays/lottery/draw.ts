import { z } from 'zod';
import { fanLevelSchema } from '../../community/fans.ts';
import {
  currencySchema,
  graphemeCount,
  idSchema,
  minorSchema,
  shownText,
  timeMsSchema,
} from '../../kernel/units.ts';

/** What a draw is made of. */

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const DRAW_LIMITS = {
  durationMs: { value: 300_000, unit: 'ms', summary: 'Default time that entries are open (10 s to 24 h).' },
  winnersMax: { value: 10_000, unit: 'winners', summary: 'Winners of one draw.' },
  prizesMax: { value: 20, unit: 'prizes', summary: 'Kinds of prizes of one draw.' },
  conditionsMax: { value: 6, unit: 'conditions', summary: 'Conditions of one draw; all must be met.' },
  claimMs: {
    value: 48 * HOUR_MS,
    unit: 'ms',
    summary: 'Default time to claim a prize (1 h to 30 days); then it goes to the next in line.',
  },
  repeatMs: {
    value: 30 * DAY_MS,
    unit: 'ms',
    summary: 'Default time in which one who won does not win again (0 to 365 days).',
  },
  entriesMax: { value: 5_000_000, unit: 'entries', summary: 'Entries of one draw.' },
  drawsRunningMax: { value: 5, unit: 'draws', summary: 'Draws of a room whose winners are not drawn yet.' },
  drawsKept: { value: 5, unit: 'draws', summary: 'Draws in the snapshot: all that run, then the latest.' },
  contactMaxCharacters: { value: 500, unit: 'characters', summary: 'Contact that a winner leaves.' },
} as const;

export const prizeSchema = z.strictObject({
  title: shownText(1, 80),
  /** What one is worth, in the room's currency. */
  valueMinor: minorSchema,
  count: z.int().min(1).max(DRAW_LIMITS.winnersMax.value),
});
export type Prize = z.infer<typeof prizeSchema>;

const phraseSchema = shownText(1, 60).refine((text) => graphemeCount(text) <= 30, {
  message: 'expected at most 30 characters',
});

/** All of them must be met on entering, and again when the list is frozen. */
export const conditionSchema = z
  .discriminatedUnion('kind', [
    /** In the room when the list is frozen. */
    z.strictObject({ kind: z.literal('present') }),
    /** Minutes watched in this session, by the server's measure. */
    z.strictObject({ kind: z.literal('watch'), minutes: z.int().min(1).max(600) }),
    /** Said in chat while the draw was announced or open. Look-alike letters of another script count as the same. */
    z.strictObject({ kind: z.literal('phrase'), phrase: phraseSchema }),
    z.strictObject({ kind: z.literal('level'), level: fanLevelSchema }),
    z.strictObject({ kind: z.literal('follow') }),
    /** Invited users who stayed, ever. */
    z.strictObject({ kind: z.literal('invites'), count: z.int().min(1).max(100) }),
    /** Has a paid order in this room. Only where the region allows it. */
    z.strictObject({ kind: z.literal('purchase') }),
  ])
  .meta({ id: 'DrawCondition' });
export type Condition = z.infer<typeof conditionSchema>;
export type ConditionKind = Condition['kind'];

/**
 * - `beacon`: a public randomness beacon that nobody controls decides, together with the committed seed;
 * - `operator`: the seed alone decides. Whoever runs the server could have known the winners.
 */
export const trustSchema = z.enum(['beacon', 'operator']);

export const drawTermsSchema = z
  .strictObject({
    title: shownText(1, 80),
    prizes: z.array(prizeSchema).min(1).max(DRAW_LIMITS.prizesMax.value),
    conditions: z.array(conditionSchema).max(DRAW_LIMITS.conditionsMax.value).default([]),
    opensInMs: z
      .int()
      .min(0)
      .max(7 * DAY_MS)
      .default(0),
    durationMs: z
      .int()
      .min(10 * SECOND_MS)
      .max(DAY_MS)
      .default(DRAW_LIMITS.durationMs.value),
    claimMs: z
      .int()
      .min(HOUR_MS)
      .max(30 * DAY_MS)
      .default(DRAW_LIMITS.claimMs.value),
    repeatMs: z
      .int()
      .min(0)
      .max(365 * DAY_MS)
      .default(DRAW_LIMITS.repeatMs.value),
    /** Left out: by the beacon where one is configured. */
    trust: trustSchema.optional(),
  })
  .refine(({ prizes }) => prizes.reduce((sum, { count }) => sum + count, 0) <= DRAW_LIMITS.winnersMax.value, {
    message: `expected at most ${DRAW_LIMITS.winnersMax.value} winners in all`,
    path: ['prizes'],
  })
  .refine(({ conditions }) => new Set(conditions.map(({ kind }) => kind)).size === conditions.length, {
    message: 'expected each kind of condition once',
    path: ['conditions'],
  });
export type DrawTerms = z.infer<typeof drawTermsSchema>;

/**
 * `announced` → `open` → `closed` (being frozen) → `frozen` (waiting for the beacon) → `drawn` → `revealed`;
 * `cancelled` before entries close.
 */
export const drawPhaseSchema = z.enum([
  'announced',
  'open',
  'closed',
  'frozen',
  'drawn',
  'revealed',
  'cancelled',
]);
export type DrawPhase = z.infer<typeof drawPhaseSchema>;

export const awardSchema = z
  .strictObject({
    /** 0, 1, 2 … in the order of the draw; the next in line come after the first winners. */
    no: z.int().min(0),
    prizeIndex: z.int().min(0),
    ticket: z.int().min(1),
    /** `won` until it is claimed; `passed-on` to the next in line, or void where there was none. */
    status: z.enum(['won', 'claimed', 'passed-on', 'redrawn']),
    claimBeforeMs: timeMsSchema,
  })
  .meta({ id: 'DrawAward' });
export type Award = z.infer<typeof awardSchema>;

/** A draw as everybody sees it. */
export const drawSchema = z
  .strictObject({
    drawId: idSchema,
    title: z.string(),
    currency: currencySchema,
    prizes: z.array(prizeSchema),
    conditions: z.array(conditionSchema),
    phase: drawPhaseSchema,
    trust: trustSchema,
    opensAtMs: timeMsSchema,
    closesAtMs: timeMsSchema,
    claimMs: z.int().min(0),
    repeatMs: z.int().min(0),
    /** Hex of sha256(seed): fixed before entries open. */
    commit: z.string(),
    /** The beacon round that decides, and when it is out. null: operator-trusted. */
    beaconRound: z.int().min(1).nullable(),
    beaconAtMs: timeMsSchema.nullable(),
    entries: z.int().min(0),
    /** Once frozen: tickets that no longer met a condition, and the Merkle root of the list, in hex. */
    voided: z.int().min(0).nullable(),
    root: z.string().nullable(),
    /** Once drawn: how many won, and the first of them with their names. */
    winners: z.int().min(0).nullable(),
    shownWinners: z
      .array(
        z.strictObject({
          ticket: z.int().min(1),
          prizeIndex: z.int().min(0),
          name: z.string(),
          /** A simulated viewer of a demo. */
          simulated: z.literal(true).optional(),
        }),
      )
      .max(20),
    /** Why it was called off. */
    cancelReason: z.string().nullable(),
    /** The draw that this one repeats, and why. */
    redrawOf: z.strictObject({ drawId: idSchema, reason: z.string() }).nullable(),
    /** The draw that repeats this one. */
    redrawnBy: idSchema.nullable(),
  })
  .meta({ id: 'Draw' });
export type Draw = z.infer<typeof drawSchema>;

/** Where one user stands in a draw. */
export const yourDrawSchema = z
  .strictObject({
    ticket: z.int().min(1).nullable(),
    entryId: z.string().nullable(),
    /** Once frozen: `ok`, or `void:<reason>`. */
    state: z.string().nullable(),
    award: awardSchema.nullable(),
  })
  .meta({ id: 'YourDraw' });
export type YourDraw = z.infer<typeof yourDrawSchema>;
