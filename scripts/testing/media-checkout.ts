import fs from 'node:fs';
import path from 'node:path';
import { FakeCheckout } from './checkout.ts';

/** Runs, as far as the set-up can tell. */
export const WORKER = '#!/bin/sh\nexit 41\n';

/** mediasoup's install script where the network has no answer. */
export const NO_DOWNLOAD = `
console.log('failed to download prebuilt binary: FetchError: request to https://example/x failed, reason: getaddrinfo ENOTFOUND example');
process.exit(process.env.PYTHON === 'false' ? 1 : 0);`;

export const DOWNLOADS = `
import fs from 'node:fs';
fs.mkdirSync('worker/out/Release', { recursive: true });
fs.writeFileSync('worker/out/Release/mediasoup-worker', ${JSON.stringify(WORKER)}, { mode: 0o755 });`;

const CMAKE = `// cmake
import fs from 'node:fs';
fs.mkdirSync(process.argv[process.argv.indexOf('-B') + 1], { recursive: true });`;

/** Compiles three files; `before` is run in between. */
export const ninja = (before = '') => `// ninja
import fs from 'node:fs';
const out = process.argv[process.argv.indexOf('-C') + 1];
const jobs = process.argv[process.argv.indexOf('-j') + 1];
fs.appendFileSync('builds', 'run\\n');
fs.appendFileSync(out + '/steps', 'step\\n');
console.log('[1/3] Building CXX object a.o');
${before}
fs.writeFileSync(out + '/mediasoup-worker', ${JSON.stringify(WORKER)}, { mode: 0o755 });`;

/** A ninja that waits for the file `go`. */
export const SLOW_NINJA = ninja(`
fs.writeFileSync('building', '');
process.on('SIGTERM', () => { fs.writeFileSync('ninja-was-told', ''); process.exit(2); });
await new Promise((resolve) => setInterval(() => { if (fs.existsSync('go')) resolve(); }, 10));
process.removeAllListeners('SIGTERM');
setImmediate(() => process.exit(0));`);

/** With a mediasoup that cannot be downloaded, and what building it needs. */
export function checkoutWithMedia({ download = NO_DOWNLOAD, compiler = true } = {}): FakeCheckout {
  const checkout = new FakeCheckout();
  checkout.program('npm', 'exit 0');
  checkout.program('redis-server', 'echo "Redis server v=7.2.4"');
  checkout.write('node_modules/mediasoup/package.json', JSON.stringify({ version: '3.0.1', type: 'module' }));
  checkout.write('node_modules/mediasoup/npm-scripts.mjs', download);
  checkout.write('server/media/worker/CMakeLists.txt', 'project(worker)');
  checkout.write(
    'server/main.ts',
    `const { LIVESTALL_MEDIA_WORKER_BIN: bin, LIVESTALL_MEDIA_UNAVAILABLE: why } = process.env;
    console.log('server:' + JSON.stringify({ bin, why }));`,
  );
  if (compiler) {
    for (const name of ['c++', 'flatc', 'pkg-config']) checkout.program(name, 'exit 0');
    checkout.program('cmake', CMAKE);
    checkout.program('ninja', ninja());
  }
  return checkout;
}

/** What the server that `npm start` runs is told. */
export async function toldServer(
  checkout: FakeCheckout,
  args: string[] = [],
  options: Parameters<FakeCheckout['run']>[2] = {},
): Promise<{ bin?: string; why?: string; output: string }> {
  const { output } = await checkout.run('start.mjs', args, options);
  const line = /^server:(.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`The server was not started:\n${output}`);
  return { ...JSON.parse(line), output };
}

/** Where the worker is kept, and what else is in that folder. */
export function keptIn(cache: string): { worker: string; files: string[] } {
  const all = path.join(cache, 'media-worker');
  const [name = 'none', ...others] = fs.existsSync(all) ? fs.readdirSync(all) : [];
  if (others.length > 0) throw new Error(`More than one in ${all}`);
  const folder = path.join(all, name);
  return {
    worker: path.join(folder, 'mediasoup-worker'),
    files: fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [],
  };
}
