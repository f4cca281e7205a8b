import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../../server/testing/eventually.ts';
import { openBrowser, type Person } from '../../../server/testing/pages/browser.ts';
import type { BrowserSdk } from './testing/browser-entry.ts';
import { createRealRelay } from './testing/real-relay.ts';
import type { Publisher, Watcher, WatchStats } from './types.ts';

/** The SDK's media in Chromium, against mediasoup's worker: a test pattern published, and watched on the same page. */

type Page = {
  sdk: BrowserSdk;
  host: ReturnType<BrowserSdk['createClient']>;
  viewer: ReturnType<BrowserSdk['createClient']>;
  pattern: ReturnType<BrowserSdk['createTestPattern']>;
  publisher: Publisher;
  watcher: Watcher;
  follow(): void;
};

const relay = createRealRelay();
let person: Person;

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./testing/browser-entry.ts', import.meta.url));
  const built = await build({
    ...{ configFile: false, logLevel: 'silent' },
    build: { write: false, minify: false, rolldownOptions: { input: { entry } }, modulePreload: false },
  });
  const { output } = built as unknown as { output: { fileName: string; code?: string; name?: string }[] };
  const files = new Map(output.map(({ fileName, code = '' }) => [`/${fileName}`, code]));
  const start = output.find(({ name }) => name === 'entry')?.fileName;
  person = await openBrowser();
  await person.page.exposeFunction('command', relay.command);
  await person.page.route('http://localhost/**', (route) => {
    const code = files.get(new URL(route.request().url()).pathname);
    if (code !== undefined) return route.fulfill({ contentType: 'text/javascript', body: code });
    const body = `<button>go</button><script type="module" src="/${start}"></script>`;
    return route.fulfill({ contentType: 'text/html', body });
  });
  await person.page.goto('http://localhost/');
  await person.page.waitForFunction(() => 'sdk' in globalThis);
  // Sound needs a tap.
  await person.page.click('button');
  await person.page.evaluate(() => {
    const on = globalThis as unknown as Page;
    const { createClient, createPublisher, createTestPattern, createWatcher } = on.sdk;
    on.host = createClient('host');
    on.viewer = createClient('viewer');
    on.pattern = createTestPattern({ widthPx: 960, heightPx: 540, framesPerSecond: 15, label: 'test' });
    on.publisher = createPublisher({ client: on.host.client });
    on.watcher = createWatcher({ client: on.viewer.client });
    // What the room would tell: who publishes what.
    on.follow = () =>
      on.watcher.setPublications(
        on.publisher.published().map(({ source, publicationId, muted }) => ({
          ...{
            publicationId,
            source,
            userId: 'host',
            name: 'Host',
            isHost: true,
            paused: muted,
            startedAtMs: 0,
          },
          kind: source === 'camera' ? 'video' : 'audio',
        })),
      );
    on.publisher.on('change', on.follow);
    // Chromium plays, and measures, only sound that goes somewhere.
    const speaker = new Audio();
    on.watcher.on('change', () => {
      const heard = on.watcher.tracks().filter(({ kind }) => kind === 'audio');
      const tracks = heard.map(({ track }) => track);
      const before = (speaker.srcObject as MediaStream | null)?.getTracks() ?? [];
      if (before[0] === tracks[0]) return;
      speaker.srcObject = new MediaStream(tracks);
      speaker.play().catch(() => {});
    });
  });
});
afterAll(async () => {
  await person?.page.evaluate(async () => {
    const { publisher, watcher, pattern } = globalThis as unknown as Page;
    await Promise.all([publisher.close(), watcher.close(), pattern.close()]);
  });
  await person?.close();
  await relay.close();
});

function stats(): Promise<WatchStats & { states: string }> {
  return person.page.evaluate(async () => {
    const { publisher, watcher } = globalThis as unknown as Page;
    return { ...(await watcher.stats()), states: `${publisher.state()} ${watcher.state()}` };
  });
}

it('[SM1] [SM12] a page publishes a test pattern with sound, and a page plays it', async () => {
  await person.page.evaluate(async () => {
    const { publisher, pattern } = globalThis as unknown as Page;
    const [video] = pattern.stream.getVideoTracks();
    const [audio] = pattern.stream.getAudioTracks();
    await publisher.setTrack('camera', video ?? null);
    await publisher.setTrack('microphone', audio ?? null);
  });
  await eventually(
    async () => {
      const now = await stats();
      expect(now).toMatchObject({ states: 'live playing', protocol: 'udp' });
      expect(now.framesDecoded).toBeGreaterThan(10);
      expect([now.width, now.height]).toEqual([960, 540]);
      expect(now.latencyMs).toBeGreaterThan(0);
    },
    { withinMs: 20_000 },
  );
  expect(person.problems).toEqual([]);
});

it('[SM3] a small element gets a small layer, a large one the whole picture', async () => {
  const show = (widthPx: number, heightPx: number) =>
    person.page.evaluate(
      ([width = 0, height = 0]) => {
        const { publisher, watcher } = globalThis as unknown as Page;
        const camera = publisher.published().find(({ source }) => source === 'camera');
        watcher.setSize(camera?.publicationId ?? '', width, height);
      },
      [widthPx, heightPx],
    );
  const widthBecomes = (widthPx: number) =>
    eventually(async () => expect((await stats()).width).toBe(widthPx), { withinMs: 20_000 });
  await show(160, 90);
  await widthBecomes(240);
  await show(1600, 900);
  await widthBecomes(960);
});

it('[SM4] a hidden page receives no frames, and does again when it is back', async () => {
  const see = (visibility: 'visible' | 'hidden') =>
    person.page.evaluate((to) => (globalThis as unknown as Page).watcher.setVisibility(to), visibility);
  await see('hidden');
  let before = -1;
  await eventually(
    async () => {
      const { framesDecoded } = await stats();
      const isStill = framesDecoded === before;
      before = framesDecoded;
      expect(isStill).toBe(true);
    },
    { everyMs: 400 },
  );
  await see('visible');
  await eventually(async () => expect((await stats()).framesDecoded).toBeGreaterThan(before + 5), {
    withinMs: 20_000,
  });
});

it('[SM6] [SM14] publisher and viewer are back within 5 s after the worker was killed', async () => {
  await relay.kill();
  const killedAtMs = Date.now();
  await person.page.evaluate(() => {
    const { host, viewer } = globalThis as unknown as Page;
    // As after the death of a node: new sockets.
    for (const one of [host, viewer]) one.setOnline(false);
    for (const one of [host, viewer]) one.setOnline(true);
  });
  await eventually(
    async () => {
      const now = await stats();
      expect(now.states).toBe('live playing');
      expect(now.framesDecoded).toBeGreaterThan(0);
    },
    { withinMs: 20_000 },
  );
  expect(Date.now() - killedAtMs).toBeLessThan(5_000);
});

it('[SM13] what is muted sends nothing', async () => {
  const levels = async () => (await stats()).audioLevel ?? 0;
  await eventually(async () => expect(await levels()).toBeGreaterThan(0), { withinMs: 20_000 });
  await person.page.evaluate(() => (globalThis as unknown as Page).publisher.setMuted('microphone', true));
  await eventually(async () => expect(await levels()).toBeLessThan(0.001), { withinMs: 20_000 });
});
