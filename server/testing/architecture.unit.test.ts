import { describe, expect, it } from 'vitest';
import { plays } from '../../shared/plays.ts';
import { parseScript } from '../redis/scripts.ts';
import { importsOf, isTest, playOf, sourceFiles, subfolders } from './architecture-scan.ts';

const code = sourceFiles('.ts', '.tsx');
const production = code.filter(({ path }) => !isTest(path));
const lua = sourceFiles('.lua');
const inFolder = (folder: string) => production.filter(({ path }) => path.startsWith(`${folder}/`));

/** `from → to` for every import that `forbidden` names. */
function violations(
  files: readonly { path: string; text: string }[],
  forbidden: (to: string, from: string) => boolean,
) {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((to) => forbidden(to, file.path))
      .map((to) => `${file.path} → ${to}`),
  );
}

/** `path:line` for every line that matches. */
function lines(files: readonly { path: string; text: string }[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}

describe('the scanner', () => {
  it('sees every form of import', () => {
    const text = `import a from './a.ts';
import type { B } from '../b.ts';
import {
  c,
} from "zod";
export * from './d.ts';
import './e.css';
const f = await import('../f.ts');
const text = "import x from 'nowhere'";`;
    expect(importsOf({ path: 'server/x/y.ts', text })).toEqual([
      ...['server/x/a.ts', 'server/b.ts', 'zod', 'server/x/d.ts', 'server/x/e.css', 'server/f.ts'],
    ]);
  });

  it('finds the files', () => {
    const paths = code.map(({ path }) => path);
    expect(paths).toContain('server/kernel/bind-play.ts');
    expect(paths).toContain('shared/plays.ts');
    expect(lua.map(({ path }) => path)).toContain('server/redis/lua/kernel.lua');
    expect(paths.length).toBeGreaterThan(80);
  });
});

describe('a play', () => {
  it.each(['shared/plays', 'server/plays', 'client/plays'])(
    'has a folder in %s and a line in the registry',
    (folder) => {
      expect(subfolders(folder)).toEqual(Object.keys(plays).sort());
    },
  );

  it('is called what its folder is called', () => {
    expect(Object.entries(plays).map(([name, contract]) => [name, contract.name])).toEqual(
      Object.keys(plays).map((name) => [name, name]),
    );
  });

  it('never imports another play, but what that one says on the wire', () => {
    const other = violations(production, (to, from) => {
      const [mine, theirs] = [playOf(from), playOf(to)];
      if (mine === undefined || theirs === undefined || mine === theirs) return false;
      return from.startsWith('shared/') || to !== `shared/plays/${theirs}/contract.ts`;
    });
    expect(other).toEqual([]);
  });

  it('touches Redis only in its store and its reader', () => {
    const scripts = /server\/redis\/(scripts|client|errors|event-log|due-queue)\.ts$/;
    const values = inFolder('server/plays').filter(({ path }) => !/\.(store|reader)\.ts$/.test(path));
    const imported = values.flatMap(({ path, text }) =>
      [...text.matchAll(/^import\s+(?!type\b)[^;]*?from\s+['"]([^'"]+)['"]/gms)]
        .filter(
          (match) =>
            scripts.test(`server/redis/${(match[1] as string).split('/').at(-1)}`) &&
            match[1]?.includes('/redis/'),
        )
        .map((match) => `${path} → ${match[1]}`),
    );
    expect(imported).toEqual([]);
    expect(
      lines(values, /\bredis\.(get|set|h[a-z]+|z[a-z]+|s[a-z]+|l[a-z]+|x[a-z]+|eval\w*|multi|pipeline)\(/),
    ).toEqual([]);
  });
});

describe('dependencies point one way', () => {
  it('shared imports nothing but itself and zod, and curves where a beacon is verified', () => {
    const curves = (to: string, from: string): boolean =>
      from === 'shared/lottery/verify-beacon.ts' && to.startsWith('@noble/curves/');
    const foreign = (to: string, from: string): boolean =>
      !to.startsWith('shared/') && to !== 'zod' && !curves(to, from);
    expect(violations(inFolder('shared'), foreign)).toEqual([]);
  });

  it('client imports nothing of the server', () => {
    expect(violations(inFolder('client'), (to) => /^(server|load-tests|scripts)\//.test(to))).toEqual([]);
    expect(
      violations(inFolder('client'), (to) => /^(ioredis|socket\.io|express|node:.*)$/.test(to)).filter(
        (each) => !each.startsWith('client/vite.config.ts'),
      ),
    ).toEqual([]);
  });

  it('server imports nothing of the client', () => {
    expect(violations(inFolder('server'), (to) => /^(client|load-tests|scripts)\//.test(to))).toEqual([]);
  });

  it('the kernel knows no play, and neither do Redis and sockets', () => {
    const ground = ['server/kernel', 'server/redis', 'server/realtime'].flatMap(inFolder);
    expect(violations(ground, (to) => to.startsWith('server/plays'))).toEqual([]);
  });

  it('what plays share knows no play', () => {
    expect(
      violations(['shared/kernel', 'shared/trade', 'shared/community'].flatMap(inFolder), (to) =>
        to.startsWith('shared/plays'),
      ),
    ).toEqual([]);
    expect(
      violations(['server/trade', 'server/community', 'server/text'].flatMap(inFolder), (to) =>
        /^(server|shared)\/plays\//.test(to),
      ),
    ).toEqual([]);
  });

  it('nothing imports tests or what they use', () => {
    // A draw under load needs a beacon whose rounds it can publish.
    const beacon = (to: string, from: string): boolean =>
      from.startsWith('load-tests/') && to === 'server/beacon/testing/fake-drand.ts';
    const tests = (to: string, from: string): boolean =>
      /^(shared|server|client)\//.test(to) && isTest(to) && !beacon(to, from);
    expect(violations(production, tests)).toEqual([]);
  });
});

describe('one place for each thing', () => {
  const server = inFolder('server');
  const except = (...paths: string[]) => server.filter(({ path }) => !paths.includes(path));

  it('only realtime/io.ts listens to sockets', () => {
    expect(
      lines(except('server/realtime/io.ts'), /\bsocket\.(on|once|onAny|prependAny|addListener)\(|\bonAny\(/),
    ).toEqual([]);
    const binders = server.filter(({ text }) => text.includes('createBinder(')).map(({ path }) => path);
    expect(binders).toEqual(['server/core.ts', 'server/kernel/bind-play.ts']);
  });

  it('only the room channel and connections send', () => {
    expect(lines(except('server/realtime/io.ts', 'server/realtime/connections.ts'), /\.emit\(/)).toEqual([]);
    expect(lines(except('server/realtime/connections.ts'), /\bwsPreEncodedFrame\b/)).toEqual([]);
    const encoders = violations(server, (to) => to === 'server/kernel/frame.ts').map(
      (each) => each.split(' ')[0],
    );
    const calling = encoders.filter((path) =>
      /\bencode(Frame|Packet|Reset)\(/.test(server.find((file) => file.path === path)?.text ?? ''),
    );
    expect(calling).toEqual(['server/kernel/room-channel.ts']);
  });

  it('only redis/keys.ts builds keys', () => {
    const all = [...except('server/redis/keys.ts'), ...inFolder('load-tests'), ...inFolder('shared'), ...lua];
    expect(lines(all, /\{room:|\{due:/)).toEqual([]);
  });

  it('no Lua in TypeScript', () => {
    expect(lines([...server, ...inFolder('load-tests')], /redis\.(call|pcall)\(\s*['"][A-Z]/)).toEqual([]);
  });
});

describe('a Lua file', () => {
  const included = new Set(
    lua.flatMap(({ text }) => [...text.matchAll(/^--- @include (\S+)/gm)].map((match) => match[1])),
  );
  const nameOf = (path: string) => path.replace(/^.*\/|\.lua$/g, '');
  const folderOf = (path: string) => path.replace(/\/lua\/[^/]+$/, '');

  it.each(lua.map(({ path }) => path))('%s has a header and is used', (path) => {
    const { text } = lua.find((file) => file.path === path) as (typeof lua)[number];
    const name = nameOf(path);
    if (included.has(name)) {
      expect(text).toMatch(/^-- Included by /);
      return;
    }
    expect(text.split('\n')[0]).toMatch(new RegExp(`^--- ${name}: .+\\.$`));
    const script = parseScript(name, text, () => '');
    // One that only counts, to tell the machine's share of a slow call, touches nothing.
    if (name !== 'count-up') expect(script.keys.length).toBeGreaterThan(0);
    const loaders = inFolder(folderOf(path)).filter(({ text: loader }) =>
      [...loader.matchAll(/loadScripts\(import\.meta\.url, \[([^\]]*)\]/g)].some((match) =>
        match[1]?.includes(`'${name}'`),
      ),
    );
    expect(loaders.map((loader) => loader.path).length).toBeGreaterThan(0);
  });
});

it('files have at most 400 lines', () => {
  const long = sourceFiles('.ts', '.tsx', '.mjs', '.lua', '.css')
    .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
    .filter((file) => file.lines > 400);
  expect(long).toEqual([]);
});
