import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { judge, type Report } from '../report.ts';
import { distribution } from '../series.ts';
import { htmlReport } from './html-report.ts';

let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livestall-report-'));
  browser = await chromium.launch({
    executablePath: process.env.LIVESTALL_CHROMIUM_BIN ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const LONG = 'aFigureWithAVeryLongNameThatSaysAllThereIsToSayAboutWhatWasMeasuredMicros';
const values = Array.from({ length: 2000 }, (_, n) => n % 300);
const report: Report = {
  ...{ scenario: 'chat-flood', ok: false, withheld: [{ figure: LONG, why: 'late' }], durationMs: 9000 },
  figures: { ratio: 4, ratioMin: 3, ratioMax: 5, oursCostMicros: 1, baselineCostMicros: 4, [`${LONG}2`]: 1 },
  pairs: { ratio: [3, 4, 5] },
  violations: [`</script><script>document.title = 'broken'</script> ${'word'.repeat(60)}`],
  warnings: ['w'],
  goals: judge([{ figure: 'ratio', direction: 'at least', value: 4 }], { ratio: 4 }),
  tables: { legs: [Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`column ${n}`, n * 1e6]))] },
  parameters: { viewers: 1000 },
  command: `npm run load -- chat-flood --html ${'x'.repeat(200)}`,
  date: '2026-01-01T00:00:00.000Z',
  machine: { cpu: 'x', cores: 2, memoryGb: 4, node: 'v24', redis: '7.0.15' },
  distributions: [
    distribution('ours', 'ms', values, 'latency'),
    distribution('baseline', 'ms', [1, 2], 'latency'),
  ],
  series: [
    { name: 'memory', unit: 'MiB', points: values.map((value, n) => [n, 100 + value] as const) },
    { name: 'one point', unit: 'MiB', points: [[1, 0]] },
  ],
};

it.each([
  [390, 844, 'light'],
  [390, 844, 'dark'],
  [1280, 800, 'light'],
] as const)(
  '[LK9] a report is whole at %ix%i (%s), and asks for nothing',
  async (width, height, colorScheme) => {
    const file = join(folder, 'report.html');
    writeFileSync(file, await htmlReport(report));
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => problems.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) problems.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForFunction(() => document.querySelectorAll('.u-over').length === 3);
    expect(problems).toEqual([]);
    expect(await page.title()).toMatch(/^chat-flood/);
    // Wide tables scroll by themselves; the page does not.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const chart = await page.locator('.chart canvas').first().boundingBox();
    expect(chart?.width).toBeGreaterThan(width * 0.6);
    expect((chart?.x ?? 0) + (chart?.width ?? 0)).toBeLessThan(width);
    // What the mouse is at is told in words.
    await page.locator('.u-over').last().hover();
    expect(await page.locator('.u-legend').last().textContent()).toMatch(/ours\d+ ms/);
    // Colours follow the system while the page is open.
    const ink = () => page.evaluate(() => getComputedStyle(document.body).color);
    const before = await ink();
    await page.emulateMedia({ colorScheme: colorScheme === 'dark' ? 'light' : 'dark' });
    expect(await ink()).not.toBe(before);
    await page.waitForFunction(() => document.querySelectorAll('.u-over').length === 3);
    await page.close();
  },
);
