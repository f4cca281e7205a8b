import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { FAKE_DEVICES, type Person, untilSaid } from './browser.ts';
import { flaws } from './fit.ts';
import {
  killWorkers,
  type MediaRoom,
  openMediaRoom,
  received,
  speaking,
  untilPlaying,
  watchStage,
} from './media.ts';
import { untilState } from './shop.ts';
import { LAPTOP, PHONE } from './staff.ts';

const harness = new Harness();
let room: MediaRoom;
let seller: TestClient;

beforeAll(async () => {
  await harness.start();
  room = await openMediaRoom(harness);
  seller = await harness.join(room.node, room.roomId, { userId: 'seller', role: 'host' });
});
afterEach(async () => {
  await room.closePages();
  // Those that no test ended.
  await seller.call('room:end-session', { opId: opId() });
});
afterAll(() => harness.close());

const studio = (userId = 'host', role: 'host' | 'cohost' = 'host', size = LAPTOP) =>
  room.open('studio', userId, { role, size, flags: FAKE_DEVICES });
const viewer = (size = PHONE, query = '') => room.open('r', 'ana', { role: 'viewer', size, query });

async function goLive(host: Person): Promise<void> {
  await host.click('session-start');
  await untilState(host, 'broadcast', 'live', 15_000);
}

describe('going live', () => {
  it('[PG40] takes one press, and a viewer sees and, after a tap, hears it', async () => {
    const host = await studio();
    const ana = await viewer();
    await goLive(host);
    await untilState(host, 'preview-tag', 'onAir');
    await untilPlaying(ana);
    await eventually(
      async () => {
        const now = await received(ana);
        expect(now.framesDecoded).toBeGreaterThan(10);
        expect([now.width, now.height]).toEqual([1280, 720]);
      },
      { withinMs: 20_000 },
    );
    // Muted until somebody wants it otherwise.
    expect([await speaking(ana), await ana.state('sound')]).toEqual([0, 'muted']);
    await ana.click('sound');
    await eventually(async () => expect(await speaking(ana)).toBe(1));
    await eventually(async () => expect((await received(ana)).soundEnergy).toBeGreaterThan(0));

    await ana.click('video-quality');
    await eventually(async () => {
      expect(await ana.text('quality-resolution')).toMatch(/^\d+×\d+$/);
      expect(await ana.text('quality-latency')).toContain('ms');
    });
    await ana.page.keyboard.press('Escape');
    await eventually(async () => expect(await host.text('upload')).toContain('1280×720'), {
      withinMs: 20_000,
    });
    await eventually(async () => {
      const level = await host.page.getByTestId('level').getAttribute('data-level');
      expect(Number(level)).toBeGreaterThan(0.1);
    });
    expect([...host.problems, ...ana.problems]).toEqual([]);
  });

  it('[PG41] is not needed to try it: before the show only the team sees it, and the end stops it', async () => {
    const host = await studio();
    const ana = await viewer();
    const ben = await studio('ben', 'cohost');
    await host.click('camera-open');
    await untilState(host, 'preview-tag', 'preview');
    await host.click('send-start');
    await untilState(host, 'preview-tag', 'staffOnly', 15_000);
    await untilPlaying(ben);
    expect(await ana.page.getByTestId('media-stage').count()).toBe(0);

    await host.click('session-start');
    await untilPlaying(ana);
    await host.hold('session-end');
    await untilState(host, 'broadcast', 'idle');
    await eventually(async () => expect(await ana.page.getByTestId('media-stage').count()).toBe(0));
    expect(await host.state('preview')).toBe('own');
    expect([...host.problems, ...ana.problems, ...ben.problems]).toEqual([]);
  });

  it('[PG41] a second device takes over, and the first can take it back', async () => {
    const host = await studio();
    await goLive(host);
    const other = await studio();
    await other.click('camera-open');
    await other.click('send-start');
    await untilState(host, 'broadcast', 'replaced', 15_000);
    await host.click('take-back');
    await untilState(other, 'broadcast', 'replaced', 15_000);
    await untilState(host, 'broadcast', 'live', 15_000);
  });
});

describe('what is sent', () => {
  it('[PG42] is said where it is paused, and less of it is received where that is wanted', async () => {
    const host = await studio();
    const ana = await viewer();
    await goLive(host);
    await untilPlaying(ana);
    await host.click('mic');
    await untilState(ana, 'media-notice', 'muted');
    await host.click('camera');
    await untilState(ana, 'media-card', 'off');
    await host.click('camera');
    await host.click('mic');
    await eventually(async () => expect(await ana.page.getByTestId('media-card').count()).toBe(0));

    await ana.click('video-quality');
    await ana.click('quality-saver');
    await ana.page.keyboard.press('Escape');
    await untilState(ana, 'media-notice', 'saving');
    await untilState(ana, 'media-card', 'saving');
    const { framesDecoded } = await received(ana);
    await ana.click('try-pictures');
    await untilState(ana, 'media-notice', 'none');
    await eventually(async () =>
      expect((await received(ana)).framesDecoded).toBeGreaterThan(framesDecoded + 10),
    );
    expect([...host.problems, ...ana.problems]).toEqual([]);
  });

  it('[PG45] by two people stands side by side', async () => {
    const host = await studio();
    const ben = await studio('ben', 'cohost');
    const ana = await viewer();
    await goLive(host);
    await ben.click('camera-open');
    await ben.click('send-start');
    await untilPlaying(ana, 2);
    expect(await ana.page.getByTestId('media-stage').getAttribute('data-tiles')).toBe('2');
    await eventually(async () => expect(await host.page.getByTestId('preview-others').count()).toBe(1));
    await untilPlaying(host);
  });
});

describe('what is missing', () => {
  it('[PG43] a camera that may not be used: the studio says so, and a test picture is sent', async () => {
    const host = await room.open('studio', 'host', { role: 'host', size: LAPTOP });
    const ana = await viewer();
    await host.click('session-start');
    await eventually(async () => expect(await host.text('capture-problem')).not.toBe(''));
    await ana.say('we can talk meanwhile');
    await untilSaid(host, 'we can talk meanwhile');
    await host.click('pattern');
    await host.click('send-start');
    await untilState(host, 'broadcast', 'live', 15_000);
    await untilPlaying(ana);
  });

  it('[PG43] a relay: the studio says why, and the show goes on without', async () => {
    const bare = await openMediaRoom(harness, { hasRelay: false });
    const host = await bare.open('studio', 'host', { role: 'host', size: LAPTOP });
    const ana = await bare.open('r', 'ana', { role: 'viewer' });
    await eventually(async () => expect(await host.text('broadcast-lack')).toContain('worker'));
    await host.click('session-start');
    await eventually(async () => expect(await host.page.getByTestId('session-end').count()).toBe(1));
    await host.say('no picture tonight, but deals');
    await untilSaid(ana, 'no picture tonight, but deals');
    expect([...host.problems, ...ana.problems]).toEqual([]);
    await bare.closePages();
  });
});

it('[PG51] a full relay says so; chat goes on, and there is a picture once somebody leaves', async () => {
  // One viewer's picture and sound.
  const small = await openMediaRoom(harness, { config: { mediaConsumersPerWorker: 2 } });
  const host = await small.open('studio', 'host', { role: 'host', size: LAPTOP, flags: FAKE_DEVICES });
  await goLive(host);
  const ana = await small.open('r', 'ana', { role: 'viewer' });
  await untilPlaying(ana);
  const ben = await small.open('r', 'ben', { role: 'viewer' });
  await untilState(ben, 'media-notice', 'full', 15_000);
  await ben.say('no picture here, but I can buy');
  await untilSaid(ana, 'no picture here, but I can buy');
  expect([...ana.problems, ...ben.problems]).toEqual([]);
  await ana.close();
  await untilPlaying(ben);
  await small.closePages();
});

it('[PG49] the last frame stays when the worker dies, and the picture goes on within five seconds', async () => {
  const host = await studio();
  const ana = await viewer();
  await goLive(host);
  await untilPlaying(ana);
  const stage = await watchStage(ana);
  const track = () =>
    ana.page
      .getByTestId('video')
      .last()
      .evaluate((video: HTMLVideoElement) => {
        const { srcObject } = video;
        return srcObject instanceof MediaStream
          ? `${srcObject.getVideoTracks()[0]?.id} ${video.dataset.state}`
          : '';
      });
  const before = await track();
  killWorkers();
  await eventually(
    async () => {
      const now = await track();
      expect(now).toContain('playing');
      expect(now).not.toBe(before);
    },
    { withinMs: 5_000, everyMs: 50 },
  );
  await untilPlaying(ana);
  expect(await stage.wasEmpty()).toBe(false);
  expect(await host.state('broadcast')).toBe('live');
});

it('[PG44] a key for an encoder is shown once, and revoked by a long press', async () => {
  const host = await studio();
  await host.click('keys-open');
  await host.page.getByTestId('key-label').fill('OBS at home');
  await host.click('key-make');
  const field = (name: string) => host.page.getByTestId(name).inputValue();
  await eventually(async () =>
    expect(await field('key-server')).toBe(`${room.node.url}/whip/${room.roomId}`),
  );
  expect((await field('key-secret')).length).toBeGreaterThan(20);
  await host.page.keyboard.press('Escape');
  await host.click('keys-open');
  await eventually(async () => expect(await host.text('key')).toContain('OBS at home'));
  expect(await host.page.getByTestId('key-secret').count()).toBe(0);
  await host.hold('key-revoke');
  await eventually(async () => expect(await host.page.getByTestId('key').count()).toBe(0));
  expect(host.problems).toEqual([]);
});

it('[PG47] a room without video is light, and its code for video comes with the video', async () => {
  const host = await studio();
  const ana = await viewer();
  const sizes = new Map<string, number>();
  ana.page.on('response', async (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith('.js')) sizes.set(pathname, gzipSync(await response.body()).length);
  });
  await ana.page.reload();
  await untilState(ana, 'connection', 'online');
  await ana.page.waitForLoadState('networkidle');
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(90_000);
  const before = sizes.size;
  await goLive(host);
  await untilPlaying(ana);
  expect(sizes.size).toBeGreaterThan(before);
});

const RULES = {
  presses:
    '.media-controls button, button.media-chip, .quality label, .broadcast button, .broadcast select, .keys button',
};

async function fits(person: Person, where: string): Promise<void> {
  expect([where, await flaws(person.page, RULES)]).toEqual([where, []]);
}

it.each([
  ['en', 320, 640],
  ['zh-CN', 320, 640],
  ['en', 390, 844],
  ['zh-CN', 390, 844],
  ['en', 1280, 800],
  ['zh-CN', 1280, 800],
] as const)('[PG48] in %s at %i×%i the video and the studio fit', async (language, width, height) => {
  const size = { width, height };
  const query = `?lang=${language}`;
  const host = await room.open('studio', 'host', { role: 'host', size, query, flags: FAKE_DEVICES });
  const ana = await viewer(size, query);
  await fits(host, 'the studio at first');
  await goLive(host);
  await host.click('devices-open');
  await eventually(async () => expect(await host.page.getByTestId('devices').count()).toBe(1));
  await host.click('mic');
  await fits(host, 'the studio on air');
  await host.click('keys-open');
  await host.click('key-make');
  await eventually(async () => expect(await host.page.getByTestId('key-made').count()).toBe(1));
  await fits(host, 'a new key');

  await untilPlaying(ana);
  await fits(ana, 'playing');
  await ana.click('sound');
  await ana.click('video-quality');
  await fits(ana, 'quality');
  await ana.click('quality-saver');
  await ana.page.keyboard.press('Escape');
  await untilState(ana, 'media-notice', 'saving');
  await fits(ana, 'saving');
});
