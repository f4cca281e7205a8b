import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AS_ROOT, FakeCheckout, NOT_ROOT } from './testing/checkout.ts';

function checkoutWithoutRedis(): FakeCheckout {
  const checkout = new FakeCheckout();
  checkout.program('npm', 'exit 0');
  return checkout;
}

/** An apt that learns of its packages by `update`, and is locked once. */
function fakeApt(
  checkout: FakeCheckout,
  { version = '5:7.0.15-1' } = {},
): { root: string; calls: () => string } {
  const root = path.join(checkout.home, 'system');
  const log = path.join(root, 'calls');
  const policy = path.join(root, 'usr/sbin/policy-rc.d');
  fs.mkdirSync(path.dirname(policy), { recursive: true });
  checkout.program(
    'apt-cache',
    `shift; if [ -e ${root}/lists ]; then printf '%s:\\n  Candidate: ${version}\\n' "$@"; fi`,
  );
  checkout.program(
    'apt-get',
    `echo "$@" >> ${log}
case "$1" in
update)
  if [ ! -e ${root}/was-locked ]; then
    : > ${root}/was-locked
    echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 42 (apt-get)" >&2
    exit 100
  fi
  : > ${root}/lists ;;
install)
  for service in redis-server coturn nginx; do
    ${policy} $service start; echo "policy $service: $?" >> ${log}
  done
  printf '#!/bin/sh\\n' > ${checkout.bin}/turnserver
  printf '#!/bin/sh\\necho "Redis server v=7.0.15"\\n' > ${checkout.bin}/redis-server
  /bin/chmod +x ${checkout.bin}/redis-server ${checkout.bin}/turnserver ;;
esac`,
  );
  return { root, calls: () => fs.readFileSync(log, 'utf8') };
}

test('not root: prints the command with sudo and stops before the packages', async () => {
  await using checkout = checkoutWithoutRedis();
  checkout.program('apt-get', 'exit 1');
  const { status, output } = await checkout.run('setup.mjs', [], { preload: NOT_ROOT });
  expect(output.trim().split('\n')).toEqual([
    'Missing: redis-server and only root may install. Run this, then the same command again:',
    '  sudo apt-get install -y --no-install-recommends redis-server',
    'Or use a Redis of your own: set LIVESTALL_REDIS_URL, or pass --redis-url.',
  ]);
  expect(status).toBe(1);
  expect(checkout.has('node_modules')).toBe(false);
});

test('names everything that the tests need in one command', async () => {
  await using checkout = checkoutWithoutRedis();
  checkout.program('apt-get', 'exit 1');
  const { output } = await checkout.run('setup.mjs', ['--test'], { preload: NOT_ROOT });
  expect(output).toMatch(/sudo apt-get install .*redis-server chromium .*coturn/);
});

test.each([
  ['dnf', 'sudo dnf install -y redis'],
  ['apk', 'sudo apk add redis'],
  ['brew', '  brew install redis'],
  ['none', 'Install them with the package manager of your system'],
])('knows the command of %s', async (manager, command) => {
  await using checkout = checkoutWithoutRedis();
  if (manager !== 'none') checkout.program(manager, 'exit 1');
  const { output } = await checkout.run('setup.mjs', [], { preload: NOT_ROOT });
  expect(output).toContain(command);
});

test('as root: waits for a busy apt, updates, installs without starting the service, restores the policy', async () => {
  await using checkout = checkoutWithoutRedis();
  const { root, calls } = fakeApt(checkout);
  const policy = path.join(root, 'usr/sbin/policy-rc.d');
  const before = '#!/bin/sh\nexit 7\n';
  fs.writeFileSync(policy, before, { mode: 0o755 });
  const options = { preload: AS_ROOT, env: { DPKG_ROOT: root } };
  const { status, output } = await checkout.run('setup.mjs', [], options);
  expect(output).toContain('Installing redis-server with apt (about 10 s) …');
  expect(output).toContain('apt is busy (process 42 (apt-get)), waiting for it to finish …');
  expect(status).toBe(0);
  expect(calls().trim().split('\n')).toEqual([
    'update',
    'update',
    'install -y --no-install-recommends -o Dpkg::Options::=--force-confold redis-server',
    'policy redis-server: 101',
    'policy coturn: 7',
    'policy nginx: 7',
  ]);
  expect(fs.readFileSync(policy, 'utf8')).toBe(before);
  expect(fs.readdirSync(path.dirname(policy))).toEqual(['policy-rc.d']);
});

test('what the tests need starts no service either', async () => {
  await using checkout = checkoutWithoutRedis();
  const { root, calls } = fakeApt(checkout);
  fs.writeFileSync(path.join(root, 'lists'), '');
  checkout.program('chromium', 'exit 0');
  fs.mkdirSync(path.join(checkout.home, '.fonts'));
  fs.writeFileSync(path.join(checkout.home, '.fonts', 'NotoSansCJK.ttc'), '');
  const options = { preload: AS_ROOT, env: { DPKG_ROOT: root } };
  const { status, output } = await checkout.run('setup.mjs', ['--test', '--no-media'], options);
  expect([output, status]).toEqual([expect.stringContaining('Installing redis-server, coturn with apt'), 0]);
  expect(calls().trim().split('\n').slice(-3)).toEqual([
    'policy redis-server: 101',
    'policy coturn: 101',
    'policy nginx: 0',
  ]);
  expect(fs.readdirSync(path.join(root, 'usr/sbin'))).toEqual([]);
});

test('a policy left by a killed set-up is put back first', async () => {
  await using checkout = checkoutWithoutRedis();
  const { root } = fakeApt(checkout);
  fs.writeFileSync(path.join(root, 'lists'), '');
  const policy = path.join(root, 'usr/sbin/policy-rc.d');
  fs.writeFileSync(policy, '#!/bin/sh\n# Livestall set-up, pid 999999999: \nexit 0\n', { mode: 0o755 });
  fs.writeFileSync(`${policy}.livestall-saved`, '#!/bin/sh\nexit 7\n', { mode: 0o755 });
  await checkout.run('setup.mjs', [], { preload: AS_ROOT, env: { DPKG_ROOT: root } });
  expect(fs.readFileSync(policy, 'utf8')).toBe('#!/bin/sh\nexit 7\n');
});

test('refuses the old Redis of an old distribution, installed or in apt', async () => {
  await using checkout = checkoutWithoutRedis();
  const { root, calls } = fakeApt(checkout, { version: '5:6.0.16-1' });
  fs.writeFileSync(path.join(root, 'was-locked'), '');
  const options = { preload: AS_ROOT, env: { DPKG_ROOT: root } };
  const offered = await checkout.run('setup.mjs', [], options);
  expect(offered.output).toContain('The redis-server that apt has is 5:6.0.16-1, and Livestall needs 7.0 or');
  expect(calls()).not.toContain('install');

  checkout.program('redis-server', 'echo "Redis server v=6.0.16 sha=0"');
  const installed = await checkout.run('setup.mjs', [], options);
  expect(installed.output).toContain('redis-server is Redis 6.0.16, and Livestall needs 7.0 or newer.');
  expect(installed.status).toBe(1);
});

test.each([
  ['LIVESTALL_REDIS_SERVER_BIN', '/nowhere/redis-server'],
  ['LIVESTALL_TURNSERVER_BIN', '/nowhere/turnserver'],
])('%s that names no program is an error, not a reason to install', async (variable, file) => {
  await using checkout = checkoutWithoutRedis();
  checkout.program('redis-server', 'echo "Redis server v=7.0.15"');
  checkout.program('chromium', 'exit 0');
  const options = { env: { [variable]: file }, preload: AS_ROOT };
  const { status, output } = await checkout.run('setup.mjs', ['--test'], options);
  expect(output).toContain(`${variable} names ${file}, which is not`);
  expect(status).toBe(1);
});
