import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import { type Observed, observePage } from './observer.ts';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const PHONE = { width: 390, height: 844 };
const TIMEOUT_MS = 30_000;

export type Memory = { heapBytes: number; nodes: number; listeners: number };

/** @throws Error when there is no Chromium. */
export async function openChromium(lifetimes: Lifetimes): Promise<Browser> {
  const executablePath = process.env.LIVESTALL_CHROMIUM_BIN ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}: install one, or name it by LIVESTALL_CHROMIUM_BIN.`,
    );
  }
  const browser = await chromium.launch({
    ...{ executablePath, args: FLAGS },
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
  });
  lifetimes.add('Chromium', () => browser.close());
  return browser;
}

/** A viewer's page on a phone, with nothing in the cache. */
export class ViewerPage {
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #cdp: CDPSession;

  private constructor(context: BrowserContext, page: Page, cdp: CDPSession) {
    this.#context = context;
    this.#page = page;
    this.#cdp = cdp;
  }

  /** @param slowdown how many times slower the page's thread runs. */
  static async open(browser: Browser, slowdown: number): Promise<ViewerPage> {
    const context = await browser.newContext({ viewport: PHONE, locale: 'en-US' });
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.addInitScript(observePage);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    return new ViewerPage(context, page, cdp);
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  /** Waits until it shows a sale that can be grabbed. */
  async untilInteractive(): Promise<number> {
    await this.#page.waitForFunction(() => globalThis.livestallWatch.seen.interactiveMs !== null);
    return (await this.observed()).interactiveMs ?? Number.NaN;
  }

  /** Presses the grab button, and waits for what it says then. */
  async grab(): Promise<string> {
    const before = (await this.observed()).answersMs.length;
    await this.#page.locator('[data-testid="grab-button"][data-state="open"]:not([data-fresh])').click();
    await this.#page.waitForFunction((n) => globalThis.livestallWatch.seen.answersMs.length > n, before);
    return (await this.#page.getByTestId('grab-button').first().getAttribute('data-state')) ?? '';
  }

  observed(): Promise<Observed> {
    return this.#page.evaluate(() => globalThis.livestallWatch.seen);
  }

  reset(): Promise<void> {
    return this.#page.evaluate(() => globalThis.livestallWatch.reset());
  }

  /** After a collection. */
  async memory(): Promise<Memory> {
    await this.#cdp.send('HeapProfiler.collectGarbage');
    await this.#cdp.send('Performance.enable');
    const { metrics } = await this.#cdp.send('Performance.getMetrics');
    const value = (wanted: string): number =>
      metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    return {
      heapBytes: value('JSHeapUsedSize'),
      nodes: value('Nodes'),
      listeners: value('JSEventListeners'),
    };
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
