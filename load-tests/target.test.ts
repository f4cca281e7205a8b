import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from '../server/testing/node-process.ts';
import { TEST_TLS } from '../server/webhooks/testing/certificate.ts';
import { PROTOCOL_VERSION } from '../shared/protocol.ts';
import { Child } from './kit/child.ts';
import type { Report } from './kit/report.ts';

/** The kit against a deployment, run as people run it: the command line against a real node, and against what is none. */

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
const API_KEY = 'a-key-for-the-load-kit-in-these-tests';
/** Each run starts a Node that loads every scenario. */
const RUN_MS = 90_000;
const SMALL = ['--viewers', '12', '--rate', '8', '--seconds', '1', '--pairs', '1'];

let folder: string;
let node: NodeProcess;
const servers: Server[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livestall-target-'));
  node = await startNodeProcess(['--no-demo', '--data-dir', join(folder, 'data')], {
    LIVESTALL_API_KEYS: `load:${API_KEY}`,
    LIVESTALL_MAX_CONNECTIONS_PER_ADDRESS: '20',
    // A key of the kit in the environment is no setting that the server would not know.
    LIVESTALL_LOAD_API_KEY: API_KEY,
  });
});
afterAll(async () => {
  for (const server of servers) server.close();
  await node?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that answers every path with the JSON given, else 404. */
async function pretend(answers: Record<string, [status: number, body: unknown]>): Promise<string> {
  const answer: RequestListener = (request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, 'nothing here'];
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body));
  };
  return `http://127.0.0.1:${await listen(createHttp(answer))}`;
}

type Ran = { code: number | null; said: string; report: Report | null };

const load = (args: readonly string[], env: Record<string, string> = {}, openFiles = 'unlimited') =>
  run('chat-flood', args, env, openFiles);

async function run(
  scenario: string,
  args: readonly string[],
  env: Record<string, string> = {},
  openFiles = 'unlimited',
): Promise<Ran> {
  const command = openFiles === 'unlimited' ? 'exec "$@"' : `ulimit -n ${openFiles} && exec "$@"`;
  const child = new Child({
    ...{ what: 'load kit', command: 'sh' },
    args: ['-c', command, 'sh', process.execPath, CLI, scenario, ...args],
    env: { LIVESTALL_TOKEN_SECRET: PROCESS_SECRET, LIVESTALL_LOAD_API_KEY: API_KEY, ...env },
  });
  let out = '';
  let said = '';
  child.process.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.process.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.process.once('close', resolve));
  const last = out.trim().split('\n').at(-1) ?? '';
  const report = last.startsWith('{') ? (JSON.parse(last) as Report) : null;
  return { code, said: `${said}\n${out}`, report };
}

async function rooms(): Promise<string[]> {
  const answer = await fetch(`${node.url}/api/v1/rooms`, { headers: { authorization: `Bearer ${API_KEY}` } });
  const { rooms: listed } = (await answer.json()) as { rooms: { room: { roomId: string } }[] };
  return listed.map(({ room }) => room.roomId);
}

const READY = { status: 'ready', redis: { mode: 'standalone', ok: true, mayLose: 'nothing' }, node: 'n_1' };
const KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const KEYS = { keys: [{ ...KEY, kid: 'k', use: 'sig', alg: 'EdDSA' }] };
const LIKE_LIVESTALL: Parameters<typeof pretend>[0] = {
  '/readyz': [200, READY],
  '/.well-known/livestall-keys.json': [200, KEYS],
  '/client-config.json': [200, { demo: false, protocolVersion: PROTOCOL_VERSION }],
};

/** Each refusal, run at once: most of their time is the start of Node. */
async function refusals(cases: Record<string, Promise<Ran>>): Promise<Record<string, Ran>> {
  return Object.fromEntries(
    await Promise.all(Object.entries(cases).map(async ([name, ran]) => [name, await ran] as const)),
  );
}

describe('a target', () => {
  it(
    '[LK1] [LK3] that was not asked for properly costs nothing but a sentence',
    async () => {
      const ran = await refusals({
        word: load(['--target', 'live.example']),
        elsewhere: load(['--target', 'https://live.example']),
        noKey: load(['--target', node.url], { LIVESTALL_LOAD_API_KEY: '' }),
      });
      expect(Object.values(ran).map(({ code }) => code)).toEqual([2, 2, 2]);
      expect(ran.word?.said).toMatch(/--target needs an address such as .* got "live\.example"/);
      expect(ran.elsewhere?.said).toMatch(/live\.example is not on this machine's loopback.*--i-own-this/);
      expect(ran.noKey?.said).toMatch(/needs LIVESTALL_LOAD_API_KEY in the environment/);
    },
    RUN_MS,
  );

  it(
    '[LK1] [LK4] [LK8] that cannot be reached, or is something else, is told by what it is',
    async () => {
      const closed = createTcp();
      const closedPort = await listen(closed);
      await new Promise((resolve) => closed.close(resolve));
      const silent = await listen(createTcp(() => {}));
      const redis = await listen(
        createTcp((socket) => void socket.on('error', () => {}).end('-ERR what?\r\n')),
      );
      const elsewhere = await listen(
        createHttp((_request, response) => response.writeHead(302, { location: 'https://x.example/' }).end()),
      );
      const at = (port: number) => load([...SMALL, '--json', '--target', `http://127.0.0.1:${port}`]);
      const ran = await refusals({
        closed: at(closedPort),
        silent: at(silent),
        files: load(
          [...SMALL, '--viewers', '500', '--json', '--target', `http://127.0.0.1:${silent}`],
          {},
          '600',
        ),
        redis: at(redis),
        elsewhere: at(elsewhere),
        page: load([...SMALL, '--json', '--target', await pretend({})]),
        // Another server may well have a /readyz.
        other: load([...SMALL, '--json', '--target', await pretend({ '/readyz': [200, READY] })]),
      });
      const error = (name: string) => ran[name]?.report?.error;
      expect(error('closed')).toMatch(
        /127\.0\.0\.1:\d+ cannot be reached: nothing listens there \(ECONNREFUSED\)/,
      );
      // Not even looked at.
      expect(error('files')).toMatch(
        /needs 700 open files in one process, and 600 are allowed.*ulimit -n 700/,
      );
      expect(error('silent')).toMatch(/did not answer within 5 s/);
      expect(error('redis')).toMatch(/is not Livestall: what listens there does not speak HTTP/);
      expect(error('elsewhere')).toMatch(/leads on to https:\/\/x\.example\//);
      expect(error('page')).toMatch(/is not Livestall: \/readyz answers 404/);
      expect(error('other')).toMatch(/is not Livestall: .*livestall-keys\.json answers 404/);
      for (const { code, report } of Object.values(ran)) {
        expect(code).toBe(3);
        expect(report).toMatchObject({ ok: false, figures: {} });
      }
    },
    RUN_MS,
  );

  it(
    '[LK4] that is not ready, speaks another version, or knows other keys is told so, and keeps its rooms',
    async () => {
      const notReady = {
        ...LIKE_LIVESTALL,
        '/readyz': [
          503,
          {
            ...READY,
            status: 'not-ready',
            redis: { ...READY.redis, ok: false, reason: 'Redis cannot be reached' },
          },
        ],
      } satisfies typeof LIKE_LIVESTALL;
      const other = {
        ...LIKE_LIVESTALL,
        '/client-config.json': [200, { protocolVersion: 99 }],
      } satisfies typeof LIKE_LIVESTALL;
      const at = (url: string, env = {}) => load([...SMALL, '--json', '--target', url], env);
      const ran = await refusals({
        notReady: at(await pretend(notReady)),
        other: at(await pretend(other)),
        key: at(node.url, { LIVESTALL_LOAD_API_KEY: 'some-other-key-that-nobody-has-given' }),
        secret: at(node.url, { LIVESTALL_TOKEN_SECRET: 'some-other-secret-that-signs-nothing-here' }),
      });
      const error = (name: string) => ran[name]?.report?.error;
      expect(error('notReady')).toMatch(/is not ready \(node n_1\): Redis cannot be reached/);
      expect(error('other')).toMatch(new RegExp(`speaks protocol version 99, this kit ${PROTOCOL_VERSION}`));
      expect(error('key')).toMatch(/refuses the API key in LIVESTALL_LOAD_API_KEY/);
      expect(error('secret')).toMatch(/refuses a token that LIVESTALL_TOKEN_SECRET signed/);
      expect(Object.values(ran).map(({ code }) => code)).toEqual([3, 3, 3, 3]);
      expect(await rooms()).toEqual([]);
    },
    RUN_MS,
  );

  it(
    '[LK6] that lets one address have so many connections names the setting to raise',
    async () => {
      const { code, report } = await load([...SMALL, '--viewers', '40', '--json', '--target', node.url]);
      expect(code).toBe(3);
      expect(report?.error).toMatch(/\d+ connections were refused \(TOO_MANY_CONNECTIONS/);
      expect(report?.error).toMatch(/LIVESTALL_MAX_CONNECTIONS_PER_ADDRESS=100/);
      expect(report?.figures).toEqual({});
    },
    RUN_MS,
  );

  it(
    '[LK7] is measured from outside, in a room that stays and is named',
    async () => {
      const html = join(folder, 'report.html');
      const { code, report, said } = await load([...SMALL, '--json', '--html', html, '--target', node.url]);
      expect(report?.violations).toEqual([]);
      expect(code).toBe(0);
      const roomId = report?.target?.roomId ?? '';
      expect(report?.target).toEqual({ url: node.url, roomId: expect.stringMatching(/^load-[0-9a-f]{12}$/) });
      expect(await rooms()).toContain(roomId);
      expect(said).toMatch(new RegExp(`Made the room ${roomId} .* It stays`));
      expect(report?.figures).toMatchObject({ sent: 8, deliveries: 96, missing: 0, omittedShare: 0 });
      const measured = [
        ...Object.keys(report?.figures ?? {}),
        ...(report?.withheld ?? []).map(({ figure }) => figure),
      ];
      expect(measured).toEqual(expect.arrayContaining(['latencyP50Ms', 'latencyP99Ms', 'ackLatencyP99Ms']));
      expect(measured.filter((figure) => /cpu|ratio|baseline/i.test(figure))).toEqual([]);
      expect(report?.goals).toEqual([]);
      expect(readFileSync(html, 'utf8')).toContain(roomId);
    },
    RUN_MS,
  );

  it(
    '[LK7] [LK12] sells, tells of its stock and lets a crowd in, as far as can be seen from outside',
    async () => {
      const at = (scenario: string, ...args: string[]) =>
        run(scenario, ['--viewers', '12', ...args, '--json', '--quick', '--target', node.url]);
      const sold = await at('flash-sale-stampede', '--grabs', '24', '--pairs', '2');
      const told = await at('stock-ticker', '--rate', '20', '--seconds', '1');
      const joined = await at('join-storm', '--pairs', '2');
      for (const { code, report } of [sold, told, joined]) {
        expect(report).toMatchObject({ ok: true, violations: [], goals: [] });
        expect(code).toBe(0);
      }
      // One unit each time, and twelve who want it twice.
      expect(sold.report?.figures).toMatchObject({ grabs: 48, held: 2 });
      expect(told.report?.tables?.legs?.map(({ decrements }) => decrements)).toEqual([20, 20, 20]);
      expect(joined.report?.tables?.legs?.map(({ joined: count }) => count)).toEqual([12, 12]);
    },
    RUN_MS,
  );

  it(
    '[LK10] behind TLS is loaded like any other, where its authority is known',
    async () => {
      const authority = join(folder, 'ca.pem');
      writeFileSync(authority, TEST_TLS.cert);
      const { port } = new URL(node.url);
      const proxy = createTls(TEST_TLS, (socket) => {
        const upstream = connect(Number(port), '127.0.0.1');
        for (const each of [socket, upstream]) each.on('error', () => {});
        socket.pipe(upstream).pipe(socket);
      });
      const url = `https://127.0.0.1:${await listen(proxy)}`;
      const ran = await refusals({
        trusted: load([...SMALL, '--json', '--target', url.replace('https', 'wss')], {
          NODE_EXTRA_CA_CERTS: authority,
        }),
        unknown: load([...SMALL, '--json', '--target', url]),
      });
      expect(ran.unknown?.report?.error).toMatch(
        /no authority that this machine trusts; NODE_EXTRA_CA_CERTS/,
      );
      expect(ran.unknown?.code).toBe(3);
      expect(ran.trusted?.report).toMatchObject({ ok: true, figures: { deliveries: 96 } });
      expect(ran.trusted?.code).toBe(0);
    },
    RUN_MS,
  );
});
