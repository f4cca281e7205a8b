import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AS_ROOT } from './testing/checkout.ts';
import { checkoutWithMedia, keptIn, ninja, toldServer } from './testing/media-checkout.ts';

const FOUR_CORES =
  "import%20os%20from'node:os';os.availableParallelism=()=>4;process.availableMemory=()=>8e9";

test('[MD7] a download from a network that swallows packets is given up', async () => {
  await using checkout = checkoutWithMedia({ download: 'setInterval(() => {}, 1000);' });
  const told = await toldServer(checkout, [], { env: { LIVESTALL_MEDIA_DOWNLOAD_S: '0.5' } });
  expect(told.output).toContain('no ready-made one (nothing complete within 0.5 s); building it instead');
  expect(told.bin).toBe(keptIn(path.join(checkout.home, '.cache/livestall')).worker);
});

const failures = [
  {
    said: "/x/RTC/Router.cpp:12:3: error: 'optional' is not a member of 'absl'",
    why: "could not be built: /x/RTC/Router.cpp:12:3: error: 'optional' is not",
    advice: 'LIVESTALL_MEDIA_WORKER_BIN',
  },
  {
    said: 'fatal error: error writing to /tmp/a.s: No space left on device',
    why: 'The disk is full: ',
    advice: 'Free about',
  },
];

test.each(failures)('[MD7] a build that fails says why: $why', async ({ said, why, advice }) => {
  await using checkout = checkoutWithMedia();
  checkout.program('ninja', ninja(`console.log(${JSON.stringify(said)}); process.exit(1);`));
  const told = await toldServer(checkout);
  expect(told.why).toContain(why);
  expect(told.why).toContain(advice);
  expect(told.output).toContain(told.why);
});

test('[MD7] what cmake says is the cause, in its own words', async () => {
  await using checkout = checkoutWithMedia();
  checkout.program(
    'cmake',
    `printf 'CMake Error at CMakeLists.txt:3 (cmake_minimum_required):\\n  CMake 3.20 or higher is required.  You are running\\n  version 3.16.3\\n\\n\\n-- Configuring incomplete\\n'; exit 1`,
  );
  const told = await toldServer(checkout);
  expect(told.why).toContain(
    'could not be built: CMake 3.20 or higher is required. You are running version 3.16.3\n',
  );
  expect(checkout.read('.tmp/media-worker.log')).toContain('cmake_minimum_required');
});

test('[MD7] a build that cannot work is not tried at every start, but by npm run setup', async () => {
  await using checkout = checkoutWithMedia();
  checkout.program('ninja', ninja("console.log('a.cpp:1:1: error: no'); process.exit(1);"));
  const first = await toldServer(checkout);
  const second = await toldServer(checkout);
  expect([second.why, checkout.read('builds')]).toEqual([first.why, 'run\n']);
  expect(second.why).toContain('npm run setup tries it again.');
  checkout.program('ninja', ninja());
  expect((await checkout.run('setup.mjs')).output).toContain('Everything is in place');
  expect((await toldServer(checkout)).bin).toBeDefined();
});

test('[MD7] a compiler that runs out of memory goes on alone', async () => {
  await using checkout = checkoutWithMedia();
  const killed =
    "console.log('g++: fatal error: Killed signal terminated program cc1plus'); process.exit(1);";
  checkout.program('ninja', ninja(`if (jobs !== '1') { ${killed} }`));
  const told = await toldServer(checkout, [], { preload: FOUR_CORES });
  expect(told.bin).toBeDefined();
  checkout.program('ninja', ninja(killed));
  fs.rmSync(told.bin as string);
  expect((await toldServer(checkout)).why).toContain('the memory is not enough for one compiler');
});

test('[MD3] as root on Debian the compiler comes with apt', async () => {
  await using checkout = checkoutWithMedia();
  const system = path.join(checkout.home, 'system');
  fs.mkdirSync(path.join(system, 'usr/sbin'), { recursive: true });
  fs.renameSync(path.join(checkout.bin, 'ninja'), path.join(system, 'ninja'));
  checkout.program('apt-cache', `shift; for name; do printf '%s:\\n  Candidate: 1\\n' "$name"; done`);
  checkout.program('apt-get', `echo "$@" > ${system}/call; /bin/mv ${system}/ninja ${checkout.bin}/ninja`);
  const told = await toldServer(checkout, [], { preload: AS_ROOT, env: { DPKG_ROOT: system } });
  expect(told.output).toMatch(/Installing cmake, ninja-build, .* with apt \(about 60 s\) …\n {2}done in/);
  expect(told.bin).toBeDefined();
  const call = fs.readFileSync(path.join(system, 'call'), 'utf8');
  expect(call).toMatch(/^install -y .* cmake ninja-build g\+\+ pkg-config libuv1-dev libssl-dev .*\n$/);
});
