import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis, type Result } from 'ioredis';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';
import { loadScripts } from '../../server/redis/scripts.ts';
import { plant, type RoomSeed } from './room-seed.ts';

/**
 * The baseline: a selling room on Socket.IO and its Redis adapter as tutorials write it. One `io.to(room).emit` a
 * message, one EVALSHA a grab, everything read anew for each who joins, nothing to resume. It takes the same commands as
 * ours and its messages have the same fields, so that the same bots can talk to both. It does less than ours: no
 * shaping, no rate limit, no retries that count once, no ledger, and a grab leaves the sale's JSON as it was.
 */

type Ack = (reply: unknown) => void;
type SocketData = { userId: string; name: string; role: string; roomId: string; counted: boolean };
type Json = Record<string, unknown>;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    grabPlain(
      sale: string,
      buyers: string,
      winners: string,
      userId: string,
      quantity: number,
    ): Result<number, Context>;
  }
}

const { values } = parseArgs({
  options: {
    'redis-path': { type: 'string' },
    port: { type: 'string', default: '0' },
    /** What Redis has of a room, as `RoomSeed`. */
    'seed-room': { type: 'string' },
    /** Tells the room of each who comes and goes, as Socket.IO's own chat example does. */
    'announce-joins': { type: 'boolean', default: false },
    /** Keeps the last messages for those who join. */
    history: { type: 'boolean', default: false },
  },
  strict: true,
});
const secret = new TextEncoder().encode(process.env.LIVESTALL_TOKEN_SECRET ?? '');
const HISTORY = 50;
const ORDERS_SHOWN = 20;

const redis = new Redis({ path: values['redis-path'] ?? '' });
const { 'grab-plain': grabScript } = loadScripts(import.meta.url, ['grab-plain']);
redis.defineCommand('grabPlain', { numberOfKeys: grabScript.keys.length, lua: grabScript.source });
if (values['seed-room'])
  await plant(redis, JSON.parse(readFileSync(values['seed-room'], 'utf8')) as RoomSeed);

const http = createServer();
const io = new Server<
  Record<string, (input: never, ack: Ack) => void>,
  Record<string, (data: unknown) => void>
>(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  adapter: createAdapter(redis.duplicate(), redis.duplicate()),
});

io.use(async (socket, next) => {
  try {
    const { payload } = await jwtVerify(String(socket.handshake.auth.token), secret, { issuer: 'livestall' });
    const { sub: userId, name, role, room: roomId } = payload;
    socket.data = { userId, name, role, roomId, counted: false };
    next();
  } catch {
    next(new Error('UNAUTHENTICATED'));
  }
});

const parsed = (texts: readonly string[]): Json[] => texts.map((text) => JSON.parse(text) as Json);

/** What a room shows, read as it is needed. */
async function readRoom(roomId: string, userId: string) {
  const [room, products, sales, chat, you, orders] = await Promise.all([
    redis.hgetall(`room:${roomId}`),
    redis.hgetall(`products:${roomId}`),
    redis.hgetall(`sales:${roomId}`),
    redis.lrange(`chat:${roomId}`, 0, HISTORY - 1),
    redis.hgetall(`you:${roomId}:${userId}`),
    redis.lrange(`orders:${roomId}:${userId}`, 0, ORDERS_SHOWN - 1),
  ]);
  return {
    snapshot: {
      room,
      products: parsed(Object.values(products)),
      sales: parsed(Object.values(sales)),
      messages: parsed(chat).reverse(),
    },
    you: { ...you, orders: parsed(orders) },
  };
}

const refuse = (ack: Ack, code: string): void => ack({ ok: false, error: { code } });

io.on('connection', (socket) => {
  const data = socket.data as SocketData;
  const { userId, name, role } = data;

  const announce = async (event: 'user joined' | 'user left', by: 1 | -1): Promise<void> => {
    const numUsers = await redis.incrby(`count:${data.roomId}`, by);
    io.to(data.roomId).emit(event, { userId, numUsers });
  };

  socket.on('room:join', async ({ roomId }: { roomId: string }, ack) => {
    const { snapshot, you } = await readRoom(roomId, userId);
    await socket.join(roomId);
    data.roomId = roomId;
    if (values['announce-joins'] && !data.counted) {
      data.counted = true;
      await announce('user joined', 1);
    }
    ack({ ok: true, data: { roomId, snapshot, you: { userId, name, role, ...you } } });
  });

  socket.on('chat:say', ({ text }: { text: string }, ack) => {
    if (typeof text !== 'string' || text.trim().length === 0 || text.length > 300) {
      refuse(ack, 'INVALID_PAYLOAD');
      return;
    }
    const message = {
      messageId: randomUUID(),
      userId,
      name,
      role,
      text,
      mentions: [],
      replyTo: null,
      atMs: Date.now(),
    };
    io.to(data.roomId).emit('chat', message);
    if (values.history) {
      const key = `chat:${data.roomId}`;
      void redis.lpush(key, JSON.stringify(message));
      void redis.ltrim(key, 0, HISTORY - 1);
    }
    ack({ ok: true, data: { message } });
  });

  socket.on('flash-sale:grab', async ({ saleId, quantity }: { saleId: string; quantity: number }, ack) => {
    if (typeof saleId !== 'string' || !Number.isInteger(quantity) || quantity < 1) {
      refuse(ack, 'INVALID_PAYLOAD');
      return;
    }
    const keys = [`sale:${saleId}`, `buyers:${saleId}`, `winners:${saleId}`] as const;
    const available = await redis.grabPlain(...keys, userId, quantity);
    if (available < 0) {
      refuse(ack, available === -1 ? 'SOLD_OUT' : available === -2 ? 'LIMIT_REACHED' : 'NOT_FOUND');
      return;
    }
    io.to(data.roomId).emit('stock', { saleId, available });
    ack({ ok: true, data: { orderId: randomUUID(), saleId, quantity, available } });
  });

  socket.on('disconnect', () => {
    if (data.counted) void announce('user left', -1);
  });
});

http.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  const ready = { url: `http://127.0.0.1:${port}`, pid: process.pid };
  writeFileSync(process.env.LIVESTALL_READY_FILE ?? '/dev/stdout', JSON.stringify(ready));
});

process.on('SIGTERM', () => process.exit(0));
