import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { untilGrab } from './browser.ts';
import { type CommunityRoom, openCommunityRoom } from './community.ts';

const harness = new Harness();
let room: CommunityRoom | undefined;

beforeAll(() => harness.start());
afterEach(() => room?.closePages());
afterAll(() => harness.close());

const SAID = 300;
const LINES_MAX = 200;

/** Past the limits on one person, as a crowd is. */
async function crowd({ node, roomId }: CommunityRoom, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const message = {
      ...{
        messageId: `m_${opId()}`,
        userId: `crowd${at % 20}`,
        name: `Crowd ${at % 20}`,
        text: `line ${at}`,
      },
      ...{ role: 'viewer' as const, mentions: [], badge: null },
    };
    const op = { actor: message.userId, opId: opId(), fingerprint: '' };
    const outcome = await node.core.stores.chat.say(roomId, op, message as never, null);
    if (!outcome.ok) throw new Error(outcome.code);
  }
}

it('[PG89] a busy chat stays short, drowns no screen reader, and can be read in full on demand', async () => {
  room = await openCommunityRoom(harness);
  const { host, visit } = room;
  const ana = await visit('ana');
  const { page } = ana;
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const announcer = document.querySelector('[data-testid="chat-announcer"]') as HTMLElement;
    new MutationObserver(() => heard.push(announcer.textContent ?? '')).observe(announcer, {
      ...{ childList: true, characterData: true, subtree: true },
    });
  });
  const talking = crowd(room, SAID);
  await host.must('chat:say', { opId: opId(), text: 'five left' });
  const bo = await harness.join(room.node, room.roomId, { userId: 'bo', name: 'Bo' });
  await talking;
  // What was more than people can read is counted instead.
  const last = () => page.locator('.chat-list li').last().textContent();
  await eventually(async () => expect(await last()).toMatch(new RegExp(`line ${SAID - 1}$|^\\+ \\d+ more`)), {
    withinMs: 15_000,
  });
  expect(await page.locator('.chat-list li').count()).toBeLessThanOrEqual(LINES_MAX);
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.join(' '));
  await eventually(
    async () => {
      // Among so many, what a viewer says may be counted instead of told: until it comes through.
      await bo.call('chat:say', { opId: opId(), text: `look at this ${opId()}`, mentions: ['ana'] });
      expect(await heard()).toContain('five left');
      expect(await heard()).toContain('Bo: look at this');
    },
    { withinMs: 20_000, everyMs: 1200 },
  );
  expect(await heard()).not.toContain('Crowd');
  const list = page.getByTestId('chat-list');
  expect(await list.getAttribute('aria-live')).toBe('off');
  await ana.click('menu-open');
  await page.getByTestId('read-all').check();
  expect(await list.getAttribute('aria-live')).toBe('polite');
  expect(await page.getByTestId('chat-announcer').count()).toBe(0);
});

it('[PG89] while nothing happens, nothing in the page changes but what counts time', async () => {
  room = await openCommunityRoom(harness);
  const ana = await room.visit('ana');
  await startSale(room.host, { stock: 2, durationMs: 600_000 });
  await untilGrab(ana, 'open');
  // The card has folded, and news have gone.
  await eventually(async () => expect(await ana.state('flash-card')).toBe('compact'), { withinMs: 15_000 });
  const changed = await ana.page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const found: string[] = [];
        const watch = new MutationObserver((changes) => {
          for (const { target } of changes) {
            const element = target instanceof Element ? target : target.parentElement;
            if (element?.closest('.ring, [role="timer"], .draw-chip') === null) found.push(element.outerHTML);
          }
        });
        watch.observe(document.body, {
          ...{ childList: true, characterData: true, attributes: true, subtree: true },
        });
        // Three seconds of frames: in so many, every clock of the page has ticked.
        let frames = 180;
        const onFrame = (): void => {
          frames -= 1;
          if (frames > 0) requestAnimationFrame(onFrame);
          else resolve(found);
        };
        requestAnimationFrame(onFrame);
      }),
  );
  expect(changed).toEqual([]);
});

it('[PG89] a grab shows its answer at once: in the frame after it, or the next', async () => {
  room = await openCommunityRoom(harness);
  const ana = await room.visit('ana');
  const { page } = ana;
  await startSale(room.host, { stock: 2, durationMs: 600_000 });
  await untilGrab(ana, 'open');
  // The socket is there already: its messages are seen where they are read.
  await page.evaluate(() => {
    const frames: string[] = [];
    Object.assign(window, { frames });
    const onFrame = (): void => {
      frames.push(document.querySelector<HTMLElement>('[data-testid="grab-button"]')?.dataset.state ?? '');
      if (frames.length < 5) requestAnimationFrame(onFrame);
    };
    const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
    let isAnswered = false;
    Object.defineProperty(MessageEvent.prototype, 'data', {
      get() {
        const value: unknown = data?.get?.call(this);
        if (!isAnswered && typeof value === 'string' && value.includes('"holdExpiresAtMs"')) {
          isAnswered = true;
          requestAnimationFrame(onFrame);
        }
        return value;
      },
    });
  });
  await ana.click('grab-button');
  await untilGrab(ana, 'held');
  const shown = () => page.evaluate(() => (window as unknown as { frames: string[] }).frames);
  await eventually(async () => expect(await shown()).toHaveLength(5));
  expect((await shown()).slice(1)).toEqual(['held', 'held', 'held', 'held']);
});
