import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Caller } from '../http/testing.ts';
import { eventually } from '../testing/eventually.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const REDIS = process.env.LIVESTALL_REDIS_SERVER_BIN ?? 'redis-server';
const root = mkdtempSync(join(tmpdir(), 'livestall-start-'));
const running = new Set<Server>();

afterEach(async () => {
  for (const server of running) await server.end('SIGTERM');
});
afterAll(() => {
  const left = join(root, 'demo');
  if (existsSync(join(left, 'redis', 'redis.pid')) && alive(redisPid(left))) process.kill(redisPid(left));
  rmSync(root, { recursive: true, force: true });
});

type Server = {
  pid: number;
  out: () => string;
  err: () => string;
  exited: Promise<number | null>;
  end(signal: NodeJS.Signals): Promise<number | null>;
};

/** A server as `npm start` runs it, in demo mode unless told otherwise. */
function launch(flags: readonly string[]): Server {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('LIVESTALL_')),
  );
  const child = spawn(
    process.execPath,
    [
      MAIN,
      ...(flags.some((flag) => flag.startsWith('--redis-server-bin')) ? [] : ['--redis-server-bin', REDIS]),
      ...flags,
    ],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const server: Server = {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    exited,
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const code = await exited;
      running.delete(server);
      return code;
    },
  };
  running.add(server);
  void exited.then(() => running.delete(server));
  return server;
}

type Live = Server & { url: string; hostCode: string; apiKey: string };

async function live(dataDir: string, ...flags: string[]): Promise<Live> {
  const server = launch(['--port', '0', '--data-dir', dataDir, ...flags]);
  return eventually(
    () => {
      const found = /Viewer\s+(\S+)\/r\/demo\n.*Studio\s+\S+#code=(\S+)[\s\S]*key: ([^)]+)\)/.exec(
        server.out(),
      );
      if (!found) throw new Error(`not live yet:\n${server.out()}${server.err()}`);
      const [, url = '', hostCode = '', apiKey = ''] = found;
      return { ...server, url, hostCode, apiKey };
    },
    { withinMs: 20_000 },
  );
}

async function refused(...flags: string[]): Promise<string> {
  const server = launch(flags);
  expect(await server.exited).toBe(1);
  expect(server.err()).not.toMatch(/\n\s+at /);
  return server.err();
}

const redisPid = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'redis', 'redis.pid'), 'utf8'));

/** A process that nobody has reaped yet has no command line any more. */
function alive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe('[ST1] what stands in the way', () => {
  it('[ST1] a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const dataDir = join(root, 'taken');
    const told = await refused('--port', String(port), '--data-dir', dataDir);
    expect(told).toContain(`Port ${port} is taken`);
    expect(told).toContain(`--port ${port + 1}`);
    other.close();
    expect(existsSync(join(dataDir, 'redis', 'redis.pid'))).toBe(false);
    expect(existsSync(join(dataDir, 'server.pid'))).toBe(false);
  });

  it('[ST1] a Redis that cannot be reached', { timeout: 60_000 }, async () => {
    const told = await refused(
      '--redis-url',
      'redis://me:hunter2@127.0.0.1:1',
      '--data-dir',
      join(root, 'unreached'),
    );
    expect(told).toMatch(/Redis at redis:\/\/me:…@127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
    expect(told).not.toContain('hunter2');
  });

  it('[ST1] a redis-server that is missing, or will not start', async () => {
    const missing = await refused(
      '--redis-server-bin=/nowhere/redis-server',
      '--data-dir',
      join(root, 'missing'),
    );
    expect(missing).toContain('There is no redis-server at "/nowhere/redis-server"');
    const broken = join(root, 'broken-redis');
    writeFileSync(broken, '#!/bin/sh\necho "Fatal error loading the DB" >&2\nexit 1\n');
    chmodSync(broken, 0o700);
    const told = await refused(`--redis-server-bin=${broken}`, '--data-dir', join(root, 'broken'));
    expect(told).toContain('Fatal error loading the DB');
  });

  it('[ST1] a data folder that is a file, a secret that is missing, a flag that is unknown', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(await refused('--data-dir', file)).toContain(`${file} is not a folder`);
    expect(await refused('--no-demo')).toContain('LIVESTALL_TOKEN_SECRET');
    expect(await refused('--prot', '1')).toContain('Did you mean --port?');
  });
});

describe('a demo, started again and again', () => {
  const dataDir = join(root, 'demo');

  it('[ST2] [ST3] [ST4] keeps its data and codes, is alone on them, and starts anew when asked', {
    timeout: 120_000,
  }, async () => {
    const first = await live(dataDir);
    const api = new Caller(first.url, first.apiKey);
    expect((await api.call('GET', '/api/v1/rooms/demo')).status).toBe(200);
    expect((await api.call('PATCH', '/api/v1/rooms/demo', { title: 'Changed' })).status).toBe(200);
    const host = await api.call('POST', '/api/v1/demo/sign-in', { roomId: 'demo', code: first.hostCode });
    expect(host.json).toMatchObject({ user: { role: 'host' } });

    const told = await refused('--port', '0', '--data-dir', dataDir);
    expect(told).toContain(`Another server (process ${first.pid}) uses the data`);
    expect((await api.call('GET', '/readyz')).status).toBe(200);

    const redis = redisPid(dataDir);
    expect(await first.end('SIGINT')).toBe(0);
    expect(alive(redis)).toBe(false);

    const second = await live(dataDir);
    expect([second.hostCode, second.apiKey]).toEqual([first.hostCode, first.apiKey]);
    const again = new Caller(second.url, second.apiKey);
    expect((await again.call('GET', '/api/v1/rooms/demo')).json).toMatchObject({
      room: { title: 'Changed' },
    });
    const left = redisPid(dataDir);
    await second.end('SIGKILL');
    expect(alive(left)).toBe(true);

    const third = await live(dataDir, '--reset');
    expect(alive(left)).toBe(false);
    const anew = new Caller(third.url, third.apiKey);
    expect((await anew.call('GET', '/api/v1/rooms/demo')).json).toMatchObject({
      room: { title: 'Linen House' },
    });
    expect(third.hostCode).toBe(first.hostCode);
    expect(await third.end('SIGTERM')).toBe(0);
  });

  it('[ST4] stops in order also while it is still starting', { timeout: 60_000 }, async () => {
    const slow = join(root, 'slow-redis');
    const asleep = join(root, 'asleep');
    writeFileSync(
      slow,
      `#!/bin/sh\ntouch ${asleep}\nwhile [ -e ${asleep} ]; do sleep 0.05; done\nexec ${REDIS} "$@"\n`,
    );
    chmodSync(slow, 0o700);
    const folder = join(root, 'slow');
    const server = launch(['--port', '0', '--data-dir', folder, `--redis-server-bin=${slow}`]);
    await eventually(() => expect(existsSync(asleep)).toBe(true), { withinMs: 20_000 });
    const redis = redisPid(folder);
    process.kill(server.pid, 'SIGINT');
    await eventually(() => expect(server.err()).toContain('stopping'));
    rmSync(asleep);
    expect(await server.exited).toBe(0);
    expect(server.out()).not.toContain('Livestall is live');
    expect(alive(redis)).toBe(false);
  });

  it('[ST5] a second Ctrl-C stops at once, whatever the first one waits for', {
    timeout: 60_000,
  }, async () => {
    const folder = join(root, 'stuck');
    const server = await live(folder);
    const redis = redisPid(folder);
    process.kill(redis, 'SIGSTOP');
    try {
      process.kill(server.pid, 'SIGINT');
      await eventually(() => expect(server.err()).toContain('SIGINT: stopping'));
      let code: number | null | undefined;
      void server.exited.then((given) => {
        code = given;
      });
      await eventually(
        () => {
          if (code === undefined) process.kill(server.pid, 'SIGINT');
          expect(code).toBe(130);
        },
        { everyMs: 100 },
      );
      expect(server.err()).toContain('Stopping at once');
    } finally {
      process.kill(redis, 'SIGCONT');
    }
    await eventually(() => expect(alive(redis)).toBe(false));
  });
});
