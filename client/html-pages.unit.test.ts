import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Six files, each of them what is served, rather than a template and what makes files of it: this keeps them alike. */
test('[PG123] the pages differ in their script and their first theme alone', () => {
  const root = new URL('.', import.meta.url);
  const pages = readdirSync(root).filter((name) => name.endsWith('.html'));
  expect(pages).toHaveLength(6);
  const COLOURS = { dark: '#0e0c0b', light: '#f6f3ef' };
  const shells = pages.map((name) => {
    const html = readFileSync(new URL(name, root), 'utf8');
    const theme = /data-theme="(dark|light)"/.exec(html)?.[1] as keyof typeof COLOURS;
    const script = `./pages/${name.replace('.html', '')}/main.tsx`;
    expect(html).toContain(`src="${script}"`);
    expect(html).toContain(`content="${COLOURS[theme]}"`);
    return html
      .replace(script, '')
      .replace(`data-theme="${theme}"`, '')
      .replace(`content="${COLOURS[theme]}"`, '');
  });
  expect(new Set(shells).size).toBe(1);
});
