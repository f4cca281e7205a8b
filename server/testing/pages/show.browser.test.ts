import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import type { TestClient } from '../test-client.ts';
import { type Person, untilGrab, untilSaid } from './browser.ts';
import { untilPlaying } from './media.ts';
import { untilState } from './shop.ts';
import { type Language, openShowRoom, type ShowRoom } from './show.ts';

/** A whole show, as its people see it: host, moderator, and three viewers on phones of three sizes. */

const harness = new Harness();
let room: ShowRoom | undefined;

beforeAll(() => harness.start());
afterEach(async () => {
  await room?.closePages();
  room?.close();
});
afterAll(() => harness.close());

const STUDIO = { width: 1440, height: 900 };
const PHONES = [
  { width: 390, height: 844 },
  { width: 360, height: 640 },
  { width: 430, height: 932 },
] as const;

const WORDS = {
  en: {
    host: 'Lin',
    title: 'An evening of linen and tea',
    names: ['Ana', 'Bo', 'Cleo'],
    lines: ['Good evening!', 'is the shirt pure linen?', 'love the colour', 'does it shrink in the wash?'],
    answer: 'Yes, 100 % linen, and pre-washed.',
    pinned: 'Two pieces or more ship for free tonight',
    prize: 'Ceramic mug',
    slogan: 'this seller is a thief, do not buy',
    thanks: 'thank you, moderators',
  },
  'zh-CN': {
    host: '林林',
    title: '亚麻与茶的夜晚',
    names: ['小安', '阿波', '可乐'],
    lines: ['晚上好！', '衬衫是纯亚麻的吗？', '颜色好好看', '洗了会缩水吗？'],
    answer: '是的 百分百亚麻 已经预缩水',
    pinned: '今晚任意两件包邮',
    prize: '手作陶杯',
    slogan: '这家店是骗子 大家不要买',
    thanks: '谢谢房管',
  },
} as const;
const RAIDERS = 20;

it.each(['en', 'zh-CN'] as const)(
  '[PG53] [PG96] a whole show from the studio, in %s',
  async (language: Language) => {
    const words = WORDS[language];
    room = await openShowRoom(harness, language);
    const { node, roomId, shoot } = room;
    const join = (userId: string, name: string): Promise<TestClient> =>
      harness.join(node, roomId, { userId, name });
    const host = await room.open('studio', { userId: 'host', name: words.host, role: 'host', size: STUDIO });
    const [ana, bo, cleo] = (await Promise.all(
      PHONES.map((size, n) =>
        (room as ShowRoom).open('r', {
          userId: `viewer-${n}`,
          name: words.names[n] ?? '',
          role: 'viewer',
          size,
        }),
      ),
    )) as [Person, Person, Person];
    await shoot(ana, 'before');
    await shoot(host, 'studio-before');

    // Live.
    await host.page.getByTestId('session-title').fill(words.title);
    await host.click('session-start');
    await untilState(host, 'broadcast', 'live', 20_000);
    for (const viewer of [ana, bo, cleo]) await untilPlaying(viewer);
    for (const [n, line] of words.lines.entries()) {
      const client = await join(`talker-${n}`, words.names[n % 3] ?? '');
      await client.must('chat:say', { opId: opId(), text: line });
    }
    await host.say(words.answer);
    await untilSaid(ana, words.answer);
    await shoot(ana, 'live');
    await shoot(host, 'studio-live');

    // What is shown now, and what everybody should know.
    await host.click('product-feature');
    await host.say(words.pinned);
    await untilSaid(host, words.pinned);
    const line = host.page.getByTestId('chat-message').filter({ hasText: words.pinned });
    await line.hover();
    await line.getByTestId('chat-pin').click();
    await eventually(async () => expect(await bo.page.content()).toContain(words.pinned));
    await shoot(bo, 'pinned');

    // Two units: one is paid, one held, and one stands in line.
    await host.click('product-sale');
    await host.page.locator('input[name="stock"]').fill('2');
    await host.click('sale-start');
    await untilGrab(ana, 'before');
    await shoot(ana, 'sale-soon');
    await host.click('sale-open');
    for (const viewer of [ana, bo, cleo]) await untilGrab(viewer, 'open');
    await shoot(ana, 'sale-open');
    await ana.click('grab-button');
    await untilGrab(ana, 'held');
    await shoot(ana, 'held');
    await bo.click('grab-button');
    await untilGrab(bo, 'held');
    await untilGrab(cleo, 'sold-out');
    await cleo.click('grab-button');
    await untilGrab(cleo, 'waiting');
    await shoot(cleo, 'in-line');
    const checkout = await ana.clickBeside('grab-button');
    await untilState(checkout, 'checkout-state', 'HELD');
    await shoot(checkout, 'checkout');
    await checkout.click('checkout-pay');
    await untilState(checkout, 'checkout-result', 'PAID');
    await checkout.close();
    await untilGrab(ana, 'paid');
    await shoot(ana, 'paid');
    await eventually(async () => expect(await host.text('figure-sold')).toBe('1'));
    await shoot(host, 'studio-sale');

    // A draw that two enter.
    await host.click('draw-add');
    await host.page.getByTestId('prize-title').fill(words.prize);
    await host.page.getByTestId('prize-value').fill('59');
    await host.page.getByTestId('draw-trust').selectOption('operator');
    await host.click('draw-announce');
    for (const viewer of [ana, bo]) {
      await viewer.click('draw-chip');
      await untilState(viewer, 'draw-enter', 'enter', 20_000);
      if (viewer === ana) await shoot(ana, 'draw');
      await viewer.click('draw-enter');
      await untilState(viewer, 'entry', 'in');
    }
    await host.hold('draw-close');
    const winner = await eventually(
      async () => {
        const states = [await ana.state('entry'), await bo.state('entry')];
        expect([...states].sort()).toEqual(['lost', 'won']);
        return states[0] === 'won' ? ana : bo;
      },
      { withinMs: 25_000, everyMs: 100 },
    );
    await shoot(winner, 'won');
    for (const viewer of [ana, bo]) await viewer.page.keyboard.press('Escape');

    // A raid, and how it ends.
    const size = { width: 1280, height: 800 };
    const desk = await room.open('desk', { userId: 'mo', name: 'Mo', role: 'moderator', size });
    const raiders: TestClient[] = [];
    for (let i = 0; i < RAIDERS; i += 1) {
      const raider = await join(`raider${i}`, `user${100 + i}`);
      await raider.call('chat:say', { opId: opId(), text: `${words.slogan}${'!'.repeat(i)}` });
      raiders.push(raider);
    }
    await desk.page.getByTestId('raid').waitFor();
    await shoot(desk, 'raid');
    await shoot(cleo, 'raid-as-seen');
    await desk.click('raid-slow');
    await desk.click('raid-choose');
    await eventually(async () => expect(await desk.text('raid-clean')).toContain(String(RAIDERS)));
    await desk.click('raid-clean');
    await eventually(() => {
      for (const raider of raiders) expect(raider.socket.connected).toBe(false);
    });
    await eventually(async () => expect((await cleo.chat()).join()).not.toContain(words.slogan));
    const late = await join('late', words.names[1]);
    await late.must('chat:say', { opId: opId(), text: words.thanks });
    await untilSaid(cleo, words.thanks);
    await shoot(desk, 'raid-cleaned');
    await shoot(cleo, 'after-the-raid');

    // The end, and what became of it.
    await host.hold('sale-close');
    await host.hold('session-end');
    await host.page.getByTestId('report').waitFor({ timeout: 20_000 });
    await eventually(async () => expect(await host.text('report-sales')).toContain('2'));
    await shoot(host, 'report');
    await eventually(async () => expect((await ana.page.getByTestId('video').count()) === 0).toBe(true), {
      withinMs: 20_000,
    });
    await shoot(ana, 'over');
    for (const person of [host, ana, bo, cleo, desk]) expect(person.problems).toEqual([]);
  },
  240_000,
);
