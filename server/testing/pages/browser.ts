import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { eventually } from '../eventually.ts';

export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

type Size = { width: number; height: number };
const PHONE: Size = { width: 390, height: 844 };

export const CHROMIUM = process.env.LIVESTALL_CHROMIUM_BIN ?? '/usr/bin/chromium';

/** A context of its own, with nothing of anybody else's: two of them are two people. */
export type Person = {
  readonly page: Page;
  /** Text of an element by its test id; '' when it is not there. */
  text(testId: string): Promise<string>;
  /** `data-state` of an element. */
  state(testId: string): Promise<string | null>;
  click(testId: string): Promise<void>;
  /** Presses at once, wherever the element is: for races. */
  tap(testId: string): Promise<void>;
  say(text: string): Promise<void>;
  /** Keeps an element pressed, as what can't be undone wants it. */
  hold(testId: string): Promise<void>;
  /** Presses a link that opens beside this page, and answers the new one. */
  clickBeside(testId: string): Promise<Person>;
  /** Texts of the chat as shown, oldest first. */
  chat(): Promise<string[]>;
  /** What the page logged as errors, and what it threw. */
  readonly problems: string[];
  close(): Promise<void>;
};

/** A camera and a microphone that Chromium makes up, and nobody asked whether they may be used. */
export const FAKE_DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** By flags, those of a test file: to start one takes as long as many a test. */
const started = new Map<string, Promise<Browser>>();

afterAll(async () => {
  for (const browser of started.values()) await (await browser).close();
  started.clear();
});

export async function openBrowser(size: Size = PHONE, flags: readonly string[] = []): Promise<Person> {
  const key = flags.join(' ');
  const browser =
    started.get(key) ?? chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags] });
  started.set(key, browser);
  const context = await (await browser).newContext({ viewport: size, locale: 'en-US' });
  return personOf(await context.newPage(), () => context.close());
}

function personOf(page: Page, close: () => Promise<void>): Person {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A lost socket is logged by Chromium itself and is part of what is tested.
    if (message.type() === 'error' && !message.text().includes('WebSocket')) problems.push(message.text());
  });
  const by = (testId: string) => page.getByTestId(testId).first();
  /** Not while a button has just changed: then it takes no press. */
  const settled = (testId: string) => page.locator(`[data-testid="${testId}"]:not([data-fresh])`).first();
  return {
    page,
    problems,
    close,
    text: async (testId) =>
      (await by(testId).count()) === 0 ? '' : ((await by(testId).textContent()) ?? ''),
    state: (testId) => by(testId).getAttribute('data-state', { timeout: 2000 }),
    click: (testId) => settled(testId).click(),
    tap: (testId) => by(testId).evaluate((element: HTMLElement) => element.click()),
    async say(text) {
      await by('composer-input').fill(text);
      await by('composer-send').click();
    },
    chat: async () => (await page.getByTestId('chat-message').allInnerTexts()).map((text) => text.trim()),
    // The page counts from when it hears of the press, which on a busy machine is late.
    hold: (testId) => settled(testId).click({ delay: 2_500 }),
    async clickBeside(testId) {
      const [opened] = await Promise.all([page.context().waitForEvent('page'), settled(testId).click()]);
      return personOf(opened, () => opened.close());
    },
  };
}

/** Waits for the grab button to say so. */
export async function untilGrab(person: Person, state: string, withinMs = 10_000): Promise<void> {
  await eventually(async () => expect(await person.state('grab-button')).toBe(state), {
    withinMs,
    everyMs: 50,
  });
}

/** Waits until someone's chat shows a text, and says how often. */
export async function untilSaid(person: Person, text: string): Promise<void> {
  await eventually(
    async () => expect((await person.chat()).filter((line) => line.includes(text))).toHaveLength(1),
    { withinMs: 10_000, everyMs: 50 },
  );
}
