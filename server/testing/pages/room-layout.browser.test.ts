import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId, TestTime } from '../harness.ts';
import { type Person, untilGrab } from './browser.ts';
import { flaws } from './fit.ts';
import { openShop, type Shop, untilState } from './shop.ts';

const harness = new Harness();
const time = new TestTime(Date.now());
let shop: Shop;

beforeAll(async () => {
  await harness.start();
  shop = await openShop(harness, time);
});
afterEach(() => shop.closePages());
afterAll(() => harness.close());

/** The page's own clock runs on; its server's stands. */
const pass = (person: Person, ms: number) => person.page.clock.fastForward(ms);

/** Moves the mouse away. Chromium takes one single move for none where the page under it has just changed. */
async function leaveCard({ page }: Person): Promise<void> {
  let y = 80;
  await eventually(async () => {
    y += 1;
    await page.mouse.move(200, y);
    expect(await page.locator('.folding:hover').count()).toBe(0);
  });
}

it('[PG85] a card folds when it is left alone, and not while it is about to open, touched or held', async () => {
  const ana = await shop.visit('ana', undefined, '', true);
  const sale = await startSale(shop.host, { stock: 3, opensInMs: 25_000, durationMs: 600_000 });
  await untilGrab(ana, 'before');
  await pass(ana, 7_000);
  expect(await ana.state('flash-card')).toBe('full');
  time.advance(26_000);
  await untilGrab(ana, 'open');
  expect(await ana.state('flash-card')).toBe('full');
  await pass(ana, 6_500);
  await untilState(ana, 'flash-card', 'compact');
  const strip = await ana.page.getByTestId('flash-card').boundingBox();
  expect(strip?.height).toBeLessThanOrEqual(52);

  const fold = ana.page.locator('.flash-picture');
  expect(await fold.getAttribute('aria-expanded')).toBe('false');
  await fold.click();
  await untilState(ana, 'flash-card', 'full');
  // A mouse that rests on it is at it.
  await pass(ana, 7_000);
  expect(await ana.state('flash-card')).toBe('full');
  await leaveCard(ana);
  await pass(ana, 4_000);
  await ana.page.getByTestId('flash-card').dispatchEvent('pointerdown');
  await pass(ana, 4_000);
  expect(await ana.state('flash-card')).toBe('full');
  await pass(ana, 4_000);
  // So much time has been skipped that the line to the server may have been taken for dead: then it folds once it is back.
  await untilState(ana, 'flash-card', 'compact', 25_000);

  await ana.click('grab-button');
  await untilGrab(ana, 'held');
  await untilState(ana, 'flash-card', 'full');
  await leaveCard(ana);
  await pass(ana, 7_000);
  expect(await ana.state('flash-card')).toBe('full');
  expect(ana.problems).toEqual([]);
  await shop.host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
});

const RULES = {
  boxes: '.flash, .sheet-content, .top-bar, .composer, .featured-strip, .room-menu',
  presses:
    '.btn, .icon-btn, .chip, .follow, .host-pill, .featured-strip, .composer-input, .room-menu button, .room-menu summary',
  scrolled: '.play-chips',
};

const SIZES = [
  [320, 568],
  [390, 844],
  [844, 390],
  // A laptop's window at 200 %.
  [640, 400],
  [820, 1180],
  [1440, 900],
  [1920, 1080],
] as const;

it.each(['en', 'zh-CN', 'zh-TW'])('[PG86] in %s the room and its menu fit every screen', async (language) => {
  await shop.host.must('shelf:save-product', {
    opId: opId(),
    product: { productId: 'p2', title: 'Tea set for four', description: '', imageUrl: null, priceMinor: 99 },
  });
  await shop.host.must('shelf:feature', { opId: opId(), productId: 'p2' });
  const sale = await startSale(shop.host, { stock: 3, durationMs: 600_000 });
  const ana = await shop.visit(`ana-${language}`, undefined, `?lang=${language}`);
  await untilGrab(ana, 'open');
  const fits = async (where: string) => {
    expect([where, await flaws(ana.page, RULES)]).toEqual([where, []]);
  };
  for (const [width, height] of SIZES) {
    await ana.page.setViewportSize({ width, height });
    await eventually(async () => expect(await ana.page.evaluate(() => innerWidth)).toBe(width));
    const where = `${width}×${height}`;
    await fits(where);
    const isNarrowDrawer = width === 640;
    await ana.click(isNarrowDrawer ? 'host-pill' : 'menu-open');
    await ana.page.getByTestId('room-menu').waitFor();
    await fits(`${where}, menu`);
    await ana.page.keyboard.press('Escape');
  }
  expect(ana.problems).toEqual([]);
  await shop.host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
});

it('[PG86] on its side a phone has the picture full and the chat in a drawer that closes', async () => {
  const ana = await shop.visit('ana-drawer', { width: 844, height: 390 });
  await ana.say('hello');
  await eventually(async () => expect(await ana.chat()).toHaveLength(1));
  const box = async (selector: string) => await ana.page.locator(selector).first().boundingBox();
  expect(await box('.phone > .poster')).toMatchObject({ x: 0, y: 0, width: 844, height: 390 });
  const chat = await box('.phone-talk');
  expect(chat?.x).toBeGreaterThan(844 / 2);
  expect((chat?.x ?? 0) + (chat?.width ?? 0)).toBeLessThanOrEqual(844);

  await ana.click('chat-toggle');
  expect(await ana.page.getByTestId('chat-list').isVisible()).toBe(false);
  expect(await ana.page.getByTestId('composer-input').isVisible()).toBe(false);
  expect(await ana.page.getByTestId('chat-toggle').getAttribute('aria-expanded')).toBe('false');
  await ana.click('chat-toggle');
  expect(await ana.page.getByTestId('chat-list').isVisible()).toBe(true);

  // Upright, the menu hides it, and the way back stands where it was.
  await ana.page.setViewportSize({ width: 390, height: 844 });
  expect(await ana.page.getByTestId('chat-toggle').isVisible()).toBe(false);
  await ana.click('menu-open');
  await ana.click('menu-chat');
  expect(await ana.page.getByTestId('chat-list').isVisible()).toBe(false);
  await ana.click('chat-toggle');
  expect(await ana.page.getByTestId('chat-list').isVisible()).toBe(true);
});
