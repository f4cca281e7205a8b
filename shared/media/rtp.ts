import { z } from 'zod';

/**
 * What WebRTC peers tell each other (W3C webrtc-pc, ORTC), bounded. mediasoup checks meaning; these schemas keep
 * what reaches it small and of the right shape.
 */

export const mediaKindSchema = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof mediaKindSchema>;

const uint32 = z.int().min(0).max(0xffff_ffff);
const payloadType = z.int().min(0).max(127);
/** RFC 8285 extension ids of one- and two-byte headers. */
const extensionId = z.int().min(1).max(255);
const uri = z.string().min(1).max(120);
const mimeType = z
  .string()
  .regex(/^(audio|video)\/[A-Za-z0-9._-]{1,40}$/, 'expected a media type such as video/VP8');
/** `fmtp` parameters: flat. */
const parameters = z.record(
  z.string().min(1).max(60),
  z.union([z.string().max(200), z.number(), z.boolean(), z.null()]),
);
const rtcpFeedback = z
  .array(z.strictObject({ type: z.string().min(1).max(40), parameter: z.string().max(40).optional() }))
  .max(16);

const codecShape = {
  mimeType,
  clockRate: z.int().min(1).max(192_000),
  channels: z.int().min(1).max(8).optional(),
  parameters: parameters.optional(),
  rtcpFeedback: rtcpFeedback.optional(),
};

/** What a peer can receive. */
export const rtpCapabilitiesSchema = z
  .strictObject({
    codecs: z
      .array(
        z.strictObject({
          ...codecShape,
          kind: mediaKindSchema,
          preferredPayloadType: payloadType.optional(),
        }),
      )
      .min(1)
      .max(64),
    headerExtensions: z
      .array(
        z.strictObject({
          kind: mediaKindSchema,
          uri,
          preferredId: extensionId,
          preferredEncrypt: z.boolean().optional(),
          direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
        }),
      )
      .max(64)
      .optional(),
  })
  .meta({ id: 'RtpCapabilities' });
export type RtpCapabilities = z.infer<typeof rtpCapabilitiesSchema>;

const encodingSchema = z.strictObject({
  ssrc: uint32.optional(),
  rid: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .optional(),
  codecPayloadType: payloadType.optional(),
  rtx: z.strictObject({ ssrc: uint32 }).optional(),
  dtx: z.boolean().optional(),
  scalabilityMode: z.string().max(20).optional(),
  scaleResolutionDownBy: z.number().min(1).max(64).optional(),
  maxBitrate: z.int().min(1).max(100_000_000).optional(),
  maxFramerate: z.number().min(0).max(240).optional(),
  adaptivePtime: z.boolean().optional(),
  priority: z.enum(['very-low', 'low', 'medium', 'high']).optional(),
  networkPriority: z.enum(['very-low', 'low', 'medium', 'high']).optional(),
  active: z.boolean().optional(),
});

/** What a peer sends, or is sent. */
export const rtpParametersSchema = z
  .strictObject({
    mid: z.string().max(16).optional(),
    codecs: z
      .array(z.strictObject({ ...codecShape, payloadType }))
      .min(1)
      .max(16),
    headerExtensions: z
      .array(
        z.strictObject({
          uri,
          id: extensionId,
          encrypt: z.boolean().optional(),
          parameters: parameters.optional(),
        }),
      )
      .max(32)
      .optional(),
    encodings: z.array(encodingSchema).max(8).optional(),
    rtcp: z
      .strictObject({
        cname: z.string().max(256).optional(),
        reducedSize: z.boolean().optional(),
        mux: z.boolean().optional(),
      })
      .optional(),
    msid: z.string().max(200).optional(),
  })
  .meta({ id: 'RtpParameters' });
export type RtpParameters = z.infer<typeof rtpParametersSchema>;

/** RFC 8122: how many bytes a fingerprint of each algorithm has. SHA-1 is too weak to take. */
const FINGERPRINT_BYTES = { 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 } as const;
const algorithms = Object.keys(FINGERPRINT_BYTES) as (keyof typeof FINGERPRINT_BYTES)[];

/** An empty list of fingerprints once ended a worker; a wrong length is refused as well. */
export const dtlsParametersSchema = z
  .strictObject({
    role: z.enum(['auto', 'client', 'server']).optional(),
    fingerprints: z
      .array(
        z
          .strictObject({
            algorithm: z.enum(algorithms),
            value: z
              .string()
              .regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*$/, 'expected bytes in hex with ":" between'),
          })
          .refine(
            ({ algorithm, value }) => value.length === FINGERPRINT_BYTES[algorithm] * 3 - 1,
            'the length does not fit the algorithm',
          )
          .meta({
            examples: [
              { algorithm: 'sha-256', value: Array(32).fill('a1').join(':') },
              { algorithm: 'sha-512', value: Array(64).fill('0F').join(':') },
            ],
          }),
      )
      .min(1)
      .max(8),
  })
  .meta({ id: 'DtlsParameters' });
export type DtlsParameters = z.infer<typeof dtlsParametersSchema>;

export const iceParametersSchema = z.strictObject({
  usernameFragment: z.string(),
  password: z.string(),
  iceLite: z.boolean().optional(),
});
export type IceParameters = z.infer<typeof iceParametersSchema>;

export const iceCandidateSchema = z.strictObject({
  foundation: z.string(),
  priority: z.int(),
  address: z.string(),
  ip: z.string(),
  protocol: z.enum(['udp', 'tcp']),
  port: z.int(),
  type: z.literal('host'),
  tcpType: z.literal('passive').optional(),
});
export type IceCandidate = z.infer<typeof iceCandidateSchema>;

/** As `RTCConfiguration.iceServers`; a TURN server's credentials end after a while. */
export const iceServerSchema = z.strictObject({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof iceServerSchema>;

/** What a client needs to make its end of a transport. */
export const transportSchema = z
  .strictObject({
    transportId: z.string(),
    iceParameters: iceParametersSchema,
    iceCandidates: z.array(iceCandidateSchema),
    dtlsParameters: z.strictObject({
      role: z.enum(['auto', 'client', 'server']).optional(),
      fingerprints: z.array(z.strictObject({ algorithm: z.string(), value: z.string() })),
    }),
  })
  .meta({ id: 'MediaTransport' });
export type MediaTransport = z.infer<typeof transportSchema>;
