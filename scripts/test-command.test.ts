import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Ended, FakeCheckout } from './testing/checkout.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '..');
const HEAD = "import { afterAll, expect, test } from 'vitest';\n";

/** With the real packages; the set-up is left out, since it would install into them. */
function checkoutWithVitest(files: Record<string, string>): FakeCheckout {
  const checkout = new FakeCheckout();
  checkout.linkPackages();
  fs.mkdirSync(checkout.file('server/testing'), { recursive: true });
  const copied = [
    'vitest.config.ts',
    'tsconfig.json',
    'biome.json',
    '.gitignore',
    'server/testing/topology.ts',
  ];
  for (const name of copied) fs.copyFileSync(path.join(REPOSITORY, name), checkout.file(name));
  for (const [name, text] of Object.entries(files)) checkout.write(`server/${name}`, HEAD + text);
  return checkout;
}

function run(checkout: FakeCheckout, script: string, args: string[] = []): Promise<Ended> {
  return checkout.run(script, args, { env: { LIVESTALL_SKIP_SETUP: '1', NO_COLOR: '1' } });
}

const lastLine = ({ output }: Ended) => output.trimEnd().split('\n').at(-1);

test('npm test counts failures, skips, files that do not load and hooks that throw', async () => {
  await using checkout = checkoutWithVitest({
    'a.unit.test.ts': "test('seed', () => expect(process.env.LIVESTALL_TEST_SEED).toMatch(/^[0-9]+$/));",
    'b.test.ts': `test('fails', () => expect(1).toBe(2));
      test('passes', () => expect(1).toBe(1));
      test.skip('is left out', () => expect(1).toBe(2));
      test('leaves itself out', (ctx) => ctx.skip('no camera here'));`,
    'c.test.ts': "import './missing.ts'; test('never', () => expect(1).toBe(1));",
    'd.browser.test.ts': "afterAll(() => { throw new Error('hook'); }); test('ok', () => expect(1).toBe(1));",
  });
  const ended = await run(checkout, 'test.mjs', ['server']);
  expect(lastLine(ended)).toBe('3 passed, 3 failed, 2 skipped');
  expect(ended.status).toBe(1);
  expect(ended.output).toContain('skipped: server/b.test.ts > leaves itself out (no camera here)');
  expect(ended.output).toContain('FAILED: server/c.test.ts (the file itself, see above)');
  expect(fs.readdirSync(path.dirname(checkout.root)).sort()).toEqual(['bin', 'checkout', 'home']);
});

test('npm test fails where no test ran, and where Vitest gives up', async () => {
  await using checkout = checkoutWithVitest({
    'a.test.ts': "test('ok', () => expect(1).toBe(1));",
    'loose.test.ts': "test('ok', () => { void Promise.reject(new Error('loose')); expect(1).toBe(1); });",
  });
  const good = await run(checkout, 'test.mjs', ['server/a']);
  expect([lastLine(good), good.status]).toEqual(['1 passed, 0 failed', 0]);

  const none = await run(checkout, 'test.mjs', ['server/nothing-like-it']);
  expect([lastLine(none), none.status]).toEqual(['0 passed, 0 failed', 1]);

  const loose = await run(checkout, 'test.mjs', ['server/loose']);
  expect([lastLine(loose), loose.status]).toEqual(['1 passed, 1 failed', 1]);

  checkout.write('vitest.config.ts', 'throw new Error("broken");');
  const crashed = await run(checkout, 'test.mjs', ['server']);
  expect([lastLine(crashed), crashed.status]).toEqual(['0 passed, 1 failed', 1]);
});

test('npm test -- --redis says what the tests of the integration run on, and refuses what there is not', async () => {
  await using checkout = checkoutWithVitest({
    'a.test.ts': "test('runs', () => expect(process.env.LIVESTALL_TEST_REDIS).toBe('standalone'));",
    'b.unit.test.ts': "test('does not', () => expect(1).toBe(2));",
  });
  for (const args of [['--redis=standalone'], ['server', '--redis', 'standalone']]) {
    const ended = await run(checkout, 'test.mjs', args);
    expect([lastLine(ended), ended.status]).toEqual(['1 passed, 0 failed', 0]);
  }
  for (const [flag, named] of [
    ['--redis=dragonfly', 'dragonfly'],
    ['--redis', ''],
  ] as const) {
    const refused = await run(checkout, 'test.mjs', [flag]);
    expect([lastLine(refused), refused.status]).toEqual(['0 passed, 1 failed', 1]);
    expect(refused.output).toContain(
      `--redis: there is no "${named}".\nGive one of: standalone, sentinel, cluster.`,
    );
  }
});

test('a failing check counts as one failure, and every check runs', async () => {
  await using checkout = checkoutWithVitest({
    'a.unit.test.ts': "\ntest('ok', () => expect(afterAll).toBeDefined());\n",
    'wrong.ts': "export const price: number = 'ten';\nexport const code = expect ?? test ?? afterAll\n",
  });
  const check = await run(checkout, 'check.mjs');
  expect(check.output).toMatch(/^types {5}FAILED /m);
  expect(check.output).toMatch(/^lint {6}FAILED /m);
  expect(check.output).toMatch(/^lockfile {2}ok /m);
  expect(check.output).toMatch(/^unit {6}ok /m);
  expect(check.output).toContain("Type 'string' is not assignable to type 'number'");
  expect([lastLine(check)?.replace(/\(.*/, ''), check.status]).toEqual(['Failed: types, lint ', 1]);

  const all = await run(checkout, 'test.mjs');
  expect([lastLine(all), all.status]).toEqual(['1 passed, 2 failed', 1]);
});

test('fix-lock lists the binaries of other platforms that a registry lacked', async () => {
  await using checkout = checkoutWithVitest({});
  const named = { version: '2.0.0', dev: true, optionalDependencies: { '@x/cli-linux-x64-musl': '2.0.0' } };
  const packages = { '': {}, 'node_modules/@x/cli': named, 'node_modules/z': { version: '1.0.0' } };
  checkout.write('package-lock.json', JSON.stringify({ packages }));
  expect((await run(checkout, 'fix-lock.mjs')).output).toBe('Listed: @x/cli-linux-x64-musl@2.0.0\n');
  const fixed = JSON.parse(checkout.read('package-lock.json')).packages;
  expect(Object.keys(fixed)).toEqual([
    '',
    'node_modules/@x/cli',
    'node_modules/@x/cli-linux-x64-musl',
    'node_modules/z',
  ]);
  expect(fixed['node_modules/@x/cli-linux-x64-musl']).toEqual({
    version: '2.0.0',
    cpu: ['x64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
  expect((await run(checkout, 'fix-lock.mjs')).output).toBe('package-lock.json lists every platform.\n');
});
