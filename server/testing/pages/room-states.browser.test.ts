import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import type { Person } from './browser.ts';
import { flaws } from './fit.ts';
import { openStaffRoom, type StaffRoom } from './staff.ts';

const harness = new Harness();
const NARROW = { width: 320, height: 640 };
const LANGUAGES = ['en', 'zh-CN', 'zh-TW'];
let room: StaffRoom;
let host: TestClient;

beforeAll(async () => {
  await harness.start();
  room = await openStaffRoom(harness);
  host = await room.join('host', 'host');
});
afterEach(() => room.closePages());
afterAll(() => harness.close());

const untilState = (person: Person, testId: string, state: string) =>
  eventually(async () => expect(await person.state(testId).catch(() => null)).toBe(state), {
    withinMs: 15_000,
  });

/** Whether all of an element's text is in sight, by test id. */
const isWhole = ({ page }: Person, testId: string) =>
  page.getByTestId(testId).evaluate((element) => {
    const box = element.getBoundingClientRect();
    const around = element.closest('.host-pill')?.getBoundingClientRect() ?? box;
    const isCut = (each: Element | null) => each !== null && each.scrollWidth > each.clientWidth + 1;
    return !isCut(element.parentElement) && box.right <= around.right && box.bottom <= around.bottom;
  });

it.each(LANGUAGES)('[PG120] in %s a show that is over is over after a reload, too', async (language) => {
  await host.must('room:start-session', { opId: opId(), title: 'Linen, first look' });
  const ana = await room.open('r', 'ana', 'viewer', NARROW, `?lang=${language}`);
  await eventually(async () => expect(await ana.page.getByTestId('stage-note').count()).toBe(0));
  await host.must('room:end-session', { opId: opId() });
  await untilState(ana, 'stage-note', 'over');
  const said = [await ana.text('stage-note'), await ana.text('host-state')];
  await ana.page.reload();
  await untilState(ana, 'stage-note', 'over');
  expect([await ana.text('stage-note'), await ana.text('host-state')]).toEqual(said);
  expect(await isWhole(ana, 'host-state')).toBe(true);

  const late = await room.open('r', 'late', 'viewer', NARROW, `?lang=${language}`);
  await untilState(late, 'stage-note', 'over');
  expect(ana.problems).toEqual([]);
});

it.each(LANGUAGES)(
  '[PG122] in %s the strip of a sale that is to come names its product',
  async (language) => {
    const title = 'Washed linen shirt with buttons of mother-of-pearl, in natural';
    const product = { productId: 'p9', title, description: '', imageUrl: null, priceMinor: 129_900 };
    await host.must('shelf:save-product', { opId: opId(), product });
    const { sale } = await host.must('flash-sale:schedule', {
      ...{ opId: opId(), productId: 'p9', priceMinor: 89_900, stock: 5, opensInMs: 3_600_000 },
    });
    const ana = await room.open('r', 'ana', 'viewer', NARROW, `?lang=${language}`);
    await untilState(ana, 'flash-card', 'compact');
    const strip = ana.page.getByTestId('flash-card');
    expect((await strip.boundingBox())?.height).toBeLessThanOrEqual(52);
    const name = strip.getByRole('heading', { name: title });
    const { width, height, isCut } = await name.evaluate((heading) => ({
      width: heading.clientWidth,
      height: heading.clientHeight,
      isCut: heading.scrollWidth > heading.clientWidth,
    }));
    expect(width).toBeGreaterThan(60);
    expect(height).toBeGreaterThan(12);
    expect(isCut).toBe(true);
    expect(await flaws(ana.page, { boxes: '.flash', presses: '.flash .btn, .flash-picture' })).toEqual([]);
    await host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
  },
);

it('[PG122] the one sale that has no strip is named on its chip', async () => {
  const titles = ['Linen shirt', 'Tea set', 'Canvas tote', 'Ceramic mug with a handle that fits a hand'];
  const sales = [];
  for (const [i, title] of titles.entries()) {
    const product = { productId: `q${i}`, title, description: '', imageUrl: null, priceMinor: 1_000 };
    await host.must('shelf:save-product', { opId: opId(), product });
    const terms = { productId: `q${i}`, priceMinor: 900, stock: 5, opensInMs: (i + 1) * 1_000_000 };
    sales.push((await host.must('flash-sale:schedule', { opId: opId(), ...terms })).sale);
  }
  const ana = await room.open('r', 'ana', 'viewer', NARROW);
  const chip = ana.page.getByRole('button', { name: `Flash sale: ${titles[3]}` });
  await eventually(async () => expect(await chip.isVisible()).toBe(true));
  expect((await chip.boundingBox())?.width).toBeLessThan(180);
  for (const { saleId } of sales) await host.must('flash-sale:close', { opId: opId(), saleId });
});

it('[PG125] a long title over the video ends in its second line', async () => {
  const title = 'Linen by the harbour, every Thursday evening until the boats come in again';
  await host.must('room:start-session', { opId: opId(), title });
  const ana = await room.open('r', 'ana', 'viewer', NARROW);
  const lines = await ana.page.locator('.stage-note.is-live bdi').evaluate((element) => {
    element.setAttribute('style', 'width: 120px');
    const { paddingTop, lineHeight, fontSize } = getComputedStyle(element);
    const line = Number.parseFloat(lineHeight) || Number.parseFloat(fontSize) * 1.2;
    // What is painted, padding included: of a third line nothing.
    return (element.clientHeight - Number.parseFloat(paddingTop)) / line;
  });
  expect(lines).toBeLessThan(2.4);
  await host.must('room:end-session', { opId: opId() });
});

it('[PG124] the follow button says what it is good for, and that nobody is reminded', async () => {
  const ana = await room.open('r', 'ana', 'viewer');
  const follow = ana.page.getByTestId('follow');
  expect(await follow.getAttribute('title')).toContain('No reminders are sent');
  await ana.click('follow');
  await untilState(ana, 'follow', 'following');
  expect(await follow.getAttribute('title')).toBe('Stop following');
});
