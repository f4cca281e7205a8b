import { expect, it } from 'vitest';
import { sourceFiles } from './architecture-scan.ts';

/** Every promise of a RULES.md has a test that cites it, and every citation is of a promise. */

const RULE = /^\s*(?:[-*]\s+)?\**([A-Z]{2,3}\d+)\**[.:]?\s+\S/gm;
const CITED = /\[([A-Z]{2,3}\d+)\]/g;

const rules = sourceFiles('RULES.md').flatMap(({ path, text }) =>
  [...text.matchAll(RULE)].map((match) => ({ id: match[1] as string, path })),
);
const cited = sourceFiles('.test.ts', '.test.tsx').flatMap(({ path, text }) =>
  [...text.matchAll(CITED)].map((match) => ({ id: match[1] as string, path })),
);

it('there are rules', () => {
  expect(new Set(rules.map(({ path }) => path)).size).toBeGreaterThan(3);
  expect(rules.map(({ id }) => id)).toContain('KN3');
});

it('every rule has a number of its own, and a prefix belongs to one file', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  const owners = new Map<string, Set<string>>();
  for (const { id, path } of rules) {
    const prefix = id.replace(/\d+$/, '');
    owners.set(prefix, (owners.get(prefix) ?? new Set()).add(path));
  }
  expect([...owners].filter(([, paths]) => paths.size > 1).map(([prefix]) => prefix)).toEqual([]);
});

it('every rule has a test that names it', () => {
  const named = new Set(cited.map(({ id }) => id));
  expect(
    rules.filter(({ id }) => !named.has(id)).map(({ id, path }) => `${id} of ${path} has no test`),
  ).toEqual([]);
});

it('every rule that a test names exists', () => {
  const known = new Set(rules.map(({ id }) => id));
  const unknown = cited.filter(({ id }) => !known.has(id)).map(({ id, path }) => `${path} names ${id}`);
  expect([...new Set(unknown)]).toEqual([]);
});
