import { z } from 'zod';
import { fanLevelSchema, fanRulesSchema, pointSourceSchema } from '../community/fans.ts';
import { idSchema, roleSchema, timeMsSchema, userIdSchema } from '../kernel/units.ts';
import { END_REASONS, SOURCES } from '../media/publication.ts';
import { mediaKindSchema } from '../media/rtp.ts';

/** Facts that are not about money: draws, levels, sanctions, pictures. */

const draw = { drawId: idSchema };
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const ticket = z.int().min(1);

export const COMMUNITY_FACTS = {
  /** The terms, the commitment, and the beacon round that will decide (null: operator-trusted). */
  'draw-announced': z.looseObject({
    ...draw,
    commit: hex32,
    opensAtMs: timeMsSchema,
    closesAtMs: timeMsSchema,
    beaconRound: z.int().min(1).nullable(),
    beaconAtMs: timeMsSchema.nullable(),
    winnersMax: z.int().min(1),
    redrawOf: idSchema.nullable(),
  }),
  /** Accepted entries: `userIds[0]` has the ticket `fromTicket`, the next one the next. */
  'draw-entered': z.strictObject({ ...draw, fromTicket: ticket, userIds: z.array(userIdSchema).min(1) }),
  'draw-closed': z.strictObject({ ...draw, entries: z.int().min(0), by: z.enum(['time', 'host']) }),
  /** The list: how many tickets, how many of them void, and its Merkle root. `beaconRound`: the one that decides. */
  'draw-frozen': z.strictObject({
    ...draw,
    entries: z.int().min(0),
    voided: z.int().min(0),
    root: hex32,
    beaconRound: z.int().min(1).nullable(),
    beaconAtMs: timeMsSchema.nullable(),
    /** The announced round, where it was out before the list was frozen and a later one has to decide. */
    movedFromRound: z.int().min(1).nullable(),
  }),
  /** Winning tickets in order, and the counter `i` from which the next in line is drawn. */
  'draw-drawn': z.strictObject({
    ...draw,
    tickets: z.array(ticket),
    nextI: z.int().min(0),
    signature: z.string().nullable(),
    randomness: hex32.nullable(),
  }),
  'draw-revealed': z.strictObject({ ...draw, seed: hex32, entries: z.int().min(0), winners: z.int().min(0) }),
  'draw-cancelled': z.strictObject({ ...draw, reason: z.string() }),
  'prize-claimed': z.strictObject({ ...draw, award: z.int().min(0), userId: userIdSchema }),
  /** Nobody claimed it in time. `toTicket` null: nobody is left in line. */
  'prize-passed-on': z.strictObject({
    ...draw,
    award: z.int().min(0),
    fromTicket: ticket,
    toTicket: ticket.nullable(),
    toAward: z.int().min(0).nullable(),
    nextI: z.int().min(0),
  }),
  /** Prizes that nobody had claimed are drawn anew by another draw. */
  'draw-redrawn': z.strictObject({
    ...draw,
    byDrawId: idSchema,
    reason: z.string(),
    awards: z.array(z.int().min(0)),
  }),

  'fan-joined': z.strictObject({ userId: userIdSchema }),
  /** One source, the day in the room's time zone, and who got how many. */
  'points-earned': z.strictObject({
    source: pointSourceSchema,
    day: z.int(),
    grants: z.array(z.tuple([userIdSchema, z.int().min(1)])).min(1),
  }),
  /** Points of an order that was refunded or cancelled. */
  'points-taken': z.strictObject({ userId: userIdSchema, points: z.int().min(1), orderNo: z.int().min(1) }),
  'fan-level-changed': z.strictObject({
    userId: userIdSchema,
    from: fanLevelSchema,
    to: fanLevelSchema,
    points: z.int().min(0),
    reason: z.enum(['points', 'refund']),
  }),
  'fan-rules-changed': fanRulesSchema,
  'invite-counted': z.strictObject({ inviterId: userIdSchema, userId: userIdSchema }),
  'keeper-asked': z.strictObject({ userId: userIdSchema, shiftMs: z.int().min(1) }),
  'keeper-answered': z.strictObject({ userId: userIdSchema, accepted: z.boolean() }),

  'role-changed': z.strictObject({
    userId: userIdSchema,
    role: roleSchema,
    untilMs: timeMsSchema.nullable(),
  }),
  'message-pinned': z.strictObject({ messageId: idSchema.nullable() }),
  /** An action of the moderation log (shared/plays/moderation/actions.ts). `standing`: who is out, or may not speak, by it. */
  moderated: z.looseObject({
    actionId: idSchema,
    kind: z.string(),
    userIds: z.array(z.string()),
    untilMs: timeMsSchema.nullable(),
    undoes: idSchema.nullable(),
    standing: z
      .strictObject({
        what: z.enum(['speak', 'enter']),
        on: z.array(z.strictObject({ userId: userIdSchema, untilMs: timeMsSchema.nullable() })),
        off: z.array(z.string()),
      })
      .optional(),
  }),
  'appeal-made': z.strictObject({ userId: userIdSchema, actionId: idSchema, text: z.string() }),

  /** `sessionId` null: before or after a session. */
  'media-started': z.strictObject({
    publicationId: idSchema,
    source: z.enum(SOURCES),
    kind: mediaKindSchema,
    userId: userIdSchema,
    sessionId: idSchema.nullable(),
  }),
  'media-ended': z.strictObject({ publicationId: idSchema, reason: z.enum(END_REASONS) }),
  /**
   * A moment of the media clock: the RTP timestamp that was current at this fact's own time, so that a recording lines up
   * with chat and sales. `senderMs`: what the sender's clock said, Unix ms.
   */
  'media-aligned': z.strictObject({
    publicationId: idSchema,
    rtpTimestamp: z.int().min(0).max(0xffff_ffff),
    clockRate: z.int().min(1),
    senderMs: z.number(),
  }),
} as const;
