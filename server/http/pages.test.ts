import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '../../shared/protocol.ts';
import { useHarness } from '../testing/harness.ts';
import { metricTable } from './metric-table.ts';
import { PAGES } from './pages.ts';
import { type Answer, type HttpNode, httpNode } from './testing.ts';

const harness = useHarness();
const clientDir = mkdtempSync(join(tmpdir(), 'livestall-client-'));
let node: HttpNode;

beforeAll(async () => {
  for (const file of Object.values(PAGES))
    writeFileSync(join(clientDir, file), `<!doctype html><title>${file}</title>`);
  mkdirSync(join(clientDir, 'assets'));
  writeFileSync(join(clientDir, 'assets', 'room-abc123.js'), 'export {};');
  writeFileSync(join(clientDir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const config = {
    publicUrl: 'https://live.example.com',
    allowedOrigins: ['https://live.example.com', 'https://shop.example'],
  };
  node = await httpNode(harness, { clientDir, config });
});
afterAll(() => rmSync(clientDir, { recursive: true }));

const policyOf = (answer: Answer): Map<string, string> =>
  new Map(
    (answer.headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ');
      return [name, values.join(' ')];
    }),
  );

describe('[HT11] headers', () => {
  it.each([
    '/',
    '/new',
    '/r/demo',
    '/studio/demo',
    '/desk/demo',
    '/api/docs',
    '/api/v1/rooms',
    '/healthz',
    '/nope',
    '/favicon.svg',
  ])('[HT11] %s has a strict policy', async (path) => {
    const answer = await node.api.call('GET', path);
    const policy = policyOf(answer);
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('style-src')).toBe("'self'");
    expect(policy.get('object-src')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(answer.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  it('[HT11] only rooms may be framed, and only by pages that may connect', async () => {
    for (const path of ['/', '/new', '/studio/demo', '/desk/demo', '/api/docs']) {
      const answer = await node.api.call('GET', path);
      expect(policyOf(answer).get('frame-ancestors')).toBe("'none'");
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
    }
    const room = await node.api.call('GET', '/r/demo');
    expect(policyOf(room).get('frame-ancestors')).toBe(
      "'self' https://live.example.com https://shop.example",
    );
    expect(room.headers.get('x-frame-options')).toBeNull();
  });

  it('[HT11] pages connect to this server alone; rooms also fetch replays, over https', async () => {
    const { host } = new URL(node.url);
    const own = `'self' ws://${host} wss://${host} ws://live.example.com wss://live.example.com`;
    const studio = policyOf(await node.api.call('GET', '/studio/demo'));
    expect([studio.get('connect-src'), studio.get('media-src')]).toEqual([own, "'self' blob:"]);
    const room = policyOf(await node.api.call('GET', '/r/demo'));
    expect([room.get('connect-src'), room.get('media-src')]).toEqual([
      `${own} https:`,
      "'self' blob: https:",
    ]);
  });
});

describe('[HT12] pages', () => {
  it('[HT12] have their addresses', async () => {
    for (const [path, file] of Object.entries(PAGES)) {
      const answer = await node.api.call('GET', path.replace(':roomId', 'demo'));
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(answer.text).toContain(file);
    }
  });

  it('[HT12] assets never change; other files may', async () => {
    const asset = await node.api.call('GET', '/assets/room-abc123.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toMatch(/javascript/);
    const icon = await node.api.call('GET', '/favicon.svg');
    expect(icon.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(await node.api.problem('GET', '/assets/old.js')).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['/room.html', '/r/Not%20A%20Room', '/r/', '/studio', '/r/demo/x'])(
    '[HT12] %s is no page',
    async (path) => {
      expect(await node.api.problem('GET', path)).toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  it('[HT12] a client that is not built is told in words', async () => {
    const other = await httpNode(harness, { clientDir: join(clientDir, 'nothing') });
    const answer = await other.api.call('GET', '/r/demo');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(answer.text).toContain('npm run build');
  });

  it('[HT12] learn of the server from /client-config.json', async () => {
    const answer = await node.api.call('GET', '/client-config.json');
    expect(answer.json).toEqual({ demo: false, beacon: false, protocolVersion: PROTOCOL_VERSION });
  });
});

describe('[HT14] metrics', () => {
  it('[HT14] has every metric, and counts', async () => {
    const roomId = await harness.room(node);
    const viewer = await harness.join(node, roomId, { userId: 'ana' });
    await viewer.raw('chat:shout', {});
    await node.api.call('GET', `/api/v1/rooms/${roomId}`);
    const answer = await node.api.call('GET', '/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const { name, type } of Object.values(metricTable))
      expect(answer.text).toContain(`# TYPE ${name} ${type}`);
    expect(answer.text).toContain('livestall_connections 1');
    expect(answer.text).toContain('livestall_rooms_followed 1');
    expect(answer.text).toContain('livestall_calls_total{command="room:join",code="OK"} 1');
    expect(answer.text).toContain('livestall_calls_total{command="unknown",code="INVALID_PAYLOAD"} 1');
    expect(answer.text).toContain('livestall_http_requests_total{operation="readRoom",status="200"} 1');
    expect(answer.text).toContain('livestall_redis_up 1');
  });

  it('[HT14] asks for its token', async () => {
    const other = await httpNode(harness, { config: { metricsToken: 'token-of-metrics' } });
    const ask = async (authorization?: string): Promise<number> =>
      (
        await other.api
          .as(undefined)
          .call('GET', '/metrics', undefined, authorization ? { authorization } : {})
      ).status;
    expect([await ask(), await ask('Bearer wrong'), await ask('Bearer token-of-metrics')]).toEqual([
      401, 401, 200,
    ]);
  });
});

describe('[HT15] rooms', () => {
  it('[HT15] are at most 50, asked of Redis once a second at most', async () => {
    for (let i = 0; i < 52; i += 1) await harness.room(node, []);
    const other = await httpNode(harness);
    const commands = async (): Promise<number> => {
      const stats = await Promise.all(harness.redis.masters.map((master) => master.info('commandstats')));
      const calls = [...stats.join().matchAll(/cmdstat_hmget:calls=(\d+)/g)];
      return calls.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await commands();
    const answers = await Promise.all(Array.from({ length: 20 }, () => other.api.call('GET', '/rooms.json')));
    const { rooms } = (answers[0] as Answer).json as { rooms: { roomId: string; live: boolean }[] };
    expect(rooms).toHaveLength(50);
    expect(rooms[0]).toEqual({
      roomId: rooms[0]?.roomId,
      ...{ title: 'A room', hostName: 'Host', live: false, demo: false, viewers: 0, simulated: 0 },
      ...{ startsAtMs: null, replay: false, imageUrl: null, sessionTitle: null },
    });
    // One read of 50 rooms, while sweeps look at each room once; twenty reads would be a thousand.
    expect((await commands()) - before).toBeLessThan(500);
  });
});
