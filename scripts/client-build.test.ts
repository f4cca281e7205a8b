import { expect, test } from 'vitest';
import { FakeCheckout } from './testing/checkout.ts';

/** Stands in for Vite: copies the page, or fails with what the page says. */
const VITE = `
import fs from 'node:fs';
const out = process.argv[process.argv.indexOf('--outDir') + 1];
const page = fs.readFileSync('client/page.ts', 'utf8');
if (page.startsWith('error')) { console.error('error during build:\\nBuild failed with 1 error:\\n\\n' + page + '\\n[ client/page.ts:1:9 ]'); process.exit(1); }
fs.mkdirSync(out, { recursive: true });
fs.writeFileSync(out + '/index.html', page);
`;

function checkoutWithClient(): FakeCheckout {
  const checkout = new FakeCheckout();
  checkout.program('npm', 'exit 0');
  checkout.program('redis-server', 'echo "Redis server v=7.2.4"');
  checkout.write('node_modules/vite/bin/vite.js', VITE);
  checkout.write('client/vite.config.ts', '');
  checkout.write('client/page.ts', 'one');
  return checkout;
}

test('builds the pages when they or what they share have changed, and only then', async () => {
  await using checkout = checkoutWithClient();
  expect((await checkout.run('setup.mjs')).output).toContain('Building the pages');
  expect(checkout.read('client/dist/index.html')).toBe('one');

  checkout.write('client/page.test.ts', 'a test is not part of the pages');
  checkout.write('client/page.ts', 'one');
  expect((await checkout.run('setup.mjs')).output).not.toContain('Building');

  checkout.write('shared/units.ts', 'new');
  expect((await checkout.run('setup.mjs')).output).toContain('Building the pages');
  expect((await checkout.run('setup.mjs')).output).not.toContain('Building');
  expect((await checkout.run('build.mjs')).output).toContain('Building the pages');
});

test('a build that fails leaves the old pages and says why', async () => {
  await using checkout = checkoutWithClient();
  await checkout.run('setup.mjs');
  checkout.write('client/page.ts', 'error: it is broken');
  const { status, output } = await checkout.run('setup.mjs');
  expect(output).toContain('The pages could not be built: error: it is broken (client/page.ts:1:9)\n');
  expect(output).toContain('.tmp/vite-build.log');
  expect(status).toBe(1);
  expect(checkout.read('client/dist/index.html')).toBe('one');
});
