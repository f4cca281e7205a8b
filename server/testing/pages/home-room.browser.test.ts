import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { openBrowser, type Person } from './browser.ts';
import { type Clip, REPLAYS, recordClip, serveClip } from './clip.ts';
import { flaws } from './fit.ts';
import { openStaffRoom, PHONE, type StaffRoom } from './staff.ts';

const harness = new Harness();
let room: StaffRoom;
let host: TestClient;
let clip: Clip;

beforeAll(async () => {
  await harness.start();
  room = await openStaffRoom(harness);
  host = await room.join('host', 'host');
  clip = await recordClip();
});
afterEach(async () => {
  await room.closePages();
  // Where a test failed while it was live.
  await host.raw('room:end-session', { opId: opId() });
});
afterAll(() => harness.close());

type Change = { startsAtMs?: number | null; replayUrl?: string | null; title?: string };
const change = (to: Change) => eventually(() => host.must('room:change', { opId: opId(), ...to }));
const goLive = () => host.must('room:start-session', { opId: opId(), title: 'Linen, first look' });
const endShow = () => host.must('room:end-session', { opId: opId() });

async function untilState(person: Person, testId: string, state: string): Promise<void> {
  await eventually(async () => expect(await person.state(testId).catch(() => null)).toBe(state), {
    withinMs: 15_000,
  });
}

/** A viewer whose browser finds the clip on another server. */
async function visitor(userId: string, size = PHONE, query = ''): Promise<Person> {
  const person = await room.open('r', userId, 'viewer', size, query);
  await serveClip(person.page, clip);
  return person;
}

const isPlaying = (person: Person) =>
  person.page
    .getByTestId('replay-video')
    .evaluate((video: HTMLVideoElement) => video.currentTime > 0 && video.videoWidth > 0);

it('[PG72] a room off air says when the next show is, counts down, and follows a change at once', async () => {
  await change({ startsAtMs: null, replayUrl: null });
  const ana = await visitor('ana');
  await untilState(ana, 'stage-note', 'quiet');
  await change({ startsAtMs: Date.now() + 2 * 3_600_000, title: 'Linen at night' });
  await untilState(ana, 'stage-note', 'planned');
  expect(await ana.text('stage-note')).toContain('Linen at night');
  const first = await ana.text('stage-countdown');
  expect(first).toMatch(/^(1:59|2:00):\d\d$/);
  await eventually(async () => expect(await ana.text('stage-countdown')).not.toBe(first));

  // The shelf is open all the while.
  await ana.click('shelf-open');
  await eventually(async () =>
    expect(await ana.page.locator('dialog').textContent()).toContain('Linen shirt'),
  );
  await ana.page.keyboard.press('Escape');

  await change({ startsAtMs: Date.now() + 1_000 });
  await untilState(ana, 'stage-note', 'due');
  await goLive();
  await eventually(async () => expect(await ana.page.getByTestId('stage-note').count()).toBe(0));
  await change({ startsAtMs: null });
  await endShow();
  await untilState(ana, 'stage-note', 'over');
  expect(ana.problems).toEqual([]);
});

it('[PG72] the host changes the room in a form, with errors at their fields, and viewers see it at once', async () => {
  await change({ startsAtMs: null, replayUrl: null });
  const ana = await visitor('ana-reads');
  const studio = await room.open('studio', 'host', 'host');
  await studio.click('settings-open');
  const form = studio.page.getByTestId('room-settings');
  await form.locator('[name="title"]').fill('Linen by the sea');
  await form.locator('[name="replayUrl"]').fill('http://replays.example/a.mp4');
  await studio.click('room-settings-save');
  await eventually(async () => expect(await form.textContent()).toContain('Type an https address'));
  expect(await studio.page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('replayUrl');
  await form.locator('[name="replayUrl"]').fill(`${REPLAYS}/show.mp4`);
  await studio.click('room-settings-save');
  await eventually(async () => expect(await form.count()).toBe(0));
  await eventually(async () => expect(await ana.text('stage-note')).toContain('Linen by the sea'));
  expect(await ana.page.getByTestId('replay-open').count()).toBe(1);
});

it('[PG72] the countdown follows the clock of the server, not of the device', async () => {
  await change({ startsAtMs: Date.now() + 2 * 3_600_000, replayUrl: null });
  const person = await openBrowser(PHONE);
  try {
    // A device that is a day ahead.
    await person.page.addInitScript(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 86_400_000;
    });
    const token = await room.node.token({ userId: 'late', room: room.roomId });
    await person.page.goto(`${room.node.url}/r/${room.roomId}#token=${token}`);
    await untilState(person, 'stage-note', 'planned');
    expect(await person.text('stage-countdown')).toMatch(/^(1:59|2:00):\d\d$/);
  } finally {
    await person.close();
  }
});

it.each([
  ['an mp4', 'show.mp4', false],
  ['an HLS list, by the browser', 'show.m3u8', false],
  ['an HLS list, by the library', 'show.m3u8', true],
])(
  '[PG73] %s plays on the stage, marked as a replay, until the host goes live',
  async (_, file, needsLibrary) => {
    await change({ startsAtMs: null, replayUrl: `${REPLAYS}/${file}` });
    const ana = await visitor(`ana-${needsLibrary}-${file}`);
    if (needsLibrary) {
      await ana.page.evaluate(() => {
        const can = HTMLMediaElement.prototype.canPlayType;
        HTMLMediaElement.prototype.canPlayType = function (type) {
          return type.includes('mpegurl') ? '' : can.call(this, type);
        };
      });
    }
    await ana.click('replay-open');
    await untilState(ana, 'replay', 'ready');
    await eventually(async () => expect(await isPlaying(ana)).toBe(true), { withinMs: 15_000 });
    const marked = await ana.text('replay');
    expect(marked).toContain('Replay');
    expect(marked).toContain('The chat is today');
    await ana.say('is this one still there?');
    await eventually(async () => expect((await ana.chat()).join()).toContain('is this one still there?'));

    await goLive();
    await eventually(async () => expect(await ana.page.locator('video[controls]').count()).toBe(0));
    await endShow();
    await untilState(ana, 'stage-note', 'over');
    expect(await ana.page.getByTestId('replay-open').count()).toBe(1);
    expect(ana.problems).toEqual([]);
  },
);

it.each([
  ['a file that is gone', 'gone.mp4', 'missing'],
  ['a list that is gone', 'gone.m3u8', 'missing'],
])('[PG73] %s is said in words, and can be tried again', async (_, file, problem) => {
  await change({ replayUrl: `${REPLAYS}/${file}` });
  const ana = await visitor(`ben-${file}`);
  await ana.click('replay-open');
  await untilState(ana, 'replay', 'failed');
  const replay = ana.page.getByTestId('replay');
  expect(await replay.getAttribute('data-problem')).toBe(problem);
  expect(await ana.page.getByRole('alert').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringContaining('could not be loaded')]),
  );
  // It comes back.
  await ana.page.route(`${REPLAYS}/gone.*`, (route) => {
    const url = route.request().url().replace('gone', 'show');
    return route.fallback({ url });
  });
  await ana.click('replay-retry');
  await untilState(ana, 'replay', 'ready');
  await ana.click('replay-close');
  expect(await ana.page.getByTestId('replay-open').count()).toBe(1);
});

it.each([
  ['en', 320, 640],
  ['zh-TW', 320, 640],
  ['en', 390, 844],
  ['zh-TW', 390, 844],
  ['en', 1280, 800],
  ['zh-TW', 1280, 800],
  ['en', 844, 390],
] as const)('[PG74] in %s at %i×%i a room off air and its replay fit', async (language, width, height) => {
  await change({ startsAtMs: Date.now() + 40 * 3_600_000, replayUrl: `${REPLAYS}/show.mp4` });
  const ana = await visitor(`eva-${language}-${width}`, { width, height }, `?lang=${language}`);
  await untilState(ana, 'stage-note', 'planned');
  const rules = { boxes: '.stage-note, .replay, .replay-head', presses: '.btn, .icon-btn' };
  expect(await flaws(ana.page, rules)).toEqual([]);
  await ana.click('replay-open');
  await untilState(ana, 'replay', 'ready');
  expect(await flaws(ana.page, rules)).toEqual([]);
  const video = await ana.page.getByTestId('replay-video').boundingBox();
  expect(video?.height).toBeGreaterThan(100);
});
