import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../server/testing/eventually.ts';
import { type FakeCheckout, NOT_ROOT } from './testing/checkout.ts';
import {
  checkoutWithMedia,
  DOWNLOADS,
  keptIn,
  ninja,
  SLOW_NINJA,
  toldServer,
  WORKER,
} from './testing/media-checkout.ts';

const cacheOf = (checkout: FakeCheckout) => path.join(checkout.home, '.cache/livestall');
const buildsOf = (checkout: FakeCheckout) =>
  checkout.has('builds') ? checkout.read('builds').length / 4 : 0;

test.each(['LIVESTALL_MEDIA_WORKER_BIN', 'MEDIASOUP_WORKER_BIN'])(
  '[MD3] takes the worker that %s names',
  async (variable) => {
    await using checkout = checkoutWithMedia();
    checkout.write('my-worker', WORKER);
    fs.chmodSync(checkout.file('my-worker'), 0o755);
    const told = await toldServer(checkout, [], { env: { [variable]: checkout.file('my-worker') } });
    expect(told.bin).toBe(checkout.file('my-worker'));
    expect(told.output).not.toContain('media worker');
  },
);

test('[MD3] a variable that names no worker is an error, also where the server could do without', async () => {
  await using checkout = checkoutWithMedia();
  const absent = await checkout.run('start.mjs', [], {
    env: { LIVESTALL_MEDIA_WORKER_BIN: '/nowhere/worker' },
  });
  expect(absent.output).toContain('LIVESTALL_MEDIA_WORKER_BIN names /nowhere/worker, which is not a program');
  checkout.program('not-a-worker', 'exit 0');
  const env = { MEDIASOUP_WORKER_BIN: `${checkout.bin}/not-a-worker` };
  const other = await checkout.run('start.mjs', [], { env });
  expect(other.output).toContain('not-a-worker, which does not run as a worker of mediasoup.\n');
  expect([absent.status, other.status, buildsOf(checkout)]).toEqual([1, 1, 0]);
});

test('[MD3] builds one where none can be downloaded, keeps it outside of the checkout, and then does nothing', async () => {
  await using checkout = checkoutWithMedia();
  const first = await toldServer(checkout);
  expect(first.output).toMatch(
    /Downloading the media worker \(about 5 s\) …\n {2}no ready-made one \(example cannot be reached\); building it instead\nBuilding the media worker, once \(\d+ to \d+ (?:s|min)\) …\n {2}done in/,
  );
  const { worker, files } = keptIn(cacheOf(checkout));
  expect(first.bin).toBe(worker);
  expect(path.basename(path.dirname(worker))).toMatch(/^3\.0\.1-[0-9a-f]{12}$/);
  expect(files).toEqual(['download-failed', 'mediasoup-worker']);

  for (const name of ['cmake', 'ninja', 'c++']) checkout.removeProgram(name);
  const second = await toldServer(checkout);
  expect(second.bin).toBe(worker);
  expect(second.output).not.toContain('media worker');
});

test("[MD3] takes mediasoup's own where it can be downloaded, and leaves its package as it is", async () => {
  await using checkout = checkoutWithMedia({ download: DOWNLOADS, compiler: false });
  const told = await toldServer(checkout);
  expect(told.output).toMatch(/Downloading the media worker .*…\n {2}done in/);
  expect(told.bin).toBe(keptIn(cacheOf(checkout)).worker);
  expect(checkout.has('node_modules/mediasoup/worker')).toBe(false);
});

test('[MD4] a kept worker that no longer runs is made again, and so is one of another recipe', async () => {
  await using checkout = checkoutWithMedia();
  const first = await toldServer(checkout);
  fs.writeFileSync(
    first.bin as string,
    '#!/bin/sh\necho "error while loading shared libraries" >&2\nexit 127\n',
  );
  const second = await toldServer(checkout);
  expect([second.bin, buildsOf(checkout)]).toEqual([first.bin, 2]);
  checkout.write('server/media/worker/compat/srtp.h', '// other');
  const third = await toldServer(checkout);
  expect(third.bin).not.toBe(first.bin);
  expect(buildsOf(checkout)).toBe(3);
});

test('[MD4] where there is no home to keep it in, the checkout does', async () => {
  await using checkout = checkoutWithMedia();
  const told = await toldServer(checkout, [], { env: { HOME: '/dev/null' } });
  expect(told.bin).toBe(keptIn(checkout.file('.tmp')).worker);
});

test('[MD5] without one the server starts, and is told why and what to do', async () => {
  await using checkout = checkoutWithMedia({ compiler: false });
  checkout.program('apt-get', 'exit 1');
  const told = await toldServer(checkout, [], { preload: NOT_ROOT });
  expect(told.bin).toBeUndefined();
  const [reason, ...advice] = told.why?.split('\n') ?? [];
  expect(reason).toBe(
    'Missing: cmake, ninja-build, g++, pkg-config, libuv1-dev, libssl-dev, libsrtp2-dev, libabsl-dev, libflatbuffers-dev, flatbuffers-compiler and only root may install. Run this, then the same command again:',
  );
  expect(advice[0]).toMatch(/^ {2}sudo apt-get install .* cmake ninja-build g\+\+ .*flatbuffers-compiler$/);
  expect(told.output).toContain('Until then there is no video; everything else works.');
});

test('[MD5] with the set-up switched off it is the one that is there', async () => {
  await using checkout = checkoutWithMedia();
  const env = { LIVESTALL_SKIP_SETUP: '1' };
  expect((await toldServer(checkout, [], { env })).why).toMatch(
    /^No media worker is here, .*\nRun npm run setup/,
  );
  const { bin } = await toldServer(checkout);
  expect((await toldServer(checkout, [], { env })).bin).toBe(bin);
});

test('[MD5] npm test fails without one', async () => {
  await using checkout = checkoutWithMedia({ compiler: false });
  for (const name of ['apt-get', 'chromium', 'turnserver']) checkout.program(name, 'exit 1');
  const env = { HOME: checkout.home };
  fs.mkdirSync(path.join(checkout.home, '.fonts'));
  fs.writeFileSync(path.join(checkout.home, '.fonts/noto-cjk.ttc'), '');
  const { status, output } = await checkout.run('test.mjs', [], { preload: NOT_ROOT, env });
  expect(output).toMatch(
    /Missing: cmake, .*\n {2}sudo apt-get install .*\n.*LIVESTALL_MEDIA_WORKER_BIN.*\n0 passed, 1 failed\n$/,
  );
  expect(status).toBe(1);
});

test.each([
  ['--no-media', {}],
  ['--help', {}],
  ['--media-worker-bin=/own/worker', {}],
  ['--port=1', { LIVESTALL_MEDIA: 'off' }],
])('[MD5] start %s %o asks for none', async (arg, env) => {
  await using checkout = checkoutWithMedia();
  const told = await toldServer(checkout, [arg], { env });
  expect(told).toMatchObject({ output: expect.not.stringContaining('media worker') });
  expect([told.bin, told.why]).toEqual([undefined, undefined]);
});

test('[MD6] two set-ups at once, of two checkouts, make one, and the second says whom it waits for', async () => {
  await using checkout = checkoutWithMedia();
  await using other = checkoutWithMedia();
  checkout.program('ninja', SLOW_NINJA);
  const first = checkout.start('setup.mjs');
  await first.says('Building the media worker');
  const second = other.start('setup.mjs', [], { env: { HOME: checkout.home } });
  await second.says(`Waiting for another set-up that makes the media worker (pid ${first.child.pid})`);
  checkout.write('go', '');
  expect((await first.ended).output).toMatch(/Everything is in place/);
  expect((await second.ended).output).toMatch(/Everything is in place/);
  expect([buildsOf(checkout), buildsOf(other)]).toEqual([1, 0]);
});

test('[MD6] a signal ends the build, leaves no worker, and the next set-up goes on with it', async () => {
  await using checkout = checkoutWithMedia();
  checkout.program('ninja', SLOW_NINJA);
  const running = checkout.start('start.mjs');
  await running.says('Building the media worker');
  await eventually(() => expect(checkout.has('building')).toBe(true));
  running.child.kill('SIGTERM');
  const { status, output } = await running.ended;
  expect(output).toContain('Stopped by SIGTERM.');
  expect(output).not.toContain('server:');
  expect([status, checkout.has('ninja-was-told')]).toEqual([143, true]);
  const { worker, files } = keptIn(cacheOf(checkout));
  expect(files).toEqual(['build', 'download-failed']);

  const steps = path.join(path.dirname(worker), 'build/steps');
  checkout.program('ninja', ninja(`fs.copyFileSync(${JSON.stringify(steps)}, 'steps');`));
  expect((await toldServer(checkout)).bin).toBe(worker);
  expect(checkout.read('steps')).toBe('step\nstep\n');
});

test('[MD6] a set-up that is killed leaves no worker and no lock that holds', async () => {
  await using checkout = checkoutWithMedia();
  checkout.program('ninja', SLOW_NINJA);
  const running = checkout.start('setup.mjs');
  await running.says('Building the media worker');
  await eventually(() => expect(checkout.has('building')).toBe(true));
  running.child.kill('SIGKILL');
  checkout.write('go', '');
  await running.ended;
  checkout.program('ninja', ninja());
  const told = await toldServer(checkout);
  expect(told.bin).toBe(keptIn(cacheOf(checkout)).worker);
  expect(told.output).toContain('Building the media worker');
});
