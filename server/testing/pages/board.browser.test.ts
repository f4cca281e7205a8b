import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ShowReport } from '../../../shared/plays/show/contract.ts';
import type { Order } from '../../../shared/trade/order.ts';
import { paymentOf, take } from '../../trade/testing/stage.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { axeProblems } from './axe.ts';
import type { Person } from './browser.ts';
import { misfits } from './fit.ts';
import { openStaffRoom, type StaffRoom } from './staff.ts';

const harness = new Harness();
let room: StaffRoom | undefined;

beforeAll(() => harness.start());
afterEach(() => room?.closePages());
afterAll(() => harness.close());

const DESKTOP = { width: 1440, height: 1000 };
const PRICE_MINOR = 5_990;
const SOON = { withinMs: 15_000, everyMs: 100 };

/** A show that runs, with a sale. */
async function openShow(title = 'An evening of linen') {
  const opened = await openStaffRoom(harness);
  room = opened;
  const { node, roomId } = opened;
  const shop = () => ({ actor: '@shop', opId: opId(), fingerprint: '' });
  const host = await opened.join('host', 'host');
  const { flashSale, order: orders } = node.core.stores;
  const scheduled = await flashSale.schedule(roomId, shop(), opId(), {
    ...{ productId: 'p1', priceMinor: PRICE_MINOR, compareAtMinor: null, compareAtBasis: null, stock: 100 },
    ...{ opensInMs: 0, durationMs: 3_600_000, limitPerBuyer: 10, holdMs: 600_000, guard: 'none' },
    ...{ earlyLevel: 0, earlyMs: 0 },
  });
  if (!scheduled.ok) throw new Error(scheduled.code);
  const { saleId } = scheduled.data;
  await eventually(async () => expect((await flashSale.read(roomId, saleId))?.phase).toBe('open'));
  return {
    ...{ opened, node, roomId, host, saleId },
    start: () => host.must('room:start-session', { opId: opId(), title }),
    end: () => host.must('room:end-session', { opId: opId() }),
    buyer: (userId: string) => opened.join(userId),
    grab: (client: TestClient, quantity = 1) => take(client, saleId, quantity),
    pay: (order: Order) => orders.pay(roomId, shop(), order.orderId, paymentOf(order)),
    cancel: ({ orderId }: Order) =>
      orders.cancel(roomId, shop(), orderId, { reason: 'out', returnUnits: true }),
    studio: (size = DESKTOP, query = '') => opened.open('studio', 'host', 'host', size, query),
  };
}

const untilText = (person: Person, testId: string, text: string) =>
  eventually(async () => expect(await person.text(testId)).toContain(text), SOON);
const states = (person: Person) =>
  person.page
    .getByTestId('live-order')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-state')));
const hasPlots = (person: Person) =>
  eventually(
    async () => expect(await person.page.locator('[data-testid="show-board"] canvas').count()).toBe(4),
    SOON,
  );

it('[PG60] the board and the orders follow the show', async () => {
  const show = await openShow();
  const host = await show.studio();
  await eventually(async () => expect(await host.text('live-orders')).toContain('No orders yet'), SOON);
  await show.start();
  const [ana, bo] = [await show.buyer('ana'), await show.buyer('bo')];
  await ana.must('chat:say', { opId: opId(), text: 'is it cotton?' });
  const first = await show.grab(ana, 2);
  await untilText(host, 'live-order', 'ana');
  await show.pay(first);
  const second = await show.grab(bo);
  await eventually(async () => expect(await states(host)).toEqual(['HELD', 'PAID']), SOON);
  expect(await host.text('live-order-left')).toMatch(/^0?\d:\d\d|10:00$/);

  await eventually(async () => {
    expect(await host.text('sum-revenueMinor')).toContain('¥119.80');
    expect(await host.text('sum-paidOrders')).toContain('1 of 2');
    expect(await host.text('sum-buyers')).toContain('1');
    expect(await host.text('chart-units-said')).toBe('In 10 minutes: 2 grabs, 3 units held, 2 paid.');
    expect(await host.text('chart-revenue-said')).toBe('Revenue: ¥119.80 in 10 minutes.');
    expect(await host.text('chart-revenue')).toMatch(/Conversion (50|33\.3)%/);
    expect(await host.text('chart-chat-said')).toContain('Chat: 1 messages in the last minute');
    expect(await host.text('chart-viewers-said')).toMatch(/^Viewers: [1-9] now/);
  }, SOON);

  // A payment after the hold was given back, with the units sold to others, wants a refund.
  await show.cancel(first);
  await bo.must('order:release', { opId: opId(), orderId: second.orderId });
  await eventually(async () => expect(await states(host)).toEqual(['RELEASED', 'CANCELLED']), SOON);
  const rest = await show.node.core.stores.flashSale.read(show.roomId, show.saleId);
  for (let left = rest?.available ?? 0, i = 0; left > 0; left -= 10, i += 1) {
    await show.grab(await show.buyer(`u${i}`), Math.min(10, left));
  }
  await show.pay(second);
  await eventually(async () => expect((await states(host))[0]).toBe('REFUND_REQUIRED'), SOON);
  expect(await host.text('live-order-state')).toContain('Refund it');
  await eventually(async () => expect(await host.text('orders-news')).toMatch(/new orders?/), SOON);
  expect(host.problems).toEqual([]);
});

it('[PG61] four curves that stay, are told in words, and are read by pointing', async () => {
  const show = await openShow();
  await show.start();
  const host = await show.studio();
  await hasPlots(host);
  const { page } = host;
  await page.locator('[data-testid="show-board"] canvas').evaluateAll((all) => {
    for (const canvas of all) (canvas as HTMLElement).dataset.kept = 'yes';
  });
  const kept = () => page.locator('[data-testid="show-board"] canvas[data-kept="yes"]').count();
  const ana = await show.buyer('ana');
  const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
  const picture = () =>
    page
      .locator('[data-testid="chart-units"] canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const empty = await picture();
  const before = await nodes();
  await show.grab(ana, 4);
  await untilText(host, 'chart-units-said', '4 units held');
  expect(await picture()).not.toBe(empty);
  for (const text of ['one', 'two', 'three']) {
    await ana.must('chat:say', { opId: opId(), text });
    await untilText(host, 'chart-chat-said', text === 'one' ? '1 messages' : text === 'two' ? '2' : '3');
  }
  expect(await kept()).toBe(4);
  // An order and three lines of chat came; curves leave nothing behind.
  expect((await nodes()) - before).toBeLessThan(120);

  const over = page.locator('[data-testid="chart-viewers"] .u-over');
  await over.hover({ position: { x: 20, y: 30 } });
  const noteOf = async (name: string) =>
    (await host.text(`chart-${name}`)).match(/\d\d:\d\d10 min before/)?.[0];
  await eventually(async () => expect(await noteOf('viewers')).toBeDefined(), SOON);
  const minute = await noteOf('viewers');
  expect(await Promise.all(['chat', 'units', 'revenue'].map(noteOf))).toEqual([minute, minute, minute]);
  await page.mouse.move(2, 2);
  await eventually(async () => expect(await noteOf('units')).toBeUndefined(), SOON);
  await over.dispatchEvent('pointerdown', {
    pointerType: 'touch',
    clientX: 400,
    clientY: 400,
    bubbles: true,
  });
  await eventually(async () => expect(await noteOf('revenue')).toBeDefined(), SOON);

  await page.evaluate(() => {
    document.documentElement.dataset.theme = 'light';
  });
  const light = await picture();
  await page.evaluate(() => {
    document.documentElement.dataset.theme = 'dark';
  });
  await eventually(async () => expect(await picture()).not.toBe(light), SOON);
  const inStyles = () => page.locator('style').count();
  expect([await kept(), await inStyles(), host.problems]).toEqual([4, 0, []]);
});

it('[PG62] without news the board says since when, and goes on by itself', async () => {
  const show = await openShow();
  await show.start();
  const host = await show.studio();
  await eventually(async () => expect(await host.state('show-board')).toBe('fresh'), SOON);
  const ana = await show.buyer('ana');
  await show.pay(await show.grab(ana));
  await untilText(host, 'sum-revenueMinor', '¥59.90');
  await host.page.context().setOffline(true);
  await host.page.evaluate(() => dispatchEvent(new Event('offline')));
  await eventually(async () => expect(await host.state('show-board')).toBe('stale'), { withinMs: 40_000 });
  expect(await host.text('board-news')).toMatch(/^No news since \d\d:\d\d\./);
  expect(await host.text('sum-revenueMinor')).toContain('¥59.90');
  await show.pay(await show.grab(ana));
  await host.page.context().setOffline(false);
  await eventually(async () => expect(await host.state('show-board')).toBe('fresh'), { withinMs: 40_000 });
  await untilText(host, 'sum-revenueMinor', '¥119.80');
  expect(await host.text('board-news')).toBe('');
});

it('[PG63] the report of a show that is over can be read, saved and printed', async () => {
  const show = await openShow('亚麻之夜 <b>"1"</b>');
  await show.start();
  const host = await show.studio();
  const ana = await show.buyer('ana');
  const [first, second] = [await show.grab(ana, 2), await show.grab(ana)];
  await show.pay(first);
  await untilText(host, 'sum-paidOrders', '1 of 2');
  await show.end();
  await eventually(async () => expect(await host.state('report')).toBe('ready'), SOON);
  const figures = await host.text('report-figures');
  expect(figures).toContain('¥119.80');
  expect(figures).toContain('of 2');
  expect(await host.text('report')).toContain('亚麻之夜 <b>"1"</b>');
  expect(await host.text('report-sales')).toContain('Linen shirt');
  expect(await host.text('report-funnel')).toContain('50% of the orders');

  const save = async (testId: string) => {
    const [download] = await Promise.all([host.page.waitForEvent('download'), host.click(testId)]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };
  const csv = await save('export-orders');
  expect(csv.name).toMatch(/^orders 亚麻之夜 b 1 b \d{4}-\d\d-\d\d\.csv$/);
  expect(csv.text.startsWith('\ufeffNo.,Order ID,State,')).toBe(true);
  const rows = csv.text.trimEnd().split('\r\n').slice(1);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toContain(
    `1,${first.orderId},Paid,Grab,ana,ana,Linen shirt,${show.saleId},2,59.9,119.8,CNY,`,
  );
  expect(rows[1]).toContain(`2,${second.orderId},Held,`);
  await untilText(host, 'export-status', '2 orders saved.');
  const json = await save('export-report');
  const report = JSON.parse(json.text) as ShowReport;
  expect(report).toMatchObject({
    currency: 'CNY',
    totals: { orders: 2, paidUnits: 2, revenueMinor: 11_980 },
  });

  await host.page.emulateMedia({ media: 'print' });
  const printed = await host.page.evaluate(() => {
    const isSeen = (element: Element) => element.getClientRects().length > 0;
    const report = document.querySelector('.report');
    return {
      foreign: [...document.querySelectorAll('button, .staff-head, .run-list, .studio-chat')]
        .filter(isSeen)
        .map((element) => element.className),
      isWhole: report !== null && report.scrollHeight <= document.documentElement.scrollHeight,
      width: report?.getBoundingClientRect().width ?? 0,
    };
  });
  expect(printed).toEqual({ foreign: [], isWhole: true, width: expect.closeTo(DESKTOP.width, -2) });
  await host.page.emulateMedia({ media: 'screen' });

  // It is there later, too.
  await host.page.keyboard.press('Escape');
  await host.click('shows-open');
  await host.click('report-open');
  await eventually(async () => expect(await host.state('report')).toBe('ready'), SOON);
  expect(host.problems).toEqual([]);
});

const FIT = {
  boxes:
    '.show-board, .chart, .chart-figure, .chart-note, .sums, .live-orders, .report, .report-figures, .funnel, .report-list',
  presses:
    '.show-board :is(button, summary, a), .live-orders :is(button, a), .report :is(button, a), .report-list button',
  scrolled: '.table-scroll',
};

it.each([
  ['en', 320, 640, 'light'],
  ['en', 390, 844, 'dark'],
  ['zh-CN', 390, 844, 'light'],
  ['zh-TW', 1440, 1000, 'dark'],
  ['en', 1440, 1000, 'light'],
] as const)(
  '[PG64] in %s at %i×%i, %s, board, orders and report fit',
  async (language, width, height, theme) => {
    const show = await openShow('A show with a title that is as long as a title can get, more or less');
    const host = await show.studio({ width, height }, `?lang=${language}`);
    await host.page.evaluate((value) => {
      document.documentElement.dataset.theme = value;
    }, theme);
    const isPhone = width < 700;
    const open = async (tab: 'orders' | 'board') => (isPhone ? host.click(`tab-${tab}`) : undefined);
    const fits = async (where: string) => {
      expect([where, await misfits(host.page, FIT)]).toEqual([where, []]);
      expect([where, await axeProblems(host.page)]).toEqual([where, []]);
    };
    await open('board');
    await eventually(async () => expect(await host.state('show-board')).toBe('fresh'), SOON);
    await fits('a board before the first show');
    await show.start();
    const ana = await show.buyer('ana');
    await show.pay(await show.grab(ana, 7));
    await show.grab(ana);
    await hasPlots(host);
    await eventually(async () => expect(await host.text('sum-revenueMinor')).toContain('419.3'), SOON);
    await host.page.locator('.board-table summary').click();
    await fits('the board');
    await open('orders');
    await eventually(async () => expect(await states(host)).toHaveLength(2), SOON);
    await fits('the orders');
    await show.end();
    await eventually(async () => expect(await host.state('report')).toBe('ready'), SOON);
    await fits('the report');
  },
);
