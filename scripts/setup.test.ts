import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FakeCheckout, NOT_ROOT } from './testing/checkout.ts';

const REDIS_7 = 'echo "Redis server v=7.2.4 sha=0"';
/** Installs nothing, and notes that it ran. */
const NPM = 'echo run >> "$PWD/npm-runs"; exit 0';
/** Waits for a file, so that a test decides how long an install takes. */
const SLOW_NPM = `// npm
import fs from 'node:fs';
fs.appendFileSync('npm-runs', 'run\\n');
console.log('started');
const timer = setInterval(() => { if (fs.existsSync('go')) clearInterval(timer); }, 10);`;

function checkoutWithRedis(npm = NPM): FakeCheckout {
  const checkout = new FakeCheckout();
  checkout.program('redis-server', REDIS_7);
  checkout.program('npm', npm);
  return checkout;
}

test('installs into an empty home with the real npm, and then does nothing', async () => {
  await using checkout = checkoutWithRedis();
  const npm = (process.env.PATH ?? '').split(':').map((folder) => path.join(folder, 'npm'));
  const realNpm = npm.find((file) => fs.existsSync(file));
  if (realNpm === undefined) throw new Error('npm is not on PATH');
  checkout.linkProgram('npm', fs.realpathSync(realNpm));

  const first = await checkout.run('setup.mjs');
  expect(first.output).toMatch(/^Installing packages \(about \d+ s\) …\n {2}done in [\d.]+ s\nEverything is/);
  expect(first.status).toBe(0);

  checkout.program('npm', 'exit 1');
  const second = await checkout.run('setup.mjs');
  expect(second).toEqual({ status: 0, output: expect.stringMatching(/^Everything is in place .*\n$/) });
});

test('installs again once package-lock.json has changed', async () => {
  await using checkout = checkoutWithRedis();
  await checkout.run('setup.mjs');
  await checkout.run('setup.mjs');
  expect(checkout.read('npm-runs')).toBe('run\n');
  checkout.write('package-lock.json', `${checkout.read('package-lock.json')}\n`);
  await checkout.run('setup.mjs');
  expect(checkout.read('npm-runs')).toBe('run\nrun\n');
});

test("takes a developer's own complete npm install as it is", async () => {
  await using checkout = checkoutWithRedis();
  const packages = {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a-for-others': { version: '1.0.0', optional: true, os: ['win32'] },
  };
  checkout.write('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages } }));
  checkout.write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
  await checkout.run('setup.mjs');
  expect(checkout.has('npm-runs')).toBe(true);

  fs.rmSync(checkout.file('npm-runs'));
  fs.rmSync(checkout.file('node_modules/.livestall-setup'));
  const installed = { 'node_modules/a': { version: '1.0.0' } };
  checkout.write('node_modules/.package-lock.json', JSON.stringify({ packages: installed }));
  await checkout.run('setup.mjs');
  expect(checkout.has('npm-runs')).toBe(false);
});

const npmFailures = [
  { said: 'code ENOSPC', shows: ['The disk is full: ', ' free on '] },
  { said: 'code EROFS', shows: ['Cannot write to '] },
  {
    said: 'code ENOTFOUND\nnpm error request to https://registry.example/zod failed',
    shows: ['https://registry.example cannot be reached (ENOTFOUND).', 'HTTPS_PROXY'],
  },
  { said: 'code SELF_SIGNED_CERT_IN_CHAIN', shows: ['is not trusted here', 'NODE_EXTRA_CA_CERTS'] },
  { said: 'code EUSAGE\nnpm error Missing: a@1 from lock file', shows: ['does not fit', 'Missing: a@1'] },
  { said: 'code E999\nnpm error It is Tuesday.', shows: ['It is Tuesday.', '.tmp/npm-ci.log'] },
];

test.each(npmFailures)('names the cause and the way out when npm says $said', async ({ said, shows }) => {
  await using checkout = checkoutWithRedis(`printf 'npm error ${said}\\n' >&2; exit 1`);
  const { status, output } = await checkout.run('setup.mjs');
  for (const text of shows) expect(output).toContain(text);
  expect(output).not.toMatch(/^\s+at /m);
  expect(status).toBe(1);
  expect(checkout.has('.tmp/setup.lock')).toBe(false);
});

test('says so when npm is missing', async () => {
  await using checkout = checkoutWithRedis();
  checkout.removeProgram('npm');
  const { status, output } = await checkout.run('setup.mjs');
  expect(output).toContain('npm was not found');
  expect(status).toBe(1);
});

test('refuses an old Node where no newer one comes as a package', async () => {
  await using checkout = checkoutWithRedis();
  const preload = [
    "Object.defineProperty(process.versions,'node',{value:'20.20.0'})",
    "Object.defineProperty(process,'arch',{value:'riscv64'})",
  ].join(';');
  const { status, output } = await checkout.run('setup.mjs', [], { preload });
  expect(output).toContain('riscv64');
  expect(output).toContain('Install Node 24 from https://nodejs.org');
  expect(status).toBe(1);
  expect(checkout.has('npm-runs')).toBe(false);
});

test('two set-ups at once install once, and the second says whom it waits for', async () => {
  await using checkout = checkoutWithRedis(SLOW_NPM);
  const first = checkout.start('setup.mjs');
  await first.says('Installing packages');
  const second = checkout.start('setup.mjs');
  await second.says(`Waiting for another set-up of this checkout (pid ${first.child.pid})`);
  checkout.write('go', '');
  expect(await first.ended).toMatchObject({ status: 0 });
  const { status, output } = await second.ended;
  expect(status).toBe(0);
  expect(output).not.toContain('Installing');
  expect(checkout.read('npm-runs')).toBe('run\n');
});

test('takes over the lock of a set-up that was killed', async () => {
  await using checkout = checkoutWithRedis();
  const { pid } = spawnSync(process.execPath, ['--version']);
  checkout.write('.tmp/setup.lock', JSON.stringify({ pid, host: os.hostname() }));
  expect(await checkout.run('setup.mjs')).toMatchObject({ status: 0 });
  expect(checkout.has('.tmp/setup.lock')).toBe(false);
});

test('a signal ends npm first, then the set-up, and the next one starts over', async () => {
  await using checkout = checkoutWithRedis(SLOW_NPM);
  const running = checkout.start('setup.mjs');
  await running.says('Installing packages');
  running.child.kill('SIGTERM');
  const { status, output } = await running.ended;
  expect(output).toContain('Stopped by SIGTERM.');
  expect(status).toBe(143);
  expect(checkout.has('.tmp/setup.lock')).toBe(false);
  checkout.write('go', '');
  expect((await checkout.run('setup.mjs')).output).toContain('Installing packages');
});

test('notes a low limit of open files and how to raise it', async () => {
  await using checkout = checkoutWithRedis();
  checkout.program('limited', `ulimit -n 512; exec node "${checkout.file('scripts/setup.mjs')}"`);
  const { stdout } = spawnSync(path.join(checkout.bin, 'limited'), {
    encoding: 'utf8',
    env: { PATH: checkout.bin, HOME: checkout.home },
  });
  expect(stdout).toContain('may open 512 files here (ulimit -n), so a node holds about 412 connections');
});

test('a configured Redis needs no redis-server', async () => {
  await using checkout = checkoutWithRedis();
  checkout.removeProgram('redis-server');
  const env = { LIVESTALL_REDIS_URL: 'redis://example' };
  expect(await checkout.run('setup.mjs', [], { env, preload: NOT_ROOT })).toMatchObject({ status: 0 });
});
