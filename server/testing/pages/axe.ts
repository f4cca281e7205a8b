import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Waits until what moves has come to rest; countdowns and spinners go on. */
export async function atRest(page: Pick<Page, 'evaluate'>): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // A page hears of a new size with a frame, and lays itself out anew for the next.
    await frame();
    await frame();
    const isBrief = ({ effect }: Animation) => Number(effect?.getComputedTiming().endTime) <= 1000;
    const moving = document.getAnimations().filter(isBrief);
    // One that is called off by what comes next has ended, too.
    await Promise.allSettled(moving.map(({ finished }) => finished));
  });
}

/**
 * What axe finds wrong with what is open, in words: rule, how bad, and where. All of its rules, best practices included.
 * Given to the page by the debugger, which no Content-Security-Policy of ours is in the way of.
 */
export async function axeProblems(page: Pick<Page, 'evaluate'>): Promise<string[]> {
  await atRest(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await inPage.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => {
        const why = (failureSummary ?? '').split('\n').slice(1).join(' ').trim();
        return `${id} (${impact}): ${target.join(' ')}: ${why}`;
      }),
    );
  });
}
