import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import { idSchema, opIdSchema, SELLERS, SIGNED_IN, shownText } from '../../kernel/units.ts';
import { awardSchema, DRAW_LIMITS, drawSchema, drawTermsSchema, yourDrawSchema } from './draw.ts';

/** Lottery (lucky bag): prizes, conditions, a fair draw that anyone can recompute, claims. */

const drawCommand = z.strictObject({ opId: opIdSchema, drawId: idSchema });
const drawResult = z.strictObject({ draw: drawSchema });
const hostRate = { perSecond: 2, burst: 10 } as const;

export const lotteryContract = defineContract({
  name: 'lottery',
  summary: 'Prizes for people in the room, drawn in a way that everyone can check.',
  commands: {
    'lottery:announce': {
      summary:
        'Announce a draw: its prizes, its conditions, the hash of its secret seed and the beacon round that will decide. Entries open by themselves.',
      input: drawTermsSchema.safeExtend({ opId: opIdSchema }),
      output: drawResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['TOO_MANY_DRAWS', 'PRIZE_TOO_LARGE', 'CONDITION_NOT_ALLOWED', 'NO_BEACON'],
    },
    'lottery:close': {
      summary: 'Close entries now; the draw follows. The beacon round stays the one that was announced.',
      input: drawCommand,
      output: drawResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['DRAW_NOT_FOUND', 'WRONG_DRAW_PHASE'],
    },
    'lottery:cancel': {
      summary: 'Call a draw off before entries close. Everyone sees the reason.',
      input: drawCommand.extend({ reason: shownText(1, 200) }),
      output: drawResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['DRAW_NOT_FOUND', 'WRONG_DRAW_PHASE'],
    },
    'lottery:redraw': {
      summary:
        'A new draw for the prizes of a finished one that nobody has claimed, with a reason. The first stays on the record; its open claims end.',
      input: drawCommand.extend({
        reason: shownText(1, 200),
        durationMs: drawTermsSchema.shape.durationMs,
      }),
      output: drawResult,
      roles: SELLERS,
      rate: hostRate,
      errors: ['DRAW_NOT_FOUND', 'WRONG_DRAW_PHASE', 'NOTHING_TO_REDRAW', 'TOO_MANY_DRAWS', 'NO_BEACON'],
    },
    'lottery:enter': {
      summary:
        'Enter a draw. One ticket a user: entering again, from any device, answers with the ticket that they have.',
      input: z.strictObject({ drawId: idSchema }),
      output: z.strictObject({
        /** 1, 2, 3 … in the order of acceptance. */
        ticket: z.int().min(1),
        /** Your pseudonym in this draw's public list. */
        entryId: z.string(),
      }),
      roles: SIGNED_IN,
      rate: { perSecond: 2, burst: 10 },
      errors: [
        'DRAW_NOT_FOUND',
        'ENTRIES_NOT_OPEN',
        'ENTRIES_CLOSED',
        'CONDITION_NOT_MET',
        'WON_RECENTLY',
        'DRAW_FULL',
        'SELLERS_EXCLUDED',
      ],
    },
    'lottery:progress': {
      summary: 'How you stand with the conditions of a draw, right now.',
      input: z.strictObject({ drawId: idSchema }),
      output: z.strictObject({
        /** In the order of the draw's conditions. `have` and `need`: minutes, levels, users; 0 or 1 for yes and no. */
        conditions: z.array(z.strictObject({ met: z.boolean(), have: z.int().min(0), need: z.int().min(0) })),
        wonRecently: z.boolean(),
      }),
      roles: SIGNED_IN,
      rate: { perSecond: 1, burst: 5 },
      errors: ['DRAW_NOT_FOUND'],
    },
    'lottery:claim': {
      summary: 'Claim a prize that you won, and say how it reaches you. Saying it again replaces it.',
      input: drawCommand.extend({
        /** Address or contact; only the host reads it. */
        contact: shownText(1, DRAW_LIMITS.contactMaxCharacters.value),
      }),
      output: z.strictObject({ award: awardSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 0.5, burst: 3 },
      errors: ['DRAW_NOT_FOUND', 'NOT_WON', 'CLAIM_OVER'],
    },
    'lottery:claims': {
      summary: "Who won what, and the winners' contacts. Page by page.",
      input: z.strictObject({
        drawId: idSchema,
        fromAward: z.int().min(0).default(0),
        limit: z.int().min(1).max(100).default(50),
      }),
      output: z.strictObject({
        claims: z.array(
          z.strictObject({ award: awardSchema, userId: z.string(), contact: z.string().nullable() }),
        ),
        nextAward: z.int().min(0).nullable(),
      }),
      roles: SELLERS,
      rate: hostRate,
      errors: ['DRAW_NOT_FOUND'],
    },
    'lottery:draws': {
      summary: 'Earlier draws, newest first.',
      input: z.strictObject({
        cursor: z.string().max(64).optional(),
        limit: z.int().min(1).max(20).default(10),
      }),
      output: z.strictObject({ draws: z.array(drawSchema), nextCursor: z.string().nullable() }),
      roles: ['host', 'cohost', 'moderator', 'viewer', 'guest'],
      rate: { perSecond: 1, burst: 5 },
      errors: [],
    },
  },
  events: {
    'lottery:changed': {
      summary: 'A draw was announced or has reached its next phase; here it is whole.',
      data: z.strictObject({ draw: drawSchema }),
      lane: 'control',
    },
    'lottery:entries-changed': {
      summary: 'So many have entered. Several times a second at most, and once with the final number.',
      data: z.strictObject({ drawId: idSchema, entries: z.int().min(0) }),
      lane: 'ambient',
      conflateBy: 'drawId',
    },
    'lottery:freezing': {
      summary: 'The list is being frozen: so many entries are judged.',
      data: z.strictObject({ drawId: idSchema, done: z.int().min(0), of: z.int().min(0) }),
      lane: 'ambient',
      conflateBy: 'drawId',
    },
  },
  notices: {
    'lottery:won': {
      summary: 'You won; claim it until `claimBeforeMs`.',
      data: z.strictObject({ drawId: idSchema, title: z.string(), award: awardSchema }),
    },
    'lottery:you-changed': {
      summary:
        'Where you stand in a draw: a ticket from another device, void at the freeze, a claim that ran out.',
      data: z.strictObject({ drawId: idSchema, you: yourDrawSchema }),
    },
  },
  errors: {
    DRAW_NOT_FOUND: { message: 'There is no such draw in this room.', retryable: false },
    WRONG_DRAW_PHASE: { message: 'The draw is in a phase in which this cannot be done.', retryable: false },
    ENTRIES_NOT_OPEN: { message: 'Entries are not open yet; wait `retryAfterMs`.', retryable: true },
    ENTRIES_CLOSED: { message: 'Entries are closed.', retryable: false },
    CONDITION_NOT_MET: {
      message: 'A condition is not met yet; `path` names it, `conditions.<index>`.',
      retryable: true,
    },
    WON_RECENTLY: { message: 'You won here lately; others come first for a while.', retryable: false },
    DRAW_FULL: { message: 'The draw has as many entries as it takes.', retryable: false },
    SELLERS_EXCLUDED: {
      message: 'The host and cohosts do not take part in their own draws.',
      retryable: false,
    },
    TOO_MANY_DRAWS: { message: 'Too many draws run at once; finish one first.', retryable: true },
    PRIZE_TOO_LARGE: {
      message: 'A prize is above what the law of the configured region allows; `path` names it.',
      retryable: false,
    },
    CONDITION_NOT_ALLOWED: {
      message: 'The configured region does not allow this condition; `path` names it.',
      retryable: false,
    },
    NO_BEACON: {
      message: 'No randomness beacon is configured; announce the draw as operator-trusted, or configure one.',
      retryable: false,
    },
    NOTHING_TO_REDRAW: { message: 'Every prize of that draw was claimed.', retryable: false },
    NOT_WON: { message: 'You have no prize to claim in this draw.', retryable: false },
    CLAIM_OVER: { message: 'The time to claim this prize is over.', retryable: false },
  },
  limits: DRAW_LIMITS,
  snapshot: z.strictObject({
    /** Those that run or were finished last, newest first. */
    draws: z.array(drawSchema),
  }),
  you: z.strictObject({
    /** By draw id, of the draws in the snapshot. */
    draws: z.record(z.string(), yourDrawSchema),
  }),
});
export type LotterySnapshot = z.infer<typeof lotteryContract.snapshot>;
export type LotteryYou = z.infer<typeof lotteryContract.you>;
