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
