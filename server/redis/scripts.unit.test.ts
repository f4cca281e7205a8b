import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadScripts, orderKeys, parseScript } from './scripts.ts';

const none = (file: string): string => {
  throw new Error(`no ${file}.lua to include`);
};
const HEADER = ['--- probe: a script.', '--- KEYS head events', '--- ARGV nowMs args', '--- Returns 1'];
const script = (...lines: string[]): string => [...HEADER, ...lines].join('\n');

describe('loading scripts', () => {
  it('[RD10] names its keys to Lua in the order of the header', () => {
    const parsed = parseScript('probe', script("return redis.call('GET', K.events)"), none);
    expect(parsed).toMatchObject({ name: 'probe', keys: ['head', 'events'], argv: ['nowMs', 'args'] });
    expect(parsed.source.split('\n')[0]).toBe('local K = { head = KEYS[1], events = KEYS[2] }');
    expect(parsed.sha).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each(['KEYS', 'ARGV', 'Returns'])('[RD9] refuses a header without %s', (label) => {
    const text = HEADER.filter((line) => !line.startsWith(`--- ${label}`)).join('\n');
    expect(() => parseScript('probe', text, none)).toThrow(
      `probe.lua: the header has no line "--- ${label}"`,
    );
  });

  it('[RD10] refuses a key that the header does not name', () => {
    expect(() => parseScript('probe', script("redis.call('DEL', K.ledger)"), none)).toThrow('uses K.ledger');
  });

  it('[RD10] refuses a call with a key too few or too many', () => {
    const parsed = parseScript('probe', script('return 1'), none);
    expect(orderKeys(parsed, { events: 'e', head: 'h' })).toEqual(['h', 'e']);
    expect(() => orderKeys(parsed, { head: 'h' })).toThrow('needs the key events');
    expect(() => orderKeys(parsed, { head: 'h', events: 'e', due: 'd' })).toThrow('does not take due');
  });

  it('[RD11] puts what it includes in front, in order', () => {
    const text = script('--- @include first', '--- @include second', 'return 1');
    const { source } = parseScript('probe', text, (file) => `-- ${file}`);
    expect(source.split('\n').slice(1, 3)).toEqual(['-- first', '-- second']);
    expect(source.endsWith(text)).toBe(true);
    expect(() => parseScript('probe', text, none)).toThrow('no first.lua to include');
  });

  it('[RD11] finds what plays share', () => {
    const { grab } = loadScripts(new URL('../plays/flash-sale/play.ts', import.meta.url).href, ['grab']);
    const here = new URL('.', import.meta.url);
    const text = (path: string): string => readFileSync(new URL(path, here), 'utf8');
    expect(grab.source).toContain(text('../trade/lua/sale.lua'));
    expect(grab.source).toContain(text('lua/kernel.lua'));
  });

  it('[RD11] puts what a library includes in front of it, once, also where two include each other', () => {
    const libraries: Record<string, string> = {
      kernel: '--- @include time\n-- kernel',
      ops: '--- @include time\n--- @include ops\n-- ops',
      time: '-- time',
    };
    const parsed = parseScript(
      'probe',
      script('--- @include kernel', '--- @include ops', '-- body'),
      (file) => libraries[file] ?? none(file),
    );
    const own = parsed.source.split('\n').filter((line) => line.startsWith('-- '));
    expect(own).toEqual(['-- time', '-- kernel', '-- ops', '-- body']);
  });

  it('[RD12] refuses more than eight ARGV', () => {
    const header = (count: number): string =>
      script('return 1').replace('nowMs args', Array.from({ length: count }, (_, i) => `a${i}`).join(' '));
    expect(parseScript('probe', header(8), none).argv).toHaveLength(8);
    expect(() => parseScript('probe', header(9), none)).toThrow('pass one JSON argument');
  });
});
