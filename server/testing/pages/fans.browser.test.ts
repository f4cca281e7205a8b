import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { FAN_DEFAULTS } from '../../../shared/community/fans.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { untilGrab, untilSaid } from './browser.ts';
import { type CommunityRoom, openCommunityRoom } from './community.ts';
import { untilState } from './shop.ts';

const harness = new Harness();
let room: CommunityRoom | undefined;

beforeAll(() => harness.start());
afterEach(() => room?.closePages());
afterAll(() => harness.close());

const MINUTE_MS = 60_000;

it('[PG20] a fan joins in the page, gains a level by watching, and the new badge shows in the chat', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit, watch } = room;
  const rules = { ...FAN_DEFAULTS, badge: 'MOON', watch: { ...FAN_DEFAULTS.watch, points: 25 } };
  await host.must('fan-badges:set-rules', { opId: opId(), rules });
  const [ana, bo] = await Promise.all([visit('ana'), visit('bo')]);
  await ana.click('fan-chip');
  await ana.click('club-join');
  await untilState(ana, 'club', 'level-1');
  await ana.page.keyboard.press('Escape');

  await watch(5 * MINUTE_MS);
  await untilState(ana, 'fan-chip', 'level-2');
  expect(await ana.text('community-news')).toContain('level 2');
  await eventually(async () => expect(await bo.text('chat-note')).toContain('level 2'));
  await ana.say('hello from a fan');
  for (const person of [ana, bo]) {
    await untilSaid(person, 'hello from a fan');
    const mark = person.page.getByTestId('chat-message').last().locator('.fan-mark');
    expect(await mark.getAttribute('data-level')).toBe('2');
    expect(await mark.textContent()).toContain('MOON');
  }
  await ana.click('fan-chip');
  expect(await ana.text('club-next')).toMatch(/^\d+ points to level 3$/);
  await eventually(async () => expect(await ana.text('board-row')).toContain('You'));
  expect([...ana.problems, ...bo.problems]).toEqual([]);
});

it('[PG21] fans first: who is not in the club reads for how long, and a fan grabs', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const [ana, bo] = await Promise.all([visit('ana'), visit('bo')]);
  await ana.click('fan-chip');
  await ana.click('club-join');
  await untilState(ana, 'club', 'level-1');
  await ana.page.keyboard.press('Escape');
  await host.must('flash-sale:schedule', {
    ...{ opId: opId(), productId: 'p1', priceMinor: 5900, stock: 2, opensInMs: 0, guard: 'none' },
    ...{ earlyLevel: 1, earlyMs: 30_000 },
  });
  await untilGrab(bo, 'fans-first');
  expect(await bo.text('grab-button')).toMatch(/^Fans first · 00:\d\d$/);
  await untilGrab(ana, 'open');
  await ana.click('grab-button');
  await untilGrab(ana, 'held');
});

it('[PG22] who is muted reads for how long and why, and appeals; what was removed vanishes and comes back', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const [ana, bo] = await Promise.all([visit('ana'), visit('bo')]);
  for (const word of ['one', 'two', 'three']) {
    await ana.say(word);
    await untilSaid(bo, word);
  }
  const { snapshot } = await host.must('room:join', { roomId: room.roomId });
  const messages = (snapshot.chat as { messages: { messageId: string; text: string }[] }).messages;
  const messageIds = messages.filter(({ text }) => text === 'two').map(({ messageId }) => messageId);
  const removed = await host.must('moderation:delete', { opId: opId(), reason: '', messageIds });
  const shown = () => Promise.all([ana, bo].map(async (each) => (await each.chat()).map(lastWord)));
  await eventually(async () =>
    expect(await shown()).toEqual([
      ['one', 'three'],
      ['one', 'three'],
    ]),
  );
  await host.must('moderation:undo', { opId: opId(), reason: '', actionId: removed.action.actionId });
  const whole = ['one', 'two', 'three'];
  await eventually(async () => expect(await shown()).toEqual([whole, whole]));

  await host.must('moderation:sanction', {
    ...{ opId: opId(), reason: 'too loud', userIds: ['ana'], kind: 'timeout' },
    durationMs: 10 * MINUTE_MS,
  });
  await untilState(ana, 'speak-bar', 'muted');
  expect(await ana.text('speak-bar')).toContain('10 minutes');
  await ana.click('speak-act');
  await eventually(async () => expect(await ana.text('sanction-reason')).toBe('too loud'));
  await ana.page.getByTestId('appeal-words').fill('I will be quiet');
  await ana.click('appeal-send');
  await untilState(ana, 'appeal', 'open');
  const { appeals } = await host.must('moderation:desk', {});
  expect(appeals).toMatchObject([{ userId: 'ana', text: 'I will be quiet' }]);
  const resolve = { opId: opId(), reason: 'all right', appealId: appeals[0]?.appealId ?? '', accept: true };
  await host.must('moderation:resolve-appeal', resolve);
  await eventually(async () => expect(await ana.page.getByTestId('composer-input').count()).toBe(1));
  expect([...ana.problems, ...bo.problems]).toEqual([]);
});

it('[PG23] who is banned reads why and appeals from outside; who is kicked comes back when the time is up', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit, time } = room;
  const [ana, bo] = await Promise.all([visit('ana'), visit('bo')]);
  await host.must('moderation:sanction', { opId: opId(), reason: 'insults', userIds: ['ana'], kind: 'ban' });
  await untilState(ana, 'out', 'ban', 15_000);
  expect(await ana.text('sanction-reason')).toBe('insults');
  await ana.page.getByTestId('appeal-words').fill('it was not me');
  await ana.click('appeal-send');
  await untilState(ana, 'appeal', 'open');
  await ana.page.reload();
  await untilState(ana, 'out', 'ban', 15_000);
  await untilState(ana, 'appeal', 'open');

  await host.must('moderation:sanction', {
    ...{ opId: opId(), reason: '', userIds: ['bo'], kind: 'kick', durationMs: 10_000 },
  });
  await untilState(bo, 'out', 'kick', 15_000);
  expect(await bo.text('out')).toContain('You can come back in 00:');
  time.advance(10_000);
  await untilState(bo, 'out', 'over', 15_000);
  await bo.click('come-back');
  await untilState(bo, 'connection', 'online', 15_000);
});

it('[PG24] a fan who is asked to moderate accepts in the page, and has the mark and the rights at once', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const [ana, bo] = await Promise.all([visit('ana'), visit('bo')]);
  await ana.click('fan-chip');
  await ana.click('club-join');
  await untilState(ana, 'club', 'level-1');
  await ana.page.keyboard.press('Escape');
  await host.must('fan-badges:ask-keeper', { opId: opId(), userId: 'ana', shiftMs: 10 * MINUTE_MS });
  await untilState(ana, 'community-news', 'fan');
  await ana.click('community-news-open');
  await ana.click('keeper-accept');
  await untilState(ana, 'your-role', 'moderator');
  await ana.page.keyboard.press('Escape');
  await host.must('moderation:set-modes', { opId: opId(), reason: '', modes: { slowMs: 300_000 } });
  for (const word of ['calm', 'please']) await ana.say(word);
  for (const word of ['calm', 'please']) await untilSaid(bo, word);
  const mark = bo.page.getByTestId('chat-message').last().locator('.role-badge');
  expect(await mark.getAttribute('class')).toContain('is-moderator');

  await bo.say('first');
  await eventually(async () => expect(await bo.text('composer-wait')).toMatch(/^Slow mode: 0[45]:\d\d$/));
  await host.must('moderation:set-modes', { opId: opId(), reason: '', modes: { slowMs: 0, followersMs: 0 } });
  await untilState(bo, 'speak-bar', 'followers');
  await bo.click('speak-act');
  await bo.say('second');
  await untilSaid(ana, 'second');
  expect([...ana.problems, ...bo.problems]).toEqual([]);
});

/** "ana of Linen two" → "two". */
function lastWord(line: string): string {
  return line.split(/\s/).at(-1) ?? '';
}
