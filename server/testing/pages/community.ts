import { expect } from 'vitest';
import type { FakeDrand } from '../../beacon/testing/fake-drand.ts';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import { type Harness, opId, TestTime } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { openBrowser, type Person } from './browser.ts';
import { flaws } from './fit.ts';

/** A live room whose time the test turns, with people in real browsers. */
export type CommunityRoom = {
  time: TestTime;
  node: HttpNode;
  roomId: string;
  host: TestClient;
  visit(userId: string, options?: VisitOptions): Promise<Person>;
  /** Time passes, and the node counts who watched. */
  watch(ms: number): Promise<void>;
  closePages(): Promise<void>;
};

type VisitOptions = {
  size?: { width: number; height: number };
  query?: string;
  /** For who will not get in. */
  mayBeOut?: boolean;
};

export async function openCommunityRoom(
  harness: Harness,
  options: { drand?: FakeDrand } = {},
): Promise<CommunityRoom> {
  const time = new TestTime(Date.now());
  const { drand } = options;
  const beacon = drand === undefined ? {} : { beaconUrls: [drand.url], beaconInfo: drand.info };
  const config = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, ...beacon };
  const node = await httpNode(harness, { config, demoSecrets: TEST_DEMO_SECRETS, time });
  const roomId = await harness.room(node, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  await host.must('room:start-session', { opId: opId(), title: 'Spring evening' });
  const keys = node.core.keys.room(roomId);
  const people: Person[] = [];
  return {
    ...{ time, node, roomId, host },
    async visit(userId, { size, query = '', mayBeOut = false } = {}) {
      const token = await node.token({ userId, name: `${userId} of Linen`, room: roomId });
      const person = await openBrowser(size);
      people.push(person);
      await person.page.goto(`${node.url}/r/${roomId}${query}#token=${token}`);
      if (!mayBeOut) {
        await eventually(async () => expect(await person.state('connection')).toBe('online'), {
          withinMs: 15_000,
        });
      }
      return person;
    },
    async watch(ms) {
      await node.core.presence.sync();
      time.advance(ms);
      // The node has said all along that it is alive.
      await harness.redis.client.zadd(keys.presenceNodes, 'XX', time.nowMs, node.core.config.nodeId);
      await node.core.stores.fanBadges.rounds.run();
    },
    async closePages() {
      for (const person of people.splice(0)) await person.close();
    },
  };
}

/** The result of each step of a check that the page shows, by the step's name. */
export function shownSteps({ page }: Person): Promise<Record<string, string>> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-testid^="step-"]')].map((element) => [
        element.dataset.testid?.slice('step-'.length) ?? '',
        element.dataset.state ?? '',
      ]),
    ),
  );
}

/** What of draws, the fan club and moderation does not fit. */
export function communityMisfits({ page }: Person): Promise<string[]> {
  return flaws(page, {
    boxes: '.sheet-content, .draw-sheet, .check, .club, .board, .top-bar, .speak-bar, .out-card',
    presses: '.btn, .icon-btn, .chip, .follow, summary, textarea, .draw-list button, .check-links a',
    scrolled: '.play-chips, .draw-tabs',
  });
}
