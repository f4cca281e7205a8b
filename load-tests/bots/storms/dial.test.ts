import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, expect, it } from 'vitest';
import { dial } from './dial.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function listening(): Promise<{ url: string; server: Server }> {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'] });
  open.push(server);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, server };
}

/** An address where nobody listens any more. */
async function gone(): Promise<string> {
  const { url, server } = await listening();
  await server.close();
  return url;
}

const options = { auth: {}, index: 0, userId: 'ana', timeoutMs: 5000 };
const handlers = { event: () => {}, ack: () => {}, closed: () => {} };

it('[LK33] goes on to the next node where nobody listens, and to none that it was not given', async () => {
  const { url } = await listening();
  const urls = [await gone(), await gone(), url];
  for (const first of [0, 1, 2]) {
    const line = dial({ urls }, first, options, handlers);
    await expect(line.connected).resolves.toBeDefined();
    line.close();
  }
  const inVain = dial({ urls: urls.slice(0, 2) }, 0, options, handlers);
  await expect(inVain.connected).rejects.toThrow('ECONNREFUSED');
  await expect(dial({ urls: [] }, 0, options, handlers).connected).rejects.toThrow('no node is ready');
});

it('[LK33] leaves a refusal to the client', async () => {
  const { url, server } = await listening();
  server.use((_socket, next) => next(Object.assign(new Error('no'), { data: { code: 'BUSY' } })));
  const asked = dial({ urls: [url, (await listening()).url] }, 1, options, handlers);
  await expect(asked.connected).rejects.toThrow('"code":"BUSY"');
});
