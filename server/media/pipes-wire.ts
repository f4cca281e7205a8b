import { z } from 'zod';
import { idSchema, roomIdSchema } from '../../shared/kernel/units.ts';
import { mediaKindSchema, rtpParametersSchema } from '../../shared/media/rtp.ts';
import { MAX_DEPTH, MAX_TOLD } from './pipe-tree.rules.ts';
import { NodeRefused } from './ports.ts';

/** What nodes say to each other about pipes. */

export const PIPE = 'media.pipe';
export const UNPIPE = 'media.unpipe';
export const PIPES_ALIVE = 'media.pipes-alive';

/** Of one question whether they are alive: 1000 ids fit a message. */
export const MAX_CHECKED = 1000;

const addressSchema = z.strictObject({
  ip: z.union([z.ipv4(), z.ipv6()]),
  port: z.int().min(1).max(65_535),
  srtp: z
    .strictObject({
      cryptoSuite: z.enum([
        'AEAD_AES_256_GCM',
        'AEAD_AES_128_GCM',
        'AES_CM_128_HMAC_SHA1_80',
        'AES_CM_128_HMAC_SHA1_32',
      ]),
      keyBase64: z.base64().max(100),
    })
    .nullable(),
});

/** The one that asks names the pipe: it can end it also when it never heard an answer. */
export const pipeWishSchema = z.strictObject({
  pipeId: idSchema,
  roomId: roomIdSchema,
  publicationId: idSchema,
  address: addressSchema,
});

export const pipeAnswerSchema = z.union([
  z.strictObject({
    address: addressSchema,
    producer: z.strictObject({
      id: idSchema,
      kind: mediaKindSchema,
      rtpParameters: rtpParametersSchema,
      paused: z.boolean(),
    }),
    ancestors: z.array(idSchema).min(1).max(MAX_DEPTH),
  }),
  z.strictObject({ redirect: z.array(idSchema).max(MAX_TOLD) }),
]);
export type PipeAnswer = z.infer<typeof pipeAnswerSchema>;

export const unpipeSchema = z.strictObject({ pipeId: idSchema });

export const aliveSchema = z.strictObject({ pipeIds: z.array(idSchema).max(MAX_CHECKED) });
export const aliveAnswerSchema = z.strictObject({ unknown: z.array(idSchema).max(MAX_CHECKED) });

/** @throws NodeRefused with `BAD_PAYLOAD`, without what it was: keys are in it */
export function readPayload<T>(schema: z.ZodType<T>, payload: unknown): T {
  const read = schema.safeParse(payload);
  if (!read.success) throw new NodeRefused('BAD_PAYLOAD');
  return read.data;
}
