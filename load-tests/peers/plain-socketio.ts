import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';

/**
 * The baseline: a chat server on Socket.IO and its Redis adapter as tutorials write it, one
 * `io.to(room).emit` a message. Its messages have the same fields as ours and it takes the same commands,
 * so that the same bots can talk to both. It does less than ours: no history, no shaping, no rate limit.
 */

type Ack = (reply: unknown) => void;
type SocketData = { userId: string; name: string; role: string; roomId: string };

const { values } = parseArgs({ options: { 'redis-path': { type: 'string' } }, strict: true });
const secret = new TextEncoder().encode(process.env.LIVESTALL_TOKEN_SECRET ?? '');

const pub = new Redis({ path: values['redis-path'] ?? '' });
const sub = pub.duplicate();
const http = createServer();
const io = new Server<
  Record<string, (input: never, ack: Ack) => void>,
  Record<string, (data: unknown) => void>
>(http, { transports: ['websocket'], perMessageDeflate: false, adapter: createAdapter(pub, sub) });

io.use(async (socket, next) => {
  try {
    const { payload } = await jwtVerify(String(socket.handshake.auth.token), secret, { issuer: 'livestall' });
    socket.data = { userId: payload.sub, name: payload.name, role: payload.role, roomId: payload.room };
    next();
  } catch {
    next(new Error('UNAUTHENTICATED'));
  }
});

io.on('connection', (socket) => {
  const { userId, name, role } = socket.data as SocketData;

  socket.on('room:join', async ({ roomId }: { roomId: string }, ack) => {
    await socket.join(roomId);
    socket.data.roomId = roomId;
    ack({ ok: true, data: { roomId } });
  });

  socket.on('chat:say', ({ text }: { text: string }, ack) => {
    if (typeof text !== 'string' || text.trim().length === 0 || text.length > 300) {
      ack({ ok: false, error: { code: 'INVALID_PAYLOAD' } });
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
    io.to((socket.data as SocketData).roomId).emit('chat', message);
    ack({ ok: true, data: { message } });
  });
});

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  const ready = { url: `http://127.0.0.1:${port}`, pid: process.pid };
  writeFileSync(process.env.LIVESTALL_READY_FILE ?? '/dev/stdout', JSON.stringify(ready));
});

process.on('SIGTERM', () => process.exit(0));
