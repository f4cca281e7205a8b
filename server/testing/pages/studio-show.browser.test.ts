import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import type { Person } from './browser.ts';
import { flaws } from './fit.ts';
import { untilState } from './shop.ts';
import { LAPTOP, openStaffRoom, PHONE, type StaffRoom } from './staff.ts';

const harness = new Harness();
const DESKTOP = { width: 1440, height: 900 };
let room: StaffRoom;
let seller: TestClient;

beforeAll(async () => {
  await harness.start();
  room = await openStaffRoom(harness);
  seller = await room.join('seller', 'host');
});
afterEach(async () => {
  await room.closePages();
  for (const { saleId, phase } of await sales()) {
    if (phase !== 'ended') await seller.must('flash-sale:close', { opId: opId(), saleId });
  }
  // Where one runs.
  await seller.call('room:end-session', { opId: opId() });
});
afterAll(() => harness.close());

const sales = () => room.node.core.stores.flashSale.list(room.roomId);
const studio = (size = LAPTOP, query = '') => room.open('studio', 'host', 'host', size, query);
const count = ({ page }: Person, testId: string) => page.getByTestId(testId).count();

async function untilCount(person: Person, testId: string, wanted: number): Promise<void> {
  await eventually(async () => expect([testId, await count(person, testId)]).toEqual([testId, wanted]), {
    withinMs: 10_000,
  });
}
async function untilStock(part: { total?: number; phase?: string }): Promise<void> {
  await eventually(async () => expect((await sales())[0]).toMatchObject(part), { withinMs: 10_000 });
}

describe('the run list', () => {
  it('[PG65] leads from pin to sale, and asks for a long press only where much is added', async () => {
    const host = await studio();
    await untilState(host, 'product-row', 'pin');
    await host.click('product-feature');
    await untilState(host, 'product-row', 'start-sale');
    await host.click('product-sale');
    await host.click('sale-start');
    await untilCount(host, 'scheduled-sale', 1);
    await untilState(host, 'product-row', 'running');
    await host.click('sale-open');
    await untilState(host, 'running-sale', 'well');

    await host.click('sale-restock');
    await untilStock({ total: 30 });
    await host.click('restock-more');
    await host.click('restock-5');
    await untilStock({ total: 35 });
    await host.click('restock-more');
    await host.page.getByTestId('restock-units').fill('500');
    await untilCount(host, 'restock-large', 1);
    // Neither Enter nor a short press adds so many.
    await host.page.getByTestId('restock-units').press('Enter');
    await host.click('restock-large');
    expect((await sales())[0]).toMatchObject({ total: 35 });
    await host.hold('restock-large');
    await untilStock({ total: 535 });

    const endsAtMs = (await sales())[0]?.endsAtMs ?? 0;
    await host.click('extend-more');
    await host.click('extend-5');
    await eventually(async () => expect((await sales())[0]?.endsAtMs).toBe(endsAtMs + 300_000));

    // By keyboard, too: a press of a key says what is wanted, keeping it down does it.
    await host.page.getByTestId('sale-close').focus();
    await host.page.keyboard.press('Enter');
    await eventually(async () => expect(await host.text('sale-close')).toContain('Keep pressed'));
    expect((await sales())[0]).toMatchObject({ phase: 'open' });
    await host.page.keyboard.down('Enter');
    await untilStock({ phase: 'ended' });
    await host.page.keyboard.up('Enter');
    await untilState(host, 'product-row', 'start-sale');
    expect(host.problems).toEqual([]);
  });

  it('[PG65] takes a product off at one press, and puts it back', async () => {
    const host = await studio();
    await untilCount(host, 'product-row', 1);
    await host.click('product-remove');
    await untilCount(host, 'product-row', 0);
    await host.click('product-undo');
    await untilCount(host, 'product-row', 1);
    await untilCount(host, 'product-undo', 0);
    expect(host.problems).toEqual([]);
  });
});

it('[PG137] of several products taken off, each has its way back', async () => {
  const host = await studio();
  for (const [at, title] of ['Wool hat', 'Tea bowl'].entries()) {
    const product = { productId: `extra-${at}`, title, priceMinor: 900, imageUrl: null, description: '' };
    await seller.must('shelf:save-product', { opId: opId(), product });
  }
  await untilCount(host, 'product-row', 3);
  for (const left of [2, 1]) {
    await host.page.getByTestId('product-remove').last().click();
    await untilCount(host, 'product-row', left);
  }
  await untilCount(host, 'removed-bar', 2);
  await host.page
    .getByTestId('removed-bar')
    .filter({ hasText: 'Tea bowl' })
    .getByTestId('product-undo')
    .click();
  await untilCount(host, 'product-row', 2);
  expect(await host.page.getByTestId('product-row').last().textContent()).toContain('Tea bowl');
  await host.page
    .getByTestId('removed-bar')
    .filter({ hasText: 'Wool hat' })
    .getByTestId('product-undo')
    .click();
  await untilCount(host, 'product-row', 3);
  await untilCount(host, 'removed-bar', 0);
  expect(host.problems).toEqual([]);
  for (const productId of ['extra-0', 'extra-1']) {
    await seller.must('shelf:remove-product', { opId: opId(), productId });
  }
});

it('[PG66] a question stands above the chat until it is answered by a reply, or ticked off', async () => {
  const host = await studio();
  const ana = await room.say('ana', 'is it cotton?');
  await room.say('bo', 'lovely');
  await room.say('mei', '有没有黑色的');
  await untilCount(host, 'question', 2);
  expect(await host.text('question')).toContain('is it cotton?');
  await host.click('question-reply');
  await host.say('yes, all of it');
  await untilCount(host, 'question', 1);
  await eventually(() =>
    expect(ana.events('chat:said').at(-1)?.data).toMatchObject({ replyTo: { userId: 'ana' } }),
  );
  await host.click('question-answered');
  await untilCount(host, 'question', 0);
  expect(host.problems).toEqual([]);
});

it('[PG67] the summary opens when the show ends, and any time later from the head', async () => {
  const host = await studio();
  await seller.must('room:start-session', { opId: opId(), title: 'An evening of linen' });
  await untilCount(host, 'session-end', 1);
  await host.hold('session-end');
  await untilState(host, 'report', 'ready');
  expect(await host.text('report')).toContain('An evening of linen');
  await host.page.keyboard.press('Escape');
  await untilCount(host, 'report', 0);
  await host.click('shows-open');
  await host.click('report-open');
  await untilState(host, 'report', 'ready');
  expect(host.problems).toEqual([]);
});

it('[PG69] few units left is told in red wherever the host looks, and a press goes there', async () => {
  const host = await studio(PHONE);
  const sale = await startSale(seller, { stock: 8 });
  for (let i = 0; i < 7; i += 1) {
    const buyer = await room.join(`buyer-${i}`);
    await buyer.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
  }
  await host.click('tab-stage');
  const alarm = host.page.locator('.now-strip').getByTestId('alarm');
  await eventually(async () => expect(await alarm.getAttribute('data-state')).toBe('low'));
  await alarm.click();
  await eventually(async () => expect(await host.page.getByTestId('running-sale').isVisible()).toBe(true));
  expect(await host.state('running-sale')).toBe('low');
  expect(host.problems).toEqual([]);
});

it('[PG69] a co-host is brought on in two steps, and the studio says whether they are on air', async () => {
  const host = await studio();
  const ben = await room.join('ben');
  await host.click('cohost-bring');
  expect(await host.page.getByTestId('cohost-address').inputValue()).toBe(
    `${room.node.url}/studio/${room.roomId}`,
  );
  await host.page.getByTestId('appoint-user').fill('ben');
  await host.click('appoint-go');
  await eventually(() =>
    expect(ben.events('room:role-changed').at(-1)?.data).toMatchObject({ userId: 'ben', role: 'cohost' }),
  );
  await host.page.keyboard.press('Escape');
  const row = host.page.locator('[data-testid="cohost"][data-user="ben"]');
  await eventually(async () => expect(await row.getAttribute('data-state')).toBe('away'));
  expect(host.problems).toEqual([]);
});

describe('a whole show fits', () => {
  it.each([
    ['en', PHONE],
    ['zh-CN', PHONE],
    ['en', LAPTOP],
    ['zh-CN', LAPTOP],
    ['en', DESKTOP],
    ['zh-CN', DESKTOP],
  ] as const)('[PG68] in %s at %o without scrolling the page', async (language, size) => {
    await seller.must('room:start-session', { opId: opId(), title: 'An evening of linen' });
    const sale = await startSale(seller, { stock: 3 });
    const ana = await room.say(
      `ana-${language}-${size.width}`,
      'is the linen shirt washable at forty degrees, and does it shrink?',
    );
    await ana.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
    const host = await studio(size, `?lang=${language}`);
    await untilCount(host, 'running-sale', 1);
    await eventually(async () => expect(await count(host, 'live-order')).toBeGreaterThan(0), {
      withinMs: 10_000,
    });
    if (size === PHONE) {
      // Without a relay on this node nothing is amiss, so that the strip has the sale.
      for (const tab of ['run', 'stage', 'chat', 'orders', 'board']) {
        await host.click(`tab-${tab}`);
        await fits(host, tab);
        expect([tab, await count(host, 'now-sale')]).toEqual([tab, tab === 'run' ? 0 : 1]);
      }
      await host.click('now-sale');
      await eventually(async () =>
        expect(await host.page.getByTestId('running-sale').isVisible()).toBe(true),
      );
      await host.click('product-more');
      await host.page.locator('dialog[open]').waitFor();
      await fits(host, 'more of a product');
      await host.page.keyboard.press('Escape');
    } else {
      await fits(host, 'all');
      await host.click('board-toggle');
      await fits(host, 'with the charts');
      await host.click('cohost-bring');
      await host.page.locator('dialog[open]').waitFor();
      await fits(host, 'bringing a co-host on');
      await host.page.keyboard.press('Escape');
    }
    await host.click('restock-more');
    await host.page.getByTestId('restock-units').fill('99999');
    await fits(host, 'restock');
    expect(host.problems).toEqual([]);
  });
});

it('[PG68] what is below in a column scrolls there; the page goes no further than the window', async () => {
  await seller.must('lottery:announce', {
    ...{ opId: opId(), title: 'A bag', trust: 'operator', conditions: [], repeatMs: 0 },
    prizes: [{ title: 'A cup', valueMinor: 100, count: 1 }],
  });
  await startSale(seller, { stock: 3 });
  const host = await studio({ width: 1280, height: 480 });
  await untilCount(host, 'draw-row', 1);
  await untilCount(host, 'running-sale', 1);
  await fits(host, 'a low window');
  await host.click('product-edit');
  const save = host.page.locator('.sheet-content button[type="submit"]');
  await save.waitFor();
  // What the form is for is in sight, before anything is scrolled.
  const foot = await save.boundingBox();
  expect((foot?.y ?? 480) + (foot?.height ?? 0)).toBeLessThan(480);
  await fits(host, 'its form');
  expect(host.problems).toEqual([]);
});

async function fits({ page }: Person, where: string): Promise<void> {
  const boxes = '.running, .host-row, .studio-panel, .questions li, .sheet-content, .studio-tabs button';
  const presses = '.btn, .icon-btn, .input, summary, .alarm, .now-sale, .studio-tabs button, .questions-more';
  const found = await flaws(page, { boxes, presses });
  const scrolls = await page.evaluate(() => {
    const { scrollHeight, clientHeight } = document.documentElement;
    return scrollHeight > clientHeight + 1;
  });
  expect([where, found, scrolls]).toEqual([where, [], false]);
}
