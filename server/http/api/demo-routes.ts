import { buyersOrder } from '../../../shared/trade/order.ts';
import * as schemas from './demo-schemas.ts';
import { paidOrder } from './order-examples.ts';
import type { ApiRoute } from './route.ts';

export const demoRoutes = {
  demoSignIn: {
    method: 'post',
    path: '/demo/sign-in',
    tag: 'Demo',
    summary: 'Sign in to a demo',
    description: 'Exists in demo mode only. A viewer needs a name; the host and the moderator have codes.',
    auth: 'none',
    demoOnly: true,
    rate: 'signIn',
    body: schemas.demoSignInSchema,
    success: { status: 200, text: 'You are signed in.', schema: schemas.demoSignedInSchema },
    problems: ['ROOM_NOT_FOUND', 'UNAUTHENTICATED'],
    example: {
      body: { roomId: 'demo', name: 'Mei' },
      answer: {
        token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
        expiresAtMs: 1_780_000_900_000,
        user: { userId: 'u_Xk29fLq8Zw01', name: 'Mei', role: 'viewer' },
        code: 'v1.…',
      },
    },
  },
  makeDemoRoom: {
    method: 'post',
    path: '/demo/rooms',
    tag: 'Demo',
    summary: 'Make a room in a demo',
    description:
      "Exists in demo mode only. Anybody may make a room, with an id that the server chooses and the demo's shop; the codes are for `POST /demo/sign-in`. They are not stored: whoever loses them makes another room. A room with nobody in it for 24 hours gives up its place and its line on the home page, until somebody is in it again.",
    auth: 'none',
    demoOnly: true,
    rate: 'demoRooms',
    body: schemas.newDemoRoomSchema,
    success: {
      status: 201,
      text: 'The room. `Location` has the address of its page.',
      schema: schemas.madeDemoRoomSchema,
    },
    problems: ['DEMO_ROOMS_FULL'],
    example: {
      body: { title: 'Linen House', hostName: 'Lin', sellerContact: 'help@linen.example' },
      answer: {
        room: {
          ...{ roomId: 'linen-house-7d4f01c2be', title: 'Linen House', hostName: 'Lin' },
          ...{ sellerContact: 'help@linen.example', currency: 'CNY', timeZone: 'Asia/Shanghai' },
          ...{
            checkoutUrl: '/checkout?ref={ref}',
            demo: true,
            simulated: 0,
            startsAtMs: null,
            replayUrl: null,
          },
          createdAtMs: 1_780_000_000_000,
        },
        hostCode: 's1.host.…',
        moderatorCode: 's1.moderator.…',
      },
    },
  },
  demoCheckout: {
    method: 'post',
    path: '/demo/checkout',
    tag: 'Demo',
    summary: "Play the checkout of the demo's shop",
    description:
      "Exists in demo mode only. The demo's shop checks the reference with the public keys and confirms payments as any merchant does; no money moves. It takes a reference also after its time, to show what a late payment does.",
    auth: 'none',
    demoOnly: true,
    rate: 'demoCheckout',
    body: schemas.demoCheckoutSchema,
    success: { status: 200, text: 'The order, and what came of it.', schema: schemas.demoCheckedOutSchema },
    problems: ['REFERENCE_INVALID', 'ORDER_NOT_FOUND'],
    example: {
      body: { ref: 'eyJhbGciOiJFZERTQSIsImtpZCI6IjFMUmVqbiJ9…', action: 'pay' },
      answer: {
        order: buyersOrder(paidOrder),
        room: { roomId: 'linen-house', title: 'Linen House' },
        outcome: 'PAID',
      },
    },
  },
} as const satisfies Record<string, ApiRoute>;
