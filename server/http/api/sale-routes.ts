import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { keyedHeaders, roomParams } from './common-schemas.ts';
import type { ApiRoute } from './route.ts';
import * as schemas from './sale-schemas.ts';

const params = { roomId: 'linen-house', saleId: 'sale_4mQ1rT' };

const sale = {
  saleId: 'sale_4mQ1rT',
  productId: 'linen-shirt',
  title: 'Linen shirt',
  imageUrl: 'https://shop.example/linen-shirt.jpg',
  priceMinor: 5_900,
  compareAtMinor: 12_900,
  compareAtBasis: 'Our price over the last 30 days',
  limitPerBuyer: 1,
  holdMs: 120_000,
  guard: 'token',
  earlyLevel: 0,
  earlyMs: 0,
  phase: 'open',
  opensAtMs: 1_780_000_000_000,
  endsAtMs: 1_780_000_300_000,
  total: 20,
  available: 20,
  held: 0,
  sold: 0,
  epoch: 0,
  waiting: 0,
} as const satisfies FlashSale;

export const saleRoutes = {
  scheduleSale: {
    method: 'post',
    path: '/rooms/{roomId}/sales',
    tag: 'Stock',
    summary: 'Plan a sale of a product on the shelf',
    description:
      'It opens and ends by itself. Everything of it besides the stock is steered by the host in the room.',
    auth: 'api-key',
    params: roomParams,
    headers: keyedHeaders,
    body: schemas.newSaleSchema,
    success: { status: 201, text: 'The sale. `Location` has its address.', schema: schemas.saleAnswer },
    problems: ['ROOM_NOT_FOUND', 'PRODUCT_NOT_FOUND', 'TOO_MANY_SALES'],
    example: {
      params: { roomId: 'linen-house' },
      headers: { 'idempotency-key': 'friday-linen-shirt' },
      body: {
        productId: 'linen-shirt',
        priceMinor: 5_900,
        compareAtMinor: 12_900,
        compareAtBasis: 'Our price over the last 30 days',
        stock: 20,
        opensInMs: 0,
      },
      answer: { sale },
    },
  },
  listSales: {
    method: 'get',
    path: '/rooms/{roomId}/sales',
    tag: 'Stock',
    summary: 'List the sales of a room',
    auth: 'api-key',
    params: roomParams,
    success: {
      status: 200,
      text: 'All that run or wait, and the latest of those that are over; newest first.',
      schema: schemas.salesAnswer,
    },
    problems: ['ROOM_NOT_FOUND'],
    example: { params: { roomId: 'linen-house' }, answer: { sales: [sale] } },
  },
  readSale: {
    method: 'get',
    path: '/rooms/{roomId}/sales/{saleId}',
    tag: 'Stock',
    summary: 'Read a sale and its stock',
    auth: 'api-key',
    params: schemas.saleParams,
    success: { status: 200, text: 'The sale.', schema: schemas.saleAnswer },
    problems: ['ROOM_NOT_FOUND', 'SALE_NOT_FOUND'],
    example: { params, answer: { sale } },
  },
  correctStock: {
    method: 'post',
    path: '/rooms/{roomId}/sales/{saleId}/stock-corrections',
    tag: 'Stock',
    summary: 'Correct the stock of a sale',
    description:
      'In any phase. Units that are found go on sale, or to those in line. Only available units can be written off: those that buyers hold or have paid stay theirs.',
    auth: 'api-key',
    params: schemas.saleParams,
    headers: keyedHeaders,
    body: schemas.stockCorrectionSchema,
    success: { status: 200, text: 'The sale as it is now.', schema: schemas.saleAnswer },
    problems: ['ROOM_NOT_FOUND', 'SALE_NOT_FOUND', 'STOCK_TOO_LARGE', 'STOCK_TOO_SMALL'],
    example: {
      params,
      headers: { 'idempotency-key': 'broken-2-of-friday' },
      body: { units: -2, reason: 'Two broke in the warehouse.' },
      answer: { sale: { ...sale, total: 18, available: 18 } },
    },
  },
} as const satisfies Record<string, ApiRoute>;
