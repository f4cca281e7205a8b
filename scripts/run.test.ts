import { expect, test } from 'vitest';
import { FakeCheckout } from './testing/checkout.ts';

function checkoutReadyToRun(): FakeCheckout {
  const checkout = new FakeCheckout();
  checkout.program('npm', 'exit 0');
  checkout.program('redis-server', 'echo "Redis server v=7.2.4"');
  return checkout;
}

const COUNT_SIGNALS = `
let count: number = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => { count += 1; console.log(signal + ' ' + count); });
}
console.log('ready');
const timer = setInterval(() => {}, 1000);
process.on('SIGTERM', () => { clearInterval(timer); process.exitCode = 9; });
`;

test('runs TypeScript, passes arguments and the exit status, and keeps stdout to it', async () => {
  await using checkout = checkoutReadyToRun();
  checkout.write('a.ts', 'const args: string[] = process.argv.slice(2); console.log(args); process.exit(3);');
  const { status, output } = await checkout.run('run.mjs', ['a.ts', '--x', 'y z']);
  expect(output).toContain("[ '--x', 'y z' ]");
  expect(status).toBe(3);
});

test('a program ended by a signal gives 128 + its number', async () => {
  await using checkout = checkoutReadyToRun();
  checkout.write('a.ts', "process.kill(process.pid, 'SIGKILL');");
  expect((await checkout.run('run.mjs', ['a.ts'])).status).toBe(137);
});

test('without a terminal each signal is passed on once, and the end is waited for', async () => {
  await using checkout = checkoutReadyToRun();
  checkout.write('a.ts', COUNT_SIGNALS);
  const running = checkout.start('run.mjs', ['a.ts']);
  await running.says('ready');
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  await running.says('SIGINT 1');
  running.child.kill('SIGHUP');
  await running.says('SIGHUP 2');
  running.child.kill('SIGTERM');
  const { status, output } = await running.ended;
  expect(output).not.toContain('SIGINT 2');
  expect(output).toContain('SIGTERM 3');
  expect(status).toBe(9);
});

test('start tells the server where its Redis is and forwards its options', async () => {
  await using checkout = checkoutReadyToRun();
  const main = 'console.log(process.env.LIVESTALL_REDIS_SERVER_BIN, process.argv.slice(2));';
  checkout.write('server/main.ts', main);
  const { status, output } = await checkout.run('start.mjs', ['--port', '9000']);
  expect(output).toContain(`${checkout.bin}/redis-server [ '--port', '9000' ]`);
  expect(status).toBe(0);
});

test('start --help needs neither Redis nor the pages', async () => {
  await using checkout = new FakeCheckout();
  checkout.program('npm', 'exit 0');
  checkout.write('client/vite.config.ts', '');
  checkout.write('server/main.ts', 'console.log(process.argv.slice(2));');
  const { status, output } = await checkout.run('start.mjs', ['--help']);
  expect(output).toContain("[ '--help' ]");
  expect(output).not.toContain('Building');
  expect(status).toBe(0);
});
