import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import {
  idSchema,
  opIdSchema,
  ROLES,
  SELLERS,
  shownText,
  timeMsSchema,
  userIdSchema,
} from '../../kernel/units.ts';
import { END_REASONS, SOURCES } from '../../media/publication.ts';
import {
  dtlsParametersSchema,
  iceParametersSchema,
  iceServerSchema,
  mediaKindSchema,
  rtpCapabilitiesSchema,
  rtpParametersSchema,
  transportSchema,
} from '../../media/rtp.ts';

/**
 * Pictures and sound: who publishes what into the room, and the signalling around a mediasoup transport. What is
 * published is state of the room; transports and consumers belong to one socket and end with it.
 */

/** One publication a user and source: a new one replaces it. */
export const sourceSchema = z.enum(SOURCES);
export type Source = z.infer<typeof sourceSchema>;
export const VIDEO_SOURCES: readonly Source[] = ['camera', 'screen', 'encoder-video'];

export const publicationSchema = z
  .strictObject({
    publicationId: idSchema,
    userId: userIdSchema,
    name: z.string().max(64),
    /** By a host; else by a cohost, who stands beside. */
    isHost: z.boolean(),
    source: sourceSchema,
    kind: mediaKindSchema,
    /** Nothing is sent at the moment: muted, or the camera is off. */
    paused: z.boolean(),
    startedAtMs: timeMsSchema,
  })
  .meta({ id: 'Publication' });
export type Publication = z.infer<typeof publicationSchema>;

export const endReasonSchema = z.enum(END_REASONS);
export type EndReason = z.infer<typeof endReasonSchema>;

const consumerSchema = z
  .strictObject({
    consumerId: z.string(),
    publicationId: idSchema,
    producerId: z.string(),
    kind: mediaKindSchema,
    rtpParameters: rtpParametersSchema,
    /** `simulcast` and `svc` have layers to choose from. */
    type: z.enum(['simple', 'simulcast', 'svc']),
    /** Spatial layers that there are; 1 where there is nothing to choose. */
    spatialLayers: z.int().min(1).max(8),
  })
  .meta({ id: 'MediaConsumer' });
export type MediaConsumer = z.infer<typeof consumerSchema>;

export const streamKeySchema = z
  .strictObject({
    keyId: idSchema,
    label: z.string().max(40),
    userId: userIdSchema,
    createdAtMs: timeMsSchema,
    /** null: never. */
    lastUsedAtMs: timeMsSchema.nullable(),
  })
  .meta({ id: 'StreamKey' });
export type StreamKey = z.infer<typeof streamKeySchema>;

const transportIdSchema = z.string().min(1).max(64);
const signalling = { perSecond: 4, burst: 20 };
/** RTP capabilities and parameters are wide and deep. */
const rtpInput = { depth: 8, keys: 1000 };

export const mediaContract = defineContract({
  name: 'media',
  summary: 'Pictures and sound: publishing, and watching through the relay.',
  commands: {
    'media:prepare': {
      summary:
        'What a client needs before it can watch or publish: the codecs of the relay, and STUN and TURN servers. May be asked while media code loads.',
      input: z.strictObject({}),
      output: z.strictObject({
        rtpCapabilities: rtpCapabilitiesSchema,
        iceServers: z.array(iceServerSchema),
      }),
      roles: ROLES,
      rate: { perSecond: 1, burst: 5 },
      errors: ['MEDIA_UNAVAILABLE'],
    },
    'media:watch': {
      summary:
        'Receive publications. Opens the receiving transport of this socket with the first call; later calls add to it. Video starts once the transport is connected.',
      input: z.strictObject({
        publicationIds: z.array(idSchema).min(1).max(8),
        rtpCapabilities: rtpCapabilitiesSchema,
        /** Open a new receiving transport; one that this socket has is closed, with what came over it. */
        fresh: z.boolean().optional(),
      }),
      output: z.strictObject({
        /** null: the transport that this socket has. */
        transport: transportSchema.nullable(),
        transportId: z.string(),
        consumers: z.array(consumerSchema),
        /**
         * Publications that cannot be had, and why; watching the others goes on. CANNOT_PLAY: no codec for it.
         * MEDIA_UNREACHABLE: the node that carries it does not answer; try again.
         */
        missing: z.array(
          z.strictObject({
            publicationId: idSchema,
            code: z.enum(['PUBLICATION_NOT_FOUND', 'CANNOT_PLAY', 'MEDIA_FULL', 'MEDIA_UNREACHABLE']),
          }),
        ),
      }),
      roles: ROLES,
      rate: signalling,
      inputLimits: rtpInput,
      errors: ['MEDIA_UNAVAILABLE', 'MEDIA_FULL', 'OFF_AIR'],
    },
    'media:unwatch': {
      summary: 'Stop receiving; one that is gone already is fine.',
      input: z.strictObject({ consumerIds: z.array(transportIdSchema).min(1).max(8) }),
      output: z.strictObject({}),
      roles: ROLES,
      rate: signalling,
      errors: [],
    },
    'media:adjust': {
      summary: 'Pause or go on, or choose layers: what the player shows, not what the network bears.',
      input: z.strictObject({
        consumerId: transportIdSchema,
        paused: z.boolean().optional(),
        /** Highest layer that makes sense; the relay goes lower where the network asks for it. */
        spatialLayer: z.int().min(0).max(7).optional(),
        temporalLayer: z.int().min(0).max(7).optional(),
      }),
      output: z.strictObject({}),
      roles: ROLES,
      rate: signalling,
      errors: ['CONSUMER_NOT_FOUND'],
    },
    'media:open-sender': {
      summary:
        'Open the sending transport of this socket. One that it has is closed, with what it publishes.',
      input: z.strictObject({}),
      output: z.strictObject({ transport: transportSchema }),
      roles: SELLERS,
      rate: { perSecond: 1, burst: 5 },
      errors: ['MEDIA_UNAVAILABLE', 'MEDIA_FULL'],
    },
    'media:connect': {
      summary: 'Connect a transport: the DTLS parameters of the client.',
      input: z.strictObject({ transportId: transportIdSchema, dtlsParameters: dtlsParametersSchema }),
      output: z.strictObject({}),
      roles: ROLES,
      rate: signalling,
      errors: ['TRANSPORT_NOT_FOUND', 'BAD_MEDIA'],
    },
    'media:restart-ice': {
      summary: 'New ICE credentials for a transport: the network of the client has changed.',
      input: z.strictObject({ transportId: transportIdSchema }),
      output: z.strictObject({ iceParameters: iceParametersSchema }),
      roles: ROLES,
      rate: { perSecond: 1, burst: 5 },
      errors: ['TRANSPORT_NOT_FOUND'],
    },
    'media:publish': {
      summary:
        'Publish one source. The same source of the same user, on whatever device, is replaced. Transports belong to one socket, so the opId is that of this socket too: there, a repeated call is answered as the first one.',
      input: z.strictObject({
        opId: opIdSchema,
        transportId: transportIdSchema,
        source: sourceSchema.exclude(['encoder-video', 'encoder-audio']),
        rtpParameters: rtpParametersSchema,
        paused: z.boolean().default(false),
      }),
      output: z.strictObject({ publication: publicationSchema }),
      roles: SELLERS,
      rate: { perSecond: 2, burst: 10 },
      inputLimits: rtpInput,
      errors: ['TRANSPORT_NOT_FOUND', 'BAD_MEDIA', 'MEDIA_FULL', 'TOO_MANY_PUBLICATIONS'],
    },
    'media:pause': {
      summary: 'Mute or unmute something that you publish.',
      input: z.strictObject({ publicationId: idSchema, paused: z.boolean() }),
      output: z.strictObject({ publication: publicationSchema }),
      roles: SELLERS,
      rate: { perSecond: 2, burst: 10 },
      errors: ['PUBLICATION_NOT_FOUND'],
    },
    'media:unpublish': {
      summary: 'Stop something that you publish; the host may stop what others publish.',
      input: z.strictObject({ publicationId: idSchema }),
      output: z.strictObject({}),
      roles: SELLERS,
      rate: { perSecond: 2, burst: 10 },
      errors: ['PUBLICATION_NOT_FOUND'],
    },
    'media:create-stream-key': {
      summary:
        'Make a stream key for OBS or another WHIP client. Its secret is shown this once. The key of a cohost works while the room knows them as one: until the appointment ends, or the last token that they came with. The key of a host works until it is revoked. Neither works while they are banned.',
      input: z.strictObject({ opId: opIdSchema, label: shownText(1, 40) }),
      output: z.strictObject({
        key: streamKeySchema,
        /** To be sent as bearer token; null in the answer to a repeated call: revoke the key then, and make another. */
        secret: z.string().nullable(),
        /** Path of the WHIP endpoint on this server. */
        whipPath: z.string(),
      }),
      roles: SELLERS,
      rate: { perSecond: 0.5, burst: 5 },
      errors: ['TOO_MANY_KEYS'],
    },
    'media:list-stream-keys': {
      summary: 'Stream keys of the room; a cohost sees their own.',
      input: z.strictObject({}),
      output: z.strictObject({ keys: z.array(streamKeySchema) }),
      roles: SELLERS,
      rate: { perSecond: 1, burst: 5 },
      errors: [],
    },
    'media:revoke-stream-key': {
      summary: 'Revoke a stream key: a host any, a cohost their own. What is published with it ends.',
      input: z.strictObject({ opId: opIdSchema, keyId: idSchema }),
      output: z.strictObject({}),
      roles: SELLERS,
      rate: { perSecond: 1, burst: 5 },
      errors: ['KEY_NOT_FOUND'],
    },
  },
  events: {
    'media:published': {
      summary: 'Something new can be watched. It replaces what the same user published from the same source.',
      data: z.strictObject({ publication: publicationSchema }),
      lane: 'control',
    },
    'media:unpublished': {
      summary: 'A publication is over.',
      data: z.strictObject({ publicationId: idSchema, reason: endReasonSchema }),
      lane: 'control',
    },
    'media:paused': {
      summary: 'A publication was muted or goes on.',
      data: z.strictObject({ publicationId: idSchema, paused: z.boolean() }),
      lane: 'control',
    },
    'media:key-revoked': {
      summary: 'A stream key was revoked.',
      data: z.strictObject({ keyId: idSchema }),
      lane: 'control',
      audience: 'staff',
    },
  },
  notices: {
    'media:closed': {
      summary:
        'Transports of yours are gone, with all that ran over them: open new ones. `transportIds` that you do not know belong to another socket of yours.',
      data: z.strictObject({
        transportIds: z.array(z.string()),
        reason: z.enum(['worker-died', 'off-air', 'removed', 'idle']),
      }),
    },
    'media:source-closed': {
      summary: 'A consumer of yours is gone since its publication is; others go on.',
      data: z.strictObject({ consumerIds: z.array(z.string()) }),
    },
  },
  errors: {
    MEDIA_UNAVAILABLE: { message: 'This server has no media relay; chat and deals go on.', retryable: false },
    MEDIA_FULL: { message: 'The relay is full at the moment; chat and deals go on.', retryable: true },
    OFF_AIR: { message: 'The show is not on; only hosts and moderators see its preview.', retryable: false },
    PUBLICATION_NOT_FOUND: { message: 'There is no such publication (any more).', retryable: false },
    CONSUMER_NOT_FOUND: { message: 'This socket has no such consumer (any more).', retryable: false },
    TRANSPORT_NOT_FOUND: { message: 'This socket has no such transport (any more).', retryable: false },
    BAD_MEDIA: { message: 'The media parameters do not fit together or to the relay.', retryable: false },
    TOO_MANY_PUBLICATIONS: { message: 'The room has as many publications as it may.', retryable: false },
    TOO_MANY_KEYS: {
      message: 'The room has as many stream keys as it may; revoke one first.',
      retryable: false,
    },
    KEY_NOT_FOUND: { message: 'There is no such stream key.', retryable: false },
  },
  limits: {
    publicationsPerRoom: { value: 12, unit: 'publications', summary: 'Published in a room at once.' },
    producersPerSocket: { value: 4, unit: 'producers', summary: 'Camera, microphone, screen and its sound.' },
    consumersPerSocket: { value: 12, unit: 'consumers', summary: 'Received by one socket at once.' },
    streamKeysPerRoom: { value: 20, unit: 'keys', summary: 'Stream keys of a room.' },
    leaseMs: {
      value: 6000,
      unit: 'ms',
      summary:
        'A node that is silent for so long, and gives no answer for three seconds more, has lost what it carried; its publications end.',
    },
    keyFrameIntervalMs: {
      value: 1000,
      unit: 'ms',
      summary: 'Least time between two key frames that the relay asks a publisher for, however many join.',
    },
  },
  snapshot: z.strictObject({ publications: z.array(publicationSchema) }),
  you: z.strictObject({}),
});
export type MediaSnapshot = z.infer<typeof mediaContract.snapshot>;
