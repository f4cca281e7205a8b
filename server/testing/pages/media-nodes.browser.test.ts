import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Balancer, startBalancer } from '../balancer.ts';
import { eventually } from '../eventually.ts';
import { Harness, type TestNode } from '../harness.ts';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from '../node-process.ts';
import { FAKE_DEVICES, openBrowser, type Person } from './browser.ts';
import { keepConnections, received, streams, untilPlaying } from './media.ts';
import { untilState } from './shop.ts';
import { LAPTOP, PHONE } from './staff.ts';

/** The whole way, as in production: three nodes, two of them used, and pages that find another one by themselves. */

const BACK_WITHIN_MS = 5000;

const harness = new Harness();
const people: Person[] = [];
let nodes: NodeProcess[];
let seller: TestNode;
let roomId: string;
/** Where host and Ana come in, and where Ben does. */
let east: Balancer;
let west: Balancer;

beforeAll(async () => {
  await harness.start();
  seller = await harness.node({ config: { tokenSecret: PROCESS_SECRET } });
  roomId = await harness.room(seller);
  [east, west] = await Promise.all([startBalancer([]), startBalancer([])]);
  const flags = ['--no-demo', '--redis-url', harness.redis.url, '--media-workers', '1'];
  flags.push('--allowed-origins', `${east.url},${west.url}`);
  nodes = await Promise.all([1, 2, 3].map(() => startNodeProcess(flags)));
  const [first, second, spare] = nodes.map(({ url }) => url) as [string, string, string];
  east.serve([first, spare]);
  west.serve([second, spare]);
}, 60_000);

afterAll(async () => {
  for (const person of people) await person.close();
  for (const balancer of [east, west]) await balancer?.close();
  for (const node of nodes ?? []) await node.kill();
  await harness.close();
});

async function open(page: 'r' | 'studio', userId: string, { url }: Balancer): Promise<Person> {
  const isStudio = page === 'studio';
  const person = await openBrowser(isStudio ? LAPTOP : PHONE, isStudio ? FAKE_DEVICES : []);
  people.push(person);
  await person.page.addInitScript(keepConnections);
  const role = isStudio ? 'host' : 'viewer';
  const token = await seller.token({ userId, role, room: roomId });
  await person.page.goto(`${url}/${page}/${roomId}#token=${token}`);
  await eventually(async () => expect(await person.state('connection').catch(() => '')).toBe('online'), {
    withinMs: 15_000,
  });
  return person;
}

/** Does something, and waits until everybody sees pictures and hears sound that were not there before. */
async function back(viewers: readonly Person[], crash: () => unknown): Promise<number> {
  const before = await Promise.all(viewers.map(streams));
  await crash();
  const crashedAtMs = performance.now();
  const perViewer = viewers.map(async (viewer, i) => {
    await eventually(
      async () => {
        const fresh = (await streams(viewer)).filter(
          ({ ssrc }) => !before[i]?.some((old) => old.ssrc === ssrc),
        );
        const frames = Math.max(0, ...fresh.map(({ framesDecoded }) => framesDecoded));
        expect(frames, `frames of viewer ${i}`).toBeGreaterThan(2);
        const energy = Math.max(0, ...fresh.map(({ soundEnergy }) => soundEnergy));
        expect(energy, `sound of viewer ${i}`).toBeGreaterThan(0);
      },
      { withinMs: 15_000, everyMs: 50 },
    );
    return performance.now() - crashedAtMs;
  });
  return Math.max(...(await Promise.all(perViewer)));
}

it('[PG50] a host goes live and viewers on two nodes see and hear it, also after a worker or the node is killed', async () => {
  const host = await open('studio', 'host', east);
  const ana = await open('r', 'ana', east);
  const ben = await open('r', 'ben', west);
  await host.click('session-start');
  await untilState(host, 'broadcast', 'live', 15_000);
  const viewers = [ana, ben];
  for (const viewer of viewers) {
    await untilPlaying(viewer);
    await viewer.click('sound');
    await eventually(
      async () => {
        const now = await received(viewer);
        expect(now.framesDecoded).toBeGreaterThan(10);
        expect([now.width, now.height]).toEqual([1280, 720]);
        expect(now.soundEnergy).toBeGreaterThan(0);
      },
      { withinMs: 20_000 },
    );
    const { framesDecoded } = await received(viewer);
    await eventually(async () =>
      expect((await received(viewer)).framesDecoded).toBeGreaterThan(framesDecoded + 10),
    );
  }

  // What lines the media clock up with chat and sales is in the ledger.
  const { ledger } = seller.core.keys.room(roomId);
  const facts = async (): Promise<string> => JSON.stringify(await seller.core.redis.xrange(ledger, '-', '+'));
  await eventually(async () => expect(await facts()).toContain('media-aligned'), { withinMs: 15_000 });
  for (const type of ['session-started', 'media-started']) expect(await facts()).toContain(type);

  const [first] = nodes as [NodeProcess];
  const worker = execFileSync('pgrep', ['-P', String(first.pid), '-f', 'mediasoup-worker'], {
    encoding: 'utf8',
  });
  expect(await back(viewers, () => process.kill(Number(worker.trim()), 'SIGKILL'))).toBeLessThan(
    BACK_WITHIN_MS,
  );
  expect(await back(viewers, () => first.kill())).toBeLessThan(BACK_WITHIN_MS);
  await untilState(host, 'broadcast', 'live', 15_000);
  await ana.say('still here');
  await eventually(async () => expect((await ben.chat()).join()).toContain('still here'));
}, 120_000);
