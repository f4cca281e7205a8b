import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId, TestTime } from '../harness.ts';
import { type Person, untilGrab, untilSaid } from './browser.ts';
import { flaws } from './fit.ts';
import { openShop, type Shop, untilState } from './shop.ts';
import { LAPTOP, PHONE } from './staff.ts';

/** What people, their devices and networks do to the pages. */

const harness = new Harness();
const time = new TestTime(Date.now());
let shop: Shop;

beforeAll(async () => {
  await harness.start();
  shop = await openShop(harness, time);
});
afterEach(async () => {
  await shop.closePages();
  for (const { saleId, phase } of await shop.node.core.stores.flashSale.list(shop.roomId)) {
    if (phase !== 'ended') await shop.host.must('flash-sale:close', { opId: opId(), saleId });
  }
  const product = {
    productId: 'p1',
    title: 'Linen shirt',
    description: '',
    imageUrl: null,
    priceMinor: 12_900,
  };
  await shop.host.must('shelf:save-product', { opId: opId(), product });
});
afterAll(() => harness.close());

const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>';
const BIDI = 'abc\u202e\u2066gnp.exe\u2069';
const ZALGO = `Z${'\u0301\u0316\u0489'.repeat(3333)}`;
const EMOJI = '👩🏽‍🎤'.repeat(300);
const FIT = { boxes: '.flash, .sheet-content, .order', presses: '.btn, .icon-btn' };

/** Every image of the page that is there but could not be had. */
const brokenImages = ({ page }: Person): Promise<string[]> =>
  page.evaluate(() =>
    [...document.images]
      .filter((image) => image.complete && image.naturalWidth === 0 && image.checkVisibility())
      .map(({ src }) => src),
  );

describe('[PG90] whatever people write', () => {
  it.each([PHONE, LAPTOP])('[PG90] stays text, in its place, at $width', async (size) => {
    const product = {
      ...{ productId: 'p1', title: `${MARKUP} 亚麻`, description: `${BIDI} ${'很'.repeat(200)}` },
      ...{ imageUrl: '/no/such/picture.png', priceMinor: 999_999_999 },
    };
    await shop.host.must('shelf:save-product', { opId: opId(), product });
    const ana = await shop.visit('ana', size);
    await startSale(shop.host, { stock: 5 });
    await untilGrab(ana, 'open');
    const long = `${size.width} ${'x'.repeat(190)}`;
    for (const [n, text] of [MARKUP, BIDI, ZALGO.slice(0, 900), '👩🏽‍🎤'.repeat(60), long].entries()) {
      const bo = await shop.join(`bo-${n}-${size.width}`);
      await bo.call('chat:say', { opId: opId(), text });
    }
    await untilSaid(ana, long);
    const lines = await ana.chat();
    expect(lines.some((line) => line.includes('<b>bold</b>'))).toBe(true);
    expect(lines.some((line) => /[\u202a-\u202e\u2066-\u2069]/.test(line))).toBe(false);
    expect(await ana.page.locator('img[src="x"], .chat b').count()).toBe(0);
    expect(await ana.page.title()).not.toBe('1');
    expect(await flaws(ana.page, FIT)).toEqual([]);
    await eventually(async () => expect(await brokenImages(ana)).toEqual([]));
    // Of a picture that is missing Chromium itself says so.
    expect(ana.problems.filter((problem) => !problem.includes('404'))).toEqual([]);
  });

  it('[PG90] is kept in the composer when it is too long, and says by how much', async () => {
    const ana = await shop.visit('ana');
    const input = ana.page.getByTestId('composer-input');
    for (const [text, over] of [
      [EMOJI, '86 too many'],
      [ZALGO, '1 too many'],
    ] as const) {
      await input.fill(text);
      await ana.page.keyboard.press('Enter');
      expect((await input.inputValue()) === text).toBe(true);
      expect(await ana.page.locator('.composer-over').textContent()).toBe(over);
      expect(await ana.page.getByTestId('composer-send').isDisabled()).toBe(true);
    }
    await input.fill('short again');
    await ana.click('composer-send');
    await untilSaid(ana, 'short again');
  });
});

it('[PG91] with a clock that is a day wrong countdowns, holds and prices are as for everybody', async () => {
  const others = await Promise.all(
    [-86_400_000, 86_400_000].map(async (byMs, n) => {
      const person = await shop.visit(`clock-${n}`);
      await person.page.addInitScript((shiftMs) => {
        const Plain = Date;
        const shifted = class extends Plain {
          constructor(...args: [] | [number]) {
            super(args[0] ?? Plain.now() + shiftMs);
          }
          static override now(): number {
            return Plain.now() + shiftMs;
          }
        };
        globalThis.Date = shifted as DateConstructor;
      }, byMs);
      await person.page.reload();
      await untilState(person, 'connection', 'online');
      return person;
    }),
  );
  await startSale(shop.host, { stock: 5, opensInMs: 30_000 });
  for (const person of others) {
    await untilGrab(person, 'before');
    expect(await person.text('grab-button')).toMatch(/00:(2\d|30)/);
  }
  time.advance(30_000);
  for (const person of others) {
    await untilGrab(person, 'open');
    await person.click('grab-button');
    await untilGrab(person, 'held');
  }
});

it('[PG92] in a second tab one is the same person, and both tabs show what is held and paid', async () => {
  const ana = await shop.visit('two-tabs');
  await startSale(shop.host, { stock: 5 });
  const token = await shop.node.token({ userId: 'two-tabs', room: shop.roomId });
  const tab = await ana.page.context().newPage();
  await tab.goto(`${shop.node.url}/r/${shop.roomId}#token=${token}`);
  const second = tab.getByTestId('grab-button').first();
  await eventually(async () => expect(await second.getAttribute('data-state')).toBe('open'), {
    withinMs: 15_000,
  });
  await ana.click('grab-button');
  await untilGrab(ana, 'held');
  await eventually(async () => expect(await second.getAttribute('data-state')).toBe('held'));
  await tab.close();
  await untilGrab(ana, 'held');
  expect(await ana.state('connection')).toBe('online');
});

it('[PG93] back from the checkout in the same tab, the room shows what was paid', async () => {
  const ana = await shop.visit('back-button');
  await startSale(shop.host, { stock: 5 });
  await untilGrab(ana, 'open');
  await ana.click('grab-button');
  await untilGrab(ana, 'held');
  const link = ana.page.locator('a[data-testid="grab-button"]').first();
  const href = (await link.getAttribute('href', { timeout: 10_000 })) ?? '';
  await ana.page.goto(new URL(href, ana.page.url()).href);
  await untilState(ana, 'checkout-state', 'HELD');
  await ana.page.goBack();
  await untilGrab(ana, 'held');
  await ana.page.goForward();
  await untilState(ana, 'checkout-state', 'HELD');
  await ana.click('checkout-pay');
  await untilState(ana, 'checkout-result', 'PAID');
  await ana.page.goBack();
  await untilGrab(ana, 'paid');
  // Forward again: the shop does not take the money twice.
  await ana.page.goForward();
  await untilState(ana, 'checkout-state', 'PAID');
  expect(ana.problems).toEqual([]);
});

it('[PG94] a sign-in that was taken back is told, and one can go on watching without', async () => {
  const ana = await shop.visit('revoked');
  await ana.say('still here');
  await untilSaid(ana, 'still here');
  // Tokens are of the machine's time, not of the test's.
  await shop.node.core.revocations.revokeUser('revoked', Date.now() + 1000);
  await untilState(ana, 'connection', 'closed', 15_000);
  expect(await ana.page.getByRole('alert').allInnerTexts()).toContainEqual(
    expect.stringMatching(/taken back/),
  );
  await ana.click('as-guest');
  await untilState(ana, 'connection', 'online');
  await untilSaid(ana, 'still here');
  expect(await ana.page.getByTestId('composer-input').count()).toBe(0);
});
