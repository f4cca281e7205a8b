import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { CLOSE_REASONS } from '../../shared/kernel/errors.ts';
import { PROTOCOL_VERSION } from '../../shared/protocol.ts';
import { type App, createApp } from '../app.ts';
import { defaultConfig } from '../config/schema.ts';
import { createLog } from '../kernel/log.ts';
import { eventually } from '../testing/eventually.ts';
import { type TestNode, useHarness } from '../testing/harness.ts';

const harness = useHarness();
const open: Socket[] = [];
const apps: App[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  for (const socket of open.splice(0)) socket.destroy();
});

/** A WebSocket that says nothing more after its upgrade. Answers the status line. */
async function upgrade(node: TestNode, address: string): Promise<string> {
  const { hostname, port } = new URL(node.url);
  const socket = connect(Number(port), hostname);
  open.push(socket);
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: ${hostname}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      `X-Forwarded-For: ${address}`,
      '\r\n',
    ].join('\r\n'),
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString().split('\r\n')[0] ?? '';
}

type Refusal = { code: string; retryAfterMs?: number };

/** Why a handshake is refused; undefined: it is not. `TestClient` would come again by itself. */
async function refusal(node: { url: string }, token?: string): Promise<Refusal | undefined> {
  const auth = { v: PROTOCOL_VERSION, ...(token === undefined ? {} : { token }) };
  const socket = io(node.url, { transports: ['websocket'], forceNew: true, reconnection: false, auth });
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('connect_error', (error) => resolve((error as { data?: Refusal }).data));
    });
  } finally {
    socket.disconnect();
  }
}

describe('who is let in', () => {
  it('[RT54] above the rate BUSY, with the time to come again, and then it is let in', async () => {
    // Time stands still while they come, so that the test does not depend on how fast they do.
    let stoppedMs: number | undefined;
    const node = await createApp({
      config: defaultConfig({ handshakesPerSecond: 1 }),
      redisUrl: harness.redis.url,
      log: createLog({ level: 'silent', format: 'json' }),
      clock: { nowMs: () => Date.now(), monotonicMs: () => stoppedMs ?? performance.now() },
      createHandler: () => (_request, response) => response.writeHead(404).end(),
    });
    apps.push(node);
    stoppedMs = performance.now();
    const told = await Promise.all(Array.from({ length: 10 }, () => refusal(node, 'no token')));
    // Those that were let in were looked at, the others not: all bring a token that is none.
    const busy = told.filter((each) => each?.code !== 'UNAUTHENTICATED');
    expect(busy).toHaveLength(8);
    for (const each of busy) {
      expect(each).toEqual({ code: 'BUSY', ...CLOSE_REASONS.BUSY, retryAfterMs: expect.any(Number) });
    }
    const times = busy.map((each) => each?.retryAfterMs ?? 0).sort((a, b) => a - b);
    expect(times.map((ms) => Math.round(ms / 1000))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    stoppedMs += 1001;
    expect(await refusal(node)).toBeUndefined();
    stoppedMs = undefined;
  });

  it('[RT55] connections that never say who they are, are bounded by address', async () => {
    const node = await harness.node({ config: { maxConnectionsPerAddress: 3, trustedProxyHops: 1 } });
    const upgraded = 'HTTP/1.1 101 Switching Protocols';
    for (let i = 0; i < 8; i += 1) expect(await upgrade(node, '198.51.100.7')).toBe(upgraded);
    expect(await upgrade(node, '198.51.100.7')).toBe('HTTP/1.1 400 Bad Request');
    expect(await upgrade(node, '198.51.100.8')).toBe(upgraded);
    open[0]?.destroy();
    await eventually(async () => expect(await upgrade(node, '198.51.100.7')).toBe(upgraded));
  });

  it('[RT55] one that has said who it is, is not counted among them any more', async () => {
    const node = await harness.node({ config: { trustedProxyHops: 1, maxConnectionsPerAddress: 8 } });
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    for (let i = 0; i < 8; i += 1) await harness.connect(node, undefined, headers);
    for (let i = 0; i < 8; i += 1)
      expect(await upgrade(node, '198.51.100.7')).toBe('HTTP/1.1 101 Switching Protocols');
    expect(await upgrade(node, '198.51.100.7')).toBe('HTTP/1.1 400 Bad Request');
  });
});
