import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { untilSaid } from './browser.ts';
import { untilState } from './shop.ts';
import { linesOf, logOf, openStaffRoom, pick, type StaffRoom, untilGone } from './staff.ts';

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

const RAIDERS = 20;
const SLOGAN = 'this seller is a thief, do not buy';

/** Most say the same, each a little differently; every fourth posts a link. */
async function raid(): Promise<Map<string, TestClient>> {
  const raiders = new Map<string, TestClient>();
  for (let i = 0; i < RAIDERS; i += 1) {
    const text = i % 4 === 0 ? `free things at http://trap${i}.example` : `${SLOGAN}${'!'.repeat(i)}`;
    raiders.set(`raider${i}`, await room.say(`raider${i}`, text));
  }
  return raiders;
}

/** Says it, at a pace that a person may have, until the answer is this one. */
async function untilAnswered(client: TestClient, text: string, answer: object): Promise<void> {
  await eventually(
    async () => expect(await client.call('chat:say', { opId: opId(), text })).toMatchObject(answer),
    { withinMs: 10_000, everyMs: 400 },
  );
}

describe('the desk', () => {
  it('[PG30] cleans a raid in three presses, and the chat goes on', async () => {
    const ana = await room.open('r', 'ana', 'viewer');
    const mo = await room.open('desk', 'mo', 'moderator');
    await ana.say('what a lovely shirt');
    const fan = await room.join('fay');
    await fan.must('fan-badges:join', { opId: opId() });
    await fan.must('chat:say', { opId: opId(), text: SLOGAN });
    const raiders = await raid();
    await eventually(async () => expect((await ana.chat()).join()).toContain(SLOGAN), { withinMs: 10_000 });

    await mo.page.getByTestId('raid').waitFor();
    await mo.click('raid-slow');
    await eventually(async () => expect(await mo.text('raid-slow')).toContain('30 s'));
    await mo.click('raid-choose');
    await eventually(async () => expect(await mo.text('raid-clean')).toBe(`Ban and delete (${RAIDERS})`));
    await mo.click('raid-clean');

    await eventually(() => {
      for (const [userId, client] of raiders)
        expect([userId, client.socket.connected]).toEqual([userId, false]);
    });
    expect(await mo.text('raid-cleaned')).toContain(`${RAIDERS} people are banned`);
    await eventually(async () => {
      const lines = (await ana.chat()).filter((line) => line.includes(SLOGAN));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('fay');
    });
    await eventually(async () => {
      const { held, actions } = await deskOfHost();
      expect(held).toEqual([]);
      expect(actions.find(({ kind }) => kind === 'ban')).toMatchObject({ reason: 'Raid', untilMs: null });
    });
    const back = await harness.connect(
      room.node,
      await room.node.token({ userId: 'raider1', room: room.roomId }),
    );
    expect(await back.call('room:join', { roomId: room.roomId })).toMatchObject({
      error: { code: 'BANNED' },
    });
    // Ana has spoken within the last 30 s; slow mode is for her, too.
    await room.say('bo', 'thank you, moderators');
    await untilSaid(ana, 'thank you, moderators');
    await untilSaid(mo, 'thank you, moderators');
    expect([...ana.problems, ...mo.problems]).toEqual([]);
  });

  async function deskOfHost() {
    const host = await room.join('host', 'host');
    return host.must('moderation:desk', {});
  }

  it('[PG31] deletes by key and takes it back by key; a second moderator sees both, and undoes from the log', async () => {
    const ana = await room.open('r', 'ana', 'viewer');
    const mo = await room.open('desk', 'mo', 'moderator');
    const max = await room.open('desk', 'max', 'moderator');
    await room.say('bo', 'first line');
    await room.say('cy', 'second line');
    await untilSaid(ana, 'second line');
    await untilSaid(mo, 'second line');

    // From the newest line one up, to Bo's; letters in a field are no commands.
    await mo.page.getByTestId('desk-reason').fill('d');
    await mo.page.keyboard.press('Escape');
    await mo.page.keyboard.press('k');
    await mo.page.keyboard.press('k');
    await mo.page.getByTestId('desk-reason').fill('rude');
    await mo.page.keyboard.press('Escape');
    await mo.page.keyboard.press('d');
    await untilGone(ana, ['first line']);
    await eventually(async () => expect(await linesOf(max, 'bo')).toEqual(['removed']));
    await eventually(async () => expect(await logOf(max)).toEqual(['delete']));
    expect(await max.text('log-entry')).toContain('rude');

    await mo.page.keyboard.press('u');
    await untilSaid(ana, 'first line');
    await eventually(async () => expect(await linesOf(max, 'bo')).toEqual(['shown']));
    await eventually(async () => expect(await logOf(max)).toEqual(['undo', '~delete']));
    expect(await linesOf(mo, 'cy')).toEqual(['shown']);

    await pick(mo, 'cy');
    await mo.click('act-hold');
    await untilGone(ana, ['second line']);
    await max.click('filter-held');
    await eventually(async () => expect(await linesOf(max, 'cy')).toEqual(['held']));
    await mo.page.keyboard.press('u');
    await untilSaid(ana, 'second line');

    await pick(mo, 'bo');
    await mo.page.keyboard.press('m');
    await eventually(async () => expect((await logOf(max))[0]).toBe('timeout'));
    await max.click('log-undo');
    await eventually(async () => expect((await logOf(mo)).slice(0, 2)).toEqual(['undo', '~timeout']));
    expect([...ana.problems, ...mo.problems, ...max.problems]).toEqual([]);
  });

  it('[PG32] tells somebody who is muted why and for how long, and answers the appeal', async () => {
    const bo = await room.open('r', 'bo', 'viewer');
    const mo = await room.open('desk', 'mo', 'moderator');
    await bo.say('buy at my shop instead');
    await untilSaid(mo, 'buy at my shop instead');
    await pick(mo, 'bo');
    await mo.page.keyboard.press('t');
    // Write why, press Enter: that is all it takes.
    await eventually(async () =>
      expect(
        await mo.page.getByTestId('act-reason').evaluate((field) => field === document.activeElement),
      ).toBe(true),
    );
    await mo.page.getByTestId('act-length').selectOption('1800000');
    await mo.page.getByTestId('act-reason').fill('Advertising');
    await mo.page.keyboard.press('Enter');

    await untilState(bo, 'speak-bar', 'muted');
    expect(await bo.text('speak-bar')).toMatch(/3[01] minutes/);
    await bo.click('speak-act');
    await eventually(async () => expect(await bo.text('sanction-reason')).toBe('Advertising'));
    await bo.page.getByTestId('appeal-words').fill('I only asked');
    await bo.click('appeal-send');

    await mo.click('tab-appeals');
    await eventually(async () => expect(await mo.text('appeal')).toContain('I only asked'));
    await mo.click('appeal-accept');
    await eventually(async () => expect(await bo.page.getByTestId('speak-bar').count()).toBe(0));
    await bo.page.keyboard.press('Escape');
    await bo.say('thanks');
    await untilSaid(mo, 'thanks');
    expect([...bo.problems, ...mo.problems]).toEqual([]);
  });

  it('[PG33] adds words that stop the next message, names one that cannot be, and switches modes', async () => {
    const mo = await room.open('desk', 'mo', 'moderator');
    const bo = await room.join('bo');
    await mo.click('tab-words');
    await mo.click('word-list-add');
    await mo.page.getByTestId('list-title').fill('Our own');
    await mo.click('list-save');
    await mo.page.getByTestId('words-add').fill('fine word\n!!');
    await mo.click('words-add-go');
    await eventually(async () => expect(await mo.page.locator('.has-problem').textContent()).toContain('!!'));
    await mo.page.getByTestId('words-add').fill('fluffernutter');
    await mo.click('words-add-go');
    await eventually(async () => expect(await mo.text('words')).toBe('fluffernutter'));
    await untilAnswered(bo, 'Fluffer-nutter now', { error: { code: 'WORD_BLOCKED' } });
    await mo.click('word-remove');
    await eventually(async () => expect(await mo.text('words')).toBe(''));
    await mo.page.keyboard.press('Escape');

    await mo.click('mode-fans');
    await untilAnswered(bo, 'hello', { error: { code: 'LEVEL_ONLY' } });
    await mo.page.locator('body').press('u');
    await untilAnswered(bo, 'hello again', { ok: true });
    expect(mo.problems).toEqual([]);
  });
});
