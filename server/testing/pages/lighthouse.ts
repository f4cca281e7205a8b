import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import lighthouse from 'lighthouse';
import { eventually } from '../eventually.ts';
import { openBrowser } from './browser.ts';

export type Score = {
  /** 0 to 100. */
  score: number;
  /** What costs points, in words. */
  lacks: string[];
};

const CATEGORIES = ['accessibility', 'best-practices'] as const;

/** What Lighthouse gives a page on a phone, loaded afresh in a browser of its own. */
export async function lighthouseScores(url: string): Promise<Record<(typeof CATEGORIES)[number], Score>> {
  const person = await openBrowser(undefined, ['--remote-debugging-port=0']);
  try {
    const port = await eventually(() => debuggingPort(person.profile));
    const result = await lighthouse(url, {
      ...{ port, logLevel: 'silent', output: 'json' },
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
  } finally {
    await person.close();
  }
}

/** Chromium writes the port that it chose, and its own address, into the profile. */
function debuggingPort(profile: string): number {
  const [port = ''] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
  return Number(port);
}
