import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId, type TestNode } from '../harness.ts';
import type { StandaloneRedis } from '../test-redis.ts';
import { openBrowser, type Person } from './browser.ts';
import { type CommunityRoom, openCommunityRoom } from './community.ts';
import { flaws } from './fit.ts';

const harness = new Harness<StandaloneRedis>({ topology: 'standalone', appendonly: true });
let room: CommunityRoom;
const others: Person[] = [];

beforeAll(async () => {
  await harness.start();
  room = await openCommunityRoom(harness);
});
afterEach(async () => {
  await room.closePages();
  for (const person of others.splice(0)) await person.close();
});
afterAll(() => harness.close());

const PHONE = { width: 390, height: 844 };
const RULES = {
  boxes: '.sheet-content, .report-form, .room-menu, .product-sheet',
  presses: '.btn, .icon-btn, .report-reason, .report-product, .room-menu button, .room-menu summary',
};

const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid ?? '');
const dialogs = (page: Page) => page.locator('dialog[open]').count();

async function openMenu({ page }: Person): Promise<void> {
  await page.getByTestId('menu-open').click();
  await page.getByTestId('room-menu').waitFor();
  await page.locator('.room-menu-report summary').click();
}

async function openForm(person: Person): Promise<void> {
  await openMenu(person);
  await person.click('report-seller');
  await person.page.getByTestId('report-form').waitFor();
}

async function openProduct(person: Person, isWide: boolean): Promise<void> {
  if (!isWide) await person.click('shelf-open');
  await person.page.locator('button[data-product-id], [data-product-id] button').first().click();
  await person.page.getByTestId('report-product').waitFor();
}

const untilStep = (person: Person, step: string) =>
  eventually(async () => expect(await person.state('report-form')).toBe(step), {
    withinMs: 25_000,
    everyMs: 50,
  });

const reports = async ({ core }: TestNode) =>
  (await core.stores.sellerReports.reader.page(room.roomId, 'open', { limit: 100 })).reports;

describe('reporting the seller', () => {
  it('[PG113] by keys alone: what is missing is said, what is sent arrives, and one is back where one was', async () => {
    const ana = await room.visit('ana');
    const { page } = ana;
    await openMenu(ana);
    await page.getByTestId('report-seller').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('report-form').waitFor();
    expect(await page.getByRole('dialog', { name: 'Report the seller' }).count()).toBe(1);

    await page.getByTestId('report-send').press('Enter');
    await untilStep(ana, 'refused');
    expect(await page.getByRole('alert').filter({ hasText: 'Choose what fits best.' }).count()).toBe(1);
    await eventually(async () => expect(await focused(page)).toBe('report-reason-misleading'));
    for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('ArrowDown');
    expect(await page.getByTestId('report-reason-other').isChecked()).toBe(true);
    await page.getByTestId('report-send').press('Enter');
    await eventually(async () => expect(await focused(page)).toBe('report-text'));
    await page.keyboard.type('They asked me to pay elsewhere.');

    // Closed by mistake: nothing of it is lost.
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await dialogs(page)).toBe(1));
    expect(await focused(page)).toBe('report-seller');
    await page.keyboard.press('Enter');
    expect(await page.getByTestId('report-text').inputValue()).toBe('They asked me to pay elsewhere.');
    await page.getByTestId('report-send').press('Enter');
    await untilStep(ana, 'sent');
    expect(await reports(room.node)).toMatchObject([
      { userId: 'ana', reason: 'other', text: 'They asked me to pay elsewhere.', product: null },
    ]);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Thank you');
    await ana.click('report-done');
    await eventually(async () => expect(await focused(page)).toBe('report-seller'));
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await dialogs(page)).toBe(0));

    // Once more: one open report, with the new words.
    await openForm(ana);
    expect(await page.getByTestId('report-text').inputValue()).toBe('');
    await page.getByTestId('report-reason-scam').check();
    await ana.click('report-send');
    await untilStep(ana, 'sent');
    expect(await ana.text('report-form')).toContain('You had reported this before.');
    expect((await reports(room.node)).filter(({ userId }) => userId === 'ana')).toMatchObject([
      { reason: 'scam', text: '' },
    ]);
    expect(ana.problems).toEqual([]);
  });

  it('[PG113] a product that goes while one writes: the words stay, and can be about the seller', async () => {
    const bo = await room.visit('bo');
    const product = {
      ...{ productId: 'p9', title: 'A watch', description: '', imageUrl: null },
      priceMinor: 100,
    };
    await room.host.must('shelf:save-product', { opId: opId(), product });
    await bo.click('shelf-open');
    await bo.page.getByText('A watch').first().click();
    await bo.click('report-product');
    await bo.page.getByTestId('report-reason-counterfeit').check();
    await bo.page.getByTestId('report-text').fill('the dial is printed');
    await room.host.must('shelf:remove-product', { opId: opId(), productId: 'p9' });
    await eventually(async () => expect(await bo.text('product')).toContain('took this product off'));
    await bo.click('report-send');
    await untilStep(bo, 'refused');
    expect(await bo.text('report-problem')).toBe('That product is no longer on the shelf.');
    await bo.click('report-seller-instead');
    expect(await bo.page.getByTestId('report-text').inputValue()).toBe('the dial is printed');
    await bo.click('report-send');
    await untilStep(bo, 'sent');
    expect((await reports(room.node)).find(({ userId }) => userId === 'bo')).toMatchObject({
      ...{ reason: 'counterfeit', text: 'the dial is printed', product: null },
    });
  });

  it('[PG113] a guest is led to sign in, and is back at the form', async () => {
    const guest = await openBrowser(PHONE);
    others.push(guest);
    await guest.page.goto(`${room.node.url}/r/${room.roomId}`);
    await eventually(async () => expect(await guest.state('connection')).toBe('online'), {
      withinMs: 15_000,
    });
    await openMenu(guest);
    await guest.click('report-seller');
    await guest.page.getByTestId('report-guest').waitFor();
    expect(await flaws(guest.page, RULES)).toEqual([]);
    await guest.page.getByTestId('sign-in-name').fill('Mei');
    await guest.click('sign-in-submit');
    await untilStep(guest, 'asked');
    await guest.page.getByTestId('report-reason-scam').check();
    await guest.click('report-send');
    await untilStep(guest, 'sent');
    expect((await reports(room.node)).map(({ name }) => name)).toContain('Mei');
  });

  it.each([
    ['en', 320, 640],
    ['en', 390, 844],
    ['en', 1280, 800],
    ['zh-CN', 390, 844],
    ['zh-CN', 1280, 800],
    ['zh-TW', 320, 640],
  ] as const)('[PG113] in %s at %i×%i all of it fits', async (language, width, height) => {
    const size = { width, height };
    const cy = await room.visit(`cy-${language}-${width}`, { size, query: `?lang=${language}` });
    const { page } = cy;
    const fits = async (where: string) => expect([where, await flaws(page, RULES)]).toEqual([where, []]);
    await openMenu(cy);
    await fits('menu');
    await cy.click('report-seller');
    await untilStep(cy, 'asked');
    await fits('asked');
    await cy.click('report-send');
    await untilStep(cy, 'refused');
    await fits('no reason');
    await page.getByTestId('report-reason-other').check();
    await cy.click('report-send');
    await untilStep(cy, 'refused');
    await fits('no words');
    await page.getByTestId('report-text').fill('x'.repeat(500));
    await cy.click('report-send');
    await untilStep(cy, 'sent');
    await fits('sent');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await dialogs(page)).toBe(0));
    await openProduct(cy, width > 960);
    await fits('product');
    await cy.click('report-product');
    await untilStep(cy, 'asked');
    await fits('about a product');
    expect(cy.problems).toEqual([]);
  });

  it('[PG113] while Redis is away it says so, and what was typed can go out once it is back', async () => {
    const di = await room.visit('di');
    const { page } = di;
    await openForm(di);
    await page.getByTestId('report-reason-scam').check();
    await page.getByTestId('report-text').fill('sent nothing');
    await harness.redis.kill();
    await di.click('report-send');
    await untilStep(di, 'refused');
    expect(await di.text('report-problem')).toMatch(/out of reach|No answer came/);
    expect(await page.getByTestId('report-text').inputValue()).toBe('sent nothing');
    await harness.redis.restart();
    await eventually(
      async () => {
        if ((await di.state('report-form')) === 'refused') await di.click('report-send');
        expect(await di.state('report-form')).toBe('sent');
      },
      { withinMs: 60_000, everyMs: 200 },
    );
    expect((await reports(room.node)).find(({ userId }) => userId === 'di')).toMatchObject({
      text: 'sent nothing',
    });
  }, 120_000);

  it('[PG113] offline it waits, says so, and goes out once one is back', async () => {
    const el = await room.visit('el');
    const { page } = el;
    await openForm(el);
    await page.getByTestId('report-reason-scam').check();
    await page.context().setOffline(true);
    await eventually(async () => expect(await el.state('connection')).toBe('offline'), { withinMs: 30_000 });
    await el.click('report-send');
    await eventually(async () => expect(await el.text('report-form')).toContain('You are offline.'));
    expect(await el.state('report-form')).toBe('sending');
    await page.context().setOffline(false);
    await untilStep(el, 'sent');
  }, 120_000);
});
