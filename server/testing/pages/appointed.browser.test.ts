import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { openBrowser, type Person } from './browser.ts';
import { flaws } from './fit.ts';
import { openStaffRoom, type StaffRoom } from './staff.ts';

const harness = new Harness();
const people: Person[] = [];
let room: StaffRoom | undefined;

beforeAll(() => harness.start());
afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
  await room?.closePages();
});
afterAll(() => harness.close());

const untilOnline = (person: Person) =>
  eventually(async () => expect(await person.state('connection').catch(() => '')).toBe('online'), {
    withinMs: 15_000,
  });

it('[PG133] a viewer with a token of their shop is made a moderator, and the desk opens from the room', async () => {
  room = await openStaffRoom(harness);
  const host = await room.join('host', 'host');
  const bea = await room.open('r', 'bea', 'viewer');
  await host.must('moderation:appoint', { opId: opId(), userId: 'bea', role: 'moderator' });
  await eventually(async () => expect(await bea.text('community-news')).toContain('You are a moderator now'));
  expect(await flaws(bea.page, { presses: '.order-news .btn' })).toEqual([]);
  await bea.click('staff-page');
  await bea.page.getByTestId('desk-log').waitFor({ state: 'attached' });
  expect(new URL(bea.page.url()).pathname).toBe(`/desk/${room.roomId}`);
  await bea.page.goBack();
  await untilOnline(bea);
  // It is in the menu for good; a co-host has the studio there, too.
  await host.must('moderation:appoint', { opId: opId(), userId: 'bea', role: 'cohost' });
  await bea.click('menu-open');
  await eventually(async () =>
    expect(await bea.page.getByTestId('room-menu').getByTestId('staff-page').allInnerTexts()).toEqual([
      'Open the studio',
      'Open the desk',
    ]),
  );
});

it('[PG133] in a demo a name is enough; before the appointment the desk asks for a code, and opens by itself after it', async () => {
  const node = await httpNode(harness, {
    config: { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret },
    demoSecrets: TEST_DEMO_SECRETS,
  });
  const roomId = await harness.room(node, []);
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  const carl = await openBrowser();
  people.push(carl);
  await carl.page.goto(`${node.url}/r/${roomId}`);
  await untilOnline(carl);
  await carl.page.getByTestId('sign-in-open').click();
  await carl.page.getByTestId('sign-in-name').fill('Carl');
  await carl.click('sign-in-submit');
  await carl.page.getByTestId('composer-input').waitFor();
  const userId = await eventually(async () => {
    const found = Object.keys(await harness.redis.client.hgetall(node.core.keys.room(roomId).presence));
    const id = found.find((each) => each !== 'host' && !each.startsWith('guest:'));
    if (id === undefined) throw new Error('nobody has come in yet');
    return id;
  });
  await carl.page.goto(`${node.url}/desk/${roomId}`);
  await carl.page.getByTestId('sign-in-code').waitFor();
  await host.must('moderation:appoint', { opId: opId(), userId, role: 'moderator' });
  await carl.page.getByTestId('desk-log').waitFor({ state: 'attached' });

  // The host's own link, opened in the same tab.
  await carl.page.goto(`${node.url}/studio/${roomId}`);
  await carl.page.getByTestId('sign-in-code').waitFor();
  const token = await node.token({ userId: 'host', role: 'host', room: roomId });
  await carl.page.goto(`${node.url}/studio/${roomId}#token=${token}`);
  await carl.page.getByTestId('run-list').waitFor({ state: 'attached' });
});
