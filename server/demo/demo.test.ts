import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { API_LIMITS } from '../http/api/limits.ts';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../http/testing.ts';
import { createLog } from '../kernel/log.ts';
import { systemRandom } from '../kernel/random.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, TestTime, useHarness } from '../testing/harness.ts';
import { DEMO_ROOM_ID } from './people.ts';
import { openDemoSecrets } from './secrets.ts';
import { DEMO_PRODUCTS, seedDemo } from './seed.ts';
import { LEFT_AFTER_MS, OFF_AIR_MS } from './show.rules.ts';
import { DemoShow } from './show.ts';

const harness = useHarness();
const log = createLog({ level: 'silent', format: 'json' });
const demoConfig = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret };

type SignedIn = {
  token: string;
  expiresAtMs: number;
  user: { userId: string; name: string; role: string };
  code: string;
};

async function demoNode(): Promise<HttpNode & { roomId: string }> {
  const node = await httpNode(harness, { config: demoConfig, demoSecrets: TEST_DEMO_SECRETS });
  return Object.assign(node, { roomId: await harness.room(node), api: node.api.as(undefined) });
}

describe('[DM1] demo sign-in', () => {
  it('[DM1] host and moderator have codes', async () => {
    const { api, roomId, ...node } = await demoNode();
    for (const [code, role] of [
      [TEST_DEMO_SECRETS.hostCode, 'host'],
      [TEST_DEMO_SECRETS.moderatorCode, 'moderator'],
    ]) {
      const signedIn = (await api.call('POST', '/api/v1/demo/sign-in', { roomId, code })).json as SignedIn;
      expect(signedIn).toMatchObject({ code, user: { role } });
      const client = await harness.connect(node, signedIn.token);
      expect((await client.must('room:join', { roomId })).you).toMatchObject(signedIn.user);
    }
  });

  it('[DM1] a viewer has a name, and a code that brings back the same user', async () => {
    const { api, roomId } = await demoNode();
    const signIn = async (body: object): Promise<SignedIn> =>
      (await api.call('POST', '/api/v1/demo/sign-in', { roomId, ...body })).json as SignedIn;
    const mei = await signIn({ name: ' 美 玲 👩🏽‍🎤 ' });
    expect(mei.user).toMatchObject({ name: '美 玲 👩🏽‍🎤', role: 'viewer' });
    expect((await signIn({ code: mei.code })).user).toEqual(mei.user);
    const renamed = await signIn({ code: mei.code, name: 'Mei' });
    expect(renamed.user).toEqual({ ...mei.user, name: 'Mei' });
    expect((await signIn({ code: renamed.code })).user.name).toBe('Mei');
    expect((await signIn({ name: 'Mei' })).user.userId).not.toBe(mei.user.userId);
  });

  it('[DM1] forged codes are refused', async () => {
    const { api, roomId } = await demoNode();
    const ana = (await api.call('POST', '/api/v1/demo/sign-in', { roomId, name: 'Ana' })).json as SignedIn;
    const [version, , name, signature] = ana.code.split('.');
    const host = Buffer.from('demo-host').toString('base64url');
    for (const code of [
      'x',
      `${TEST_DEMO_SECRETS.hostCode}x`,
      `${version}.${host}.${name}.${signature}`,
      `${ana.code}x`,
      ana.code.slice(0, -2),
      ana.token,
    ]) {
      expect(await api.problem('POST', '/api/v1/demo/sign-in', { roomId, code })).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
        path: 'code',
      });
    }
  });

  it.each([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: '\u200b\u202e' }, 'name'],
    [{ name: 'x'.repeat(25) }, 'name'],
    [{ name: 'Ana', role: 'host' }, 'role'],
    [{ name: 'Ana', userId: 'demo-host' }, 'userId'],
  ])('[DM1] %j is refused', async (body, path) => {
    const { api, roomId } = await demoNode();
    expect(await api.problem('POST', '/api/v1/demo/sign-in', { roomId, ...body })).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path,
    });
  });

  it('[DM1] needs a room that exists, and a demo', async () => {
    const { api } = await demoNode();
    const body = { roomId: 'nowhere', name: 'Ana' };
    expect(await api.problem('POST', '/api/v1/demo/sign-in', body)).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    const real = await httpNode(harness);
    expect(await real.api.problem('POST', '/api/v1/demo/sign-in', body)).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
    expect((await real.api.call('GET', '/api/v1/openapi.json')).text).not.toContain('demo/sign-in');
  });

  it('[DM1] [HT10] is limited by address', async () => {
    const { api, roomId } = await demoNode();
    const many = Array.from({ length: API_LIMITS.rates.signIn.burst + 10 }, (_, i) =>
      api.call('POST', '/api/v1/demo/sign-in', { roomId, name: `Ana ${i}` }),
    );
    const statuses = (await Promise.all(many)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(
      API_LIMITS.rates.signIn.burst,
    );
    expect(statuses).toContain(429);
  });
});

function demoDeps({ core }: TestNode) {
  const { room: rooms, shelf, flashSale: sales, lottery: draws, media } = core.stores;
  return { rooms, shelf, sales, draws, media, log, random: systemRandom, serverNowMs: core.serverNowMs };
}

describe('[DM2] the demo room', () => {
  it('[DM2] is made once, by whichever node; what people change stays', async () => {
    const config = { redisKeyPrefix: 'dm2:' };
    const nodes = [await harness.node({ config }), await harness.node({ config })] as const;
    await Promise.all(nodes.map((node) => seedDemo(demoDeps(node))));
    const { rooms, shelf } = demoDeps(nodes[0]);
    expect((await rooms.read(DEMO_ROOM_ID))?.room).toMatchObject({ demo: true, currency: 'CNY' });
    expect(await shelf.list(DEMO_ROOM_ID)).toEqual(DEMO_PRODUCTS);
    await shelf.remove(DEMO_ROOM_ID, { actor: 'x', opId: opId(), fingerprint: '' }, 'tea-set');
    await rooms.update(DEMO_ROOM_ID, { title: 'My own house' }, 'x');
    await seedDemo(demoDeps(await harness.node({ config })));
    expect(await shelf.list(DEMO_ROOM_ID)).toHaveLength(DEMO_PRODUCTS.length - 1);
    expect((await rooms.read(DEMO_ROOM_ID))?.room.title).toBe('My own house');
  });
});

describe('[DM3] the show', () => {
  it('[DM3] goes on by itself, on two nodes as one, and stays out of the way of a host', async () => {
    const time = new TestTime();
    const config = { redisKeyPrefix: 'dm3:' };
    const nodes = [await harness.node({ config, time }), await harness.node({ config, time })] as const;
    await seedDemo(demoDeps(nodes[0]));
    const shows = nodes.map((node) => new DemoShow(demoDeps(node)));
    const step = (first = false) => Promise.all(shows.map((show) => show.step(first)));
    const { rooms, sales } = demoDeps(nodes[1]);
    const host = { actor: 'host', fingerprint: '' };

    await step(true);
    const [first, ...others] = await sales.list(DEMO_ROOM_ID);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      productId: 'linen-shirt',
      phase: 'scheduled',
      total: 20,
      held: 0,
      sold: 0,
    });
    expect((await rooms.read(DEMO_ROOM_ID))?.session).not.toBeNull();

    await step();
    expect(await sales.list(DEMO_ROOM_ID)).toHaveLength(1);
    await sales.steer(DEMO_ROOM_ID, { ...host, opId: opId() }, first?.saleId ?? '', 'open');
    await sales.steer(DEMO_ROOM_ID, { ...host, opId: opId() }, first?.saleId ?? '', 'close');
    time.advance(10_000);
    await step();
    expect(await sales.list(DEMO_ROOM_ID)).toHaveLength(1);
    time.advance(5000);
    await step();
    const [second] = await sales.list(DEMO_ROOM_ID);
    expect(await sales.list(DEMO_ROOM_ID)).toHaveLength(2);
    expect(second).toMatchObject({ productId: 'tea-set', phase: 'scheduled' });

    await rooms.endSession(DEMO_ROOM_ID, { ...host, opId: opId() });
    await step();
    expect((await rooms.read(DEMO_ROOM_ID))?.session).toBeNull();
    time.advance(OFF_AIR_MS - 1000);
    await step();
    expect((await rooms.read(DEMO_ROOM_ID))?.session).toBeNull();
    time.advance(1000);
    await step();
    expect((await rooms.read(DEMO_ROOM_ID))?.session).not.toBeNull();
    expect((await rooms.read(DEMO_ROOM_ID))?.viewers).toBe(0);
  });

  it('[DM3] does nothing in a show that a host holds, and goes on once it was left', async () => {
    const time = new TestTime();
    const node = await harness.node({ config: { redisKeyPrefix: 'dm3-host:' }, time });
    await seedDemo(demoDeps(node));
    const published: unknown[] = [];
    const media = { shown: async () => published as never };
    const show = new DemoShow({ ...demoDeps(node), media });
    const { rooms, sales, draws } = demoDeps(node);
    const started = async () => [
      (await sales.list(DEMO_ROOM_ID)).length,
      (await draws.draws(DEMO_ROOM_ID, undefined, 9))?.draws.length,
    ];
    const op = { actor: 'host', opId: opId(), fingerprint: '' };
    await rooms.startSession(DEMO_ROOM_ID, op, { sessionId: 's-1', title: 'My own show' });
    await show.step(true);
    time.advance(LEFT_AFTER_MS - 1000);
    await show.step(false);
    expect(await started()).toEqual([0, 0]);
    published.push('a camera');
    time.advance(60_000);
    await show.step(false);
    expect(await started()).toEqual([0, 0]);
    published.pop();
    await show.step(false);
    expect(await started()).toEqual([1, 1]);
  });
});

it('[DM3] the show draws one bag after the other, on two nodes as one, and never while a draw runs', async () => {
  const time = new TestTime();
  const config = { redisKeyPrefix: 'dm3-draws:' };
  const nodes = [await harness.node({ config, time }), await harness.node({ config, time })] as const;
  await seedDemo(demoDeps(nodes[0]));
  const shows = nodes.map((node) => new DemoShow(demoDeps(node)));
  const step = (first = false) => Promise.all(shows.map((show) => show.step(first)));
  const drawn = async () => (await demoDeps(nodes[1]).draws.draws(DEMO_ROOM_ID, undefined, 9))?.draws ?? [];
  await step(true);
  await step();
  expect(await drawn()).toMatchObject([
    { title: 'Lucky bag', conditions: [{ kind: 'follow' }], trust: 'operator' },
  ]);
  time.advance(180_000);
  await eventually(async () => expect(await drawn()).toMatchObject([{ phase: 'revealed', winners: 0 }]));
  await step();
  expect(await drawn()).toHaveLength(1);
  time.advance(120_000);
  await step();
  expect(await drawn()).toHaveLength(2);
});

describe('[DM4] secrets', () => {
  it('[DM4] are made once, and readable by their user alone', () => {
    const dir = mkdtempSync(join(tmpdir(), 'livestall-demo-'));
    try {
      const made = openDemoSecrets(join(dir, 'new', 'folder'));
      expect(openDemoSecrets(join(dir, 'new', 'folder'))).toEqual(made);
      const file = join(dir, 'new', 'folder', 'demo.json');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(new Set(Object.values(made)).size).toBe(4);
      expect(made.tokenSecret).toMatch(/^demo-.{27,}/);
      expect(openDemoSecrets(dir)).not.toEqual(made);
      writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
      expect(() => openDemoSecrets(join(dir, 'new', 'folder'))).toThrow(/demo\.json is damaged. Delete it/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
