import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId, TestTime } from '../harness.ts';
import { type Person, untilGrab, untilSaid } from './browser.ts';
import { flaws } from './fit.ts';
import { openShop, type Shop } from './shop.ts';

const harness = new Harness();
let shop: Shop;

beforeAll(async () => {
  await harness.start();
  shop = await openShop(harness, new TestTime(Date.now()));
});
afterEach(() => shop.closePages());
afterAll(() => harness.close());

const SIZES = [
  [320, 568],
  [320, 640],
  [390, 844],
  [844, 390],
  [640, 360],
] as const;

const RULES = {
  boxes: '.flash, .top-bar, .phone-bar, .composer, .composer-row',
  presses: '.btn, .icon-btn, .chip, .composer-input, .composer-names button',
  scrolled: '.play-chips, .composer-names',
};

/** How much of the row's width this has, in parts of one. */
async function share({ page }: Person, of: string): Promise<number> {
  const [row, part] = [
    await page.locator('.phone-bar').boundingBox(),
    await page.locator(of).first().boundingBox(),
  ];
  return (part?.width ?? 0) / (row?.width ?? 1);
}

it('[PG138] whom one answers and the names to mention have the whole row, and all else stays in reach', async () => {
  await shop.host.must('room:start-session', { opId: opId(), title: 'An evening of linen' });
  const sale = await startSale(shop.host, { stock: 9, durationMs: 600_000 });
  const bo = await shop.join('bo');
  await bo.must('chat:say', { opId: opId(), text: 'does the shirt come in a longer cut, for tall people?' });
  const ana = await shop.visit('ana');
  await untilGrab(ana, 'open');
  await ana.click('grab-button');
  await untilGrab(ana, 'held');
  await untilSaid(ana, 'longer cut');
  const fits = async (what: string, of: string) => {
    for (const [width, height] of SIZES) {
      await ana.page.setViewportSize({ width, height });
      await eventually(async () => expect(await ana.page.evaluate(() => innerWidth)).toBe(width));
      const where = `${what}, ${width}×${height}`;
      expect([where, await share(ana, of)]).toEqual([where, 1]);
      expect([where, await flaws(ana.page, RULES)]).toEqual([where, []]);
      expect([where, await ana.page.getByTestId('heart-give').isVisible()]).toEqual([where, true]);
    }
  };
  await ana.page.locator('.chat-said').first().click();
  await ana.page.getByRole('button', { name: 'Reply' }).click();
  await ana.page.locator('.composer-reply').waitFor();
  await fits('replying', '.composer-reply');
  await ana.page.getByRole('button', { name: 'Stop replying' }).click();
  await ana.page.getByTestId('composer-input').pressSequentially('@b');
  await ana.page.locator('.composer-names').waitFor();
  await fits('mentioning', '.composer-names');
  // A press on a name leaves the focus, and so the keyboard, where it is.
  await ana.page.locator('.composer-names button').first().click();
  expect(await ana.page.getByTestId('composer-input').inputValue()).toMatch(/^@bo /i);
  expect(await ana.page.evaluate(() => document.activeElement?.className)).toBe('composer-input');
  expect(ana.problems).toEqual([]);
  await shop.host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
});
