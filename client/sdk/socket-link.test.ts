import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ack, Frame } from '../../shared/kernel/ack.ts';
import type { AnyNotice } from '../../shared/protocol.ts';
import type { Link, LinkHandlers } from './link.ts';
import { socketLinks } from './socket-link.ts';

/** The port over a real Socket.IO server on a free port of this machine. */

let io: Server;
let url: string;
let links: Link[];

beforeEach(async () => {
  links = [];
  io = new Server(createServer().listen(0, '127.0.0.1'), { transports: ['websocket'] });
  const { httpServer } = io as unknown as { httpServer: ReturnType<typeof createServer> };
  await new Promise((resolve) => httpServer.once('listening', resolve));
  url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const link of links) link.close();
  await io.close();
});

type Heard = { [K in keyof LinkHandlers]: Parameters<LinkHandlers[K]>[0][] };

/** Opens a link; `until` answers once the named handler was called. */
function open(auth: { v: number; token?: string } = { v: 1 }) {
  const heard: Heard = { up: [], refused: [], down: [], frame: [], notice: [], closing: [] };
  const waiting = new Map<string, () => void>();
  const note = <K extends keyof Heard>(name: K) =>
    ((value: Heard[K][number]) => {
      (heard[name] as unknown[]).push(value);
      waiting.get(name)?.();
    }) as LinkHandlers[K];
  const link = socketLinks(url)(auth, {
    up: note('up'),
    refused: note('refused'),
    down: note('down'),
    frame: note('frame'),
    notice: note('notice'),
    closing: note('closing'),
  });
  links.push(link);
  const until = (name: keyof Heard) =>
    new Promise<void>((resolve) => {
      if (heard[name].length > 0) resolve();
      else waiting.set(name, resolve);
    });
  return { link, heard, until };
}

const nextSocket = () => new Promise<Socket>((resolve) => io.once('connection', resolve));

test('[SD7] hands over auth in the handshake, not in the address', async () => {
  const arriving = nextSocket();
  const { until } = open({ v: 1, token: 'secret' });
  const socket = await arriving;
  await until('up');
  expect(socket.handshake.auth).toEqual({ v: 1, token: 'secret' });
  expect(socket.handshake.url).not.toContain('secret');
});

test('sends a command and gets its ack', async () => {
  io.on('connection', (socket) => {
    socket.on('room:clock', (_input: unknown, ack: (reply: Ack<unknown>) => void) => {
      ack({ ok: true, data: { serverNowMs: 5 } });
    });
  });
  const { link, until } = open();
  await until('up');
  const ack = await new Promise((resolve) => link.send('room:clock', {}, resolve));
  expect(ack).toEqual({ ok: true, data: { serverNowMs: 5 } });
});

test('hears frames, notices and the closing word, then that the line is gone', async () => {
  const frame: Frame = { roomId: 'r1', fromSeq: 1, toSeq: 1, events: [], omittedChat: 0 };
  const notice: AnyNotice = {
    roomId: 'r1',
    name: 'flash-sale:waitlist-passed-over',
    data: { saleId: 's', reason: 'LIMIT_REACHED' },
  };
  io.on('connection', (socket) => {
    socket.emit('kernel:frame', frame);
    socket.emit('kernel:notice', notice);
    socket.emit('kernel:closing', { reason: 'FLOOD', message: 'no', reconnect: false });
    socket.disconnect(true);
  });
  const { heard, until } = open();
  await until('down');
  expect(heard.frame).toEqual([frame]);
  expect(heard.notice).toEqual([notice]);
  expect(heard.closing).toMatchObject([{ reason: 'FLOOD', reconnect: false }]);
  expect(heard.down).toHaveLength(1);
});

test('a refusal by the middleware brings its code', async () => {
  io.use((_socket, next) => next(Object.assign(new Error('no'), { data: { code: 'TOKEN_EXPIRED' } })));
  const { heard, until } = open();
  await until('refused');
  expect(heard.refused).toEqual(['TOKEN_EXPIRED']);
  expect(heard.down).toEqual([]);
});

test('[SD16] a refusal and the closing word bring when to come back', async () => {
  io.use((socket, next) => {
    if (socket.handshake.auth.token !== 'in') {
      next(Object.assign(new Error('no'), { data: { code: 'BUSY', retryAfterMs: 700 } }));
    } else next();
  });
  io.on('connection', (socket) => {
    socket.emit('kernel:closing', {
      reason: 'SHUTTING_DOWN',
      message: '',
      reconnect: true,
      retryAfterMs: 300,
    });
    socket.disconnect(true);
  });
  const refused = new Promise((resolve) => {
    const quiet = { up() {}, down() {}, frame() {}, notice() {}, closing() {} };
    links.push(
      socketLinks(url)(
        { v: 1 },
        { ...quiet, refused: (code, retryAfterMs) => resolve([code, retryAfterMs]) },
      ),
    );
  });
  expect(await refused).toEqual(['BUSY', 700]);
  const { heard, until } = open({ v: 1, token: 'in' });
  await until('down');
  expect(heard.closing).toMatchObject([{ reason: 'SHUTTING_DOWN', retryAfterMs: 300 }]);
});

test('an address where nobody listens counts as down, not as refused', async () => {
  const free = url;
  await io.close();
  url = free;
  const { heard, until } = open();
  await until('down');
  expect(heard.refused).toEqual([]);
});

test('a closed link is quiet', async () => {
  const arriving = nextSocket();
  const { link, heard, until } = open();
  const socket = await arriving;
  await until('up');
  const gone = new Promise((resolve) => socket.on('disconnect', resolve));
  link.close();
  await gone;
  expect(heard.down).toEqual([]);
});
