import { keyedHeaders, roomParams } from './common-schemas.ts';
import { cancelledOrder, fulfilledOrder, heldOrder, paidOrder, refundedOrder } from './order-examples.ts';
import * as schemas from './order-schemas.ts';
import type { ApiRoute } from './route.ts';

const CHANGE_PROBLEMS = ['ROOM_NOT_FOUND', 'ORDER_NOT_FOUND', 'ORDER_STATE'] as const;

const params = { roomId: 'linen-house', orderId: heldOrder.orderId };
const headers = (what: string) => ({ 'idempotency-key': `${what}-${heldOrder.orderId}` });

export const orderRoutes = {
  listOrders: {
    method: 'get',
    path: '/rooms/{roomId}/orders',
    tag: 'Orders',
    summary: 'List the orders of a room, newest first',
    auth: 'api-key',
    params: roomParams,
    query: schemas.ordersQuery,
    success: { status: 200, text: 'A page of orders.', schema: schemas.ordersPage },
    problems: ['ROOM_NOT_FOUND'],
    example: {
      params: { roomId: 'linen-house' },
      query: { limit: '20', state: 'PAID' },
      answer: { orders: [paidOrder], nextCursor: null },
    },
  },
  exportOrders: {
    method: 'get',
    path: '/rooms/{roomId}/orders/export',
    tag: 'Orders',
    summary: 'Export the orders of a room, oldest first',
    description:
      "Of any length: it is streamed, so save it to a file. Each order is as it was when its turn came. An answer that breaks off (an incomplete chunked body) is a part: ask again, or go on with `fromNo`.\n\nCSV is RFC 4180 in UTF-8 with one row for each line of an order: sum `lineAmountMinor`, never `orderAmountMinor`, which every row of an order repeats. Text that a spreadsheet would take for a formula has a `'` in front.",
    auth: 'api-key',
    rate: 'exports',
    params: roomParams,
    query: schemas.exportQuery,
    success: {
      status: 200,
      text: 'All orders that the filters let through.',
      stream: ['application/x-ndjson', 'text/csv; charset=utf-8'],
    },
    problems: ['ROOM_NOT_FOUND'],
    example: {
      params: { roomId: 'linen-house' },
      query: { format: 'ndjson', state: 'PAID' },
      answer: `${JSON.stringify(paidOrder)}\n`,
    },
  },
  readOrder: {
    method: 'get',
    path: '/rooms/{roomId}/orders/{orderId}',
    tag: 'Orders',
    summary: 'Read an order',
    auth: 'api-key',
    params: schemas.orderParams,
    success: { status: 200, text: 'The order.', schema: schemas.orderAnswer },
    problems: ['ROOM_NOT_FOUND', 'ORDER_NOT_FOUND'],
    example: { params, answer: { order: heldOrder } },
  },
  payOrder: {
    method: 'post',
    path: '/rooms/{roomId}/orders/{orderId}/payment',
    tag: 'Orders',
    summary: 'Say that an order is paid',
    description:
      'Call it when the money is yours, and repeat it with the same key until it is answered.\n\nLook at `order.state` of the answer. `PAID`: deliver. `REFUND_REQUIRED`: the payment came after the hold had run out, and no unit was left. This is 200, not an error: the order keeps the payment in mind, and you owe the buyer the money. Give it back, then call `refundOrder`.\n\n`PAID_ALREADY`: the order was paid before, with another `paymentRef`. That is a second payment: give it back at your payment provider.',
    auth: 'api-key',
    params: schemas.orderParams,
    headers: keyedHeaders,
    body: schemas.paymentSchema,
    success: {
      status: 200,
      text: 'The order, `PAID` or `REFUND_REQUIRED`.',
      schema: schemas.orderAnswer,
    },
    problems: [...CHANGE_PROBLEMS, 'PAID_ALREADY', 'AMOUNT_MISMATCH'],
    example: {
      params,
      headers: headers('pay'),
      body: { amountMinor: 5_900, currency: 'CNY', paymentRef: 'pi_3Nq8f2' },
      answer: { order: paidOrder },
    },
  },
  cancelOrder: {
    method: 'post',
    path: '/rooms/{roomId}/orders/{orderId}/cancellation',
    tag: 'Orders',
    summary: 'Call an order off',
    description:
      'An order that is only held is released, and its units go back on sale. A paid one is `CANCELLED`: its units go back only with `returnUnits`, and the money is still yours to give back (`refundOrder`).',
    auth: 'api-key',
    params: schemas.orderParams,
    headers: keyedHeaders,
    body: schemas.cancellationSchema,
    success: { status: 200, text: 'The order, `RELEASED` or `CANCELLED`.', schema: schemas.orderAnswer },
    problems: CHANGE_PROBLEMS,
    example: {
      params,
      headers: headers('cancel'),
      body: { reason: 'The buyer changed their mind.', returnUnits: true },
      answer: { order: cancelledOrder },
    },
  },
  refundOrder: {
    method: 'post',
    path: '/rooms/{roomId}/orders/{orderId}/refund',
    tag: 'Orders',
    summary: 'Say that the money was given back',
    description:
      'For an order that is `PAID`, `CANCELLED` or `REFUND_REQUIRED`. Give the money back at your payment provider first: nothing here moves money.',
    auth: 'api-key',
    params: schemas.orderParams,
    headers: keyedHeaders,
    body: schemas.refundSchema,
    success: { status: 200, text: 'The order, `REFUNDED`.', schema: schemas.orderAnswer },
    problems: CHANGE_PROBLEMS,
    example: {
      params,
      headers: headers('refund'),
      body: { reason: 'Arrived broken.', refundRef: 're_8Hd02k', returnUnits: false },
      answer: { order: refundedOrder },
    },
  },
  fulfilOrder: {
    method: 'post',
    path: '/rooms/{roomId}/orders/{orderId}/fulfilment',
    tag: 'Orders',
    summary: 'Say that an order was sent or handed over',
    description: 'For a paid order, once. The buyer sees it at once.',
    auth: 'api-key',
    params: schemas.orderParams,
    headers: keyedHeaders,
    body: schemas.fulfilmentSchema,
    success: { status: 200, text: 'The order, with `fulfilledAtMs`.', schema: schemas.orderAnswer },
    problems: CHANGE_PROBLEMS,
    example: {
      params,
      headers: headers('fulfil'),
      body: { trackingRef: 'SF1400021345678' },
      answer: { order: fulfilledOrder },
    },
  },
  verifyReference: {
    method: 'post',
    path: '/checkout-references/verify',
    tag: 'Orders',
    summary: 'Check the reference that a buyer came with',
    description:
      'For shops that do not check it themselves with the public keys. Show the order of the answer, and take exactly its amount.',
    auth: 'api-key',
    body: schemas.verifySchema,
    success: {
      status: 200,
      text: 'The reference is genuine; the order as it is now.',
      schema: schemas.verifiedSchema,
    },
    problems: ['REFERENCE_INVALID', 'REFERENCE_EXPIRED', 'ORDER_NOT_FOUND'],
    example: {
      body: { ref: 'eyJhbGciOiJFZERTQSIsImtpZCI6IjFMUmVqbiJ9…' },
      answer: {
        roomId: 'linen-house',
        order: heldOrder,
        expiresAtMs: 1_780_000_120_000,
        expired: false,
      },
    },
  },
} as const satisfies Record<string, ApiRoute>;
