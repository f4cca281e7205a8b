import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';
import { asStoreError } from './errors.ts';

/**
 * A Lua file with a header:
 *
 *   --- <what it does>
 *   --- KEYS head events …      names, in order; Lua reads them as K.head, K.events, …
 *   --- ARGV nowMs args …       names, in order
 *   --- Returns …
 *   --- @include kernel         files of redis/lua, trade/lua and community/lua, placed in front, once each; they may include others
 */
export type Script = {
  readonly name: string;
  readonly keys: readonly string[];
  readonly argv: readonly string[];
  readonly source: string;
  readonly sha: string;
};

const HERE = dirname(fileURLToPath(import.meta.url));
/** Lua that several folders include: what every room needs, what moves units, and who people are in a room. */
const LIBRARIES = ['redis', 'trade', 'community'].map((folder) => join(HERE, '..', folder, 'lua'));
const MAX_ARGV = 8;

export function parseScript(name: string, text: string, include: (file: string) => string): Script {
  const header = text.split('\n').filter((line) => line.startsWith('--- '));
  const field = (label: string): string => {
    const line = header.find((candidate) => candidate.startsWith(`--- ${label}`));
    if (line === undefined) throw new Error(`${name}.lua: the header has no line "--- ${label}"`);
    return line.slice(`--- ${label}`.length).trim();
  };
  const words = (value: string): string[] => value.split(/\s+/).filter(Boolean);
  const keys = words(field('KEYS'));
  const argv = words(field('ARGV'));
  field('Returns');
  if (argv.length > MAX_ARGV) throw new Error(`${name}.lua: past ${MAX_ARGV} ARGV, pass one JSON argument`);
  const used = [...text.matchAll(/\bK\.(\w+)/g)].map((match) => match[1] as string);
  for (const key of used) {
    if (!keys.includes(key)) throw new Error(`${name}.lua: uses K.${key}, which its KEYS line does not name`);
  }
  const seen = new Set<string>();
  const libraries: string[] = [];
  const collect = (lua: string): void => {
    for (const [, file = ''] of lua.matchAll(/^--- @include (\S+)/gm)) {
      if (seen.has(file)) continue;
      seen.add(file);
      const library = include(file);
      // What a library needs stands before it.
      collect(library);
      libraries.push(library);
    }
  };
  collect(text);
  const table = `local K = { ${keys.map((key, i) => `${key} = KEYS[${i + 1}]`).join(', ')} }`;
  const source = [table, ...libraries, text].join('\n');
  return { name, keys, argv, source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Every script that was loaded in this process. */
const known = new Map<string, Script>();

/** Loads every script of a play's `lua` folder. `metaUrl` is the caller's `import.meta.url`. */
export function loadScripts<const N extends string>(metaUrl: string, names: readonly N[]): Record<N, Script> {
  const folder = join(dirname(fileURLToPath(metaUrl)), 'lua');
  const libraries = [folder, ...LIBRARIES];
  const include = (file: string): string => {
    for (const library of libraries) {
      if (readdirSync(library).includes(`${file}.lua`))
        return readFileSync(join(library, `${file}.lua`), 'utf8');
    }
    throw new Error(`no ${file}.lua to include`);
  };
  const scripts = {} as Record<N, Script>;
  for (const name of names) {
    const script = parseScript(name, readFileSync(join(folder, `${name}.lua`), 'utf8'), include);
    scripts[name] = script;
    known.set(script.sha, script);
  }
  return scripts;
}

/** Key names to keys and ARGV in the script's own order; throws when one is missing or left over. */
export function orderKeys(script: Script, keys: Readonly<Record<string, string>>): string[] {
  const given = Object.keys(keys);
  const surplus = given.filter((name) => !script.keys.includes(name));
  if (surplus.length > 0) throw new Error(`${script.name}.lua does not take ${surplus.join(', ')}`);
  return script.keys.map((name) => {
    const key = keys[name];
    if (key === undefined) throw new Error(`${script.name}.lua needs the key ${name}`);
    return key;
  });
}

/**
 * With a key that never is there. While a slot of a Cluster moves, keys that went are no longer there for a script
 * either, and it fails at the first of its calls that needs one which its KEYS do not name, after it has written
 * others. Where a key of KEYS is missing, Redis says TRYAGAIN instead and does nothing: so a script finds its room
 * whole, before the move or after it.
 */
export function wholeKeys(keys: readonly string[]): readonly string[] {
  const [first = ''] = keys;
  return first.includes('{') ? [...keys, `${first}:never`] : keys;
}

/**
 * Runs a script: EVALSHA, and EVAL where Redis does not know it (a restart, a promotion).
 * Throws `StoreError` when Redis is away or the outcome is unknown.
 */
export async function runScript(
  redis: RedisClient,
  script: Script,
  keys: Readonly<Record<string, string>>,
  argv: readonly string[],
): Promise<unknown> {
  const named = orderKeys(script, keys);
  const ordered = redis instanceof Cluster ? wholeKeys(named) : named;
  if (argv.length !== script.argv.length) {
    throw new Error(`${script.name}.lua takes ${script.argv.length} ARGV, got ${argv.length}`);
  }
  try {
    return await redis.evalsha(script.sha, ordered.length, ...ordered, ...argv);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw asStoreError(error);
  }
  try {
    return await redis.eval(script.source, ordered.length, ...ordered, ...argv);
  } catch (error) {
    throw asStoreError(error);
  }
}

/**
 * Gives Redis all scripts, now and whenever it comes back. A script that it does not know is sent a second time, and
 * calls that come in between overtake it. Best effort: `runScript` sends what is missing.
 */
export async function teachScripts(client: RedisClient): Promise<void> {
  const teach = async (node: Redis): Promise<void> => {
    await Promise.all([...known.values()].map(({ source }) => node.script('LOAD', source))).catch(
      () => undefined,
    );
  };
  if (!(client instanceof Cluster)) {
    client.on('ready', () => void teach(client));
    await teach(client);
    return;
  }
  const follow = (node: Redis): void => {
    node.on('ready', () => void teach(node));
  };
  client.on('+node', follow);
  const nodes = client.nodes('all');
  for (const node of nodes) follow(node);
  await Promise.all(nodes.filter(({ status }) => status === 'ready').map(teach));
}
