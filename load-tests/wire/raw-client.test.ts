import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../server/testing/eventually.ts';
import { TEST_TLS } from '../../server/webhooks/testing/certificate.ts';
import { Child } from '../kit/child.ts';
import { RawClient } from './raw-client.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A Socket.IO server that answers `say` and can send as much as it likes. */
async function serve(http: HttpServer): Promise<{ port: number; io: Server }> {
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  io.on('connection', (socket) => {
    socket.on('say', ({ text }: { text: string }, ack: (reply: unknown) => void) => ack({ ok: true, text }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closers.push(() => io.close());
  return { port: (http.address() as AddressInfo).port, io };
}

function client(url: string) {
  const seen = { acks: [] as string[], bytes: 0, closed: '' };
  const raw = new RawClient(
    { url, auth: {}, index: 0, userId: 'u', timeoutMs: 5000 },
    {
      event: (_client, _buffer, start, end) => {
        seen.bytes += end - start;
      },
      ack: (_client, id, buffer, jsonStart, end) =>
        seen.acks.push(`${id} ${buffer.toString('utf8', jsonStart, end)}`),
      closed: (_client, reason) => {
        seen.closed = reason;
      },
    },
  );
  closers.push(() => raw.close());
  return { raw, seen };
}

const queued = (io: Server): number =>
  [...io.sockets.sockets.values()].reduce(
    (total, { conn }) => total + (conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length,
    0,
  );

it('[LK10] a paused client leaves the bytes with the server, and gets them all when it resumes', async () => {
  const { port, io } = await serve(createHttp());
  const { raw, seen } = client(`http://127.0.0.1:${port}`);
  await raw.connected;
  raw.pause();
  const piece = 'x'.repeat(64 * 1024);
  const pieces = 400;
  for (let n = 0; n < pieces; n += 1) io.emit('piece', piece);
  // More than the buffers of the kernel take.
  await eventually(() => expect(queued(io)).toBeGreaterThan(0));
  const before = seen.bytes;
  raw.send('say', { text: 'still here' });
  expect(before).toBeLessThan(pieces * piece.length);
  raw.resume();
  await eventually(() => expect(seen.bytes).toBeGreaterThanOrEqual(pieces * piece.length), {
    withinMs: 10_000,
  });
  await eventually(() => expect(seen.acks).toEqual(['0 [{"ok":true,"text":"still here"}]']));
  expect(queued(io)).toBe(0);
  expect(seen.closed).toBe('');
});

it('a paused client can be closed, and one that is closed neither pauses nor resumes', async () => {
  const { port } = await serve(createHttp());
  const { raw } = client(`http://localhost:${port}`);
  await raw.connected;
  raw.pause();
  raw.close();
  raw.pause();
  raw.resume();
});

it('[LK10] does not trust a certificate that no authority signed', async () => {
  const { port } = await serve(createHttps(TEST_TLS));
  const { raw } = client(`https://127.0.0.1:${port}`);
  await expect(raw.connected).rejects.toThrow(/self-signed certificate/);
});

it('[LK10] speaks TLS with a server whose authority it is told', async () => {
  const { port, io } = await serve(createHttps(TEST_TLS));
  const folder = mkdtempSync(join(tmpdir(), 'livestall-tls-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const authority = join(folder, 'ca.pem');
  writeFileSync(authority, TEST_TLS.cert);
  io.on('connection', (socket) =>
    socket.on('say', () => {
      for (let n = 0; n < 100; n += 1) socket.emit('piece', 'y'.repeat(64 * 1024));
      socket.emit('end');
    }),
  );
  // Node reads authorities once, at its start.
  const child = new Child({
    what: 'TLS client',
    command: process.execPath,
    args: [new URL('./testing/tls-client.ts', import.meta.url).pathname, `https://127.0.0.1:${port}`],
    env: { NODE_EXTRA_CA_CERTS: authority },
  });
  closers.push(() => child.kill());
  await child.exited;
  expect(child.lastWords).toMatch(/^0 \[\{"ok":true,"text":"over TLS"\}\], \d+ bytes\n$/);
  expect(Number(/(\d+) bytes/.exec(child.lastWords)?.[1])).toBeGreaterThan(100 * 64 * 1024);
});
