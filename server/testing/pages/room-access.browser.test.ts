import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { axeProblems } from './axe.ts';
import { untilGrab, untilSaid } from './browser.ts';
import { type CommunityRoom, openCommunityRoom } from './community.ts';

const harness = new Harness();
let room: CommunityRoom | undefined;

beforeAll(() => harness.start());
afterEach(() => room?.closePages());
afterAll(() => harness.close());

/** Test id, or else class, of what has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    return element?.dataset.testid ?? element?.className ?? '';
  });

const DESKTOP = { width: 1280, height: 800 };

it.each([undefined, DESKTOP])('[PG87] by keys alone one grabs, speaks, and opens a message', async (size) => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const ana = await visit('ana', size === undefined ? {} : { size });
  const { page } = ana;
  await startSale(host, { stock: 2, opensInMs: 20_000, durationMs: 600_000 });
  await untilGrab(ana, 'before');

  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the deal');
  await page.keyboard.press('Enter');
  expect(await focused(page)).toBe('grab-button');
  // The focus stays on the button while it waits, opens, works and becomes the way to pay.
  room.time.advance(20_000);
  await untilGrab(ana, 'open');
  expect(await focused(page)).toBe('grab-button');
  expect(await page.getByRole('button', { name: 'Grab now' }).count()).toBe(1);
  await page.keyboard.press('Enter');
  await untilGrab(ana, 'held');
  expect(await focused(page)).toBe('grab-button');

  for (let presses = 0; presses < 40 && (await focused(page)) !== 'composer-input'; presses += 1) {
    await page.keyboard.press('Tab');
  }
  expect(await focused(page)).toBe('composer-input');
  for (const words of ['one', 'two']) {
    await page.keyboard.type(words);
    await page.keyboard.press('Enter');
    await untilSaid(ana, words);
  }
  await page.getByTestId('chat-list').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('one');
  await page.keyboard.press('Enter');
  await page.getByTestId('message-menu').waitFor();
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('main') ?? null)).toBeNull();
  }
  await page.keyboard.press('Escape');
  await eventually(async () => expect(await focused(page)).toBe('chat-open'));
  expect(ana.problems).toEqual([]);
});

it('[PG87] a card where the keys are does not fold under them', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const ana = await visit('ana');
  const { page } = ana;
  await page.clock.install();
  await startSale(host, { stock: 2, opensInMs: 3_000_000, durationMs: 600_000 });
  await untilGrab(ana, 'before');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe('stock-proof');
  await page.clock.runFor(8_000);
  expect([await ana.state('flash-card'), await focused(page)]).toEqual(['full', 'stock-proof']);
  await page.locator('.skip-links button').first().focus();
  await page.clock.runFor(8_000);
  await eventually(async () => expect(await ana.state('flash-card')).toBe('compact'));
});

it('[PG87] a message that has the focus and is taken back hands it to the list', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const ana = await visit('ana');
  const { page } = ana;
  for (const words of ['one', 'two']) {
    await ana.say(words);
    await untilSaid(ana, words);
  }
  await page.getByTestId('chat-list').focus();
  await page.keyboard.press('ArrowUp');
  expect(await focused(page)).toBe('chat-open');
  const { snapshot } = await host.must('room:join', { roomId: room.roomId });
  const { messages } = snapshot.chat as { messages: { messageId: string; text: string }[] };
  const messageIds = messages.filter(({ text }) => text === 'two').map(({ messageId }) => messageId);
  await host.must('moderation:delete', { opId: opId(), reason: '', messageIds });
  await eventually(async () => expect(await page.getByTestId('chat-message').count()).toBe(1));
  await eventually(async () => expect(await focused(page)).toBe('chat-list'));
  await page.keyboard.press('ArrowUp');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('one');
});

it('[PG87] everything has a name and a role, and axe finds nothing, in the room and in each sheet', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const ana = await visit('ana');
  const { page } = ana;
  await ana.say('hello');
  await startSale(host, { stock: 2, durationMs: 600_000 });
  await untilGrab(ana, 'open');
  const fine = async (where: string) => {
    // Once what moves has come to rest: half seen, its colours are others.
    await page.evaluate(() =>
      Promise.allSettled(
        document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().endTime) <= 1000)
          .map(({ finished }) => finished),
      ),
    );
    expect([where, await axeProblems(page)]).toEqual([where, []]);
  };
  await fine('room');
  expect(await page.getByRole('log', { name: 'Chat' }).count()).toBe(1);
  expect(await page.getByRole('article', { name: /^Flash sale: / }).count()).toBe(1);
  expect(await page.getByRole('textbox', { name: 'Your message' }).count()).toBe(1);
  expect(await page.getByRole('timer').count()).toBeGreaterThan(0);
  await ana.click('menu-open');
  await page.getByTestId('room-menu').waitFor();
  expect(await page.getByTestId('seller-contact').getAttribute('href')).toBe('mailto:host@example.com');
  await fine('menu');
  await ana.click('menu-history');
  await page.getByTestId('chat-history').waitFor();
  await fine('history');
  await page.keyboard.press('Escape');
  await ana.click('shelf-open');
  await fine('shelf');
  await page.locator('dialog .shelf-open-row').first().click();
  await page.getByTestId('product').waitFor();
  await fine('product');
  await page.keyboard.press('Escape');
  await ana.click('menu-open');
  await page.locator('.room-menu-row button').first().click();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('light');
  await fine('menu in light colours');
  await page.keyboard.press('Escape');
  await page.setViewportSize(DESKTOP);
  await eventually(async () => expect(await page.locator('.wide').count()).toBe(1));
  await fine('wide and light');
});

it('[PG88] away, the page says so at once and in words, dims what may be old, and comes back by itself', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const ana = await visit('ana');
  const { page } = ana;
  await startSale(host, { stock: 2, durationMs: 600_000 });
  await untilGrab(ana, 'open');
  await page.context().setOffline(true);
  await untilGrab(ana, 'offline', 30_000);
  expect(await ana.state('connection')).toBe('offline');
  expect(await ana.text('grab-button')).toBe('Reconnecting…');
  await eventually(async () => expect(await ana.text('connection')).toBe('Back in a moment…'), {
    withinMs: 6_000,
  });
  for (const part of ['.flash .price', '.flash .stock']) {
    const opacity = () =>
      page
        .locator(part)
        .first()
        .evaluate((element) => getComputedStyle(element).opacity);
    await eventually(async () => expect(Number(await opacity())).toBeLessThan(0.6));
  }
  // A press does nothing, and what is said waits.
  await ana.tap('grab-button');
  await ana.say('from the tunnel');
  await eventually(async () => expect(await ana.text('chat-pending')).toContain('from the tunnel'));
  const bo = await harness.join(room.node, room.roomId, { userId: 'bo' });
  await bo.must('chat:say', { opId: opId(), text: 'said meanwhile' });

  await page.context().setOffline(false);
  await untilGrab(ana, 'open', 20_000);
  expect(await ana.text('connection')).toBe('');
  await untilSaid(ana, 'said meanwhile');
  await untilSaid(ana, 'from the tunnel');
  await ana.click('grab-button');
  await untilGrab(ana, 'held');
});
