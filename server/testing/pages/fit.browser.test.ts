import { afterAll, beforeAll, expect, it } from 'vitest';
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
afterAll(async () => {
  await shop.closePages();
  await harness.close();
});

const RULES = {
  boxes: '.flash, .order, .checkout-card, .sheet-content, .standing, .running',
  presses: '.btn, .icon-btn, .trial, .proof-open, summary',
};

async function fits(person: Person, where: string): Promise<void> {
  expect([where, await flaws(person.page, RULES)]).toEqual([where, []]);
}

it.each([
  ['en', 390, 844],
  ['zh-CN', 390, 844],
  ['en', 1280, 800],
  ['zh-CN', 1280, 800],
] as const)(
  '[PG14] in %s at %i×%i everything from grab to paid fits, and the studio',
  async (language, width, height) => {
    const title =
      language === 'en'
        ? 'Linen shirt, stone washed, with a long name'
        : '石洗亚麻长袖衬衫（名字很长的商品）';
    const saved = { productId: 'p1', title, description: '', imageUrl: null, priceMinor: 12_345_600 };
    await shop.host.must('shelf:save-product', { opId: opId(), product: saved });
    const buyer = await shop.visit(`buyer-${language}-${width}`, { width, height }, `?lang=${language}`);
    const sale = await startSale(shop.host, { stock: 2, holdMs: 120_000 });
    await untilGrab(buyer, 'open');
    await fits(buyer, 'open');
    await buyer.click('grab-button');
    await untilGrab(buyer, 'held');
    await fits(buyer, 'held');
    await buyer.click('orders-open');
    await untilState(buyer, 'order', 'HELD');
    await buyer.page.getByTestId('receipt').locator('summary').click();
    await fits(buyer, 'orders');
    await buyer.page.keyboard.press('Escape');

    const checkout = await buyer.clickBeside('grab-button');
    await checkout.page.setViewportSize({ width, height });
    await untilState(checkout, 'checkout-state', 'HELD');
    expect(await checkout.page.locator('html').getAttribute('lang')).toBe(language);
    await fits(checkout, 'checkout');
    await checkout.click('checkout-pay');
    await untilState(checkout, 'checkout-result', 'PAID');
    await fits(checkout, 'checkout, paid');
    await checkout.close();
    await untilGrab(buyer, 'paid');
    await fits(buyer, 'paid');

    const other = await shop.join(`other-${language}-${width}`);
    await other.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
    const late = await shop.visit(`late-${language}-${width}`, { width, height }, `?lang=${language}`);
    await untilGrab(late, 'sold-out');
    await fits(late, 'sold out');
    await late.click('grab-button');
    await untilGrab(late, 'waiting');
    await fits(late, 'in line');
    const studio = await shop.studio({ width, height }, `?lang=${language}`);
    await eventually(async () => expect(await studio.text('figure-waiting')).toBe('1'));
    await fits(studio, 'studio');
    await shop.host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
    await shop.closePages();
  },
);
