import { z } from 'zod';
import 'zod-openapi';
import { isSimulated } from '../../../shared/kernel/simulated.ts';
import {
  currencySchema,
  roleSchema,
  roomIdSchema,
  timeMsSchema,
  userIdSchema,
} from '../../../shared/kernel/units.ts';
import { roomInfoSchema, sessionSchema } from '../../../shared/plays/room/contract.ts';

/** Bodies of rooms and tokens that the contracts of the plays do not have. */

export const TOKEN_TTL_MAX_MS = 24 * 3_600_000;
export const TOKEN_TTL_MIN_MS = 1000;

export const timeZoneSchema = z
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

export const titleSchema = z.string().trim().min(1).max(80).meta({ example: 'Linen House' });
export const hostNameSchema = z.string().trim().min(1).max(24).meta({ example: 'Lin' });
export const sellerContactSchema = z.string().trim().max(200).meta({
  description: 'Who sells here, and how to reach them; shown one tap away.',
  example: 'Linen House Ltd, help@linen.example',
});

export const startsAtSchema = timeMsSchema.nullable().meta({
  description:
    'When the next show is planned, Unix time in ms: from now on, at most 90 days ahead. Going live in the hour before, or later, ends the plan. null: none is.',
});

const replayUrlSchema = roomInfoSchema.shape.replayUrl.meta({
  description:
    'Where the last show can be watched again: an https address, or a path of this server, of an .mp4, .webm or .m3u8 file. null: nowhere.',
  example: 'https://shop.example/shows/summer.m3u8',
});

/** An https address with `{ref}` in its path, query or fragment, once; no other braces but those known. */
const checkoutUrlSchema = z
  .string()
  .max(500)
  .refine(
    isCheckoutUrl,
    'expected an https address with {ref} behind its host, once, such as https://shop.example/pay?ref={ref}',
  )
  .nullable()
  .meta({
    description:
      'Where orders are paid: `{ref}` becomes the signed reference, `{orderId}` and `{roomId}` what they say. null: no shop is connected.',
    example: 'https://shop.example/pay?ref={ref}',
  });

const PLACEHOLDERS = /\{(?:ref|orderId|roomId)\}/g;

function isCheckoutUrl(template: string): boolean {
  // What a browser would tidy away (spaces, tabs, other scripts) has to be written in full.
  if (!/^https:\/\/[\x21-\x7e]+$/.test(template) || template.split('{ref}').length !== 2) return false;
  const filled = ['a', 'b'].map((value) => template.replaceAll(PLACEHOLDERS, value));
  const [one, other] = filled.map((text) => (/[{}]/.test(text) ? null : URL.parse(text)));
  if (!one || !other || one.username !== '' || one.password !== '') return false;
  // Nobody's order number becomes part of a host name.
  return one.protocol === 'https:' && one.origin === other.origin;
}

export const newRoomSchema = z
  .strictObject({
    roomId: roomIdSchema,
    title: titleSchema,
    hostName: hostNameSchema,
    sellerContact: sellerContactSchema.default(''),
    currency: currencySchema.default('CNY'),
    timeZone: timeZoneSchema.default('Asia/Shanghai'),
    checkoutUrl: checkoutUrlSchema.default(null),
    startsAtMs: startsAtSchema.default(null),
    replayUrl: replayUrlSchema.default(null),
  })
  .meta({ id: 'NewRoom' });

export const roomPatchSchema = z
  .strictObject({
    title: titleSchema.optional(),
    hostName: hostNameSchema.optional(),
    sellerContact: sellerContactSchema.optional(),
    checkoutUrl: checkoutUrlSchema.optional(),
    startsAtMs: startsAtSchema.optional(),
    replayUrl: replayUrlSchema.optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), {
    message: 'expected at least one field to change',
  })
  .meta({ id: 'RoomPatch' });

export const roomListingSchema = z
  .strictObject({
    room: roomInfoSchema,
    session: sessionSchema.nullable(),
    viewers: z.int().min(0).meta({ description: 'Distinct users in the room now.' }),
  })
  .meta({ id: 'RoomListing' });

export const tokenRequestSchema = z
  .strictObject({
    userId: userIdSchema
      .refine((id) => !id.startsWith('guest:'), '"guest:" is kept for people without a token')
      .refine((id) => !isSimulated(id), '"sim:" is kept for the simulated viewers of a demo'),
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
    tokenId: z.string().meta({ description: 'Its `jti`: what it is revoked by.' }),
    expiresAtMs: timeMsSchema,
  })
  .meta({ id: 'MintedToken' });
