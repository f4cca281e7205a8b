import { expect } from 'vitest';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import type { Harness, TestTime } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { openBrowser, type Person } from './browser.ts';

/** A room that sells, and the demo's shop behind it, in real browsers. */
export type Shop = {
  node: HttpNode;
  roomId: string;
  host: TestClient;
  /**
   * A buyer in a browser of their own; the same user id twice is one buyer with two devices. `hasOwnClock`: from the
   * start the page has a clock that can be put forward, so that nothing it knows stems from another one.
   */
  visit(
    userId: string,
    size?: { width: number; height: number },
    query?: string,
    hasOwnClock?: boolean,
  ): Promise<Person>;
  /** The host's own page. */
  studio(size: { width: number; height: number }, query?: string): Promise<Person>;
  /** A buyer without a page. */
  join(userId: string): Promise<TestClient>;
  closePages(): Promise<void>;
};

export async function openShop(harness: Harness, time: TestTime): Promise<Shop> {
  const config = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret };
  const node = await httpNode(harness, { config, demoSecrets: TEST_DEMO_SECRETS, time });
  const roomId = await harness.room(node, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
  await node.core.stores.room.update(roomId, { checkoutUrl: '/checkout?ref={ref}' }, 'tests');
  const people: Person[] = [];
  async function open(
    path: string,
    token: string,
    size?: { width: number; height: number },
    hasOwnClock = false,
  ): Promise<Person> {
    const person = await openBrowser(size);
    people.push(person);
    if (hasOwnClock) await person.page.clock.install();
    await person.page.goto(`${node.url}${path}#token=${token}`);
    await eventually(async () => expect(await person.state('connection')).toBe('online'), {
      withinMs: 15_000,
    });
    return person;
  }
  return {
    node,
    roomId,
    host: await harness.join(node, roomId, { userId: 'host', role: 'host' }),
    async visit(userId, size, query = '', hasOwnClock = false) {
      return open(`/r/${roomId}${query}`, await node.token({ userId, room: roomId }), size, hasOwnClock);
    },
    async studio(size, query = '') {
      const token = await node.token({ userId: 'host', role: 'host', room: roomId });
      return open(`/studio/${roomId}${query}`, token, size);
    },
    join: (userId) => harness.join(node, roomId, { userId }),
    async closePages() {
      for (const person of people.splice(0)) await person.close();
    },
  };
}

/** Waits until an element has this `data-state`. */
export async function untilState(
  person: Person,
  testId: string,
  state: string,
  withinMs = 10_000,
): Promise<void> {
  await eventually(async () => expect(await person.state(testId)).toBe(state), { withinMs, everyMs: 25 });
}
