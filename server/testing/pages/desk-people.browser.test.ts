import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { untilSaid } from './browser.ts';
import { flaws } from './fit.ts';
import { openStaffRoom, PHONE, pick, type StaffRoom } from './staff.ts';

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

it('[PG118] switches the modes of a raid on its banner, and back, for all moderators', async () => {
  const mo = await room.open('desk', 'mo', 'moderator');
  const max = await room.open('desk', 'max', 'moderator', PHONE);
  for (let i = 0; i < 6; i += 1) await room.say(`raider${i}`, 'do not buy from this thief');
  const host = await room.join('host', 'host');
  const modes = async () => (await host.must('room:join', { roomId: room.roomId })).snapshot;
  await mo.page.getByTestId('raid').waitFor();
  await max.page.getByTestId('raid').waitFor();
  const pressed = (name: string) => max.page.getByTestId(`raid-${name}`).getAttribute('aria-pressed');
  const { moderation: before } = await modes();
  for (const name of ['slow', 'followers', 'links']) {
    const was = await pressed(name);
    await mo.click(`raid-${name}`);
    await eventually(async () => expect([name, await pressed(name)]).toEqual([name, String(was !== 'true')]));
    await max.click(`raid-${name}`);
    await eventually(async () => expect([name, await pressed(name)]).toEqual([name, was]));
  }
  expect((await modes()).moderation).toEqual(before);
  expect(await flaws(max.page, { presses: '.raid .btn, .desk-filters button' })).toEqual([]);
  expect([...mo.problems, ...max.problems]).toEqual([]);
});

it('[PG119] lifts, lists and appoints from the card of a person', async () => {
  const host = await room.open('desk', 'host', 'host');
  const bo = await room.say('bo', 'may I help you here?');
  await untilSaid(host, 'may I help you here?');
  await pick(host, 'bo');
  await host.page.keyboard.press('m');
  await host.click('person-lift');
  await eventually(
    async () =>
      expect(await bo.call('chat:say', { opId: opId(), text: 'I can speak again' })).toMatchObject({
        ok: true,
      }),
    { withinMs: 10_000, everyMs: 400 },
  );
  await host.click('person-log');
  await eventually(async () => expect(await host.text('log-about')).toBe('bo'));
  const kinds = () =>
    host.page
      .getByTestId('desk-log')
      .getByTestId('log-entry')
      .evaluateAll((entries) => entries.map((entry) => entry.getAttribute('data-kind')));
  await eventually(async () => expect(await kinds()).toEqual(['unmute', 'timeout']));
  await host.page.getByTestId('log-kind').selectOption('timeout');
  await eventually(async () => expect(await kinds()).toEqual(['timeout']));

  await host.page.getByTestId('person-appoint').locator('summary').click();
  await host.click('appoint-go');
  await eventually(() =>
    expect(bo.events('room:role-changed').at(-1)?.data).toMatchObject({ userId: 'bo', role: 'moderator' }),
  );
  expect(await flaws(host.page, { presses: '.btn, .icon-btn, summary, .desk-filters button' })).toEqual([]);
  expect(host.problems).toEqual([]);
});
