import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId, TestTime } from '../harness.ts';
import { openBrowser, type Person, untilGrab } from './browser.ts';
import { flaws } from './fit.ts';
import { openShop, type Shop } from './shop.ts';

const harness = new Harness();
const time = new TestTime(Date.now());
let shop: Shop;

beforeAll(async () => {
  await harness.start();
  shop = await openShop(harness, time);
});
afterEach(async () => {
  await shop.closePages();
  await shop.host.call('room:end-session', { opId: opId() });
});
afterAll(() => harness.close());

const start = () => shop.host.must('room:start-session', { opId: opId(), title: 'An evening of linen' });
const figure = (person: Person, total: string) =>
  eventually(async () => expect(await person.text('heart-count')).toBe(total), { withinMs: 10_000 });
const button = ({ page }: Person) => page.getByTestId('heart-give');
const flying = ({ page }: Person) => page.locator('.heart-flight');
/** The moment in which a heart flies is short: asked in the page, each time that something in it changes. */
const untilOneFlies = ({ page }: Person) =>
  page.waitForFunction(() => document.querySelector('.heart-flight') !== null);

it('[PG110] a tap shows at once, and everybody sees how many there are; a new show begins at 0', async () => {
  const [ana, bo] = [await shop.visit('ana'), await shop.visit('bo')];
  expect(await button(ana).count()).toBe(0);
  await start();
  await button(ana).waitFor();
  expect(await button(ana).getAttribute('aria-label')).toBe('Give a heart');
  await figure(bo, '0');

  const boSees = untilOneFlies(bo);
  await Promise.all([untilOneFlies(ana), ana.click('heart-give')]);
  for (const person of [ana, bo]) await figure(person, '1');
  await boSees;
  expect(await button(bo).getAttribute('aria-label')).toBe('Give a heart, 1 so far');
  // Under the focus the name stays: a screen reader would read each change of it.
  expect(await button(ana).getAttribute('aria-label')).toBe('Give a heart');

  time.advance(1000);
  await bo.page.clock.install();
  for (let i = 0; i < 5; i += 1) await bo.tap('heart-give');
  await bo.page.clock.fastForward(2_500);
  for (const person of [ana, bo]) await figure(person, '6');
  await eventually(async () => expect(await flying(ana).count()).toBe(0));

  await shop.host.must('room:end-session', { opId: opId() });
  await eventually(async () => expect(await button(ana).count()).toBe(0));
  await figure(ana, '6');
  await start();
  for (const person of [ana, bo]) await figure(person, '0');
  expect([...ana.problems, ...bo.problems]).toEqual([]);
});

it('[PG110] a key that is held gives one, and a guest is led to the sign-in', async () => {
  await start();
  const ana = await shop.visit('ana');
  await button(ana).focus();
  for (let i = 0; i < 8; i += 1) await ana.page.keyboard.down('Enter');
  await ana.page.keyboard.up('Enter');
  await figure(ana, '1');
  time.advance(1000);
  await ana.page.keyboard.press('Space');
  await figure(ana, '2');

  const guest = await openBrowser();
  try {
    await guest.page.goto(`${shop.node.url}/r/${shop.roomId}`);
    await guest.click('heart-give');
    await guest.page.getByRole('dialog').waitFor();
    expect(await guest.page.locator('dialog[open] input').count()).toBeGreaterThan(0);
    await figure(guest, '2');
  } finally {
    await guest.close();
  }
});

it('[PG111] where nothing shall move the button answers by light, and many taps are few hearts', async () => {
  await start();
  const [ana, bo] = [await shop.visit('ana'), await shop.visit('bo')];
  await ana.page.emulateMedia({ reducedMotion: 'reduce' });
  await Promise.all([
    ana.page.waitForFunction(() =>
      document
        .querySelector('.heart-give')
        ?.getAnimations()
        .some(({ effect }) =>
          (effect as KeyframeEffect).getKeyframes().every((frame) => !('transform' in frame)),
        ),
    ),
    ana.click('heart-give'),
  ]);
  await figure(ana, '1');
  expect(await flying(ana).count()).toBe(0);

  time.advance(1000);
  const most = await bo.page.evaluate(async () => {
    const give = document.querySelector<HTMLElement>('[data-testid="heart-give"]');
    let seen = 0;
    for (let i = 0; i < 60; i += 1) {
      give?.click();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      seen = Math.max(seen, document.querySelectorAll('.heart-flight').length);
    }
    return seen;
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(12);
  expect([...ana.problems, ...bo.problems]).toEqual([]);
});

const SIZES = [
  [320, 640],
  [390, 844],
  [844, 390],
  [640, 360],
  [1280, 800],
] as const;

const RULES = {
  boxes: '.flash, .top-bar, .host-pill, .phone-bar, .composer, .wide-say, .stage-live',
  presses: '.btn, .icon-btn, .chip, .follow, .host-pill, .composer-input',
  scrolled: '.play-chips',
};

it.each(['en', 'zh-CN', 'zh-TW'])(
  '[PG112] in %s the heart and its figure fit every screen',
  async (language) => {
    await start();
    const { redis, keys } = shop.node.core;
    const room = keys.room(shop.roomId);
    const no = (await redis.hget(room.head, 'sessionNo')) ?? '';
    await redis.hset(room.hearts, { no, total: '99876', told: '99876' });
    const sale = await startSale(shop.host, { stock: 9, durationMs: 600_000 });
    const ana = await shop.visit(`ana-${language}`, undefined, `?lang=${language}`);
    await untilGrab(ana, 'open');
    await figure(ana, language === 'en' ? '99.9K' : language === 'zh-CN' ? '10万' : '10萬');
    const fits = async (what: string) => {
      for (const [width, height] of SIZES) {
        await ana.page.setViewportSize({ width, height });
        await eventually(async () => expect(await ana.page.evaluate(() => innerWidth)).toBe(width));
        const where = `${what}, ${width}×${height}`;
        expect([where, await flaws(ana.page, RULES)]).toEqual([where, []]);
        expect([where, await button(ana).isVisible()]).toEqual([where, true]);
        // What is beside it leaves room to see what one writes.
        const composer = await ana.page.locator('.composer').boundingBox();
        expect([where, (composer?.width ?? 0) >= 96]).toEqual([where, true]);
      }
    };
    await fits('before');
    await ana.click('grab-button');
    await untilGrab(ana, 'held');
    await fits('with an order');
    expect(ana.problems).toEqual([]);
    await shop.host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
  },
);
