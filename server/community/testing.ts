import { existsSync, readFileSync } from 'node:fs';
import { parseScript, type Script } from '../redis/scripts.ts';

const FOLDERS = ['lua', '../redis/lua', '../trade/lua'];

/** A script written in a test, with what plays share. It is only to call what it includes. */
export function communityScript(keys: string, lua: string, includes: readonly string[]): Script {
  const text = [
    '--- probe: a script of a test.',
    `--- KEYS ${keys}`,
    '--- ARGV nowMs args',
    '--- Returns what it likes',
    ...includes.map((name) => `--- @include ${name}`),
    'local a = cjson.decode(ARGV[2])',
    lua,
  ].join('\n');
  return parseScript('probe', text, (name) => {
    for (const folder of FOLDERS) {
      const file = new URL(`${folder}/${name}.lua`, import.meta.url);
      if (existsSync(file)) return readFileSync(file, 'utf8');
    }
    throw new Error(`no ${name}.lua to include`);
  });
}
