import { z } from 'zod';
import 'zod-openapi';
import {
  currencySchema,
  idSchema,
  opIdSchema,
  roleSchema,
  roomIdSchema,
  timeMsSchema,
  userIdSchema,
} from '../../../shared/kernel/units.ts';
import { roomInfoSchema, sessionSchema } from '../../../shared/plays/room/contract.ts';
import { productSchema } from '../../../shared/plays/shelf/contract.ts';

/** Bodies and parameters of the HTTP API that the contracts of the plays do not have. */

export const TOKEN_TTL_MAX_MS = 24 * 3_600_000;
export const TOKEN_TTL_MIN_MS = 1000;
export const PAGE_MAX = 100;

const timeZoneSchema = z
  .string()
  .min(1)
  .max(64)
  .refine(isTimeZone, 'expected an IANA time zone, such as Asia/Shanghai')
  .meta({ description: 'IANA time zone: days of the room begin there.', example: 'Asia/Shanghai' });

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

const titleSchema = z.string().trim().min(1).max(80).meta({ example: 'Linen House' });
const hostNameSchema = z.string().trim().min(1).max(24).meta({ example: 'Lin' });
const sellerContactSchema = z.string().trim().max(200).meta({
  description: 'Who sells here, and how to reach them; shown one tap away.',
  example: 'Linen House Ltd, help@linen.example',
});

export const newRoomSchema = z
  .strictObject({
    roomId: roomIdSchema,
    title: titleSchema,
    hostName: hostNameSchema,
    sellerContact: sellerContactSchema.default(''),
    currency: currencySchema.default('CNY'),
    timeZone: timeZoneSchema.default('Asia/Shanghai'),
  })
  .meta({ id: 'NewRoom' });

export const roomPatchSchema = z
  .strictObject({
    title: titleSchema.optional(),
    hostName: hostNameSchema.optional(),
    sellerContact: sellerContactSchema.optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), {
    message: 'expected at least one of title, hostName and sellerContact',
  })
  .meta({ id: 'RoomPatch' });

export const roomListingSchema = z
  .strictObject({
    room: roomInfoSchema,
    session: sessionSchema.nullable(),
    viewers: z.int().min(0).meta({ description: 'Distinct users in the room now.' }),
  })
  .meta({ id: 'RoomListing' });

/** The id is in the address, or made here. */
export const productBodySchema = productSchema
  .omit({ productId: true })
  .extend({
    description: productSchema.shape.description.default(''),
    imageUrl: productSchema.shape.imageUrl.default(null),
  })
  .meta({ id: 'ProductBody' });

export const newProductSchema = productBodySchema
  .extend({ productId: idSchema.optional() })
  .meta({ id: 'NewProduct' });

export const tokenRequestSchema = z
  .strictObject({
    userId: userIdSchema.refine(
      (id) => !id.startsWith('guest:'),
      '"guest:" is kept for people without a token',
    ),
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .meta({ description: 'Shown; cut to 24 characters.', example: 'Mei' }),
    role: roleSchema.exclude(['guest']),
    ttlMs: z.int().min(TOKEN_TTL_MIN_MS).max(TOKEN_TTL_MAX_MS).optional().meta({
      description: 'How long it is valid; without it, accessTokenTtlMs of the configuration.',
      example: 900_000,
    }),
  })
  .meta({ id: 'TokenRequest' });

export const mintedSchema = z
  .strictObject({
    token: z.string().meta({ description: "Goes into the handshake's auth." }),
    expiresAtMs: timeMsSchema,
  })
  .meta({ id: 'MintedToken' });

export const demoSignInSchema = z
  .strictObject({
    roomId: roomIdSchema,
    code: z.string().min(1).max(1000).optional().meta({
      description: "The host's or moderator's code, or the one that an earlier sign-in as a viewer gave.",
    }),
    name: z.string().min(1).max(200).optional().meta({ description: 'For a viewer: 1 to 24 characters.' }),
  })
  .refine((body) => body.code !== undefined || body.name !== undefined, {
    message: 'expected a name, or a code',
    path: ['name'],
  })
  .meta({ id: 'DemoSignIn' });

export const demoSignedInSchema = z
  .strictObject({
    token: z.string(),
    expiresAtMs: timeMsSchema,
    user: z.strictObject({ userId: userIdSchema, name: z.string(), role: roleSchema }),
    code: z.string().meta({ description: 'Signs in as the same person again.' }),
  })
  .meta({ id: 'DemoSignedIn' });

export const roomParams = z.strictObject({ roomId: roomIdSchema });
export const productParams = z.strictObject({ roomId: roomIdSchema, productId: idSchema });
export const pageQuery = z.strictObject({
  limit: z.coerce.number<string>().int().min(1).max(PAGE_MAX).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'expected the nextCursor of the page before')
    .optional()
    .meta({ description: 'The `nextCursor` of the page before.' }),
});
export const idempotencyHeaders = z.strictObject({
  'idempotency-key': opIdSchema.optional().meta({
    description: 'Repeat it when you retry: the same request then has one effect, and the same answer.',
  }),
});
