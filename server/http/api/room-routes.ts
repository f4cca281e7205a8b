import { z } from 'zod';
import { roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import { pageQuery, roomParams } from './common-schemas.ts';
import * as schemas from './room-schemas.ts';
import type { ApiRoute } from './route.ts';

const room = z.strictObject({ room: roomInfoSchema });

const exampleRoom = {
  roomId: 'linen-house',
  title: 'Linen House',
  hostName: 'Lin',
  sellerContact: 'Linen House Ltd, help@linen.example',
  currency: 'CNY',
  timeZone: 'Asia/Shanghai',
  checkoutUrl: 'https://shop.example/pay?ref={ref}',
};
const shownRoom = {
  ...exampleRoom,
  ...{ demo: false, simulated: 0, startsAtMs: null, replayUrl: null, createdAtMs: 1_780_000_000_000 },
};
const replayUrl = 'https://linen.example/shows/spring.m3u8';
const params = { roomId: 'linen-house' };

export const roomRoutes = {
  createRoom: {
    method: 'post',
    path: '/rooms',
    tag: 'Rooms',
    summary: 'Make a room',
    auth: 'api-key',
    body: schemas.newRoomSchema,
    success: { status: 201, text: 'The room. `Location` has its address.', schema: room },
    problems: ['ROOM_EXISTS'],
    example: { body: exampleRoom, answer: { room: shownRoom } },
  },
  listRooms: {
    method: 'get',
    path: '/rooms',
    tag: 'Rooms',
    summary: 'List rooms, newest first',
    auth: 'api-key',
    query: pageQuery,
    success: {
      status: 200,
      text: 'A page of rooms.',
      schema: z.strictObject({
        rooms: z.array(schemas.roomListingSchema),
        nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
      }),
    },
    problems: [],
    example: {
      query: { limit: '20' },
      answer: { rooms: [{ room: shownRoom, session: null, viewers: 0 }], nextCursor: null },
    },
  },
  readRoom: {
    method: 'get',
    path: '/rooms/{roomId}',
    tag: 'Rooms',
    summary: 'Read a room',
    auth: 'api-key',
    params: roomParams,
    success: {
      status: 200,
      text: 'The room, its session and its viewers.',
      schema: schemas.roomListingSchema,
    },
    problems: ['ROOM_NOT_FOUND'],
    example: { params, answer: { room: shownRoom, session: null, viewers: 0 } },
  },
  changeRoom: {
    method: 'patch',
    path: '/rooms/{roomId}',
    tag: 'Rooms',
    summary: 'Change a room',
    description: 'Fields that are left out stay. People in the room see the change at once.',
    auth: 'api-key',
    params: roomParams,
    body: schemas.roomPatchSchema,
    success: { status: 200, text: 'The changed room.', schema: room },
    problems: ['ROOM_NOT_FOUND'],
    example: {
      params,
      body: {
        ...{ title: 'Linen House, summer', checkoutUrl: 'https://shop.example/pay?ref={ref}' },
        ...{ startsAtMs: null, replayUrl },
      },
      answer: { room: { ...shownRoom, title: 'Linen House, summer', replayUrl } },
    },
  },
  mintToken: {
    method: 'post',
    path: '/rooms/{roomId}/tokens',
    tag: 'Tokens',
    summary: 'Make an access token for one of your users',
    description:
      'Your backend signs people in its own way, asks for a token here and hands it to the page, which connects with it. A user may have several.',
    auth: 'api-key',
    params: roomParams,
    body: schemas.tokenRequestSchema,
    success: { status: 201, text: 'The token (JWT, HS256).', schema: schemas.mintedSchema },
    problems: ['ROOM_NOT_FOUND', 'TOKENS_ELSEWHERE'],
    example: {
      params,
      body: { userId: 'u-1001', name: 'Mei', role: 'viewer', ttlMs: 900_000 },
      answer: {
        token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
        tokenId: 't_6QzX0c3mJq8dWv1L',
        expiresAtMs: 1_780_000_900_000,
      },
    },
  },
} as const satisfies Record<string, ApiRoute>;
