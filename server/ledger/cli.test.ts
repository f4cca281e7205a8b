import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestNode, TestTime, useHarness } from '../testing/harness.ts';
import { startNodeProcess } from '../testing/node-process.ts';
import { startTestRedis } from '../testing/test-redis.ts';
import { playScene } from './testing/scene.ts';

const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));
const harness = useHarness();
const folder = mkdtempSync(join(tmpdir(), 'livestall-ledger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = { code: number | null; out: string; err: string };

async function ledger(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('LIVESTALL_')),
  );
  const bin = process.env.LIVESTALL_REDIS_SERVER_BIN;
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { ...clean, ...(bin ? { LIVESTALL_REDIS_SERVER_BIN: bin } : {}), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('beside another Redis', () => {
  let node: TestNode;
  let roomId: string;
  let at: string[];
  beforeAll(async () => {
    const time = new TestTime();
    node = await harness.node({ time });
    await node.core.due.close();
    ({ roomId } = await playScene({ harness, node, time }));
    at = ['--redis-url', harness.redis.url, '--redis-key-prefix', time.keyPrefix];
  });

  it('[LG15] [LG16] verifies, exports and proves', async () => {
    const verified = await ledger(['verify', roomId, ...at]);
    expect(verified.out).toMatch(/\d+ facts, 10 orders: consistent/);
    expect(verified.out).toMatch(/s1 +4 +/);
    expect(verified.code).toBe(0);
    const exported = await ledger(['export', roomId, ...at]);
    expect(exported).toMatchObject({ code: 0, out: expect.stringMatching(/facts written/) });
    expect(existsSync(join(folder, `${roomId}.ledger.ndjson`))).toBe(true);
    const again = await ledger(['verify', roomId, '--archive', `${roomId}.ledger.ndjson`, '--json', ...at]);
    expect(JSON.parse(again.out)).toMatchObject({ room: roomId, ok: true, orders: 10, violations: [] });
    const proof = await ledger(['proof', roomId, 's1', ...at]);
    expect(proof).toMatchObject({ code: 0, out: expect.stringMatching(/they agree/) });
    const trimmed = await ledger(['trim', roomId, '--keep-days', '0', '--json', ...at]);
    // Redis' own clock has not come to these facts yet.
    expect(JSON.parse(trimmed.out)).toMatchObject({ ok: true, gone: 0, limit: 'age' });
  }, 60_000);

  it('[LG16] exits with 1 and the first difference when they disagree', async () => {
    const key = node.core.keys.room(roomId).sale('s1');
    await harness.redis.client.hincrby(key, 'available', 1);
    const verified = await ledger(['verify', roomId, ...at]);
    expect(verified.code).toBe(1);
    expect(verified.out).toMatch(/NOT consistent\n {2}invariant 2, sale s1: available is/);
    const all = await ledger(['verify', '--all', '--json', ...at]);
    expect(all.code).toBe(1);
    expect(JSON.parse(all.out)).toMatchObject({ ok: false, rooms: [{ room: roomId, ok: false, found: 1 }] });
    expect((await ledger(['proof', roomId, 's1', ...at])).code).toBe(1);
    await harness.redis.client.hincrby(key, 'available', -1);
    expect(await ledger(['verify', '--all', ...at])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/1 rooms?: consistent/),
    });
  }, 60_000);

  it('[LG16] exits with 1 when the chain of an archive does not hold', async () => {
    const file = join(folder, 'bad.ndjson');
    await ledger(['export', roomId, '--out', file, ...at]);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"total":4', '"total":5'));
    const verified = await ledger(['verify', roomId, '--archive', file, ...at]);
    expect(verified).toMatchObject({ code: 1, out: expect.stringMatching(/invariant 14: Line 3 of/) });
  }, 60_000);

  it('[LG15] [LG16] says in words what cannot be done', async () => {
    const unknown = await ledger(['verify', 'nowhere', ...at]);
    expect(unknown).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/There is no room nowhere/),
    });
    expect(await ledger(['verify', 'nowhere', '--json', ...at])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/"code":"UNKNOWN_ROOM"/),
    });
    expect(await ledger(['proof', roomId, 's9', ...at])).toMatchObject({
      code: 3,
      err: expect.stringMatching(/no sale s9/),
    });
    expect(await ledger(['verify'])).toMatchObject({ code: 2, err: expect.stringMatching(/Which room/) });
    expect(await ledger(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage/) });
    expect(await ledger(['export', roomId, '--out', join(folder, 'no', 'x'), ...at])).toMatchObject({
      code: 3,
    });
    const away = await ledger(['verify', roomId, '--redis-url', `unix://${folder}/no.sock`]);
    expect(away).toMatchObject({ code: 3, err: expect.stringMatching(/cannot be reached/) });
    const nothing = await ledger(['verify', roomId, '--data-dir', join(folder, 'empty')]);
    expect(nothing).toMatchObject({ code: 3, err: expect.stringMatching(/no data of an embedded Redis/) });
    expect(existsSync(join(folder, 'empty'))).toBe(false);
  }, 60_000);

  it('[LG15] says that Redis went away in the middle', async () => {
    const redis = await startTestRedis({ topology: 'standalone' });
    const { url } = redis;
    redis.signal('SIGSTOP');
    const hung = await ledger(['verify', 'nowhere', '--redis-url', url]);
    expect(hung).toMatchObject({ code: 3, err: expect.stringMatching(/cannot be reached|went away/) });
    await redis.close();
  }, 60_000);
});

describe('with the embedded Redis', () => {
  it('[LG15] works beside a running server and without one, and leaves no Redis behind', async () => {
    const dataDir = join(folder, 'data');
    const server = await startNodeProcess(['--data-dir', dataDir, '--demo'], { LIVESTALL_TOKEN_SECRET: '' });
    try {
      const beside = await ledger(['verify', '--all', '--data-dir', dataDir]);
      expect(beside.err).toBe('');
      expect(beside).toMatchObject({ code: 0, out: expect.stringMatching(/rooms?: consistent/) });
    } finally {
      await server.stop();
    }
    expect(existsSync(join(dataDir, 'redis', 'redis.sock'))).toBe(false);
    const alone = await ledger(['verify', '--all', '--json'], { LIVESTALL_DATA_DIR: dataDir });
    expect(alone.err).toBe('');
    expect(JSON.parse(alone.out)).toMatchObject({ ok: true });
    expect(alone.code).toBe(0);
    for (const left of ['redis/redis.sock', 'redis/redis.pid', 'server.pid'])
      expect(existsSync(join(dataDir, left)), left).toBe(false);
    // The server finds its data where it was.
    const again = await startNodeProcess(['--data-dir', dataDir, '--demo'], { LIVESTALL_TOKEN_SECRET: '' });
    await again.stop();
  }, 90_000);
});
