import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import type { Joined } from './pages/first-frame.ts';

/** Pages of Chromium that publish a made-up camera and watch it. */

export type PageKind = 'livestall' | 'mediasoup';

export type Scripts = ReadonlyMap<PageKind, string>;

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  '--autoplay-policy=no-user-gesture-required',
];
const TIMEOUT_MS = 20_000;

export class MediaBrowser {
  readonly #context: BrowserContext;
  readonly #scripts: Scripts;

  private constructor(context: BrowserContext, scripts: Scripts) {
    this.#context = context;
    this.#scripts = scripts;
  }

  /** @throws Error when there is no Chromium. */
  static async open(lifetimes: Lifetimes, scripts: Scripts): Promise<MediaBrowser> {
    const executablePath = process.env.LIVESTALL_CHROMIUM_BIN ?? '/usr/bin/chromium';
    if (!existsSync(executablePath)) {
      throw new Error(
        `There is no Chromium at ${executablePath}: install one, or name it by LIVESTALL_CHROMIUM_BIN.`,
      );
    }
    const browser = await chromium.launch({
      ...{ executablePath, args: FLAGS },
      // The run closes what it opened by itself.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    });
    lifetimes.add('Chromium', () => browser.close());
    return new MediaBrowser(await browser.newContext({ bypassCSP: true }), scripts);
  }

  async page(): Promise<MediaPageBot> {
    const page = await this.#context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    return new MediaPageBot(page, this.#scripts);
  }
}

/** One tab. */
export class MediaPageBot {
  readonly #page: Page;
  readonly #scripts: Scripts;
  #problem = '';

  constructor(page: Page, scripts: Scripts) {
    this.#page = page;
    this.#scripts = scripts;
    page.on('pageerror', ({ message }) => {
      this.#problem ||= message;
    });
  }

  /** Loads the page anew, and joins. */
  async enter(
    kind: PageKind,
    url: string,
    who: { token: string | null; roomId: string; awaits: boolean },
  ): Promise<void> {
    await this.leave();
    // Any page of its server: its sockets have that origin.
    await this.#page.goto(`${url}/readyz`);
    await this.#page.addScriptTag({ type: 'module', content: this.#scripts.get(kind) ?? '' });
    await this.#page.waitForFunction(() => 'mediaPage' in globalThis);
    await this.#timely(
      'join',
      this.#page.evaluate((as) => globalThis.mediaPage.enter(as), who),
    );
  }

  async publish(): Promise<void> {
    await this.#timely(
      'publish',
      this.#page.evaluate(() => globalThis.mediaPage.publish()),
    );
  }

  watch(): Promise<Joined> {
    return this.#timely(
      'show a picture',
      this.#page.evaluate(() => globalThis.mediaPage.watch()),
    );
  }

  /** Ends its socket and its transports with the document. */
  async leave(): Promise<void> {
    await this.#page.goto('about:blank');
  }

  async #timely<T>(what: string, doing: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const said = () => (this.#problem === '' ? '' : `: ${this.#problem}`);
      timer = setTimeout(
        () => reject(new Error(`A page did not ${what} in ${TIMEOUT_MS} ms${said()}`)),
        TIMEOUT_MS,
      );
    });
    doing.catch(() => {});
    return Promise.race([doing, late]).finally(() => clearTimeout(timer));
  }
}

/** The code of both pages, by name; about a second. */
export async function buildPages(): Promise<Scripts> {
  const scripts = new Map<PageKind, string>();
  for (const kind of ['livestall', 'mediasoup'] satisfies PageKind[]) {
    const built = await build({
      ...{ configFile: false, logLevel: 'error', mode: 'production' },
      build: {
        ...{ write: false, modulePreload: false, target: 'es2022' },
        rolldownOptions: { input: fileURLToPath(new URL(`./pages/${kind}-page.ts`, import.meta.url)) },
      },
    });
    const { output } = built as unknown as { output: { code?: string; isEntry?: boolean }[] };
    scripts.set(kind, output.find(({ isEntry }) => isEntry)?.code ?? '');
  }
  return scripts;
}
