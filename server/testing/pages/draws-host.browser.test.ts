import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { type Person, untilSaid } from './browser.ts';
import { flaws } from './fit.ts';
import { untilState } from './shop.ts';
import { LAPTOP, openStaffRoom, PHONE, type StaffRoom } from './staff.ts';

const harness = new Harness();
let room: StaffRoom;

beforeAll(async () => {
  await harness.start();
  room = await openStaffRoom(harness);
});
afterEach(() => room.closePages());
afterAll(() => harness.close());

/** Announces a draw from the open studio. */
async function announce(host: Person, title: string): Promise<void> {
  await host.click('draw-add');
  await host.page.getByTestId('draw-title').fill(title);
  await host.page.getByTestId('prize-title').fill('Ceramic mug');
  await host.page.getByTestId('prize-value').fill('59');
  await host.page.getByTestId('draw-trust').selectOption('operator');
  await host.click('draw-announce');
}

describe('the studio', () => {
  it('[PG34] announces a draw, closes it by a long press, and shows who won and how to reach them', async () => {
    const host = await room.open('studio', 'host', 'host');
    const ana = await room.join('ana');
    // Names are kept of fans only; of others a winner's list shows the first letter of the id.
    await ana.must('fan-badges:join', { opId: opId() });

    await host.click('draw-add');
    await host.click('draw-announce');
    // What is missing is said at the fields, and the first of them has the focus.
    await eventually(async () => expect(await host.page.locator('.has-problem').count()).toBe(2));
    expect(await host.page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe(
      'prize-title',
    );
    await host.page.getByTestId('prize-title').fill('Ceramic mug');
    await host.page.getByTestId('prize-value').fill('59');
    // No beacon is configured here: what is left is chosen.
    expect(await host.page.getByTestId('draw-trust').inputValue()).toBe('operator');
    expect(await host.page.locator('option[value="beacon"]').isDisabled()).toBe(true);
    await host.click('draw-announce');

    await untilState(host, 'draw-row', 'open');
    const [draw] = (await ana.must('lottery:draws', {})).draws;
    if (draw === undefined) throw new Error('no draw');
    expect(draw).toMatchObject({ trust: 'operator', prizes: [{ title: 'Ceramic mug', valueMinor: 5_900 }] });
    // Who has come in counts as present within a second or two.
    await eventually(() => ana.must('lottery:enter', { drawId: draw.drawId }));
    await eventually(async () => expect(await host.text('draw-entries')).toBe('1'));

    await host.click('draw-close');
    expect((await ana.must('lottery:draws', {})).draws[0]?.phase).toBe('open');
    await host.hold('draw-close');
    await eventually(
      async () => expect((await ana.must('lottery:draws', {})).draws[0]?.phase).toBe('revealed'),
      {
        withinMs: 15_000,
      },
    );
    await eventually(async () => expect(await host.text('draw-winner-names')).toContain('ana'));

    await ana.must('lottery:claim', { opId: opId(), drawId: draw.drawId, contact: '1 Linen Street' });
    await host.click('draw-claims');
    await eventually(async () => expect(await host.text('claim-contact')).toBe('1 Linen Street'));
    expect(host.problems).toEqual([]);
  });

  it('[PG35] calls a draw off with a reason that viewers read', async () => {
    const host = await room.open('studio', 'host', 'host');
    const ana = await room.join('ana');
    await announce(host, 'Not today');
    await untilState(host, 'draw-row', 'open');
    await host.click('draw-cancel');
    await host.hold('draw-reason-go');
    await eventually(async () => expect(await host.page.locator('.has-problem').count()).toBe(1));
    await host.page.getByTestId('draw-reason').fill('The mug broke');
    await host.hold('draw-reason-go');
    await eventually(async () =>
      expect((await ana.must('lottery:draws', {})).draws[0]).toMatchObject({
        ...{ title: 'Not today', phase: 'cancelled', cancelReason: 'The mug broke' },
      }),
    );
    expect(host.problems).toEqual([]);
  });

  it('[PG36] changes the rules of the fan club, having said what that does, and appoints from a card', async () => {
    const host = await room.open('studio', 'host', 'host');
    const ana = await room.join('fan');
    await ana.must('fan-badges:join', { opId: opId() });
    await ana.must('chat:say', { opId: opId(), text: 'hello, host' });
    await untilSaid(host, 'hello, host');
    await host.click('club-rules');
    await host.page.getByTestId('rule-badge').fill('亚麻');
    await host.page.getByTestId('threshold-3').fill('10');
    await host.click('rules-save');
    await eventually(async () => expect(await host.page.locator('.has-problem').count()).toBe(1));
    await host.page.getByTestId('threshold-3').fill('70');
    expect(await host.text('rule-changes')).toContain('Nobody loses a level');
    await host.click('rules-save');
    await eventually(async () =>
      expect(ana.events('fan-badges:rules-changed').at(-1)?.data).toMatchObject({ rules: { badge: '亚麻' } }),
    );

    const line = host.page.getByTestId('chat-message').filter({ hasText: 'hello, host' });
    await line.hover();
    await line.getByTestId('chat-person').click();
    await host.page.locator('.studio-appoint summary').click();
    await host.click('appoint-go');
    await eventually(async () =>
      expect(ana.events('room:role-changed').at(-1)?.data).toMatchObject({
        userId: 'fan',
        role: 'moderator',
      }),
    );
    // The way back is in the sheet, which nothing behind it could be pressed through.
    await eventually(async () => expect(await host.text('undo-bar')).toMatch(/^You changed the role of/));
    await host.click('undo');
    await eventually(async () =>
      expect(ana.events('room:role-changed').at(-1)?.data).toMatchObject({ userId: 'fan', role: 'viewer' }),
    );
    await host.click('appoint-go');
    await eventually(async () =>
      expect(ana.events('room:role-changed').at(-1)?.data).toMatchObject({ role: 'moderator' }),
    );
    await host.page.keyboard.press('Escape');
    await host.click('team-open');
    await host.hold('team-take-back');
    await eventually(async () =>
      expect(ana.events('room:role-changed').at(-1)?.data).toMatchObject({ userId: 'fan', role: 'viewer' }),
    );
    expect(host.problems).toEqual([]);
  });
});

it.each([
  ['en', PHONE],
  ['zh-CN', PHONE],
  ['en', LAPTOP],
  ['zh-CN', LAPTOP],
] as const)('[PG37] in %s at %o studio and desk fit the page', async (language, size) => {
  const { say } = room;
  for (let i = 0; i < 6; i += 1)
    await say(`${language}${size.width}${i}`, 'a raid of people, all with the same words');
  const query = `?lang=${language}`;
  const isPhone = size === PHONE;
  const desk = await room.open('desk', 'mo', 'moderator', size, query);
  await desk.page.getByTestId('raid').waitFor();
  await desk.click('raid-choose');
  await fits(desk, 'raid');
  await desk.click('raid-dismiss');
  await desk.page.getByTestId('chat-message').last().getByRole('button').first().click();
  await fits(desk, 'a picked line');
  if (isPhone) await desk.click('column-person');
  await desk.page.getByTestId('person-facts').waitFor();
  await fits(desk, 'person');
  await fitsInSheet(desk, 'person-ban');
  if (isPhone) await desk.click('column-records');
  for (const tab of ['log', 'appeals', 'words']) {
    await desk.click(`tab-${tab}`);
    await fits(desk, tab);
  }
  await fitsInSheet(desk, 'word-list-edit');

  const studio = await room.open('studio', 'host', 'host', size, query);
  // Off air a phone shows the stage first.
  await fits(studio, 'studio');
  for (const open of ['club-rules', 'club-board', 'team-open']) await fitsInSheet(studio, open);
  if (isPhone) await studio.click('tab-run');
  await fits(studio, 'run list');
  await fitsInSheet(studio, 'draw-add');
  expect([...desk.problems, ...studio.problems]).toEqual([]);
});

/** Opens a sheet, looks at it, and closes it; a key that comes before it is there would be lost. */
async function fitsInSheet(person: Person, open: string): Promise<void> {
  const sheet = person.page.locator('dialog[open]');
  await person.click(open);
  await sheet.waitFor();
  await fits(person, open);
  await person.page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
}

async function fits({ page }: Person, where: string): Promise<void> {
  const presses = '.btn, .icon-btn, summary, .desk-mode, .input';
  expect([where, await flaws(page, { presses })]).toEqual([where, []]);
}
