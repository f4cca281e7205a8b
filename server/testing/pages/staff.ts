import { expect } from 'vitest';
import { type HttpNode, httpNode } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import { type Harness, opId, type TestTime } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { openBrowser, type Person } from './browser.ts';

export const LAPTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

type Size = { width: number; height: number };
type Page = 'r' | 'studio' | 'desk';
type StaffRole = 'host' | 'moderator' | 'viewer';

/** A room with people on its three pages, and others who have no page. */
export type StaffRoom = {
  node: HttpNode;
  roomId: string;
  open(page: Page, userId: string, role: StaffRole, size?: Size, query?: string): Promise<Person>;
  join(userId: string, role?: StaffRole): Promise<TestClient>;
  /** Comes in, says one thing, and stays. */
  say(userId: string, text: string): Promise<TestClient>;
  closePages(): Promise<void>;
};

export async function openStaffRoom(harness: Harness, time?: TestTime): Promise<StaffRoom> {
  const node = await httpNode(harness, time === undefined ? {} : { time });
  const roomId = await harness.room(node, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
  const people: Person[] = [];
  const join: StaffRoom['join'] = (userId, role = 'viewer') => harness.join(node, roomId, { userId, role });
  return {
    ...{ node, roomId, join },
    async open(page, userId, role, size = page === 'r' ? PHONE : LAPTOP, query = '') {
      const token = await node.token({ userId, role, room: roomId });
      const person = await openBrowser(size);
      people.push(person);
      await person.page.goto(`${node.url}/${page}/${roomId}${query}#token=${token}`);
      await eventually(async () => expect(await person.state('connection')).toBe('online'), {
        withinMs: 15_000,
      });
      return person;
    },
    async say(userId, text) {
      const client = await join(userId);
      await client.must('chat:say', { opId: opId(), text });
      return client;
    },
    async closePages() {
      for (const person of people.splice(0)) await person.close();
    },
  };
}

/** Picks the last line of somebody on a desk. */
export async function pick(desk: Person, userId: string): Promise<void> {
  const line = desk.page.locator(`[data-testid="chat-message"][data-user="${userId}"]`).last();
  await line.getByRole('button').first().click();
  await eventually(async () => expect(await line.getAttribute('class')).toContain('is-selected'));
}

/** What became of the lines of somebody on a desk, oldest first. */
export function linesOf(desk: Person, userId: string): Promise<(string | null)[]> {
  return desk.page
    .locator(`[data-testid="chat-message"][data-user="${userId}"]`)
    .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-state')));
}

/** Kinds of the actions in a desk's log, newest first; those undone have a "~" in front. */
export function logOf(desk: Person): Promise<string[]> {
  return desk.page
    .getByTestId('desk-log')
    .getByTestId('log-entry')
    .evaluateAll((entries) =>
      entries.map(
        (entry) =>
          `${entry.getAttribute('data-undone') === 'true' ? '~' : ''}${entry.getAttribute('data-kind')}`,
      ),
    );
}

/** Waits until a page's chat shows none of these texts. */
export async function untilGone(person: Person, texts: readonly string[]): Promise<void> {
  await eventually(async () => {
    const shown = (await person.chat()).join('\n');
    expect(texts.filter((text) => shown.includes(text))).toEqual([]);
  });
}
