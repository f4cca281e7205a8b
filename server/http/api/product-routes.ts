import { z } from 'zod';
import { productSchema } from '../../../shared/plays/shelf/contract.ts';
import { idempotencyHeaders, roomParams } from './common-schemas.ts';
import * as schemas from './product-schemas.ts';
import type { ApiRoute } from './route.ts';

const product = z.strictObject({ product: productSchema });

const about = {
  title: 'Linen shirt',
  description: 'Washed linen, five sizes.',
  imageUrl: 'https://shop.example/linen-shirt.jpg',
  priceMinor: 12_900,
};
const shown = { productId: 'linen-shirt', ...about };
const params = { roomId: 'linen-house', productId: 'linen-shirt' };
const headers = { 'idempotency-key': 'save-linen-shirt-1' };

export const productRoutes = {
  listProducts: {
    method: 'get',
    path: '/rooms/{roomId}/products',
    tag: 'Products',
    summary: 'List the products of a room',
    auth: 'api-key',
    params: roomParams,
    success: {
      status: 200,
      text: 'All of them (200 at most), in the order they were added.',
      schema: z.strictObject({ products: z.array(productSchema) }),
    },
    problems: ['ROOM_NOT_FOUND'],
    example: { params: { roomId: 'linen-house' }, answer: { products: [shown] } },
  },
  addProduct: {
    method: 'post',
    path: '/rooms/{roomId}/products',
    tag: 'Products',
    summary: 'Add a product',
    description: 'With a `productId` that is on the shelf already, replaces that product.',
    auth: 'api-key',
    params: roomParams,
    headers: idempotencyHeaders,
    body: schemas.newProductSchema,
    success: { status: 201, text: 'The product. `Location` has its address.', schema: product },
    problems: ['ROOM_NOT_FOUND', 'SHELF_FULL', 'IDEMPOTENCY_MISMATCH'],
    example: { params: { roomId: 'linen-house' }, headers, body: shown, answer: { product: shown } },
  },
  saveProduct: {
    method: 'put',
    path: '/rooms/{roomId}/products/{productId}',
    tag: 'Products',
    summary: 'Add or replace a product',
    description: 'Sales that run keep the title and picture that they were planned with.',
    auth: 'api-key',
    params: schemas.productParams,
    headers: idempotencyHeaders,
    body: schemas.productBodySchema,
    success: { status: 200, text: 'The product.', schema: product },
    problems: ['ROOM_NOT_FOUND', 'SHELF_FULL', 'IDEMPOTENCY_MISMATCH'],
    example: { params, headers, body: about, answer: { product: shown } },
  },
  readProduct: {
    method: 'get',
    path: '/rooms/{roomId}/products/{productId}',
    tag: 'Products',
    summary: 'Read a product',
    auth: 'api-key',
    params: schemas.productParams,
    success: { status: 200, text: 'The product.', schema: product },
    problems: ['ROOM_NOT_FOUND', 'PRODUCT_NOT_FOUND'],
    example: { params, answer: { product: shown } },
  },
  removeProduct: {
    method: 'delete',
    path: '/rooms/{roomId}/products/{productId}',
    tag: 'Products',
    summary: 'Take a product off the shelf',
    description: 'Sales of it go on.',
    auth: 'api-key',
    params: schemas.productParams,
    success: { status: 204, text: 'It is gone.' },
    problems: ['ROOM_NOT_FOUND', 'PRODUCT_NOT_FOUND'],
    example: { params },
  },
} as const satisfies Record<string, ApiRoute>;
