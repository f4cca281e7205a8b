import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('[PG99] what the guide for hosts has in bold is on the screen', () => {
  const guide = readFileSync(here('../../docs/hosting.md'), 'utf8');
  const words = readdirSync(here('.'))
    .filter((file) => /^en(-[\w-]+)?\.ts$/.test(file))
    .map((file) => readFileSync(here(file), 'utf8'))
    .join('\n');
  const bold = [...guide.matchAll(/\*\*([^*]+)\*\*/g)].map(([, text = '']) => text);
  expect(bold.length).toBeGreaterThan(40);
  expect(bold.filter((text) => !words.includes(text))).toEqual([]);
});
