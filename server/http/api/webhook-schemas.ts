import { z } from 'zod';
import 'zod-openapi';
import { idSchema, roomIdSchema, shownText, timeMsSchema } from '../../../shared/kernel/units.ts';
import { ENDPOINT_ROOMS_MAX } from '../../webhooks/endpoint.ts';
import { EVENT_TYPES } from '../../webhooks/event-types.ts';
import { ATTEMPT_OUTCOMES } from '../../webhooks/sender.ts';
import { URL_MAX_CHARS } from '../../webhooks/target.ts';
import { limitSchema } from './common-schemas.ts';

/** What a merchant sends and gets about webhooks. */

const DAY_MS = 24 * 3_600_000;
export const KEEP_PREVIOUS_MAX_MS = 7 * DAY_MS;

const urlSchema = z.string().min(1).max(URL_MAX_CHARS).meta({
  description: 'Where messages go: https, and a public address unless webhookAllowPrivate has it.',
  example: 'https://shop.example/livestall',
});
const roomsSchema = z
  .array(roomIdSchema)
  .min(1)
  .max(ENDPOINT_ROOMS_MAX)
  .nullable()
  .meta({ description: 'null: all rooms, also those made later.' });
const typesSchema = z
  .array(z.enum(EVENT_TYPES))
  .min(1)
  .nullable()
  .meta({ description: 'null: all types, also those that a later version adds.' });
const descriptionSchema = shownText(0, 200).meta({ description: 'For people.' });

const fields = {
  url: urlSchema,
  rooms: roomsSchema,
  types: typesSchema,
  description: descriptionSchema,
  enabled: z.boolean(),
};

export const newEndpointSchema = z
  .strictObject({
    url: urlSchema,
    rooms: roomsSchema.default(null),
    types: typesSchema.default(null),
    description: descriptionSchema.default(''),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'NewWebhookEndpoint' });

export const endpointPatchSchema = z
  .strictObject(fields)
  .partial()
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), {
    message: 'expected at least one of url, rooms, types, description and enabled',
  })
  .meta({ id: 'WebhookEndpointPatch' });

export const endpointSchema = z
  .strictObject({
    endpointId: idSchema,
    ...fields,
    disabledReason: z
      .enum(['GONE'])
      .nullable()
      .meta({ description: '`GONE`: it answered 410, and the server switched it off.' }),
    previousSecretExpiresAtMs: timeMsSchema.nullable().meta({
      description: 'Until then, the secret from before the last rotation signs too. null: there is none.',
    }),
    createdAtMs: timeMsSchema,
    updatedAtMs: timeMsSchema,
  })
  .meta({ id: 'WebhookEndpoint' });

const secretSchema = z.string().meta({
  description: 'Checks signatures. Shown here and never again.',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
});

export const endpointAnswer = z.strictObject({ endpoint: endpointSchema });
export const endpointsAnswer = z.strictObject({ endpoints: z.array(endpointSchema) });
export const secretAnswer = z.strictObject({ endpoint: endpointSchema, secret: secretSchema });

export const rotationSchema = z
  .strictObject({
    keepPreviousMs: z.int().min(0).max(KEEP_PREVIOUS_MAX_MS).default(DAY_MS).meta({
      description: 'How long the secrets from before sign too. 0 when one of them has leaked.',
      example: DAY_MS,
    }),
  })
  .meta({ id: 'SecretRotation' });

const outcomeSchema = z.enum(ATTEMPT_OUTCOMES).meta({
  description:
    '`ok`: 2xx. `status`: another status. `redirect`: 3xx, not followed. `timeout`: no answer within 15 s. `connection`, `dns`, `tls`: no answer at all. `refused-address`: not an address that webhooks may go to.',
});
const statusSchema = z.int().nullable().meta({ description: 'HTTP status; null without an answer.' });
const messageIdSchema = z.string().meta({ description: 'The `webhook-id` of the message.' });

export const attemptSchema = z
  .strictObject({
    messageId: messageIdSchema,
    type: z.string(),
    roomId: roomIdSchema.nullable().meta({ description: 'null for a test.' }),
    atMs: timeMsSchema,
    attempt: z.int().min(1).meta({ description: '1 for the first attempt of this message.' }),
    outcome: outcomeSchema,
    status: statusSchema,
    durationMs: z.int().min(0),
  })
  .meta({ id: 'WebhookAttempt' });

export const testAnswer = z.strictObject({ attempt: attemptSchema });
const nextCursor = z.string().nullable().meta({ description: 'null on the last page.' });
export const attemptsAnswer = z.strictObject({ attempts: z.array(attemptSchema), nextCursor });

export const deadLetterSchema = z
  .strictObject({
    messageId: messageIdSchema,
    type: z.string(),
    roomId: roomIdSchema,
    happenedAtMs: timeMsSchema.meta({ description: 'When it happened in the room.' }),
    attempts: z.int().min(0),
    firstAttemptAtMs: timeMsSchema
      .nullable()
      .meta({ description: 'null: the endpoint was down all the time.' }),
    givenUpAtMs: timeMsSchema,
    outcome: z
      .enum([...ATTEMPT_OUTCOMES, 'endpoint-down', 'trimmed'])
      .meta({ description: 'Of the last attempt; `endpoint-down`: there was none.' }),
    status: statusSchema,
  })
  .meta({ id: 'DeadLetter' });

export const deadLettersAnswer = z.strictObject({ deadLetters: z.array(deadLetterSchema), nextCursor });
export const resentAnswer = z.strictObject({
  count: z.int().min(0).meta({ description: 'Messages that are on their way again.' }),
});

export const endpointParams = z.strictObject({ endpointId: idSchema });
export const deadLetterParams = z.strictObject({
  endpointId: idSchema,
  messageId: z
    .string()
    .regex(/^msg_[a-z0-9-]{1,63}_\d{1,16}_[0-9a-z]{1,12}$/, 'expected the id of a message'),
});

const page = (cursor: RegExp) =>
  z.strictObject({
    limit: limitSchema,
    cursor: z
      .string()
      .regex(cursor, 'expected the nextCursor of the page before')
      .optional()
      .meta({ description: 'The `nextCursor` of the page before.' }),
  });
export const attemptsQuery = page(/^\d{1,16}-\d{1,10}$/);
export const deadLettersQuery = page(/^[a-z0-9-]{1,63}\.\d{1,16}$/);
