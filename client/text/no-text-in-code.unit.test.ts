import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { expect, test } from 'vitest';

const client = fileURLToPath(new URL('..', import.meta.url));
/** Attributes that people read or hear. */
const READ_OUT = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'alt',
  'placeholder',
  'title',
  'label',
]);
/** Names of things are the same in every language. */
const NAMES = new Set(['Livestall']);
const LETTERS = /\p{L}{2,}/u;

type Node = { type: string; value?: unknown; name?: { name?: unknown }; [key: string]: unknown };

/** Words that stand in the code of a view instead of a table. */
function wordsIn(path: string, source: string): string[] {
  const found: string[] = [];
  const note = (value: unknown): void => {
    const words = typeof value === 'string' ? value.trim() : '';
    if (LETTERS.test(words) && !NAMES.has(words)) found.push(`${path}: ${words}`);
  };
  const visit = (node: Node): void => {
    if (node.type === 'JSXText') note(node.value);
    if (node.type === 'JSXAttribute' && READ_OUT.has(String(node.name?.name))) {
      note((node.value as Node | null)?.value);
    }
    for (const child of Object.values(node).flat()) {
      if (child !== null && typeof child === 'object' && 'type' in child) visit(child as Node);
    }
  };
  visit(parseAst(source, { lang: 'tsx' }) as unknown as Node);
  return found;
}

test('[PG97] no view has words of its own: all come from the tables of the languages', () => {
  const views = readdirSync(client, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.tsx') && !path.startsWith('dist'),
  );
  expect(views.length).toBeGreaterThan(80);
  expect(wordsIn('a', 'const a = <b title="Hello you">Some words {n}</b>;')).toHaveLength(2);
  expect(views.flatMap((path) => wordsIn(path, readFileSync(client + path, 'utf8')))).toEqual([]);
});

/** All texts of a table by their names; of what is made from arguments, the source. */
function textsOf(table: object, under = ''): [name: string, text: string][] {
  return Object.entries(table).flatMap(([key, value]) =>
    value !== null && typeof value === 'object'
      ? textsOf(value, `${under}${key}.`)
      : [[under + key, String(value)]],
  );
}

const tables = readdirSync(`${client}/text`).filter((file) => /^en(-[\w-]+)?\.ts$/.test(file));

test.each(tables)(
  '[PG98] what %s says is said in both kinds of Chinese, and not left in English',
  async (file) => {
    const load = async (language: string): Promise<Map<string, string>> => {
      const module = (await import(/* @vite-ignore */ `./${file.replace(/^en/, language)}`)) as Record<
        string,
        unknown
      >;
      const objects = Object.entries(module).filter(([, value]) => typeof value === 'object');
      return new Map(objects.flatMap(([, table]) => textsOf(table as object)));
    };
    const english = await load('en');
    expect(english.size).toBeGreaterThan(0);
    for (const language of ['zh-CN', 'zh-TW']) {
      const other = await load(language);
      expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
      const same = [...english].filter(
        ([name, text]) => /[a-z]{4}/.test(text) && !text.includes('=>') && other.get(name) === text,
      );
      expect([language, same.map(([name]) => name)]).toEqual([language, []]);
    }
  },
);

/** Mainland forms of characters that Taiwan writes otherwise, as far as they are in our words. */
const SIMPLIFIED = /[这们为来时对说会过还没开关间问题让给网络载连录单买卖钱货实订账户级历样务动发现显]/;

test.each(tables)('[PG98] the Taiwanese table of %s has no simplified characters', (file) => {
  const source = readFileSync(`${client}/text/${file.replace(/^en/, 'zh-TW')}`, 'utf8');
  expect(source.match(new RegExp(SIMPLIFIED, 'g')) ?? []).toEqual([]);
});
