import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lighthouse from 'lighthouse';
import { type BrowserContext, chromium } from 'playwright-core';
import { eventually } from '../eventually.ts';
import { CHROMIUM, FLAGS } from './browser.ts';

export type Score = {
  /** 0 to 100. */
  score: number;
  /** What costs points, in words. */
  lacks: string[];
};

const CATEGORIES = ['accessibility', 'best-practices'] as const;

/** A Chromium that Lighthouse looks at pages with. */
export class LighthouseBrowser {
  readonly #profile = mkdtempSync(join(tmpdir(), 'livestall-lighthouse-'));
  #context: BrowserContext | undefined;
  #port = 0;

  async open(): Promise<void> {
    this.#context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: CHROMIUM,
      args: [...FLAGS, '--remote-debugging-port=0'],
    });
    this.#port = await eventually(() => debuggingPort(this.#profile));
  }

  /** What it gives a page on a phone, loaded afresh. */
  async scores(url: string): Promise<Record<(typeof CATEGORIES)[number], Score>> {
    const result = await lighthouse(url, {
      ...{ port: this.#port, logLevel: 'silent', output: 'json' },
      onlyCategories: [...CATEGORIES],
    });
    if (result === undefined) throw new Error('Lighthouse gave no result');
    const { audits, categories, runtimeError } = result.lhr;
    if (runtimeError) throw new Error(`Lighthouse: ${runtimeError.message}`);
    const score = (category: (typeof CATEGORIES)[number]): Score => {
      const { auditRefs = [], score: share } = categories[category] ?? {};
      const failed = auditRefs.flatMap(({ id, weight }) => {
        const audit = audits[id];
        return weight > 0 && audit?.score != null && audit.score < 1 ? [`${id}: ${audit.title}`] : [];
      });
      return { score: Math.round((share ?? 0) * 100), lacks: failed };
    };
    return { accessibility: score('accessibility'), 'best-practices': score('best-practices') };
  }

  async close(): Promise<void> {
    await this.#context?.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Chromium writes the port that it chose, and its own address, into the profile. */
function debuggingPort(profile: string): number {
  const [port = ''] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
  return Number(port);
}
