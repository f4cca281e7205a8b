import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame } from 'playwright-core';
import { expect } from 'vitest';
import { AFTER_LOAD_MS } from '../../../client/embed/patience.ts';
import { eventually } from '../eventually.ts';
import { openBrowser, type Person } from './browser.ts';

/** A shop of its own origin, and its own site: rooms are 127.0.0.1, so browsers keep the two apart as on the web. */
export type ShopSite = {
  origin: string;
  /** Where its page finds the rooms. */
  show(given: { server: string; roomId: string; attributes?: string; policy?: string }): void;
  /** What `/token` answers; null: nobody is signed in. */
  token: (fresh: boolean) => Promise<string | null>;
  /** How often it was asked: `fresh` of each. */
  asked: boolean[];
  close(): Promise<void>;
};

/** What the shop's page has kept. */
export type Kept = { events: { type: string; detail: Record<string, unknown> }[]; violations: string[] };

/** As in docs/embedding.md, and nothing else allowed. */
export function shopPolicy(server: string): string {
  return `default-src 'none'; connect-src 'self'; script-src 'self' ${server}; frame-src ${server}`;
}

const SCRIPT = `
const names = ['ready', 'live', 'offline', 'order', 'checkout', 'sign-in', 'product'];
const room = document.querySelector('livestall-room');
const wants = new URLSearchParams(location.search);
window.kept = { events: [], violations: [] };
// Before the element's script is there.
if (wants.has('room')) room.room = wants.get('room');
for (const name of [...names.map((each) => 'livestall:' + each), 'error']) {
  room.addEventListener(name, (event) => {
    window.kept.events.push({ type: event.type, detail: event.detail });
    if (wants.has(name.replace('livestall:', ''))) event.preventDefault();
  });
}
document.addEventListener('securitypolicyviolation', (event) => window.kept.violations.push(event.violatedDirective + ' ' + event.blockedURI));
room.getToken = async ({ fresh }) => {
  const answer = await fetch('/token?fresh=' + fresh);
  if (!answer.ok) throw new Error('the shop answered ' + answer.status);
  return (await answer.json()).token;
};
`;

export async function openShopSite(): Promise<ShopSite> {
  let html = '';
  let policy = '';
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/token') {
      const fresh = searchParams.get('fresh') === 'true';
      site.asked.push(fresh);
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ token: await site.token(fresh) }));
    } else if (pathname === '/shop.js') {
      response.setHeader('content-type', 'text/javascript').end(SCRIPT);
    } else if (pathname === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', policy).end(html);
    } else {
      response.writeHead(204).end();
    }
  };
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site: ShopSite = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    show({ server: rooms, roomId, attributes = '', policy: given }) {
      policy = given ?? shopPolicy(rooms);
      html = `<!doctype html><html lang="en"><title>Shop</title><meta name="viewport" content="width=device-width">
<livestall-room src="${rooms}" room="${roomId}" ${attributes}></livestall-room>
<script src="/shop.js"></script><script type="module" src="${rooms}/embed.js"></script>`;
    },
    token: async () => null,
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return site;
}

export type Visit = Person & {
  /** The room in the shop's page. */
  room: () => Frame;
  kept(): Promise<Kept>;
  /** What is shown in place of the room; '' while that shows. */
  covered(): Promise<string>;
};

export async function visitShop(
  address: string,
  size?: { width: number; height: number },
  before: (person: Person) => Promise<void> = async () => {},
): Promise<Visit> {
  const person = await openBrowser(size);
  await before(person);
  await person.page.goto(address);
  return Object.assign(person, {
    room(): Frame {
      const frame = person.page.frames().find((each) => each.url().includes('/r/'));
      if (frame === undefined) throw new Error('there is no room in the page');
      return frame;
    },
    kept: () => person.page.evaluate(() => (window as unknown as { kept: Kept }).kept),
    covered: async () =>
      (await person.page.locator('livestall-room .over').allInnerTexts()).join('\n').trim(),
  });
}

/** Waits for the room in the page to be connected. */
export async function untilIn(visit: Visit): Promise<void> {
  await eventually(
    async () =>
      expect(
        await visit.room().getByTestId('connection').getAttribute('data-state', { timeout: 1_000 }),
      ).toBe('online'),
    { withinMs: 15_000, everyMs: 50 },
  );
}

/** Waits for an event that has these details, and answers how many there were of its name. */
export async function untilHeard(visit: Visit, type: string, detail: object): Promise<number> {
  let found: unknown[] = [];
  await eventually(
    async () => {
      found = (await visit.kept()).events.filter((event) => event.type === type);
      expect(found).toContainEqual({ type, detail: expect.objectContaining(detail) });
    },
    { withinMs: 10_000, everyMs: 50 },
  );
  return found.length;
}

/** Puts the page's clock forward until the element has waited long enough, and says so. */
export async function untilImpatient(visit: Visit, words: string): Promise<void> {
  await eventually(
    async () => {
      if (!(await visit.covered()).includes(words)) await visit.page.clock.fastForward(AFTER_LOAD_MS);
      expect(await visit.covered()).toContain(words);
    },
    { withinMs: 20_000, everyMs: 250 },
  );
}
