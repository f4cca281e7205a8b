import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { startTestRedis } from '../testing/test-redis.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from './embedded.ts';
import { quietLog } from './testing.ts';

const binary = process.env.LIVESTALL_REDIS_SERVER_BIN ?? 'redis-server';
let dataDir: string;
const closers: (() => unknown)[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'livestall-test-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(dir = dataDir): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ binary, dataDir: dir, log: quietLog });
  closers.push(() => redis.close());
  return redis;
}

const pathOf = (redis: { url: string }): string => redis.url.slice('unix://'.length);

function look(redis: { url: string }): Redis {
  const client = new Redis({
    path: pathOf(redis),
    protocol: 2,
    disableClientInfo: true,
    retryStrategy: () => 50,
  });
  client.on('error', () => undefined);
  closers.push(() => client.disconnect());
  return client;
}

async function pidOf(client: Redis): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
}

/** A process that has ended may stay in the table until its parent asks how. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the embedded redis', () => {
  it('[RD29] answers on a socket of its own in the data folder, with the append-only file on', async () => {
    const redis = await start(join(dataDir, 'not', 'there', 'yet'));
    expect(dirname(pathOf(redis))).toBe(join(dataDir, 'not', 'there', 'yet', 'redis'));
    expect(statSync(pathOf(redis)).mode & 0o077).toBe(0);
    expect(statSync(dirname(pathOf(redis))).mode & 0o077).toBe(0);
    const client = look(redis);
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(await client.config('GET', 'appendfsync')).toEqual(['appendfsync', 'everysec']);
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await client.config('GET', 'port')).toEqual(['port', '0']);
  });

  it('[RD30] keeps its data over a stop and a start, and leaves nothing else behind', async () => {
    const first = await start();
    const client = look(first);
    await client.set('kept', 'yes');
    const pid = await pidOf(client);
    client.disconnect();
    await Promise.all([first.close(), first.close()]);
    expect(runs(pid)).toBe(false);
    expect(readdirSync(join(dataDir, 'redis'))).toEqual(['appendonlydir']);
    expect(await look(await start()).get('kept')).toBe('yes');
  });

  it('[RD31] is started again when it is killed, with its data', async () => {
    const client = look(await start());
    await client.set('kept', 'yes');
    const pid = await pidOf(client);
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(runs(pid)).toBe(false));
    await eventually(async () => expect(await pidOf(client)).not.toBe(pid));
    expect(await client.get('kept')).toBe('yes');
  });

  it('[RD32] takes over from one that a killed server left running', async () => {
    const program = `
      import { startEmbeddedRedis } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)};
      const log = { error() {}, warn() {} };
      const redis = await startEmbeddedRedis({ ...JSON.parse(process.argv[1]), log });
      process.stdout.write(redis.url);
      setInterval(() => {}, 1000);`;
    const argv = ['--input-type=module', '-e', program, JSON.stringify({ binary, dataDir })];
    const server = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    closers.push(() => server.kill('SIGKILL'));
    const [url] = (await once(server.stdout, 'data')) as [Buffer];
    const orphan = look({ url: url.toString() });
    await orphan.set('kept', 'yes');
    const pid = await pidOf(orphan);
    orphan.disconnect();
    server.kill('SIGKILL');
    await once(server, 'exit');
    expect(runs(pid)).toBe(true);
    const client = look(await start());
    expect(runs(pid)).toBe(false);
    expect(await client.get('kept')).toBe('yes');
  });

  it("[RD32] leaves another's redis alone that happens to have the pid on file", async () => {
    const other = await startTestRedis({ topology: 'standalone' });
    closers.push(() => other.close());
    const pid = await pidOf(other.client);
    mkdirSync(join(dataDir, 'redis'), { recursive: true });
    writeFileSync(join(dataDir, 'redis', 'redis.pid'), String(pid));
    await start();
    expect(runs(pid)).toBe(true);
    expect(await other.client.ping()).toBe('PONG');
  });

  it('[RD33] says with its last words why it will not start', async () => {
    const redis = await start();
    await look(redis).set('kept', 'yes');
    await redis.close();
    const [file] = globSync(join(dataDir, 'redis', 'appendonlydir', '*.incr.aof'));
    writeFileSync(file as string, '*broken');
    await expect(start()).rejects.toThrow(
      /ended at once.*last words:\n.*(Bad file format|Unexpected end of file)/s,
    );
  });

  it('[RD33] says that the program is missing, or that the folder is none', async () => {
    const missing = startEmbeddedRedis({ binary: join(dataDir, 'no-redis'), dataDir, log: quietLog });
    await expect(missing).rejects.toThrow(/could not be started: spawn .*no-redis ENOENT/);
    const file = join(dataDir, 'a-file');
    writeFileSync(file, '');
    await expect(start(file)).rejects.toThrow(/not a directory.*a-file/);
  });

  it('[RD34] works in a folder whose path is too long for a socket', async () => {
    const long = join(dataDir, 'x'.repeat(120));
    const redis = await start(long);
    expect(Buffer.byteLength(pathOf(redis))).toBeLessThan(108);
    const client = look(redis);
    await client.set('kept', 'yes');
    expect(existsSync(join(long, 'redis', 'appendonlydir'))).toBe(true);
    expect(statSync(dirname(pathOf(redis))).mode & 0o077).toBe(0);
    client.disconnect();
    await redis.close();
    expect(existsSync(dirname(pathOf(redis)))).toBe(false);
    expect(await look(await start(long)).get('kept')).toBe('yes');
  });
});
