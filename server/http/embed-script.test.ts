import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useHarness } from '../testing/harness.ts';
import { type HttpNode, httpNode } from './testing.ts';

const harness = useHarness();
const clientDir = mkdtempSync(join(tmpdir(), 'livestall-client-'));
let node: HttpNode;

beforeAll(async () => {
  writeFileSync(join(clientDir, 'embed.js'), '(function(){})();');
  writeFileSync(join(clientDir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  node = await httpNode(harness, { clientDir });
});
afterAll(() => rmSync(clientDir, { recursive: true }));

it('[PG75] /embed.js is for every page, at an address that stays, and asked for again soon', async () => {
  const answer = await node.api.call('GET', '/embed.js', undefined, { origin: 'https://shop.example' });
  expect([answer.status, answer.text]).toEqual([200, '(function(){})();']);
  expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=3600');
  const etag = answer.headers.get('etag') ?? '';
  // Node's fetch adds "no-cache" to a condition, unless a header says otherwise.
  const again = await node.api.call('GET', '/embed.js', undefined, {
    ...{ 'if-none-match': etag, 'cache-control': 'max-age=0' },
  });
  expect([again.status, again.text]).toEqual([304, '']);
  expect(again.headers.get('access-control-allow-origin')).toBe('*');
});

it('[PG75] nothing else is open to other origins', async () => {
  for (const path of ['/favicon.svg', '/client-config.json', '/rooms.json', '/nope']) {
    const answer = await node.api.call('GET', path, undefined, { origin: 'https://shop.example' });
    expect([path, answer.headers.get('access-control-allow-origin')]).toEqual([path, null]);
    expect([path, answer.headers.get('cross-origin-resource-policy')]).toEqual([path, 'same-origin']);
  }
});

it('[PG75] a client that is not built is said to be so, and not kept', async () => {
  const other = await httpNode(harness, { clientDir: join(clientDir, 'nothing') });
  const answer = await other.api.call('GET', '/embed.js');
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([503, 'no-store']);
  expect(answer.text).toContain('npm run build');
});
