import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { Harness, type TestNode } from '../testing/harness.ts';
import { FAKE_DEVICES, openBrowser, type Person } from '../testing/pages/browser.ts';
import { type Coturn, startCoturn } from './testing/coturn.ts';
import type { Got, TurnPage, Way } from './testing/turn-page.ts';
import { turnCredentials } from './turn.ts';

/** Chromium, a node and coturn, over networks that let little through. */

const harness = new Harness();
let coturn: Coturn;
let node: TestNode;
let roomId: string;
let browser: Person;

type InPage = { turnPage: TurnPage };

beforeAll(async () => {
  coturn = await startCoturn();
  await harness.start();
  const script = await bundle();
  const body = `<!doctype html><script type="module">${script.replaceAll('</script', '<\\/script')}</script>`;
  node = await harness.node({
    config: {
      ...{ media: true, mediaWorkers: 1, mediaWorkerBin: process.env.LIVESTALL_MEDIA_WORKER_BIN },
      ...{ turnUrls: coturn.urls, turnSecret: coturn.secret },
    },
    createHandler: () => (_request, response) => {
      response.setHeader('Content-Type', 'text/html').end(body);
    },
  });
  roomId = await harness.room(node);
  browser = await openBrowser(undefined, FAKE_DEVICES);
  const token = await node.token({ userId: 'u-host', role: 'host', room: roomId });
  const host = await page();
  await host.evaluate(([room, as]) => (globalThis as unknown as InPage).turnPage.publish(room, as), [
    roomId,
    token,
  ] as const);
});
afterAll(async () => {
  await browser?.close();
  await harness.close();
  await coturn?.close();
});

async function bundle(): Promise<string> {
  const input = fileURLToPath(new URL('./testing/turn-page.ts', import.meta.url));
  const built = await build({
    ...{ configFile: false, logLevel: 'silent' },
    build: { write: false, modulePreload: false, rolldownOptions: { input } },
  });
  const { output } = built as unknown as { output: { code?: string }[] };
  return output[0]?.code ?? '';
}

async function page(): Promise<Page> {
  const opened = await browser.page.context().newPage();
  await opened.goto(node.url);
  await opened.waitForFunction(() => 'turnPage' in globalThis);
  return opened;
}

/** Watches on a page of its own until `check` is content. */
async function watch(way: Way, check: (got: Got) => void): Promise<void> {
  const token = await node.token({ userId: 'u-viewer', room: roomId });
  const opened = await page();
  await opened.evaluate(([room, as, by]) => (globalThis as unknown as InPage).turnPage.watch(room, as, by), [
    roomId,
    token,
    way,
  ] as const);
  await eventually(
    async () => check(await opened.evaluate(() => (globalThis as unknown as InPage).turnPage.got())),
    { withinMs: 20_000, everyMs: 100 },
  );
  await opened.evaluate(() => (globalThis as unknown as InPage).turnPage.close());
  await opened.close();
}

it.each(['udp', 'tcp'] as const)(
  '[TU1] a page that reaches nothing but the TURN server, over %s, receives pictures',
  async (turnBy) => {
    await watch({ reaches: 'nothing', turnBy }, (got) => {
      expect(got).toMatchObject({ protocol: 'relay', turnBy });
      expect(got.errorCodes).not.toContain(401);
      expect(got.framesDecoded).toBeGreaterThan(10);
    });
    // It logs user names; ours say nothing.
    expect(coturn.log()).toMatch(/user <\d+:[\w-]{16}>.*ALLOCATE processed, success/);
    expect(coturn.log()).not.toContain('u-viewer');
  },
);

it.each([
  ['have ended', (secret: string) => turnCredentials(secret, 'somebody', Date.now() - 2000)],
  [
    'are of another secret',
    (secret: string) => turnCredentials(`${secret}!`, 'somebody', Date.now() + 60_000),
  ],
])('[TU2] credentials that %s are refused, and nothing comes', async (_, credentialsBy) => {
  const credentials = credentialsBy(coturn.secret);
  await watch({ reaches: 'nothing', turnBy: 'udp', credentials }, (got) => {
    expect(got.errorCodes).toContain(401);
    expect(got).toMatchObject({ framesDecoded: 0, turnBy: null });
  });
});

it('[TU3] a page that reaches only TCP receives pictures from the worker itself', async () => {
  await watch({ reaches: 'tcp' }, (got) => {
    expect(got).toMatchObject({ protocol: 'tcp', turnBy: null });
    expect(got.framesDecoded).toBeGreaterThan(10);
  });
});
