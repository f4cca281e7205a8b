import { z } from 'zod';
import 'zod-openapi';
import {
  currencySchema,
  roleSchema,
  roomIdSchema,
  timeMsSchema,
  userIdSchema,
} from '../../../shared/kernel/units.ts';
import { roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import { orderSchema } from '../../../shared/trade/order.ts';
import { DEMO_SELLER } from '../../demo/people.ts';
import {
  hostNameSchema,
  sellerContactSchema,
  startsAtSchema,
  timeZoneSchema,
  titleSchema,
} from './room-schemas.ts';

/** Bodies of operations that only a demo has. */

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

export const newDemoRoomSchema = z
  .strictObject({
    title: titleSchema,
    hostName: hostNameSchema,
    sellerContact: sellerContactSchema.default(DEMO_SELLER),
    currency: currencySchema.default('CNY'),
    timeZone: timeZoneSchema.default('Asia/Shanghai'),
    startsAtMs: startsAtSchema.default(null),
  })
  .meta({ id: 'NewDemoRoom' });

export const madeDemoRoomSchema = z
  .strictObject({
    room: roomInfoSchema,
    hostCode: z.string().meta({ description: 'Signs in as the host of this room, and of no other.' }),
    moderatorCode: z.string().meta({ description: 'Signs in as a moderator of this room.' }),
  })
  .meta({ id: 'MadeDemoRoom' });

export const demoCheckoutSchema = z
  .strictObject({
    ref: z.string().min(1).max(2000).meta({ description: "The `ref` of the page's address." }),
    action: z.enum(['look', 'pay', 'fail', 'pay-again']).meta({
      description: '`pay-again`: a second payment of the same order, with a reference of its own.',
    }),
  })
  .meta({ id: 'DemoCheckout' });

export const demoCheckedOutSchema = z
  .strictObject({
    order: orderSchema,
    room: z.strictObject({ roomId: roomIdSchema, title: z.string() }),
    outcome: z
      .enum(['LOOKED', 'PAID', 'PAID_LATE', 'REFUND_REQUIRED', 'FAILED', 'PAID_ALREADY', 'CLOSED'])
      .meta({
        description:
          '`PAID_LATE`: after the hold, but units were left. `PAID_ALREADY`: this was a second payment. `CLOSED`: the order was cancelled or refunded.',
      }),
  })
  .meta({ id: 'DemoCheckedOut' });
