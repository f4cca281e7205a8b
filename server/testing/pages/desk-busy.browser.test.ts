import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { type Person, untilSaid } from './browser.ts';
import { linesOf, logOf, openStaffRoom, pick, type StaffRoom } from './staff.ts';

const harness = new Harness();
let started: Promise<void> | undefined;
let room: StaffRoom;

beforeEach(async () => {
  started ??= harness.start();
  await started;
  room = await openStaffRoom(harness);
});
afterEach(() => room.closePages());
afterAll(() => harness.close());

const picked = (desk: Person) => desk.page.locator('.desk-line.is-selected');
const heightOf = async (desk: Person) => Math.round((await picked(desk).boundingBox())?.y ?? -1);

async function crowd(from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i += 1) await room.say(`fan${i}`, `fans say ${i}`);
}

async function untilPicked(desk: Person, text: string): Promise<void> {
  await eventually(async () =>
    expect(await picked(desk).allInnerTexts()).toEqual([expect.stringContaining(text)]),
  );
}

/** By who wrote them, oldest first. */
const untilLines = (desk: Person, users: string[]) =>
  eventually(async () => {
    const lines = desk.page.getByTestId('chat-message');
    expect(await lines.evaluateAll((all) => all.map((line) => line.getAttribute('data-user')))).toEqual(
      users,
    );
  });

it('[PG115] shows what waits in each filter, and chooses them by number', async () => {
  const mo = await room.open('desk', 'mo', 'moderator');
  const bo = await room.say('bo', 'a plain line');
  await room.say('cy', 'look at http://trap.example/now');
  const { message } = await bo.must('chat:say', { opId: opId(), text: 'you are all fools' });
  const ed = await room.join('ed');
  await ed.must('moderation:report', { messageId: message.messageId, reason: 'insult', opId: opId() });
  await eventually(async () => {
    const counts = ['held', 'reported', 'new', 'links'].map((filter) => mo.text(`count-${filter}`));
    expect(await Promise.all(counts)).toEqual(['1', '1', '3', '1']);
  });
  const shows = async (key: string, users: string[]) => {
    await mo.page.locator('body').press(key);
    await untilLines(mo, users);
  };
  await shows('2', ['cy']);
  await shows('3', ['bo']);
  await shows('4', ['bo', 'cy', 'bo']);
  await shows('5', ['cy']);
  await shows('1', ['bo', 'cy', 'bo']);
  expect(mo.problems).toEqual([]);

  // Who comes later sees what was reported before, and what is deleted is gone from it for everybody.
  const max = await room.open('desk', 'max', 'moderator');
  await eventually(async () => expect(await max.text('count-reported')).toBe('1'));
  await max.page.locator('body').press('3');
  await untilLines(max, ['bo']);
  await max.page.keyboard.press('k');
  await max.page.keyboard.press('d');
  const open = (desk: Person) => desk.page.getByTestId('count-reported').count();
  for (const desk of [mo, max]) await eventually(async () => expect(await open(desk)).toBe(0));
  await max.page.reload();
  // With the log comes what is reported.
  await eventually(async () => expect(await logOf(max)).toEqual(['delete']), { withinMs: 10_000 });
  expect(await open(max)).toBe(0);
});

it('[PG116] keeps still what is picked while a crowd speaks, and goes on to the next after a delete', async () => {
  const mo = await room.open('desk', 'mo', 'moderator');
  await crowd(0, 16);
  await untilSaid(mo, 'fans say 15');
  for (let i = 0; i < 4; i += 1) await mo.page.keyboard.press('k');
  await untilPicked(mo, 'fans say 12');
  const at = await heightOf(mo);
  await crowd(16, 12);
  await eventually(async () => expect(await mo.text('desk-newer')).toContain('12'));
  expect(await heightOf(mo)).toBe(at);
  await untilPicked(mo, 'fans say 12');

  await mo.page.keyboard.press('d');
  await untilPicked(mo, 'fans say 13');
  await mo.page.keyboard.press('d');
  await untilPicked(mo, 'fans say 14');
  expect([await linesOf(mo, 'fan12'), await linesOf(mo, 'fan13')]).toEqual([['removed'], ['removed']]);

  await mo.page.keyboard.press('Escape');
  await eventually(async () => expect(await mo.page.getByTestId('desk-newer').count()).toBe(0));
  const last = mo.page.getByTestId('chat-message').last();
  expect(await last.evaluate((line) => line.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  expect(mo.problems).toEqual([]);
});

it('[PG117] tells the second moderator that a message is gone, and brings it back by one key', async () => {
  const mo = await room.open('desk', 'mo', 'moderator');
  const max = await room.open('desk', 'max', 'moderator');
  await room.say('bo', 'a rude line');
  await untilSaid(mo, 'a rude line');
  await untilSaid(max, 'a rude line');
  await pick(max, 'bo');
  await pick(mo, 'bo');
  expect(await mo.text('picked-aloud')).toBe('bo: a rude line');
  await mo.page.keyboard.press('d');
  await eventually(async () => expect(await linesOf(max, 'bo')).toEqual(['removed']));
  await max.page.keyboard.press('d');
  await eventually(async () =>
    expect(await max.page.locator('.toast').textContent()).toMatch(/gone already, by .*mo/),
  );
  expect(await logOf(max)).toEqual(['delete']);
  // Told once: what counts down is in no live region, and neither is the stream.
  expect(await mo.page.getByTestId('undo').evaluate((undo) => undo.closest('[role="status"]'))).toBeNull();
  expect(await mo.page.getByTestId('chat-list').getAttribute('aria-live')).toBe('off');

  await max.page.keyboard.press('s');
  await eventually(async () => expect(await linesOf(mo, 'bo')).toEqual(['shown']));
  expect([...mo.problems, ...max.problems]).toEqual([]);
});
