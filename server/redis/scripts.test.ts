import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { loadScripts } from './scripts.ts';

const SERVER = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('**/lua/*.lua', { cwd: SERVER }).map((path) => join(SERVER, path));
const isLibrary = (path: string): boolean => !readFileSync(path, 'utf8').startsWith('--- ');
const scripts = files.filter((path) => !isLibrary(path));

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.close());

describe('the scripts of the repository', () => {
  it('[RD13] are found', () => {
    expect(scripts.length).toBeGreaterThan(15);
    expect(files.filter(isLibrary).map((path) => basename(path))).toEqual(
      expect.arrayContaining(['kernel.lua', 'ops.lua']),
    );
  });

  it.each(scripts.map((path) => [path.slice(SERVER.length), path]))(
    '[RD13] %s loads and compiles',
    async (_, path) => {
      const name = basename(path, '.lua');
      const owner = pathToFileURL(join(dirname(dirname(path)), 'play.ts')).href;
      const script = loadScripts(owner, [name])[name];
      if (!script) throw new Error('not loaded');
      expect(await redis.client.script('LOAD', script.source)).toBe(script.sha);
      for (const key of script.keys) expect(script.source).toMatch(new RegExp(`\\bK\\.${key}\\b`));
      for (const [call, key] of [
        ['emit', 'events'],
        ['fact', 'ledger'],
        ['op_store', 'opAges'],
      ] as const) {
        const own = readFileSync(path, 'utf8');
        if (own.includes(`${call}(`)) expect(script.keys).toContain(key);
      }
    },
  );
});
