import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { announce, prize } from '../../plays/lottery/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { type Person, untilSaid } from './browser.ts';
import { type CommunityRoom, communityMisfits, openCommunityRoom } from './community.ts';
import { untilState } from './shop.ts';

const harness = new Harness();
let room: CommunityRoom | undefined;

beforeAll(() => harness.start());
afterEach(() => room?.closePages());
afterAll(() => harness.close());

async function fits(person: Person, where: string): Promise<void> {
  expect([where, await communityMisfits(person)]).toEqual([where, []]);
}

const TEXTS = {
  en: { title: 'A bag with everything that spring has, and more', phrase: 'spring is here again' },
  'zh-CN': { title: '春天里所有好东西都在的一个大福袋', phrase: '春天又来了' },
};

it.each([
  ['en', 390, 844],
  ['zh-CN', 390, 844],
  ['en', 1280, 800],
  ['zh-CN', 1280, 800],
] as const)(
  '[PG25] in %s at %i×%i draws, the fan club and moderation fit',
  async (language, width, height) => {
    room = await openCommunityRoom(harness);
    const { host, time, visit } = room;
    const ana = await visit('ana', { size: { width, height }, query: `?lang=${language}` });
    const { title, phrase } = TEXTS[language];
    await announce(host, {
      ...{ title, prizes: [prize(1, title), prize(2000, title)], durationMs: 60_000 },
      ...{
        trust: 'operator',
        conditions: [
          { kind: 'phrase', phrase },
          { kind: 'watch', minutes: 600 },
        ],
      },
    });
    await ana.click('draw-chip');
    await untilState(ana, 'condition-watch', 'unmet');
    await fits(ana, 'a draw with its conditions');
    await ana.page.keyboard.press('Escape');
    const { drawId } = await announce(host, { title, durationMs: 30_000, trust: 'operator' });
    await eventually(async () => expect(await ana.page.getByTestId('draw-chip').count()).toBe(2));
    await fits(ana, 'the room with two draws');
    await ana.click('draw-chip');
    await ana.click('draw-enter');
    await untilState(ana, 'entry', 'in');
    time.advance(30_000);
    await untilState(ana, 'entry', 'won', 25_000);
    await fits(ana, 'won');
    await ana.click('draw-check');
    await untilState(ana, 'check', 'unchecked', 20_000);
    await ana.page.locator('.check-numbers summary').click();
    await fits(ana, 'checked');
    await ana.page.keyboard.press('Escape');
    expect((await host.must('lottery:claims', { drawId })).claims).toHaveLength(1);

    await ana.click('fan-chip');
    await untilState(ana, 'club', 'none');
    await fits(ana, 'the club from outside');
    await ana.click('club-join');
    await untilState(ana, 'club', 'level-1');
    await host.must('fan-badges:ask-keeper', { opId: opId(), userId: 'ana' });
    await eventually(async () => expect(await ana.page.getByTestId('keeper-ask').count()).toBe(1));
    await fits(ana, 'the club');
    await ana.page.keyboard.press('Escape');

    await ana.say('a line to be looked at');
    await untilSaid(ana, 'a line to be looked at');
    await ana.click('chat-open');
    await untilState(ana, 'message-menu', 'menu');
    await fits(ana, 'the menu of a message');
    await ana.page.keyboard.press('Escape');
    await eventually(async () => expect(await ana.page.getByTestId('message-menu').count()).toBe(0));

    await host.must('moderation:set-modes', { opId: opId(), reason: '', modes: { minLevel: 20 } });
    await untilState(ana, 'speak-bar', 'level');
    await fits(ana, 'fans of a level only');
    const against = { userIds: ['ana'], reason: title };
    await host.must('moderation:sanction', { opId: opId(), ...against, kind: 'mute' });
    await untilState(ana, 'speak-bar', 'muted');
    await fits(ana, 'muted');
    await ana.click('speak-act');
    await eventually(async () => expect(await ana.text('sanction-reason')).toBe(title));
    await fits(ana, 'muted, and why');
    await host.must('moderation:sanction', { opId: opId(), ...against, kind: 'kick' });
    await untilState(ana, 'out', 'kick', 15_000);
    await fits(ana, 'sent out');
  },
);
