import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness } from '../harness.ts';
import type { Person } from './browser.ts';
import { openShopSite, type ShopSite, untilImpatient, untilIn, type Visit, visitShop } from './embed.ts';

const harness = new Harness();
const closers: (() => Promise<unknown>)[] = [];
let node: HttpNode;
let roomId: string;
let site: ShopSite;
/** Of the same server, but not among its allowed origins. */
let stranger: ShopSite;

beforeAll(async () => {
  await harness.start();
  site = await openShopSite();
  stranger = await openShopSite();
  node = await httpNode(harness, {
    config: { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, allowedOrigins: [site.origin] },
    demoSecrets: TEST_DEMO_SECRETS,
  });
  roomId = await harness.room(node);
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(async () => {
  await harness.close();
  await site.close();
  await stranger.close();
});

async function visit(before: (person: Person) => Promise<void>, from = site): Promise<Visit> {
  const person = await visitShop(`${from.origin}/`, undefined, before);
  closers.push(person.close);
  return person;
}

describe('when it does not load', () => {
  it('[PG78] a page that may not show rooms reads which setting to change, in its console and event too', async () => {
    stranger.show({ server: node.url, roomId });
    const person = await visit(({ page }) => page.clock.install(), stranger);
    await untilImpatient(person, 'LIVESTALL_ALLOWED_ORIGINS');
    expect(await person.covered()).toContain(stranger.origin);
    expect((await person.kept()).events.find(({ type }) => type === 'error')?.detail).toMatchObject({
      code: 'NO_ANSWER',
      message: expect.stringContaining(node.url),
    });
    expect(person.problems.join()).toContain('<livestall-room> NO_ANSWER');
    expect(stranger.asked).toEqual([]);
  });

  it('[PG78] a server that is away is tried again, and its room shows once it is back', async () => {
    const { port } = new URL(node.url);
    const relay: Server = createServer((client) => {
      const up = connect(Number(port), '127.0.0.1');
      for (const socket of [client, up])
        socket.on('error', () => {
          client.destroy();
          up.destroy();
        });
      client.pipe(up).pipe(client);
      closers.push(async () => client.destroy());
    });
    const listen = (at: number) =>
      new Promise<number>((resolve) => {
        relay.listen(at, '127.0.0.1', () => resolve((relay.address() as AddressInfo).port));
      });
    const at = await listen(0);
    await new Promise((resolve) => relay.close(resolve));
    // The script is an older one, from the browser's cache; only the room cannot be had.
    const server = `http://127.0.0.1:${at}`;
    const policy = `default-src 'none'; connect-src 'self'; script-src 'self' ${node.url}; frame-src ${server}`;
    site.show({ server: node.url, roomId, attributes: `src-is="${server}"`, policy });
    const person = await visit(async ({ page }) => {
      await page.clock.install();
      await page.addInitScript((src) => {
        addEventListener('DOMContentLoaded', () =>
          document.querySelector('livestall-room')?.setAttribute('src', src),
        );
      }, server);
    });
    await untilImpatient(person, 'does not load');
    await listen(at);
    closers.push(() => new Promise((resolve) => relay.close(resolve)));
    await person.page.locator('livestall-room button').click();
    await untilIn(person);
    expect(await person.covered()).toBe('');
  });
});

it('[PG134] a room that goes, and does not come again, is covered, tried again, and shown once it is back', async () => {
  let isAway = false;
  site.show({ server: node.url, roomId });
  const guest = await visit(async ({ page }) => {
    await page.clock.install();
    await page.route('**/r/**', (route) => (isAway ? route.abort('connectionrefused') : route.continue()));
  });
  await untilIn(guest);
  expect(await guest.covered()).toBe('');
  // Another language, for one: the same frame goes to another address.
  const go = (language: string) =>
    guest.room().evaluate((lang) => {
      const there = new URL(location.href);
      there.searchParams.set('lang', lang);
      location.assign(there);
    }, language);
  await go('zh-CN');
  await eventually(() => expect(guest.room().url()).toContain('lang=zh-CN'), { withinMs: 10_000 });
  await untilIn(guest);
  await eventually(async () => expect(await guest.covered()).toBe(''), { withinMs: 10_000 });
  isAway = true;
  await go('en');
  await eventually(async () => expect(await guest.covered()).not.toBe(''), { withinMs: 10_000 });
  await untilImpatient(guest, 'does not load');
  isAway = false;
  await guest.page.locator('livestall-room button').click();
  await untilIn(guest);
  expect(await guest.covered()).toBe('');
});
