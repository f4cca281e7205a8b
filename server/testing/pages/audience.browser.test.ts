import { afterAll, afterEach, expect, it } from 'vitest';
import { openAudience } from '../../demo/audience/open.ts';
import { DEMO_ROOM_ID } from '../../demo/people.ts';
import { seedDemo } from '../../demo/seed.ts';
import { httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { createLog } from '../../kernel/log.ts';
import { seededRandom } from '../../kernel/random.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { axeProblems } from './axe.ts';
import { openBrowser, type Person, untilGrab } from './browser.ts';
import { misfits } from './fit.ts';

const harness = new Harness();
const people: Person[] = [];
const closers: (() => Promise<void>)[] = [];
const RULES = { boxes: '.top-bar, .viewers, .chat-line', presses: '.btn, .icon-btn' };
const log = createLog({ level: 'silent', format: 'json' });

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
  for (const close of closers.splice(0)) await close();
});
afterAll(() => harness.close());

it('[PG80] a visitor sees who is simulated, in chat and in the count, and grabs a unit', {
  timeout: 120_000,
}, async () => {
  await harness.start();
  const config = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, audience: 15 };
  const node = await httpNode(harness, { config, demoSecrets: TEST_DEMO_SECRETS });
  const { room: rooms, shelf } = node.core.stores;
  await seedDemo({ rooms, shelf, serverNowMs: node.core.serverNowMs });
  const host = await harness.join(node, DEMO_ROOM_ID, { userId: 'lin', role: 'host' });
  await host.must('room:start-session', { opId: opId(), title: 'A show' });
  const random = seededRandom(5);
  const audience = openAudience(node, {
    ...{ log, random, onCount: () => undefined },
    ...{ arriveMs: 2000, pace: 5 },
  });
  closers.push(() => audience.close());

  const visitor = await openBrowser();
  people.push(visitor);
  const token = await node.token({ userId: 'visitor', room: DEMO_ROOM_ID });
  await visitor.page.goto(`${node.url}/r/${DEMO_ROOM_ID}#token=${token}`);
  await eventually(
    async () => {
      expect(await visitor.text('viewers-simulated')).toMatch(/^1[45] simulated$/);
      expect((await visitor.chat()).length).toBeGreaterThan(2);
    },
    { withinMs: 30_000 },
  );
  const count = visitor.page.locator('.viewers .visually-hidden').first();
  expect(await count.textContent()).toMatch(/^1\d people watching, of which 1[45] simulated$/);
  const lines = await visitor.page.getByTestId('chat-message').all();
  for (const line of lines) expect(await line.getByTestId('simulated').textContent()).toBe('simulated');
  await visitor.say('hello from a person');
  const mine = visitor.page.getByTestId('chat-message').filter({ hasText: 'hello from a person' });
  await mine.waitFor();
  expect(await mine.getByTestId('simulated').count()).toBe(0);

  await host.must('flash-sale:schedule', {
    ...{ opId: opId(), productId: 'tea-set', priceMinor: 100, stock: 4, opensInMs: 0 },
  });
  const left = () =>
    host.events('flash-sale:stock-changed').map(({ data }) => (data as { available: number }).available);
  await eventually(() => expect(left().at(-1)).toBe(2), { withinMs: 40_000 });
  await visitor.click('grab-button');
  await untilGrab(visitor, 'held');
  for (const size of [
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ]) {
    await visitor.page.setViewportSize(size);
    // The page hears of its new size by and by.
    await eventually(async () => expect(await misfits(visitor.page, RULES)).toEqual([]));
    expect(await axeProblems(visitor.page)).toEqual([]);
  }
  expect(visitor.problems).toEqual([]);
});
