import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { type NodeProcess, startNodeProcess } from './testing/node-process.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'livestall-data-'));
const secret = 'an-api-key-for-restarts-that-is-long-enough';
const running: NodeProcess[] = [];

async function start(): Promise<NodeProcess> {
  const node = await startNodeProcess(['--no-demo', '--data-dir', dataDir], {
    LIVESTALL_API_KEYS: `tests:${secret}`,
  });
  running.push(node);
  return node;
}

async function api(node: NodeProcess, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${node.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

const redisPid = (): number => Number(readFileSync(join(dataDir, 'redis', 'redis.pid'), 'utf8'));

/** A process that has ended but was not waited for has no command line any more. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

afterAll(async () => {
  for (const node of running) await node.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

it('[CR5] an embedded Redis keeps its data over a stop and over a kill', { timeout: 60_000 }, async () => {
  const first = await start();
  const room = {
    title: 'Kept',
    hostName: 'Host',
    sellerContact: '',
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
  };
  expect((await api(first, 'POST', '/rooms', { ...room, roomId: 'kept' })).status).toBe(201);
  const firstRedis = redisPid();
  first.signal('SIGINT');
  expect(await first.exited).toBe(0);
  expect(isAlive(firstRedis)).toBe(false);

  const second = await start();
  expect(await (await api(second, 'GET', '/rooms/kept')).json()).toMatchObject({ room: { title: 'Kept' } });
  expect((await api(second, 'PATCH', '/rooms/kept', { title: 'Kept on' })).status).toBe(200);
  const secondRedis = redisPid();
  await second.kill();
  expect(isAlive(secondRedis)).toBe(true);

  const third = await start();
  expect(await (await api(third, 'GET', '/rooms/kept')).json()).toMatchObject({ room: { title: 'Kept on' } });
  expect(isAlive(secondRedis)).toBe(false);

  process.kill(redisPid(), 'SIGKILL');
  await eventually(async () => expect((await api(third, 'GET', '/rooms/kept')).status).toBe(200), {
    withinMs: 10_000,
  });
  expect(await third.stop()).toBe(0);
});
