import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HttpNode, httpNode, TEST_API_KEY, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { axeProblems } from './axe.ts';
import { openBrowser, type Person } from './browser.ts';
import { misfits } from './fit.ts';

const harness = new Harness();
const people: Person[] = [];
let demo: HttpNode;
let shop: HttpNode;
/** A show that runs, with two who watch. */
let liveId: string;
let soonId: string;
let againId: string;
let host: TestClient;

beforeAll(async () => {
  await harness.start();
  const config = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret };
  demo = await httpNode(harness, { config, demoSecrets: TEST_DEMO_SECRETS });
  shop = await httpNode(harness, { config: { apiKeys: [{ name: 'shop', secret: TEST_API_KEY }] } });
  liveId = await harness.room(demo, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
  soonId = await harness.room(demo, []);
  againId = await harness.room(demo, []);
  host = await harness.join(demo, liveId, { userId: 'host', role: 'host' });
  await host.must('room:start-session', { opId: opId(), title: 'Linen, first look' });
  await harness.join(demo, liveId, { userId: 'ana' });
  const { room } = demo.core.stores;
  await room.update(soonId, { title: 'Hillside Tea', startsAtMs: Date.now() + 2 * 3_600_000 }, 'tests');
  await room.update(againId, { title: 'Old Harbour', replayUrl: 'https://replays.example/a.mp4' }, 'tests');
});
afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});
afterAll(() => harness.close());

async function visit(
  node: HttpNode,
  path: string,
  size?: { width: number; height: number },
): Promise<Person> {
  const person = await arrive(size);
  await person.page.goto(node.url + path);
  return person;
}

/** With a clock that can be put forward, and else runs as clocks do. */
async function arrive(size?: { width: number; height: number }): Promise<Person> {
  const person = await openBrowser(size);
  people.push(person);
  await person.page.clock.install();
  return person;
}

/** Rooms of a kind on the home page, by their ids. */
const cards = (person: Person, kind: string): Promise<(string | null)[]> =>
  person.page
    .getByTestId(`card-${kind}`)
    .evaluateAll((found) => found.map((card) => card.getAttribute('data-room')));

async function untilCards(person: Person, kind: string, roomId: string, isThere = true): Promise<void> {
  await later(person, async () => expect((await cards(person, kind)).includes(roomId)).toBe(isThere));
}

/** The page asks again every ten seconds: they pass at once. */
async function later(person: Person, expected: () => Promise<void>): Promise<void> {
  await eventually(
    async () => {
      try {
        await expected();
      } catch (error) {
        await person.page.clock.fastForward(10_000);
        throw error;
      }
    },
    { withinMs: 20_000, everyMs: 250 },
  );
}

async function untilOnline(person: Person): Promise<void> {
  await eventually(async () => expect(await person.state('connection').catch(() => '')).toBe('online'), {
    withinMs: 20_000,
  });
}

const SIZES = [
  ['en', 320, 640],
  ['zh-TW', 320, 640],
  ['en', 390, 844],
  ['zh-TW', 390, 844],
  ['en', 1280, 800],
  ['zh-TW', 1280, 800],
] as const;
const FIT = {
  boxes: '.room-card, .soon-card, .quiet-card, .home-head, .new-room-card, .field',
  presses: '.btn, .icon-btn, .room-card, .quiet-card, .home-foot a, .home-brand, input, select, textarea',
};

describe('[PG70] the home page', () => {
  it('[PG70] shows who is live, with how many watch, what comes, and what can be seen again', async () => {
    const person = await visit(demo, '/');
    await untilCards(person, 'live', liveId);
    await untilCards(person, 'soon', soonId);
    await untilCards(person, 'replay', againId);
    expect(await cards(person, 'quiet')).not.toContain(liveId);
    const live = person.page.locator(`[data-room="${liveId}"]`);
    expect(await live.textContent()).toContain('Linen, first look');
    // People are counted once a second.
    await later(person, async () => expect(await live.getByTestId('card-viewers').textContent()).toBe('2'));
    expect(await live.getByTestId('card-simulated').count()).toBe(0);
    // On red, where axe cannot tell over a picture.
    const sign = live.locator('.live-tag');
    expect(await sign.evaluate((tag) => getComputedStyle(tag).color)).toBe('rgb(255, 255, 255)');
    expect(await person.text('card-left')).toMatch(/in (1:59|2:00):\d\d/);
    expect(await axeProblems(person.page)).toEqual([]);
    await live.click();
    await untilOnline(person);
    expect(new URL(person.page.url()).pathname).toBe(`/r/${liveId}`);
    expect(person.problems).toEqual([]);
  });

  it('[PG70] says how many of those who watch are simulated', async () => {
    const person = await arrive();
    await person.page.route('**/rooms.json', async (route) => {
      const response = await route.fetch();
      const { rooms } = (await response.json()) as { rooms: { roomId: string }[] };
      const simulated = rooms.map((room) => ({ ...room, viewers: 214, simulated: 200 }));
      await route.fulfill({ response, json: { rooms: simulated } });
    });
    await person.page.goto(demo.url);
    await untilCards(person, 'live', liveId);
    expect(await person.text('card-viewers')).toBe('214');
    expect(await person.text('card-simulated')).toBe('200 simulated');
    // The same in a sentence, for those who hear it.
    expect(await person.text('card-live')).toContain('214 watching, of which 200 are simulated viewers');
  });

  it('[PG70] follows by itself, keeps what it has while the server is away, and says so', async () => {
    const person = await visit(demo, '/');
    await untilCards(person, 'soon', soonId);
    const tea = await harness.join(demo, soonId, { userId: 'tea-host', role: 'host' });
    await tea.must('room:start-session', { opId: opId(), title: 'Spring harvest' });
    await untilCards(person, 'live', soonId);
    await person.page.context().setOffline(true);
    await later(person, async () => expect(await person.state('home-list')).toBe('stale'));
    expect(await cards(person, 'live')).toContain(soonId);
    await tea.must('room:end-session', { opId: opId() });
    await person.page.context().setOffline(false);
    await untilCards(person, 'live', soonId, false);
    expect(await person.state('home-list')).toBe('fresh');
  });

  it('[PG70] a first visit without a server can be tried again', async () => {
    const person = await arrive();
    await person.page.route('**/rooms.json', (route) => route.abort());
    await person.page.goto(demo.url);
    await person.page.getByTestId('home-failed').waitFor();
    await person.page.unroute('**/rooms.json');
    await person.page.getByRole('button', { name: 'Try again' }).click();
    await untilCards(person, 'live', liveId);
  });

  it('[PG70] a name chosen there is you in every room of a demo, until you sign out', async () => {
    const person = await visit(demo, '/');
    await untilCards(person, 'live', liveId);
    await person.click('account');
    expect(await axeProblems(person.page)).toEqual([]);
    await person.click('account-submit');
    expect(await person.page.locator('dialog').textContent()).toContain('Type a name');
    await person.page.getByTestId('account-name').fill('Mei');
    await person.click('account-submit');
    await eventually(async () => expect(await person.state('account')).toBe('in'));
    for (const roomId of [liveId, againId]) {
      await person.page.goto(`${demo.url}/r/${roomId}`);
      await untilOnline(person);
      await person.say(`hello from ${roomId}`);
      await eventually(async () => expect((await person.chat()).join()).toContain('Mei'));
    }
    await person.page.goto(demo.url);
    expect(await person.text('account')).toContain('Mei');
    await person.click('account');
    await person.click('account-out');
    await eventually(async () => expect(await person.state('account')).toBe('out'));
    await person.page.goto(`${demo.url}/r/${againId}`);
    await untilOnline(person);
    expect(await person.page.getByTestId('composer-input').count()).toBe(0);
  });

  it('[PG70] outside of a demo nobody is asked who they are', async () => {
    const person = await visit(shop, '/');
    await person.page.getByTestId('home-list').waitFor();
    expect(await person.page.getByTestId('account').count()).toBe(0);
  });
});

describe('[PG71] making a room', () => {
  const fill = async (person: Person, fields: Record<string, string>): Promise<void> => {
    for (const [name, value] of Object.entries(fields)) await person.page.fill(`[name="${name}"]`, value);
  };
  const problemOf = (person: Person, name: string): Promise<string> =>
    person.page.evaluate((field) => {
      const input = document.querySelector(`[name="${field}"]`);
      return document.getElementById(input?.getAttribute('aria-describedby') ?? '')?.textContent ?? '';
    }, name);

  it('[PG71] in a demo: what is wrong stands at its field, then there is a room, and its studio opens', async () => {
    const person = await visit(demo, '/new', { width: 1280, height: 800 });
    await person.page.getByTestId('new-room').waitFor();
    expect(await person.page.locator('[name="key"]').count()).toBe(0);
    await fill(person, { startsAt: '2020-01-01T10:00' });
    await person.click('new-room-submit');
    expect(await problemOf(person, 'title')).toContain('Give the room a title');
    expect(await problemOf(person, 'startsAt')).toContain('That is over');
    expect(await person.page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('title');
    expect(await axeProblems(person.page)).toEqual([]);
    await fill(person, { title: 'Night Market', hostName: 'Wei', startsAt: '' });

    // What was typed survives a server that is away.
    await person.page.context().setOffline(true);
    await person.click('new-room-submit');
    await eventually(async () =>
      expect(await person.text('new-room-failure')).toContain('could not be reached'),
    );
    await person.page.context().setOffline(false);
    expect(await person.page.inputValue('[name="title"]')).toBe('Night Market');
    await person.click('new-room-submit');
    const made = person.page.getByTestId('made-room');
    await made.waitFor();
    expect(await made.textContent()).toContain('Night Market is ready');
    const seen = await person.page.evaluate(() => [document.activeElement?.tagName, window.scrollY]);
    expect(seen).toEqual(['H1', 0]);
    expect((await person.text('made-code')).length).toBeGreaterThan(8);
    expect(await axeProblems(person.page)).toEqual([]);
    const roomId = (await made.getAttribute('data-room')) ?? '';

    await person.click('made-open-studio');
    await untilOnline(person);
    expect(person.page.url()).toBe(`${demo.url}/studio/${roomId}`);
    // The host goes live from there, and the home page has it.
    await person.click('session-start');
    const home = await visit(demo, '/');
    await untilCards(home, 'live', roomId);
  });

  it('[PG71] elsewhere with a key of the API, which is kept nowhere', async () => {
    const person = await visit(shop, '/new', { width: 1280, height: 800 });
    await fill(person, { title: 'Night Market', hostName: 'Wei' });
    await person.click('new-room-submit');
    expect(await problemOf(person, 'key')).toContain('Type the API key');
    await fill(person, { key: 'not-the-key-of-anybody-at-all-here' });
    await person.click('new-room-submit');
    await eventually(async () => expect(await problemOf(person, 'key')).toContain('not known here'));
    await fill(person, { key: TEST_API_KEY });
    await person.click('new-room-submit');
    await person.page.getByTestId('made-room').waitFor();
    const kept = await person.page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.body.innerHTML]),
    );
    expect(kept).not.toContain(TEST_API_KEY);
    await person.click('made-open-studio');
    await untilOnline(person);
    expect(await person.page.getByTestId('session-start').count()).toBe(1);
  });
});

describe('[PG74] everything fits', () => {
  it.each(SIZES)(
    '[PG74] in %s at %i×%i the home page and the form for a room fit',
    async (language, width, height) => {
      const person = await visit(demo, `/?lang=${language}`, { width, height });
      await untilCards(person, 'live', liveId);
      expect(await misfits(person.page, FIT)).toEqual([]);
      await person.click('account');
      expect(await misfits(person.page, { ...FIT, boxes: '.sheet-content' })).toEqual([]);
      await person.page.goto(`${demo.url}/new`);
      await person.page.getByTestId('new-room').waitFor();
      await person.click('new-room-submit');
      expect(await misfits(person.page, FIT)).toEqual([]);
      await person.page.goto(`${shop.url}/new?lang=${language}`);
      await person.page.getByTestId('new-room').waitFor();
      expect(await misfits(person.page, FIT)).toEqual([]);
    },
  );
});
