import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { grab, startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId, TestTime } from '../harness.ts';
import { atRest } from './axe.ts';
import { untilGrab } from './browser.ts';
import { openShop, type Shop, untilState } from './shop.ts';

const harness = new Harness();
const time = new TestTime(Date.now());
let shop: Shop;

beforeAll(async () => {
  await harness.start();
  shop = await openShop(harness, time);
});
afterEach(async () => {
  await shop.closePages();
  for (const sale of await shop.node.core.stores.flashSale.list(shop.roomId)) {
    if (sale.phase !== 'ended')
      await shop.host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
  }
});
afterAll(() => harness.close());

describe('from grab to paid', () => {
  it('[PG7] [PG9] [PG13] [PG15] pays beside the open room, which says so within a second, on every device', async () => {
    const ana = await shop.visit('ana');
    const laptop = await shop.visit('ana', { width: 1280, height: 800 });
    await startSale(shop.host, { stock: 3, guard: 'token' });
    await untilGrab(ana, 'open');
    await ana.click('grab-button');
    await untilGrab(ana, 'held');
    await untilGrab(laptop, 'held');
    await eventually(async () =>
      expect(await ana.page.getByTestId('grab-button').getAttribute('href')).toContain('/checkout?ref='),
    );

    const checkout = await ana.clickBeside('grab-button');
    await untilState(checkout, 'checkout-state', 'HELD');
    expect(await checkout.text('checkout-amount')).toBe('¥59');
    await checkout.click('checkout-fail');
    await untilState(checkout, 'checkout-result', 'FAILED');
    expect(await ana.state('grab-button')).toBe('held');

    await checkout.click('checkout-pay');
    await untilGrab(ana, 'paid', 1_000);
    await untilGrab(laptop, 'paid', 1_000);
    await untilState(checkout, 'checkout-result', 'PAID');
    await checkout.click('checkout-twice');
    await untilState(checkout, 'checkout-result', 'PAID_ALREADY');
    expect(await shop.node.core.stores.flashSale.list(shop.roomId)).toMatchObject([{ held: 0, sold: 1 }]);
    expect(checkout.problems).toEqual([]);
    await checkout.close();

    // The news leaves the line free where a video has its sound turned on.
    await atRest(ana.page);
    const top = async (part: string) => (await ana.page.locator(part).boundingBox())?.y ?? Number.NaN;
    expect(await top('.order-news')).toBeGreaterThanOrEqual((await top('.phone-note')) + 44);
    for (const device of [ana, laptop]) {
      expect(await device.state('order-news')).toBe('paid');
      await device.click('orders-open');
      await untilState(device, 'order', 'PAID');
    }
    await ana.page.getByTestId('receipt').locator('summary').click();
    await ana.click('receipt-verify');
    await untilState(ana, 'receipt-result', 'genuine');
    await ana.click('proof-open');
    await untilState(ana, 'proof', 'agrees');
    expect(await ana.text('proof-sold')).toBe('1 of 3 sold');
    expect([...ana.problems, ...laptop.problems]).toEqual([]);
  });

  it('[PG8] [PG9] a payment after the hold, with nothing left, is a refund on its way', async () => {
    const bo = await shop.visit('bo');
    const laptop = await shop.visit('bo', { width: 1280, height: 800 });
    const sale = await startSale(shop.host, { stock: 1, holdMs: 30_000 });
    await untilGrab(bo, 'open');
    await bo.click('grab-button');
    await untilGrab(bo, 'held');
    const checkout = await bo.clickBeside('grab-button');
    await untilState(checkout, 'checkout-state', 'HELD');

    await checkout.page.clock.install();
    await checkout.click('checkout-late');
    await checkout.page.getByTestId('late-waiting').waitFor();

    time.advance(31_000);
    await untilGrab(bo, 'open');
    const cara = await shop.join('cara');
    expect(await grab(cara, sale.saleId)).toMatchObject({ ok: true });
    await untilGrab(bo, 'sold-out');

    await checkout.page.clock.fastForward(34_000);
    await untilState(checkout, 'checkout-result', 'REFUND_REQUIRED');
    for (const device of [bo, laptop]) {
      await untilState(device, 'order-news', 'refund-coming', 1_000);
      expect(await device.text('flash-note')).toContain('refund is on its way');
      await device.click('orders-open');
      await untilState(device, 'order', 'REFUND_REQUIRED');
      expect(await device.text('order-note')).toContain('refund is on its way');
    }
    expect([...bo.problems, ...laptop.problems, ...checkout.problems]).toEqual([]);
  });
});

describe('a race', () => {
  it('[PG13] [PG16] leaves the loser with a receipt of the refusal, which verifies', async () => {
    const [ida, jon] = await Promise.all([shop.visit('ida'), shop.visit('jon')]);
    await startSale(shop.host, { stock: 1, guard: 'work' });
    for (const person of [ida, jon]) await untilGrab(person, 'open');
    await Promise.all([ida.tap('grab-button'), jon.tap('grab-button')]);
    const loser = await eventually(async () => {
      const states = [await ida.state('grab-button'), await jon.state('grab-button')];
      expect([...states].sort()).toEqual(['held', 'sold-out']);
      return states[0] === 'held' ? jon : ida;
    });
    expect(await loser.text('flash-note')).toContain('Just missed it');
    await loser.click('orders-open');
    await loser.page.getByTestId('receipt').locator('summary').click();
    await loser.click('receipt-verify');
    await untilState(loser, 'receipt-result', 'genuine');
    expect(await loser.text('receipt')).toContain('Refused: Just missed it');

    // Kept over a reload, and forged by one digit it no longer verifies.
    await loser.page.evaluate(() => {
      const key = Object.keys(localStorage).find((each) => each.startsWith('livestall:receipts:')) ?? '';
      const [receipt] = JSON.parse(localStorage.getItem(key) ?? '[]') as { seq: number }[];
      localStorage.setItem(key, JSON.stringify([{ ...receipt, seq: (receipt?.seq ?? 0) + 1 }]));
    });
    await loser.page.reload();
    await untilState(loser, 'connection', 'online');
    await loser.click('orders-open');
    await loser.page.getByTestId('receipt').locator('summary').click();
    await loser.click('receipt-verify');
    await untilState(loser, 'receipt-result', 'forged');
    expect([...ida.problems, ...jon.problems]).toEqual([]);
  });
});

describe('the line', () => {
  it('[PG10] [PG13] gives what comes back to the first in line, with the time left', async () => {
    const sale = await startSale(shop.host, { stock: 1 });
    const dan = await shop.visit('dan');
    await untilGrab(dan, 'open');
    await dan.click('grab-button');
    await untilGrab(dan, 'held');

    const [eve, fay] = await Promise.all([shop.visit('eve'), shop.visit('fay')]);
    for (const person of [eve, fay]) {
      await untilGrab(person, 'sold-out');
      await person.click('grab-button');
      await untilGrab(person, 'waiting');
    }
    const place = async (person: typeof eve) =>
      Number(await person.page.getByTestId('line-position').getAttribute('data-position'));
    expect([await place(eve), await place(fay)]).toEqual([1, 2]);
    expect(await fay.text('line-position')).toBe('2nd in line');

    // Dan gives it back: it is Eve's for a minute, and Fay is next.
    await dan.click('orders-open');
    await dan.hold('order-release');
    await untilGrab(eve, 'offered');
    expect(await eve.text('hold-countdown')).toMatch(/00:[345]\d|01:00/);
    expect(await eve.state('order-news')).toBe('offered');
    await eventually(async () => expect(await place(fay)).toBe(1));
    await untilState(dan, 'order', 'RELEASED');

    // Eve lets it pass: it is Fay's, who pays.
    time.advance(61_000);
    await untilGrab(fay, 'offered');
    await untilGrab(eve, 'sold-out');
    await eventually(async () =>
      expect(await fay.page.getByTestId('grab-button').getAttribute('href')).toContain('/checkout?ref='),
    );
    const checkout = await fay.clickBeside('grab-button');
    await checkout.click('checkout-pay');
    await untilGrab(fay, 'paid', 2_000);
    expect(
      (await shop.node.core.stores.flashSale.list(shop.roomId)).find(({ saleId }) => saleId === sale.saleId),
    ).toMatchObject({
      available: 0,
      held: 0,
      sold: 1,
      waiting: 0,
    });
    expect([...dan.problems, ...eve.problems, ...fay.problems]).toEqual([]);
  });

  it('[PG10] can be left', async () => {
    const sale = await startSale(shop.host, { stock: 1 });
    expect(await grab(await shop.join('gil'), sale.saleId)).toMatchObject({ ok: true });
    const hal = await shop.visit('hal');
    await untilGrab(hal, 'sold-out');
    await hal.click('grab-button');
    await untilGrab(hal, 'waiting');
    await hal.click('grab-button');
    await untilGrab(hal, 'sold-out');
    expect(hal.problems).toEqual([]);
  });
});
