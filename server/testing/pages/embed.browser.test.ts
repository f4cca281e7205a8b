import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import type { Person } from './browser.ts';
import {
  openShopSite,
  type ShopSite,
  shopPolicy,
  untilHeard,
  untilIn,
  type Visit,
  visitShop,
} from './embed.ts';
import { misfits } from './fit.ts';

const harness = new Harness();
const closers: (() => Promise<unknown>)[] = [];
let node: HttpNode;
let roomId: string;
let host: TestClient;
let site: ShopSite;

beforeAll(async () => {
  await harness.start();
  site = await openShopSite();
  node = await httpNode(harness, {
    config: { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, allowedOrigins: [site.origin] },
    demoSecrets: TEST_DEMO_SECRETS,
  });
  roomId = await harness.room(node, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
  await node.core.stores.room.update(roomId, { checkoutUrl: '/checkout?ref={ref}' }, 'tests');
  host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  site.asked.length = 0;
  site.token = async () => null;
});
afterAll(async () => {
  await harness.close();
  await site.close();
});

/** Violations in the frame, too. */
const watched = async ({ page }: Person): Promise<void> => {
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const all = window as unknown as { violated?: string[] };
      all.violated = [...(all.violated ?? []), `${event.violatedDirective} ${event.blockedURI}`];
    });
  });
};

async function visit(
  query = '',
  size?: { width: number; height: number },
  before = watched,
  from = site,
): Promise<Visit> {
  const person = await visitShop(`${from.origin}/${query}`, size, before);
  closers.push(person.close);
  return person;
}

function signedIn(userId: string, ttlMs = 3_600_000): void {
  site.token = () => node.token({ userId, room: roomId, ttlMs });
}

async function untilMaySpeak(person: Visit): Promise<void> {
  await eventually(async () => expect(await person.room().getByTestId('composer-input').count()).toBe(1), {
    withinMs: 10_000,
    everyMs: 50,
  });
}

async function say(person: Visit, text: string): Promise<void> {
  await person.room().getByTestId('composer-input').fill(text);
  await person.room().getByTestId('composer-send').click();
}

async function violations(person: Visit): Promise<unknown[]> {
  const inFrame = await person.room().evaluate(() => (window as unknown as { violated?: string[] }).violated);
  return [...(await person.kept()).violations, ...(inFrame ?? [])];
}

describe('the element on a shop’s page', () => {
  it('[PG75] shows the room under the policy of the manual, in 5 kB, and breaks no policy', async () => {
    const script = readFileSync(new URL('../../../client/dist/embed.js', import.meta.url));
    expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(5_000);
    const manual = readFileSync(new URL('../../../docs/embedding.md', import.meta.url), 'utf8');
    expect(manual).toContain(shopPolicy('https://live.example'));
    site.show({ server: node.url, roomId });
    const guest = await visit('', { width: 1280, height: 900 });
    await untilIn(guest);
    await untilHeard(guest, 'livestall:ready', { roomId, isLive: false });
    expect(await guest.covered()).toBe('');
    const frame = guest.page.locator('livestall-room iframe');
    expect(await frame.getAttribute('title')).toBe('Live room: A room');
    expect(await frame.getAttribute('allow')).toContain(`autoplay ${node.url}; fullscreen ${node.url}`);
    expect(new URL(guest.room().url()).search).toBe('?embed=element&lang=en');
    expect(await violations(guest)).toEqual([]);
    expect(guest.problems).toEqual([]);
  });

  it('[PG76] signs in by the shop’s token, which is in no address, and has it renewed when it ends', async () => {
    const addresses: string[] = [];
    let token = '';
    site.token = async () => {
      token = await node.token({ userId: 'ana', room: roomId, ttlMs: 4_000 });
      return token;
    };
    site.show({ server: node.url, roomId });
    const ana = await visit('', undefined, async (person) => {
      await watched(person);
      person.page.on('request', (request) => addresses.push(request.url()));
    });
    await untilIn(ana);
    await untilMaySpeak(ana);
    expect(site.asked).toEqual([false]);
    // It ends, and the next one is asked for as fresh; nobody has to do anything.
    await eventually(() => expect(site.asked.filter(Boolean).length).toBeGreaterThan(0), {
      withinMs: 15_000,
    });
    signedIn('ana');
    await untilIn(ana);
    await say(ana, 'still here');
    await eventually(async () => expect(await ana.room().getByText('still here').count()).toBe(1), {
      withinMs: 10_000,
    });
    expect(addresses.filter((address) => address.includes(token.slice(0, 20)))).toEqual([]);
    // This browser refuses a frame of another site its storage, as private windows do; elsewhere it is empty of tokens.
    const stored = await ana.room().evaluate(() => {
      try {
        return JSON.stringify({ ...localStorage, ...sessionStorage });
      } catch {
        return '';
      }
    });
    expect(stored).not.toContain(token.slice(0, 20));
    expect(await violations(ana)).toEqual([]);
  });

  it('[PG76] gets another token by itself when one was taken back, and another user’s when the shop says so', async () => {
    signedIn('ben');
    site.show({ server: node.url, roomId });
    const ben = await visit();
    await untilIn(ben);
    const before = site.asked.length;
    await node.api.call('POST', '/api/v1/tokens/revocations', { userId: 'ben' });
    await eventually(() => expect(site.asked.slice(before)).toContain(true), { withinMs: 15_000 });
    await untilIn(ben);
    expect(await ben.room().locator('.closed').count()).toBe(0);

    signedIn('cleo');
    await ben.page.evaluate(() => {
      document.querySelector<HTMLElement & { refresh(): void }>('livestall-room')?.refresh();
    });
    await untilIn(ben);
    await eventually(
      async () => {
        await say(ben, 'hello');
        const said = host.frames.flatMap(({ events }) => events).filter(({ name }) => name === 'chat:said');
        expect(JSON.stringify(said)).toContain('"userId":"cleo"');
      },
      { withinMs: 15_000, everyMs: 500 },
    );
  });
});

describe('what the shop hears', () => {
  it('[PG77] the session, orders, products, and the checkout, which it may take over', async () => {
    signedIn('dora');
    site.show({ server: node.url, roomId });
    const dora = await visit('?checkout');
    await untilIn(dora);
    await host.must('room:start-session', { opId: opId(), title: 'Evening' });
    await untilHeard(dora, 'livestall:live', { roomId });

    const sale = await startSale(host, { stock: 2 });
    const grab = dora.room().locator('[data-testid="grab-button"]:not([data-fresh])').first();
    await grab.and(dora.room().locator('[data-state="open"]')).click();
    await untilHeard(dora, 'livestall:order', { state: 'HELD', amountMinor: 5900, currency: 'CNY' });
    await grab.and(dora.room().locator('a[data-state="held"]')).click();
    await untilHeard(dora, 'livestall:checkout', {
      url: expect.stringContaining(`${node.url}/checkout?ref=`),
    });
    // The shop took it over: nothing opened.
    expect(dora.page.context().pages()).toHaveLength(1);
    const [order] = (await dora.kept()).events.filter(({ type }) => type === 'livestall:order');
    const paid = await node.api.call(
      'POST',
      `/api/v1/rooms/${roomId}/orders/${order?.detail.orderId}/payment`,
      { paymentRef: 'pay-1', amountMinor: 5900, currency: 'CNY' },
      { 'idempotency-key': `pay-${order?.detail.orderId}` },
    );
    expect(paid.status).toBe(200);
    await untilHeard(dora, 'livestall:order', { state: 'PAID' });

    await dora.room().getByTestId('shelf-open').click();
    await dora.room().locator('dialog[open] [data-product-id="p1"] button').first().click();
    await untilHeard(dora, 'livestall:product', { productId: 'p1', title: 'Linen shirt' });
    await host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
    await host.must('room:end-session', { opId: opId() });
    await untilHeard(dora, 'livestall:offline', { roomId });

    const { events } = await dora.kept();
    expect(events.filter(({ type }) => type === 'livestall:order')).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain('dora');
    expect(await violations(dora)).toEqual([]);
  });

  it('[PG77] a checkout that the shop leaves alone opens beside the room', async () => {
    signedIn('eve');
    site.show({ server: node.url, roomId });
    const eve = await visit();
    await untilIn(eve);
    const sale = await startSale(host, { stock: 1 });
    const grab = eve.room().locator('[data-testid="grab-button"]:not([data-fresh])').first();
    await grab.and(eve.room().locator('[data-state="open"]')).click();
    const [opened] = await Promise.all([
      eve.page.context().waitForEvent('page'),
      grab.and(eve.room().locator('a[data-state="held"]')).click(),
    ]);
    expect(opened.url()).toContain('/checkout?ref=');
    await untilHeard(eve, 'livestall:checkout', {});
    await host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
  });

  it('[PG77] a guest who wants to buy is the shop’s to sign in, or else the room’s', async () => {
    const sale = await startSale(host, { stock: 1 });
    site.show({ server: node.url, roomId });
    const press = '[data-testid="sign-in-open"]';
    const guest = await visit('?sign-in');
    await untilIn(guest);
    await guest.room().locator(press).click();
    await untilHeard(guest, 'livestall:sign-in', { roomId });
    signedIn('finn');
    await guest.page.evaluate(() => {
      document.querySelector<HTMLElement & { refresh(): void }>('livestall-room')?.refresh();
    });
    await untilMaySpeak(guest);
    expect(await guest.room().locator('dialog[open]').count()).toBe(0);

    site.token = async () => null;
    const other = await visit();
    await untilIn(other);
    await other.room().locator(press).click();
    await other.room().getByTestId('sign-in-name').waitFor();
    await host.must('flash-sale:close', { opId: opId(), saleId: sale.saleId });
  });

  it('[PG77] where neither the shop nor the room can sign a guest in, the first press says so', async () => {
    const real = await httpNode(harness, { config: { allowedOrigins: [site.origin] } });
    site.show({ server: real.url, roomId });
    const guest = await visit();
    await untilIn(guest);
    const button = guest.room().getByTestId('sign-in-open');
    await button.click();
    await untilHeard(guest, 'livestall:sign-in', { roomId });
    await guest.room().locator('dialog[open] .sign-in-hint').waitFor();
    expect(await button.count()).toBe(0);
  });
});

it('[PG129] what a page sets on the element before its script is there counts', async () => {
  site.show({ server: node.url, roomId: '' });
  const guest = await visit(`?room=${roomId}`);
  await untilIn(guest);
  await untilHeard(guest, 'livestall:ready', { roomId });
});

describe('in a frame', () => {
  it.each([
    { width: 336, height: 640 },
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ])('[PG79] there is no way to pages that cannot be framed, and all fits, at $width', async (size) => {
    signedIn('gwen');
    site.show({ server: node.url, roomId });
    const person = await visit('', size);
    await untilIn(person);
    const box = await person.page.locator('livestall-room').boundingBox();
    expect(box?.width).toBe(size.width - 16);
    expect(box?.height).toBeCloseTo(Math.min(((size.width - 16) * 16) / 9, size.height), 0);
    expect(await misfits(person.page, { presses: 'button' })).toEqual([]);
    // Lines of the chat are pressed as a whole column of them, not one by one.
    expect(await misfits(person.room(), { presses: 'button:not(.chat-said)' })).toEqual([]);
    await person
      .room()
      .getByTestId(size.width > 960 ? 'menu-open' : 'host-pill')
      .click();
    await person.room().locator('dialog[open] .room-menu').waitFor();
    expect(await person.room().locator('a[href="/"]').count()).toBe(0);
  });

  it('[PG79] it works where a frame may store nothing, also as a plain iframe', async () => {
    site.show({ server: node.url, roomId });
    const person = await visit('', undefined, async ({ page }) => {
      await page.addInitScript(() => {
        for (const name of ['localStorage', 'sessionStorage']) {
          Object.defineProperty(window, name, {
            get() {
              throw new DOMException('refused', 'SecurityError');
            },
          });
        }
      });
    });
    await untilIn(person);
    await person.page.evaluate(
      ({ url }) => {
        document.querySelector('livestall-room')?.remove();
        const frame = document.createElement('iframe');
        frame.src = url;
        document.body.append(frame);
      },
      { url: `${node.url}/r/${roomId}?embed` },
    );
    await eventually(() => expect(person.room().url()).toMatch(/\?embed$/), { withinMs: 5_000 });
    await untilIn(person);
    expect(await person.room().locator('a[href="/"]').count()).toBe(0);
    expect(person.problems).toEqual([]);
  });
});
