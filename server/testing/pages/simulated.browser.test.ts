import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DEMO_ROOM_ID } from '../../demo/people.ts';
import { seedDemo } from '../../demo/seed.ts';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { openBrowser, type Person } from './browser.ts';
import { LAPTOP, PHONE } from './staff.ts';

const harness = new Harness();
const people: Person[] = [];
let node: HttpNode;
let host: TestClient;

beforeAll(async () => {
  await harness.start();
  const config = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret };
  node = await httpNode(harness, { config, demoSecrets: TEST_DEMO_SECRETS });
  const { room: rooms, shelf } = node.core.stores;
  await seedDemo({ rooms, shelf, serverNowMs: node.core.serverNowMs });
  host = await harness.join(node, DEMO_ROOM_ID, { userId: 'lin', role: 'host' });
  await host.must('room:start-session', { opId: opId(), title: 'A show' });
});
afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});
afterAll(() => harness.close());

async function simulated(no: number, name: string): Promise<TestClient> {
  const { token } = await node.core.tokens.mintSimulated({ userId: `sim:${no}`, name, ttlMs: 600_000 });
  const client = await harness.connect(node, token);
  await client.must('room:join', { roomId: DEMO_ROOM_ID });
  return client;
}

async function open(page: 'r' | 'studio' | 'desk', userId: string, role: 'host' | 'moderator' | 'viewer') {
  const token = await node.token({ userId, name: userId, role, room: DEMO_ROOM_ID });
  const person = await openBrowser(page === 'r' ? PHONE : LAPTOP);
  people.push(person);
  await person.page.goto(`${node.url}/${page}/${DEMO_ROOM_ID}#token=${token}`);
  await eventually(async () => expect(await person.state('connection')).toBe('online'), {
    withinMs: 15_000,
  });
  return person;
}

const say = (client: TestClient, text: string, more: object = {}) =>
  client.must('chat:say', { opId: opId(), text, ...more });

/** A draw that this one wins. */
async function drawFor(client: TestClient): Promise<void> {
  const { draw } = await host.must('lottery:announce', {
    ...{ opId: opId(), title: 'A bag', trust: 'operator', conditions: [], repeatMs: 0 },
    prizes: [{ title: 'A cup', valueMinor: 100, count: 1 }],
  });
  const { drawId } = draw;
  await eventually(() => client.must('lottery:enter', { drawId }), { withinMs: 10_000 });
  await host.must('lottery:close', { opId: opId(), drawId });
}

/** In each element found, the mark stands as often as asked. */
async function untilMarked(person: Person, testId: string, text: string, marks = 1): Promise<void> {
  const found = person.page.getByTestId(testId).filter({ hasText: text }).first();
  await eventually(
    async () => {
      expect(await found.count(), `${testId} with ${text}`).toBe(1);
      expect(await found.getByTestId('simulated').count(), `${testId} with ${text}`).toBe(marks);
    },
    { withinMs: 10_000 },
  );
}

it('[AU9] in the room: quotes, what is pinned, suggestions, menus, what is read out, winners', {
  timeout: 90_000,
}, async () => {
  const [ada, bo] = [await simulated(1, 'Ada'), await simulated(2, 'Bo')];
  const mei = await open('r', 'mei', 'viewer');
  const { messageId } = (await say(ada, 'is it linen?')).message;
  await say(bo, 'so they say', { replyToMessageId: messageId, mentions: ['sim:1'] });
  await untilMarked(mei, 'chat-message', 'is it linen?');
  await untilMarked(mei, 'chat-message', 'so they say', 2);
  await host.must('chat:pin', { opId: opId(), messageId });
  await untilMarked(mei, 'pinned-message', 'is it linen?');

  await mei.page.getByTestId('chat-message').filter({ hasText: 'is it linen?' }).getByRole('button').click();
  const menu = mei.page.getByRole('dialog');
  expect(await menu.getByRole('heading').first().textContent()).toContain('Ada (simulated)');
  await mei.click('menu-reply');
  const reply = mei.page.locator('.composer-reply');
  expect(await reply.getByTestId('simulated').count()).toBe(1);
  await mei.page.getByTestId('composer-input').fill('hello @');
  const names = mei.page.locator('.composer-names button');
  await eventually(async () => expect(await names.count()).toBe(2));
  for (const name of await names.all()) expect(await name.getByTestId('simulated').count()).toBe(1);
  await mei.page.getByTestId('composer-input').fill('so is mine');
  await mei.click('composer-send');
  await untilMarked(mei, 'chat-message', 'so is mine', 1);
  const own = mei.page.getByTestId('chat-message').filter({ hasText: 'so is mine' });
  expect(await own.locator('.chat-to').getByTestId('simulated').count()).toBe(1);
  await say(bo, 'nice, mei', { mentions: ['mei'] });
  await eventually(async () =>
    expect(await mei.text('chat-announcer')).toContain('Bo (simulated): nice, mei.'),
  );

  await drawFor(ada);
  await eventually(async () => expect(await mei.text('draw-chip')).toContain('Result'), {
    withinMs: 10_000,
  });
  await mei.click('draw-chip');
  await untilMarked(mei, 'draw-winner', 'A cup');
  await mei.page.keyboard.press('Escape');

  await ada.must('fan-badges:join', { opId: opId() });
  await say(ada, 'I joined the club');
  const onBoard = await eventually(
    async () => {
      const board = await host.must('fan-badges:board', { board: 'all' });
      expect(board.fans.length).toBeGreaterThan(0);
      return board.fans;
    },
    { withinMs: 20_000 },
  );
  expect(onBoard[0]).toMatchObject({ userId: 'sim:1' });
  await mei.click('fan-chip');
  await mei.click('board-all');
  await untilMarked(mei, 'board-row', 'Ada');
  for (const client of [ada, bo]) client.close();
});

it("[AU9] in the studio: questions, orders, the stage, the team, cards, claims, a show's report", {
  timeout: 90_000,
}, async () => {
  const [cleo, dan] = [await simulated(3, 'Cleo'), await simulated(4, 'Dan')];
  const studio = await open('studio', 'lin', 'host');
  await say(cleo, 'how big is the mug?');
  await say(dan, 'hello');
  await untilMarked(studio, 'question', 'how big is the mug?');

  const { sale } = await host.must('flash-sale:schedule', {
    ...{ opId: opId(), productId: 'tea-set', priceMinor: 100, stock: 5, opensInMs: 0 },
    guard: 'none',
  });
  await cleo.must('flash-sale:grab', { opId: opId(), saleId: sale.saleId, quantity: 1 });
  await untilMarked(studio, 'live-order', 'Tea set');

  await drawFor(cleo);
  // Who sells wins nothing, so this comes after.
  await host.must('moderation:appoint', { opId: opId(), userId: 'sim:3', role: 'cohost' });
  await host.must('moderation:appoint', { opId: opId(), userId: 'sim:4', role: 'moderator' });
  await untilMarked(studio, 'cohost', 'Cleo');
  await studio.click('team-open');
  await untilMarked(studio, 'team-member', 'Cleo');
  await untilMarked(studio, 'team-member', 'Dan');
  await studio.page.keyboard.press('Escape');
  const line = studio.page.getByTestId('chat-message').filter({ hasText: 'how big' });
  await line.getByTestId('chat-person').click();
  await untilMarked(studio, 'person', 'Cleo');
  await studio.page.keyboard.press('Escape');

  await eventually(
    async () => expect(await studio.page.getByTestId('draw-claims').count()).toBeGreaterThan(0),
    {
      withinMs: 10_000,
    },
  );
  for (const row of await studio.page.locator('details').all())
    await row.evaluate((details: HTMLDetailsElement) => {
      details.open = true;
    });
  await untilMarked(studio, 'draw-winner-names', '');
  await studio.click('draw-claims');
  await untilMarked(studio, 'claim', 'A cup');
  await studio.page.keyboard.press('Escape');

  await host.must('room:end-session', { opId: opId() });
  await eventually(async () => expect(await studio.text('report-demo')).toContain('simulated viewers'), {
    withinMs: 10_000,
  });
  expect(studio.problems).toEqual([]);
  for (const client of [cleo, dan]) client.close();
});

it('[AU9] on the desk: lines, held ones, cards, the log, what was just done, appeals', {
  timeout: 90_000,
}, async () => {
  const [eve, finn] = [await simulated(5, 'Eve'), await simulated(6, 'Finn')];
  const desk = await open('desk', 'mo', 'moderator');
  const { messageId } = (await say(eve, 'hi from Eve')).message;
  await say(finn, 'hi from Finn', { replyToMessageId: messageId });
  await untilMarked(desk, 'chat-message', 'hi from Eve');
  await untilMarked(desk, 'chat-message', 'hi from Finn', 2);
  await say(finn, 'look at https://shop.example/a');
  await desk.click('filter-held');
  await untilMarked(desk, 'chat-message', 'shop.example');
  await desk.click('filter-all');

  await desk.page.getByTestId('chat-message').filter({ hasText: 'hi from Eve' }).getByRole('button').click();
  await untilMarked(desk, 'person', 'Eve');
  await desk.click('person-mute');
  const words = 'muted \u2068Eve (simulated)\u2069';
  await eventually(async () => expect(await desk.text('undo-bar')).toContain(words));
  await eventually(async () => expect(await desk.text('log-entry')).toContain(words));
  await desk.click('person-time');
  expect(await desk.page.getByRole('dialog').getByRole('heading').first().textContent()).toContain(
    'Eve (simulated)',
  );
  await desk.page.keyboard.press('Escape');

  const { actions } = await host.must('moderation:log', {});
  const [muted] = actions.filter(({ kind }) => kind === 'timeout');
  await eve.must('moderation:appeal', {
    ...{ opId: opId(), roomId: DEMO_ROOM_ID, actionId: muted?.actionId ?? '', text: 'I was kind' },
  });
  await desk.click('tab-appeals');
  await untilMarked(desk, 'appeal', 'I was kind');
  expect(desk.problems).toEqual([]);
});
