import { createServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AllowList, type Resolve, type Resolved } from './addresses.ts';
import { Breaker, Sender, type SenderDeps } from './sender.ts';
import { TEST_TLS } from './testing/certificate.ts';
import { type Answer, Receiver } from './testing/stage.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const loopback: Resolved[] = [{ address: '127.0.0.1', family: 4 }];
function sender(options: Partial<SenderDeps> & { allow?: string[] } = {}): Sender {
  const { allow = ['127.0.0.1'], ...rest } = options;
  const resolve: Resolve = async () => loopback;
  const one = new Sender({ allowed: new AllowList(allow), resolve, nowMs: () => Date.now(), ...rest });
  closers.push(() => one.close());
  return one;
}
async function receiver(answer?: Answer, tls?: typeof TEST_TLS): Promise<Receiver> {
  const one = await new Receiver(tls).listen();
  if (answer) one.answer = answer;
  closers.push(() => one.close());
  return one;
}
const BODY = '{"type":"x","data":{}}';
const HEADERS = { 'webhook-id': 'msg_1' };

describe('an attempt', () => {
  it.each([
    [200, 'ok'],
    [204, 'ok'],
    [299, 'ok'],
    [301, 'redirect'],
    [304, 'redirect'],
    [400, 'status'],
    [404, 'status'],
    [410, 'status'],
    [500, 'status'],
  ])('[WH16] answered with %i is %s', async (status, outcome) => {
    const shop = await receiver(() => status);
    expect(await sender().post(shop.url, HEADERS, BODY)).toMatchObject({ outcome, status });
    expect(shop.got[0]?.headers).toMatchObject({
      ...{ 'content-type': 'application/json', 'webhook-id': 'msg_1', host: `127.0.0.1:${shop.port}` },
      'content-length': String(BODY.length),
    });
  });

  it('[WH21] does not follow a redirect', async () => {
    const inside = await receiver();
    const shop = await receiver((_got, response) => {
      response.writeHead(307, { location: inside.url }).end();
      return undefined;
    });
    expect(await sender().post(shop.url, HEADERS, BODY)).toMatchObject({ outcome: 'redirect', status: 307 });
    expect(inside.got).toEqual([]);
  });

  it('[WH16] at a receiver that hangs ends when its time is up', async () => {
    const shop = await receiver(() => undefined);
    const attempt = await sender({ timeoutMs: 200 }).post(shop.url, HEADERS, BODY);
    expect(attempt).toMatchObject({ outcome: 'timeout', status: null });
    expect(attempt.durationMs).toBeGreaterThanOrEqual(190);
    expect(attempt.durationMs).toBeLessThan(2000);
  });

  it('[WH16] whose answer is 10 MB reads little of it', async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const shop = await receiver((_got, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (written < 10_000_000 && !response.destroyed) {
          written += chunk.byteLength;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
      return undefined;
    });
    expect(await sender().post(shop.url, HEADERS, BODY)).toMatchObject({ outcome: 'ok', status: 200 });
    expect(written).toBeLessThan(8_000_000);
  });

  it('[WH16] whose answer trickles waits a second for it, not more', async () => {
    const shop = await receiver((_got, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 50);
      response.once('close', () => clearInterval(timer));
      return undefined;
    });
    const attempt = await sender().post(shop.url, HEADERS, BODY);
    expect(attempt).toMatchObject({ outcome: 'ok' });
    expect(attempt.durationMs).toBeLessThan(3000);
  });

  it.each([
    ['resets', (socket: import('node:net').Socket) => socket.resetAndDestroy()],
    ['closes', (socket: import('node:net').Socket) => socket.end()],
    ['talks nonsense', (socket: import('node:net').Socket) => socket.end('220 mail.example ESMTP\r\n')],
    [
      'sends endless headers',
      (socket: import('node:net').Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`),
    ],
  ])('[WH16] at one that %s is a failure, and no more', async (_what, act) => {
    const tcp: TcpServer = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => act(socket));
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    closers.push(() => tcp.close());
    const { port } = tcp.address() as { port: number };
    const attempt = await sender({ timeoutMs: 2000 }).post(`http://127.0.0.1:${port}/`, HEADERS, BODY);
    expect(attempt).toMatchObject({ outcome: 'connection', status: null });
  });

  it('[WH16] at nobody is a failure', async () => {
    const shop = await receiver();
    const { url } = shop;
    closers.pop();
    await shop.close();
    expect(await sender().post(url, HEADERS, BODY)).toMatchObject({ outcome: 'connection' });
  });

  it('[WH10] says what Retry-After says', async () => {
    const shop = await receiver((_got, response) => {
      response.writeHead(503, { 'retry-after': '120' }).end();
      return undefined;
    });
    expect(await sender().post(shop.url, HEADERS, BODY)).toMatchObject({
      status: 503,
      retryAfterMs: 120_000,
    });
  });

  it('keeps its connection, and does without one that was closed meanwhile', async () => {
    const shop = await receiver();
    const one = sender();
    for (let i = 0; i < 5; i += 1) await one.post(shop.url, HEADERS, BODY);
    // A second one, because the first rests for a turn of the event loop after each answer.
    expect(shop.connections).toBeLessThanOrEqual(2);
    // Closed by the receiver at the moment that the next request is on its way.
    shop.answer = (_got, _response, request) => {
      shop.answer = () => 200;
      request.socket.resetAndDestroy();
      return undefined;
    };
    expect(await one.post(shop.url, HEADERS, BODY)).toMatchObject({ outcome: 'ok' });
    expect(shop.connections).toBeLessThanOrEqual(3);
  });

  it('can be broken off', async () => {
    const shop = await receiver(() => undefined);
    const breaker = new Breaker();
    const attempts = [1, 2].map(() => sender().post(shop.url, HEADERS, BODY, breaker));
    breaker.break();
    for (const attempt of attempts) expect(await attempt).toMatchObject({ outcome: 'connection' });
    expect(await sender().post(shop.url, HEADERS, BODY, breaker)).toMatchObject({ outcome: 'connection' });
  });
});

describe('over https', () => {
  it('[WH20] [WH22] goes to a name whose address is allowed, and checks the certificate', async () => {
    const shop = await receiver(undefined, TEST_TLS);
    const url = `https://shop.test:${shop.port}/hooks`;
    expect(await sender({ ca: TEST_TLS.cert }).post(url, HEADERS, BODY)).toMatchObject({ outcome: 'ok' });
    expect(await sender().post(url, HEADERS, BODY)).toMatchObject({ outcome: 'tls', status: null });
    const other = `https://other.test:${shop.port}/hooks`;
    expect(await sender({ ca: TEST_TLS.cert }).post(other, HEADERS, BODY)).toMatchObject({ outcome: 'tls' });
    expect(shop.got).toHaveLength(1);
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['metadata', '169.254.169.254'],
    ['::1', '::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['private', '10.0.0.1'],
  ])('[WH20] [WH21] a name that resolves to %s is not connected to', async (_what, address) => {
    const shop = await receiver(undefined, TEST_TLS);
    const resolve: Resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }];
    const one = sender({ allow: [], resolve, ca: TEST_TLS.cert });
    const attempt = await one.post(`https://shop.test:${shop.port}/`, HEADERS, BODY);
    expect(attempt).toMatchObject({ outcome: 'refused-address', status: null });
    expect(shop.connections).toBe(0);
  });

  it('[WH21] a name that means another address later is judged anew', async () => {
    const shop = await receiver(undefined, TEST_TLS);
    const answers = ['127.0.0.1', '127.0.0.2'];
    const resolve: Resolve = async () => [{ address: answers.shift() as string, family: 4 }];
    const one = sender({ resolve, ca: TEST_TLS.cert });
    shop.answer = (_got, response) => {
      response.writeHead(200, { connection: 'close' }).end();
      return undefined;
    };
    const url = `https://shop.test:${shop.port}/`;
    expect(await one.post(url, HEADERS, BODY)).toMatchObject({ outcome: 'ok' });
    expect(await one.post(url, HEADERS, BODY)).toMatchObject({ outcome: 'refused-address' });
    expect(shop.got).toHaveLength(1);
  });

  it.each(['http://127.0.0.1:1/', 'https://127.0.0.1:9/', 'https://[::1]:9/', 'https://2130706433:9/'])(
    '[WH20] %s is not connected to, though it once was allowed',
    async (url) => {
      expect(await sender({ allow: [] }).post(url, HEADERS, BODY)).toMatchObject({
        outcome: 'refused-address',
      });
    },
  );

  it('[WH22] http to a name goes only to what is allowed', async () => {
    const shop = await receiver();
    const url = `http://shop.test:${shop.port}/`;
    expect(await sender().post(url, HEADERS, BODY)).toMatchObject({ outcome: 'ok' });
    const outside: Resolve = async () => [{ address: '8.8.8.8', family: 4 }];
    expect(await sender({ resolve: outside }).post(url, HEADERS, BODY)).toMatchObject({
      outcome: 'refused-address',
    });
    const nowhere: Resolve = () =>
      Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    expect(await sender({ resolve: nowhere }).post(url, HEADERS, BODY)).toMatchObject({ outcome: 'dns' });
  });
});
