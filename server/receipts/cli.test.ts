import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_KEYS, EXAMPLE_RECEIPT } from './testing/example.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livestall-receipts-'));
const keysFile = join(folder, 'keys.json');
let http: Server;
let server: string;
/** What the address of the keys answers; null: nothing, ever. */
let keysReply: { status: number; text: string } | null;

beforeAll(async () => {
  writeFileSync(keysFile, JSON.stringify(EXAMPLE_KEYS));
  http = createServer((request, response) => {
    if (keysReply === null) request.socket.destroy();
    else if (request.url !== '/.well-known/livestall-keys.json') response.writeHead(404).end();
    else response.writeHead(keysReply.status).end(keysReply.text);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => http.close(resolve));
});

type Ran = { status: number | null; out: string; err: string };

function run(args: readonly string[], stdin?: string): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args]);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (status) => resolve({ status, out, err }));
    // It may end without having read.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

function file(text: string): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(path, text);
  return path;
}

const check = (text: string, ...more: string[]) => run(['check', file(text), '--keys', keysFile, ...more]);
const changed = { ...EXAMPLE_RECEIPT, verdict: 'HELD', reason: null, orderId: 'o1-Xk29fLq8Zw01' };

describe('npm run receipt -- check', () => {
  it('[RC5] says what a receipt says and that it holds, and ends with 0', async () => {
    const { status, out, err } = await check(JSON.stringify(EXAMPLE_RECEIPT));
    expect(out).toContain('Refused 1 × sale_8Jk2, because of SOLD_OUT');
    expect(out).toContain('for user u-1001 in room linen-house, who asked with opId tap-7Qm2vX9a');
    expect(out).toContain("at 2030-03-17T17:46:40.000Z by the server's clock, after event 4711 of the room");
    expect(out).toContain('HOLDS: signed with key kPrK_qmxVWaYVA9wwBF6Iu, together with 1 other.');
    expect({ status, err }).toEqual({ status: 0, err: '' });
  });

  it('[RC5] says what is wrong with a changed one, and ends with 1', async () => {
    const { status, out } = await check(JSON.stringify(changed));
    expect(out).toContain('Held 1 × sale_8Jk2 as order o1-Xk29fLq8Zw01');
    expect(out).toContain('DOES NOT HOLD (BAD_SIGNATURE)');
    expect(status).toBe(1);
  });

  it('[RC6] finds the receipt in a saved answer, printed over many lines or not', async () => {
    const held = { ok: true, data: { order: {}, receipt: EXAMPLE_RECEIPT } };
    const refused = { ok: false, error: { code: 'SOLD_OUT', receipt: EXAMPLE_RECEIPT } };
    const kept = [{ receipt: EXAMPLE_RECEIPT, check: null }, EXAMPLE_RECEIPT];
    for (const value of [held, refused, kept]) {
      expect(await check(`\ufeff${JSON.stringify(value, null, 2)}\r\n`)).toMatchObject({
        status: 0,
        err: '',
      });
    }
  });

  it('[RC6] takes one a line, blank lines and all, and names the line of those that do not hold', async () => {
    const text = [EXAMPLE_RECEIPT, changed, EXAMPLE_RECEIPT]
      .map((each) => JSON.stringify(each))
      .join('\r\n\n');
    const { status, out } = await check(`${text}\nnot json`);
    expect(out).toContain('\n3. Held');
    expect(out).toContain('6. This is not a receipt.\n   DOES NOT HOLD (MALFORMED)');
    expect(out).toContain('2 of 4 receipts hold.');
    expect(status).toBe(1);
  });

  it('[RC6] reads from standard input, thousands at once', async () => {
    const text = `${JSON.stringify(EXAMPLE_RECEIPT)}${' '.repeat(2_000)}\n`.repeat(2_500);
    const { status, out } = await run(['check', '-', '--keys', keysFile], text);
    expect(out.trimEnd().split('\n').at(-1)).toBe('2500 of 2500 receipts hold.');
    expect(status).toBe(0);
  });

  it('answers JSON for programs', async () => {
    const { out } = await check(
      [EXAMPLE_RECEIPT, changed].map((each) => JSON.stringify(each)).join('\n'),
      '--json',
    );
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { line: 1, ok: true, receipt: EXAMPLE_RECEIPT },
      { line: 2, ok: false, why: 'BAD_SIGNATURE', receipt: changed },
    ]);
  });

  it('takes the keys from the server', async () => {
    keysReply = { status: 200, text: JSON.stringify(EXAMPLE_KEYS) };
    const path = file(JSON.stringify(EXAMPLE_RECEIPT));
    for (const from of [
      ['--server', server],
      ['--server', `${server}/rooms/x`],
      ['--keys', `${server}/.well-known/livestall-keys.json`],
    ]) {
      expect(await run(['check', path, ...from])).toMatchObject({ status: 0, err: '' });
    }
    keysReply = {
      status: 200,
      text: JSON.stringify({ keys: [{ ...EXAMPLE_KEYS.keys[0], kid: 'another' }] }),
    };
    const { status, out } = await run(['check', path, '--server', server]);
    expect(out).toContain('DOES NOT HOLD (UNKNOWN_KEY)');
    expect(status).toBe(1);
  });

  it('[RC7] ends with 2 and says why when it could not check', async () => {
    const path = file(JSON.stringify(EXAMPLE_RECEIPT));
    const fails = async (args: string[], message: string) => {
      const { status, out, err } = await run(args);
      expect({ status, out, err }).toEqual({ status: 2, out: '', err: expect.stringContaining(message) });
    };
    await fails(['check', path], 'Say whose receipt it should be');
    await fails([], 'Usage:');
    await fails(['verify', path], 'No such command: verify');
    await fails(['check', '--server', server], 'Say which file');
    await fails(['check', path, '--sever', server], "'--sever'");
    await fails(['check', join(folder, 'none'), '--keys', keysFile], 'ENOENT');
    await fails(['check', folder, '--keys', keysFile], 'EISDIR');
    await fails(
      ['check', file('\u0000\u0001 nothing of the kind'), '--keys', keysFile],
      'There is no receipt in',
    );
    await fails(['check', file('[]'), '--keys', keysFile], 'There is no receipt in');
    await fails(['check', file(''), '--keys', keysFile], 'There is no receipt in');
    await fails(
      ['check', file(`${'x'.repeat(99)}\n`.repeat(50_000)), '--keys', keysFile],
      'There is no receipt in',
    );
    await fails(['check', path, '--keys', join(folder, 'none')], 'The keys cannot be read');
    await fails(['check', path, '--keys', path], 'has no Ed25519 key');
    await fails(['check', path, '--server', 'live.example'], 'expected an address');
    keysReply = { status: 503, text: 'busy' };
    await fails(['check', path, '--server', server], 'was answered with 503');
    keysReply = { status: 200, text: '<html>' };
    await fails(['check', path, '--server', server], 'has no Ed25519 key');
    keysReply = { status: 200, text: ' '.repeat(2_000_000) };
    await fails(['check', path, '--server', server], 'answers more than keys can be');
    keysReply = null;
    await fails(['check', path, '--server', server], 'No keys from');
  });

  it('[RC8] lets no text of a receipt act on the terminal', async () => {
    const { out } = await check(JSON.stringify({ ...EXAMPLE_RECEIPT, userId: '\u001b[31mred\u202e\nHOLDS' }));
    expect(out).toContain('\\u001b[31mred\\u202e\\u000aHOLDS');
    expect(out.replaceAll('×', '')).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('shows how it is used', async () => {
    expect(await run(['--help'])).toMatchObject({
      status: 0,
      err: '',
      out: expect.stringMatching(/^Usage: /),
    });
  });
});

const hasOpenssl = /^OpenSSL 3/.test(spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '');

it.skipIf(!hasOpenssl)('[RC4] the commands in docs/receipts.md check its example by hand', () => {
  const docs = readFileSync(new URL('../../docs/receipts.md', import.meta.url), 'utf8');
  const block = /^```sh\n(unpack.*?)^```/ms.exec(docs)?.[1] ?? '';
  const verify = (commands: string) => spawnSync('sh', ['-c', commands], { cwd: folder, encoding: 'utf8' });
  expect(verify(block)).toMatchObject({ status: 0, stdout: 'Signature Verified Successfully\n' });
  expect(verify(block.replace('SOLD_OUT', 'ENDED')).status).toBe(1);
});
