import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from '../eventually.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PHONE = { width: 390, height: 844 };

/** A Chromium of its own profile: two of them are two people. */
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
  /** Texts of the chat as shown, oldest first. */
  chat(): Promise<string[]>;
  /** What the page logged as errors, and what it threw. */
  readonly problems: string[];
  close(): Promise<void>;
};

export async function openBrowser(options: { width: number; height: number } = PHONE): Promise<Person> {
  const profile = mkdtempSync(join(tmpdir(), 'livestall-chromium-'));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.LIVESTALL_CHROMIUM_BIN ?? '/usr/bin/chromium',
    args: FLAGS,
    viewport: options,
    locale: 'en-US',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A lost socket is logged by Chromium itself and is part of what is tested.
    if (message.type() === 'error' && !message.text().includes('WebSocket')) problems.push(message.text());
  });
  const by = (testId: string) => page.getByTestId(testId).first();
  return {
    page,
    problems,
    text: async (testId) =>
      (await by(testId).count()) === 0 ? '' : ((await by(testId).textContent()) ?? ''),
    state: (testId) => by(testId).getAttribute('data-state', { timeout: 2000 }),
    click: (testId) => by(testId).click(),
    tap: (testId) => by(testId).evaluate((element: HTMLElement) => element.click()),
    async say(text) {
      await by('composer-input').fill(text);
      await by('composer-send').click();
    },
    chat: async () => (await page.getByTestId('chat-message').allInnerTexts()).map((text) => text.trim()),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
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
