import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, type TestNode } from '../harness.ts';
import { openBrowser, type Person, untilGrab, untilSaid } from './browser.ts';

const harness = new Harness();
const people: Person[] = [];
const LAPTOP = { width: 1280, height: 800 };

async function open(url: string, size?: { width: number; height: number }): Promise<Person> {
  const person = await openBrowser(size);
  people.push(person);
  await person.page.goto(url);
  return person;
}

async function online(person: Person): Promise<void> {
  await eventually(async () => expect(await person.state('connection')).toBe('online'), { withinMs: 15_000 });
}

async function visit(
  node: TestNode,
  page: 'r' | 'studio',
  roomId: string,
  user: { userId: string; role: 'host' | 'viewer' },
): Promise<Person> {
  const token = await node.token({ ...user, name: user.userId, room: roomId });
  const size = page === 'studio' ? LAPTOP : undefined;
  const person = await open(`${node.url}/${page}/${roomId}#token=${token}`, size);
  await online(person);
  return person;
}

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});
afterAll(() => harness.close());

describe('the studio', () => {
  it('[PG5] runs a sale that viewers see and grab', async () => {
    await harness.start();
    const node = await httpNode(harness);
    const roomId = await harness.room(node, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
    const host = await visit(node, 'studio', roomId, { userId: 'host', role: 'host' });
    const ana = await visit(node, 'r', roomId, { userId: 'ana', role: 'viewer' });

    await host.page.getByTestId('session-title').fill('An evening of linen');
    await host.click('session-start');
    await eventually(async () => expect(await ana.page.content()).toContain('An evening of linen'));

    await host.click('product-sale');
    await host.click('sale-start');
    await untilGrab(ana, 'before');
    await host.click('sale-open');
    await untilGrab(ana, 'open');
    await host.click('sale-pause');
    await untilGrab(ana, 'paused');
    await host.click('sale-resume');
    await untilGrab(ana, 'open');
    await ana.tap('grab-button');
    await untilGrab(ana, 'held');
    const [sale] = await node.core.stores.flashSale.list(roomId);
    expect(sale).toMatchObject({ phase: 'open', held: 1 });
    await ana.say('mine!');
    await untilSaid(host, 'mine!');

    // What cannot be undone wants a long press.
    const close = host.page.getByTestId('sale-close');
    await close.click();
    expect((await node.core.stores.flashSale.list(roomId))[0]).toMatchObject({ phase: 'open' });
    await close.hover();
    await host.page.mouse.down();
    await eventually(async () =>
      expect((await node.core.stores.flashSale.list(roomId))[0]).toMatchObject({ phase: 'ended' }),
    );
    await host.page.mouse.up();
    // The hold outlives the sale.
    await untilGrab(ana, 'held');
    expect([...host.problems, ...ana.problems]).toEqual([]);
  });
});

describe('a guest', () => {
  it('[PG6] reads along, and in a demo takes part with a name', async () => {
    const node = await httpNode(harness, { config: { demo: true }, demoSecrets: TEST_DEMO_SECRETS });
    const roomId = await harness.room(node);
    const bo = await visit(node, 'r', roomId, { userId: 'bo', role: 'viewer' });
    const guest = await open(`${node.url}/r/${roomId}`);
    await online(guest);
    await bo.say('welcome, whoever you are');
    await untilSaid(guest, 'welcome, whoever you are');
    expect(await guest.page.getByTestId('composer-input').count()).toBe(0);

    await guest.click('sign-in-open');
    await guest.page.getByTestId('sign-in-name').fill('Mei 美');
    await guest.click('sign-in-submit');
    await eventually(async () => expect(await guest.page.getByTestId('composer-input').count()).toBe(1));
    await online(guest);
    await guest.say('thank you');
    await untilSaid(bo, 'thank you');
    expect((await bo.chat()).some((line) => line.includes('Mei 美'))).toBe(true);
    expect([...bo.problems, ...guest.problems]).toEqual([]);
  });
});
