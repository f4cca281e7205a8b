import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import {
  currencySchema,
  idSchema,
  opIdSchema,
  ROLES,
  roleSchema,
  roomIdSchema,
  SELLERS,
  SIGNED_IN,
  seqSchema,
  shownText,
  timeMsSchema,
} from '../../kernel/units.ts';

/** The room itself: coming and going, its session (one broadcast), how many watch. */

/** https, or a path of this server: a file that a <video> plays, or an HLS list. */
const replayUrlSchema = z
  .string()
  .max(500)
  .regex(
    /^(https:\/\/[^\s"'<>\\/?#@]+\/|\/(?!\/))[^\s"'<>\\?#]*\.(mp4|MP4|webm|WEBM|m3u8|M3U8)([?#][^\s"'<>\\]*)?$/,
    'expected an https address, or a path that starts with "/", of an .mp4, .webm or .m3u8 file',
  );

export const roomInfoSchema = z
  .strictObject({
    roomId: roomIdSchema,
    title: shownText(1, 80),
    hostName: shownText(1, 24),
    /** Who sells here, as the law of many places wants it one tap away. */
    sellerContact: shownText(0, 200),
    currency: currencySchema,
    timeZone: z.string().min(1).max(64),
    /**
     * Where orders are paid: an address of the merchant's shop with `{ref}` for the signed reference, and
     * `{orderId}` and `{roomId}` where wanted. null: no shop is connected.
     */
    checkoutUrl: z.string().max(500).nullable(),
    /** True while the audience or the goods are made up; shown wherever numbers are. */
    demo: z.boolean(),
    /** How many of the viewers are simulated: the audience of a demo. Only the server sets it. */
    simulated: z.int().min(0),
    /** When the next show is planned. Going live ends the plan, once its time is near or over. */
    startsAtMs: timeMsSchema.nullable(),
    /** Where the last show can be watched again: an mp4 or webm file, or an HLS list (.m3u8). */
    replayUrl: replayUrlSchema.nullable(),
    createdAtMs: timeMsSchema,
  })
  .meta({ id: 'Room' });
export type RoomInfo = z.infer<typeof roomInfoSchema>;

export const sessionSchema = z
  .strictObject({ sessionId: idSchema, title: z.string().max(80), startedAtMs: timeMsSchema })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

const youSchema = z.strictObject({
  userId: z.string(),
  name: z.string(),
  role: roleSchema,
  /** Per play, what concerns you alone. */
  plays: z.record(z.string(), z.unknown()),
});

const snapshotSchema = z.record(z.string(), z.unknown());

const joinedSchema = z.strictObject({
  roomId: roomIdSchema,
  seq: seqSchema,
  /** `atMs` of the event at `seq`; 0 when there was none. */
  seqAtMs: timeMsSchema,
  serverNowMs: timeMsSchema,
  session: sessionSchema.nullable(),
  you: youSchema,
  /** Per play, its state at `seq`. */
  snapshot: snapshotSchema,
});
export type Joined = z.infer<typeof joinedSchema>;

const eventSchema = z.strictObject({
  seq: seqSchema,
  name: z.string(),
  atMs: timeMsSchema,
  data: z.unknown(),
});

export const roomContract = defineContract({
  name: 'room',
  summary: 'Coming and going, the session, how many watch.',
  commands: {
    'room:join': {
      summary: 'Enter a room and get its state. A socket is in one room: joining another leaves the first.',
      input: z.strictObject({ roomId: roomIdSchema }),
      output: joinedSchema,
      roles: ROLES,
      rate: { perSecond: 2, burst: 10 },
      errors: [],
    },
    'room:leave': {
      summary: 'Leave the room.',
      input: z.strictObject({}),
      output: z.strictObject({}),
      roles: ROLES,
      rate: { perSecond: 2, burst: 10 },
      errors: [],
    },
    'room:resume': {
      summary:
        'Come back after a gap: the missed events where they are still kept, else the whole state. Also joins.',
      input: z.strictObject({
        roomId: roomIdSchema,
        afterSeq: seqSchema,
        /** `atMs` of the event at `afterSeq`: tells a log that a crash of Redis took back and wrote anew. */
        afterAtMs: timeMsSchema.optional(),
      }),
      output: z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('events'),
          roomId: roomIdSchema,
          seq: seqSchema,
          serverNowMs: timeMsSchema,
          you: youSchema,
          events: z.array(eventSchema),
        }),
        z.strictObject({ kind: z.literal('snapshot'), joined: joinedSchema }),
      ]),
      roles: ROLES,
      rate: { perSecond: 2, burst: 10 },
      errors: [],
    },
    'room:clock': {
      summary: "The server's time, for countdowns.",
      input: z.strictObject({}),
      output: z.strictObject({ serverNowMs: timeMsSchema }),
      roles: ROLES,
      rate: { perSecond: 1, burst: 5 },
      errors: [],
    },
    'room:start-session': {
      summary: 'Go live: starts a session.',
      input: z.strictObject({ opId: opIdSchema, title: shownText(1, 80) }),
      output: z.strictObject({ session: sessionSchema }),
      roles: SELLERS,
      rate: { perSecond: 1, burst: 5 },
      errors: ['SESSION_RUNNING'],
    },
    'room:end-session': {
      summary: 'End the session.',
      input: z.strictObject({ opId: opIdSchema }),
      output: z.strictObject({ endedAtMs: timeMsSchema }),
      roles: SELLERS,
      rate: { perSecond: 1, burst: 5 },
      errors: ['NO_SESSION'],
    },
    'room:change': {
      summary:
        'Change what people see of the room; what is left out stays. A planned time is at most 90 days ahead, and not over.',
      input: z
        .strictObject({
          opId: opIdSchema,
          title: roomInfoSchema.shape.title.optional(),
          hostName: roomInfoSchema.shape.hostName.optional(),
          sellerContact: roomInfoSchema.shape.sellerContact.optional(),
          startsAtMs: roomInfoSchema.shape.startsAtMs.optional(),
          replayUrl: roomInfoSchema.shape.replayUrl.optional(),
        })
        .refine((input) => Object.values(input).filter((value) => value !== undefined).length > 1, {
          message: 'expected at least one field to change',
        }),
      output: z.strictObject({ room: roomInfoSchema }),
      roles: ['host'],
      rate: { perSecond: 1, burst: 10 },
      errors: [],
    },
    'room:follow': {
      summary:
        'Follow the room, or stop. Doing what is done already is fine: the time of the first follow stays.',
      input: z.strictObject({ opId: opIdSchema, follow: z.boolean() }),
      output: z.strictObject({ followingSinceMs: timeMsSchema.nullable(), followers: z.int().min(0) }),
      roles: SIGNED_IN,
      rate: { perSecond: 0.5, burst: 5 },
      errors: [],
    },
  },
  events: {
    'room:changed': {
      summary: 'The room was edited.',
      data: z.strictObject({ room: roomInfoSchema }),
      lane: 'control',
    },
    'room:session-started': {
      summary: 'The host went live.',
      data: z.strictObject({ session: sessionSchema }),
      lane: 'control',
    },
    'room:session-ended': {
      summary: 'The broadcast is over.',
      data: z.strictObject({ sessionId: idSchema, endedAtMs: timeMsSchema }),
      lane: 'control',
    },
    'room:role-changed': {
      summary:
        'Somebody has another role in this room now; `viewer`: none. With `untilMs` it ends by itself.',
      data: z.strictObject({ userId: z.string(), role: roleSchema, untilMs: timeMsSchema.nullable() }),
      lane: 'control',
    },
    'room:presence-changed': {
      summary:
        'How many distinct users are in the room, over all nodes, and how many follow it. At most once a second.',
      data: z.strictObject({ viewers: z.int().min(0), followers: z.int().min(0) }),
      lane: 'ambient',
      conflateBy: '',
    },
  },
  notices: {},
  errors: {
    SESSION_RUNNING: { message: 'A session is running; end it first.', retryable: false },
    NO_SESSION: { message: 'No session is running.', retryable: false },
  },
  limits: {
    planAheadMs: { value: 90 * 24 * 3_600_000, unit: 'ms', summary: 'How far ahead a show can be planned.' },
    planPastMs: {
      value: 60_000,
      unit: 'ms',
      summary: 'How long ago the time of a plan may be when it is set: clocks differ.',
    },
    planBegunMs: {
      value: 3_600_000,
      unit: 'ms',
      summary: 'Going live so long before the planned time, or later, ends the plan: that show has begun.',
    },
    eventsKept: { value: 5000, unit: 'events', summary: 'Kept in the event log for `room:resume`.' },
    presenceIntervalMs: { value: 1000, unit: 'ms', summary: 'Least time between two viewer counts.' },
  },
  snapshot: z.strictObject({
    room: roomInfoSchema,
    session: sessionSchema.nullable(),
    /** When the last session ended; null while one runs, before the first, and where an older version ended it. */
    endedAtMs: timeMsSchema.nullable(),
    viewers: z.int().min(0),
    followers: z.int().min(0),
  }),
  you: z.strictObject({ followingSinceMs: timeMsSchema.nullable() }),
});
export type RoomSnapshot = z.infer<typeof roomContract.snapshot>;
