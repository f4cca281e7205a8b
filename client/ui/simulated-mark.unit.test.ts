import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nameInWords } from './simulated-words.ts';

const CLIENT = join(import.meta.dirname, '..');
/** How a view prints the name of somebody who is in a room. */
const NAME = /<bdi[^>]*>\s*\{[^}]*\b(name|nameOf)\b[^}]*\}/;
const MARK = /SimulatedMark/;
/** Of the name, so many lines away at most. */
const NEAR = 3;
/** Names of people who sell, of yourself, and of things. A simulated viewer is none of them. */
const OTHERS = [
  ...['pages/home/account.tsx', 'plays/media/stage.tsx', 'plays/moderation/report-form.tsx', 'ui/name.tsx'],
];

it('[AU9] every view that prints a name has the mark beside it', () => {
  const views = ['pages', 'plays', 'ui'].flatMap((folder) =>
    readdirSync(join(CLIENT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.tsx'))
      .map((file) => join(folder, file)),
  );
  expect(views.length).toBeGreaterThan(100);
  const printed: string[] = [];
  const unmarked: string[] = [];
  for (const view of views.filter((each) => !OTHERS.includes(each))) {
    const lines = readFileSync(join(CLIENT, view), 'utf8').split('\n');
    for (const [at, line] of lines.entries()) {
      if (!NAME.test(line)) continue;
      printed.push(view);
      const near = lines.slice(Math.max(0, at - NEAR), at + NEAR + 1);
      if (!near.some((each) => MARK.test(each))) unmarked.push(`${view}:${at + 1}: ${line.trim()}`);
    }
  }
  expect(unmarked).toEqual([]);
  expect(printed.length).toBeGreaterThan(10);
});

it('[AU9] a name within words says it, and a person’s stays as it is', () => {
  expect(nameInWords({ userId: 'sim:4', name: 'Ada' })).toBe('Ada (simulated)');
  expect(nameInWords({ userId: 'u_sim:4', name: 'Ada' })).toBe('Ada');
});
