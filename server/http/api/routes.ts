import { z } from 'zod';
import { roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import { productSchema } from '../../../shared/plays/shelf/contract.ts';
import type { ProblemCode } from '../problem.ts';
import * as schemas from './schemas.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** An operation of the HTTP API. The router, the OpenAPI document and the readable page are made from it. */
export type ApiRoute = {
  readonly method: Method;
  /** Below /api/v1, with `{name}` for parameters. */
  readonly path: string;
  readonly tag: 'Rooms' | 'Products' | 'Tokens' | 'Demo';
  readonly summary: string;
  readonly description?: string;
  /** `none`: anyone may call it. */
  readonly auth: 'api-key' | 'none';
  /** Elsewhere the address does not exist. */
  readonly demoOnly?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly success: { readonly status: 200 | 201 | 204; readonly text: string; readonly schema?: z.ZodType };
  /** Besides those that every operation may answer, see `commonProblems`. */
  readonly problems: readonly ProblemCode[];
};

export const API_PREFIX = '/api/v1';

const room = z.strictObject({ room: roomInfoSchema });
const product = z.strictObject({ product: productSchema });

export const apiRoutes = {
  createRoom: {
    method: 'post',
    path: '/rooms',
    tag: 'Rooms',
    summary: 'Make a room',
    auth: 'api-key',
    body: schemas.newRoomSchema,
    success: { status: 201, text: 'The room. `Location` has its address.', schema: room },
    problems: ['ROOM_EXISTS'],
  },
  listRooms: {
    method: 'get',
    path: '/rooms',
    tag: 'Rooms',
    summary: 'List rooms, newest first',
    auth: 'api-key',
    query: schemas.pageQuery,
    success: {
      status: 200,
      text: 'A page of rooms.',
      schema: z.strictObject({
        rooms: z.array(schemas.roomListingSchema),
        nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
      }),
    },
    problems: [],
  },
  readRoom: {
    method: 'get',
    path: '/rooms/{roomId}',
    tag: 'Rooms',
    summary: 'Read a room',
    auth: 'api-key',
    params: schemas.roomParams,
    success: {
      status: 200,
      text: 'The room, its session and its viewers.',
      schema: schemas.roomListingSchema,
    },
    problems: ['ROOM_NOT_FOUND'],
  },
  changeRoom: {
    method: 'patch',
    path: '/rooms/{roomId}',
    tag: 'Rooms',
    summary: 'Change a room',
    description: 'Fields that are left out stay. People in the room see the change at once.',
    auth: 'api-key',
    params: schemas.roomParams,
    body: schemas.roomPatchSchema,
    success: { status: 200, text: 'The changed room.', schema: room },
    problems: ['ROOM_NOT_FOUND'],
  },
  listProducts: {
    method: 'get',
    path: '/rooms/{roomId}/products',
    tag: 'Products',
    summary: 'List the products of a room',
    auth: 'api-key',
    params: schemas.roomParams,
    success: {
      status: 200,
      text: 'All of them (200 at most), in the order they were added.',
      schema: z.strictObject({ products: z.array(productSchema) }),
    },
    problems: ['ROOM_NOT_FOUND'],
  },
  addProduct: {
    method: 'post',
    path: '/rooms/{roomId}/products',
    tag: 'Products',
    summary: 'Add a product',
    description: 'With a `productId` that is on the shelf already, replaces that product.',
    auth: 'api-key',
    params: schemas.roomParams,
    headers: schemas.idempotencyHeaders,
    body: schemas.newProductSchema,
    success: { status: 201, text: 'The product. `Location` has its address.', schema: product },
    problems: ['ROOM_NOT_FOUND', 'SHELF_FULL', 'IDEMPOTENCY_MISMATCH'],
  },
  saveProduct: {
    method: 'put',
    path: '/rooms/{roomId}/products/{productId}',
    tag: 'Products',
    summary: 'Add or replace a product',
    description: 'Sales that run keep the title and picture that they were planned with.',
    auth: 'api-key',
    params: schemas.productParams,
    headers: schemas.idempotencyHeaders,
    body: schemas.productBodySchema,
    success: { status: 200, text: 'The product.', schema: product },
    problems: ['ROOM_NOT_FOUND', 'SHELF_FULL', 'IDEMPOTENCY_MISMATCH'],
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
  },
  mintToken: {
    method: 'post',
    path: '/rooms/{roomId}/tokens',
    tag: 'Tokens',
    summary: 'Make an access token for one of your users',
    description:
      'Your backend signs people in its own way, asks for a token here and hands it to the page, which connects with it. A user may have several.',
    auth: 'api-key',
    params: schemas.roomParams,
    body: schemas.tokenRequestSchema,
    success: { status: 201, text: 'The token (JWT, HS256).', schema: schemas.mintedSchema },
    problems: ['ROOM_NOT_FOUND', 'TOKENS_ELSEWHERE'],
  },
  demoSignIn: {
    method: 'post',
    path: '/demo/sign-in',
    tag: 'Demo',
    summary: 'Sign in to a demo',
    description: 'Exists in demo mode only. A viewer needs a name; the host and the moderator have codes.',
    auth: 'none',
    demoOnly: true,
    body: schemas.demoSignInSchema,
    success: { status: 200, text: 'You are signed in.', schema: schemas.demoSignedInSchema },
    problems: ['ROOM_NOT_FOUND', 'UNAUTHENTICATED'],
  },
} as const satisfies Record<string, ApiRoute>;

export type OperationId = keyof typeof apiRoutes;

/** What an operation may answer besides its own problems, by what it takes. */
export function allProblems(route: ApiRoute): ProblemCode[] {
  const takesInput = route.params ?? route.query ?? route.headers ?? route.body;
  const codes: ProblemCode[] = [
    ...(takesInput ? (['INVALID_PAYLOAD'] as const) : []),
    ...(route.auth === 'api-key' ? (['UNAUTHENTICATED'] as const) : []),
    ...(route.demoOnly ? (['NOT_FOUND'] as const) : []),
    ...route.problems,
    ...(route.body ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
    ...(route.method === 'get' ? [] : (['OUTCOME_UNKNOWN'] as const)),
  ];
  return [...new Set(codes)];
}

export const apiRouteEntries = Object.entries(apiRoutes) as unknown as readonly (readonly [
  OperationId,
  ApiRoute,
])[];
