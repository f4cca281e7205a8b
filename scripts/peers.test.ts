import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AS_ROOT, FakeCheckout, NOT_ROOT } from './testing/checkout.ts';

/** A system without nginx and mosquitto, whatever this machine has. */
function bareSystem(): { checkout: FakeCheckout; root: string } {
  const checkout = new FakeCheckout();
  const root = path.join(checkout.home, 'system');
  fs.mkdirSync(path.join(root, 'usr/sbin'), { recursive: true });
  return { checkout, root };
}

const lock = (checkout: FakeCheckout) =>
  checkout.write('load-tests/peers/npm/package-lock.json', '{ "lockfileVersion": 3 }');

test('[LK25] not root: prints the command, and that --peers can be left out', async () => {
  const { checkout, root } = bareSystem();
  await using _ = checkout;
  checkout.program('apt-get', 'exit 1');
  const { status, output } = await checkout.run('peers.mjs', [], {
    preload: NOT_ROOT,
    env: { DPKG_ROOT: root },
  });
  expect(output.trim().split('\n')).toEqual([
    'Missing: nginx-light, libnginx-mod-nchan, mosquitto and only root may install. Run this, then the same command again:',
    '  sudo apt-get install -y --no-install-recommends nginx-light libnginx-mod-nchan mosquitto',
    'Or run the load test without --peers.',
  ]);
  expect(status).toBe(1);
});

test('[LK25] as root: installs them without starting a service, then the npm packages, once', async () => {
  const { checkout, root } = bareSystem();
  await using _ = checkout;
  lock(checkout);
  const log = path.join(root, 'calls');
  const policy = path.join(root, 'usr/sbin/policy-rc.d');
  checkout.program('apt-cache', `shift; printf '%s:\\n  Candidate: 1.0\\n' "$@"`);
  checkout.program(
    'apt-get',
    `for service in nginx mosquitto; do ${policy} $service start; echo "policy $service: $?" >> ${log}; done
/bin/mkdir -p ${root}/usr/lib/nginx/modules
: > ${root}/usr/lib/nginx/modules/ngx_nchan_module.so
for name in nginx mosquitto; do : > ${root}/usr/sbin/$name; /bin/chmod +x ${root}/usr/sbin/$name; done`,
  );
  checkout.program('npm', `echo "npm $@ in $PWD" >> ${log}; /bin/mkdir -p node_modules`);
  const options = { preload: AS_ROOT, env: { DPKG_ROOT: root } };
  const { status, output } = await checkout.run('peers.mjs', [], options);
  expect([output, status]).toEqual([
    expect.stringContaining('Installing nginx-light, libnginx-mod-nchan, '),
    0,
  ]);
  const folder = checkout.file('load-tests/peers/npm');
  const calls = [
    'policy nginx: 101',
    'policy mosquitto: 101',
    `npm ci --ignore-scripts --no-audit --no-fund --loglevel=error in ${folder}`,
  ];
  expect(fs.readFileSync(log, 'utf8').trim().split('\n')).toEqual(calls);
  expect(fs.existsSync(policy)).toBe(false);

  const again = await checkout.run('peers.mjs', [], options);
  expect(again).toEqual({
    status: 0,
    output: `${JSON.stringify({
      nginx: path.join(root, 'usr/sbin/nginx'),
      nchanModule: path.join(root, 'usr/lib/nginx/modules/ngx_nchan_module.so'),
      mosquitto: path.join(root, 'usr/sbin/mosquitto'),
    })}\n`,
  });
  expect(fs.readFileSync(log, 'utf8').trim().split('\n')).toEqual(calls);
});

test('[LK25] where nothing may be set up, says what is missing', async () => {
  const { checkout, root } = bareSystem();
  await using _ = checkout;
  const { status, output } = await checkout.run('peers.mjs', [], {
    env: { DPKG_ROOT: root, LIVESTALL_SKIP_SETUP: '1' },
  });
  expect(output).toContain('LIVESTALL_SKIP_SETUP=1 lets nothing be installed');
  expect(status).toBe(1);
});
