import type { Page } from 'playwright-core';
import { atRest, axeProblems } from './axe.ts';

export type FitRules = {
  /** What nothing in it may be wider than. */
  boxes?: string;
  /** What is there to be pressed. */
  presses: string;
  /** In these, what is beside the page is scrolled to. */
  scrolled?: string;
};

/**
 * What does not fit in what is open, in words: wider than the page, a page that scrolls beyond what is on it, cut off, or
 * too small for a finger. Some buttons take presses around themselves, by an `::after` that nobody sees. Waits until what
 * moves has come to rest.
 */
export async function misfits(page: Pick<Page, 'evaluate'>, rules: FitRules): Promise<string[]> {
  await atRest(page);
  return page.evaluate(({ boxes, presses, scrolled }) => {
    const found: string[] = [];
    const name = (element: Element) =>
      `${element.tagName} ${element.className} "${element.textContent?.slice(0, 30)}"`;
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} px wide`);
    // Where columns scroll inside, a hidden word in one of them may not make the window scroll to nothing.
    const content = document.querySelector('#app')?.getBoundingClientRect().bottom ?? scrollHeight;
    if (scrollHeight > Math.max(clientHeight, Math.ceil(content + window.scrollY)) + 1) {
      found.push(`the page scrolls ${scrollHeight} px, to where nothing is`);
    }
    const open = document.querySelector('dialog[open]') ?? document.body;
    for (const element of boxes === undefined ? [] : open.querySelectorAll<HTMLElement>(boxes)) {
      if (element.scrollWidth > element.clientWidth + 1) found.push(`too wide: ${name(element)}`);
    }
    for (const element of open.querySelectorAll<HTMLElement>(presses)) {
      const { width, height, left, right } = element.getBoundingClientRect();
      if (width === 0 || getComputedStyle(element).visibility === 'hidden') continue;
      const around = Number.parseFloat(getComputedStyle(element, '::after').height) || 0;
      if (Math.max(height, around) < 43.5 || width < 43.5) {
        found.push(`too small: ${name(element)} ${width}×${height}`);
      }
      const isScrolled = scrolled !== undefined && element.closest(scrolled) !== null;
      if (!isScrolled && (left < -0.5 || right > clientWidth + 0.5)) {
        found.push(`off the page: ${name(element)}`);
      }
    }
    return found;
  }, rules);
}

/** What does not fit, and, in English, what axe finds: it looks at what is the same in every language. */
export async function flaws(page: Pick<Page, 'evaluate'>, rules: FitRules): Promise<string[]> {
  const found = await misfits(page, rules);
  const language = await page.evaluate(() => document.documentElement.lang);
  return language === 'en' ? [...found, ...(await axeProblems(page))] : found;
}
