import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadResult, loadConfig } from './load.ts';
import { type Config, settingEntries } from './schema.ts';
import { envOf, flagOf } from './setting.ts';

const SECRET = 'x'.repeat(40);
const CHAIN = JSON.stringify({
  ...{ public_key: 'ab'.repeat(96), hash: 'cd'.repeat(32), schemeID: 'bls-unchained-g1-rfc9380' },
  ...{ period: 3, genesis_time: 1_692_803_367 },
});
const seed = Number(process.env.LIVESTALL_TEST_SEED ?? 1);

function load(flags: string, env: NodeJS.ProcessEnv = {}, isTerminal = false): LoadResult {
  return loadConfig({ argv: flags.split(' ').filter(Boolean), env, isTerminal });
}

function config(flags: string, env: NodeJS.ProcessEnv = {}, isTerminal = false): Config {
  const result = load(flags, env, isTerminal);
  if (!('ok' in result) || !result.ok) throw new Error(JSON.stringify(result));
  return result.config;
}

function problems(flags: string, env: NodeJS.ProcessEnv = {}): string[] {
  const result = load(flags, env);
  return 'ok' in result && !result.ok ? result.problems : [];
}

function warnings(flags: string, env: NodeJS.ProcessEnv = {}): string[] {
  const result = load(flags, env);
  return 'ok' in result && result.ok ? result.warnings : [];
}

describe('[CF1] sources', () => {
  it('[CF1] flags win over variables, variables over defaults', () => {
    expect(config('').port).toBe(8080);
    expect(config('', { LIVESTALL_PORT: '81' }).port).toBe(81);
    expect(config('--port 82', { LIVESTALL_PORT: '81' }).port).toBe(82);
    expect(config('--port=83').port).toBe(83);
  });

  it('[CF1] an empty variable counts as not set', () => {
    expect(config('', { LIVESTALL_PORT: '', LIVESTALL_REDIS_URL: '' })).toMatchObject({ port: 8080 });
  });

  it('[CF1] lists and switches', () => {
    expect(config('--allowed-origins https://a.example,http://b.example:81').allowedOrigins).toEqual([
      'https://a.example',
      'http://b.example:81',
    ]);
    expect(config('--no-demo', { LIVESTALL_TOKEN_SECRET: SECRET, LIVESTALL_DEMO: 'true' }).demo).toBe(false);
    expect(config('', { LIVESTALL_TOKEN_SECRET: SECRET, LIVESTALL_DEMO: 'on' }).demo).toBe(true);
  });

  it('[CF1] [CF3] retired signing keys are public keys', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(config(`--retired-signing-keys ${x},${x}`).retiredSigningKeys).toEqual([x, x]);
    for (const odd of ['x', `${x}=`, `${x.slice(0, -1)}p`, `${x}A`]) {
      expect(problems(`--retired-signing-keys ${odd}`)).toEqual([expect.stringContaining('43 characters')]);
    }
  });

  it('[CF1] a beacon is described as its relays do', () => {
    const info = { ...JSON.parse(CHAIN), groupHash: 'ef'.repeat(32), metadata: { beaconID: 'x' } };
    const env = { LIVESTALL_BEACON_URLS: 'https://a.example,http://127.0.0.1:81' };
    expect(config('', env)).toMatchObject({
      beaconUrls: ['https://a.example', 'http://127.0.0.1:81'],
      beaconInfo: undefined,
      regionProfile: 'strict',
    });
    expect(config('', { ...env, LIVESTALL_BEACON_INFO: JSON.stringify(info) }).beaconInfo).toEqual({
      ...{ chainHash: info.hash, publicKey: info.public_key, scheme: info.schemeID },
      ...{ genesisTimeS: info.genesis_time, periodS: info.period },
    });
    for (const odd of ['{', '[]', JSON.stringify({ ...info, schemeID: 'pedersen-bls-chained' })]) {
      expect(problems('', { ...env, LIVESTALL_BEACON_INFO: odd })).toEqual([
        expect.stringContaining("beaconInfo: expected the JSON of a relay's /info"),
      ]);
    }
  });

  it('[CF1] the public address may connect', () => {
    expect(config('--public-url https://Live.Example.com/').allowedOrigins).toEqual([
      'https://live.example.com',
    ]);
  });

  it('[CF1] a demo on a terminal is quiet unless told otherwise', () => {
    expect(config('', {}, true)).toMatchObject({ logFormat: 'pretty', logLevel: 'warn' });
    expect(config('--log-level debug', {}, true).logLevel).toBe('debug');
    expect(config('', {})).toMatchObject({ logFormat: 'json', logLevel: 'info' });
    expect(config('', { LIVESTALL_TOKEN_SECRET: SECRET }, true).logLevel).toBe('info');
  });
});

describe('[CF2] unknown names', () => {
  it.each([
    ['--prot 81', 'Did you mean --port?'],
    ['--redis-ulr redis://x', 'Did you mean --redis-url?'],
    ['--no-demoo', 'Did you mean --no-demo?'],
    ['start', 'expected a flag'],
  ])('[CF2] %s', (flags, hint) => {
    expect(problems(flags)).toEqual([expect.stringContaining(hint)]);
  });

  it('[CF2] a variable', () => {
    expect(problems('', { LIVESTALL_REDISURL: 'x' })).toEqual([
      'LIVESTALL_REDISURL: there is no such setting. Did you mean LIVESTALL_REDIS_URL?',
    ]);
  });

  it('[CF2] the variables of scripts and of other programs pass', () => {
    const env = {
      LIVESTALL_READY_FILE: 'x',
      LIVESTALL_TEST_SEED: '1',
      LIVESTALL_CHROMIUM_BIN: 'x',
      PORT: 'x',
    };
    expect(problems('', env)).toEqual([]);
  });
});

describe('[CF3] problems', () => {
  it('[CF3] are told all at once, with what was expected', () => {
    expect(problems('--port 99999 --tick-ms fast', { LIVESTALL_LOG_LEVEL: 'loud' })).toEqual([
      'port: expected a whole number from 0 to 65535, got "99999" (from --port).',
      'tickMs: expected a whole number from 10 to 1000, got "fast" (from --tick-ms).',
      'logLevel: expected trace, debug, info, warn, error or silent, got "loud" (from LIVESTALL_LOG_LEVEL).',
    ]);
  });

  it.each([
    ['--port'],
    ['--port --demo'],
    ['--port 1 --port 2'],
    ['--port 1.5'],
    ['--port -1'],
    ['--port 1e3'],
    ['--no-demo=yes'],
    ['--demo=perhaps'],
    ['--host http://x'],
    ['--host a/b'],
    ['--allowed-origins *'],
    ['--allowed-origins https://a.example/path'],
    ['--public-url ftp://a.example'],
    ['--public-url https://a.example/live'],
    ['--redis-url http://localhost'],
    ['--redis-url sentinel://localhost'],
    ['--redis-key-prefix {x}'],
    ['--jwks-url http://issuer.example/keys'],
    ['--buffered-bytes-max 1000'],
    ['--beacon-urls http://api.drand.sh'],
    ['--beacon-urls drand'],
    ['--region-profile eu'],
  ])('[CF3] refuses %s', (flags) => {
    expect(problems(flags)).toHaveLength(1);
  });

  it('[CF3] never repeat a secret', () => {
    const env = {
      LIVESTALL_TOKEN_SECRET: 'hunter2',
      LIVESTALL_API_KEYS: 'shop:hunter2,hunter2',
      LIVESTALL_METRICS_TOKEN: 'hunter2',
    };
    const told = problems('--redis-url redis://me:hunter2@host/notanumber', env);
    expect(told.length).toBeGreaterThan(3);
    expect(told.join('\n')).not.toContain('hunter2');
  });
});

describe('[CF4] production', () => {
  it('[CF4] needs a secret or a JWKS address', () => {
    expect(problems('--no-demo')).toEqual([expect.stringContaining('LIVESTALL_TOKEN_SECRET')]);
    expect(config('--no-demo', { LIVESTALL_TOKEN_SECRET: SECRET }).demo).toBe(false);
    const jwks = '--jwks-url https://issuer.example/jwks.json';
    expect(problems(jwks)).toEqual([expect.stringContaining('LIVESTALL_SIGNING_SECRET')]);
    expect(config(jwks, { LIVESTALL_SIGNING_SECRET: SECRET }).demo).toBe(false);
  });

  it('[CF4] refuses the secrets of a demo', () => {
    expect(problems('', { LIVESTALL_TOKEN_SECRET: `demo-${SECRET}` })).toEqual([
      expect.stringContaining('it is the secret of a demo'),
    ]);
    expect(
      problems('', { LIVESTALL_TOKEN_SECRET: SECRET, LIVESTALL_SIGNING_SECRET: `demo-${SECRET}` }),
    ).toEqual([expect.stringContaining('signingSecret: starts with')]);
    const keys = { LIVESTALL_TOKEN_SECRET: SECRET, LIVESTALL_API_KEYS: `shop:demo-${SECRET}` };
    expect(problems('', keys)).toEqual([expect.stringContaining('the key of a demo')]);
  });

  it('[CF4] without API keys is said', () => {
    expect(warnings('', { LIVESTALL_TOKEN_SECRET: SECRET })).toEqual([
      expect.stringContaining('No API keys'),
    ]);
  });
});

describe('[CF5] contradictions', () => {
  it.each([
    ['--jwks-url https://a.example/k', { LIVESTALL_TOKEN_SECRET: SECRET }, 'only one of them'],
    ['--reset --redis-url redis://localhost', {}, 'reset'],
    ['--reset', { LIVESTALL_TOKEN_SECRET: SECRET }, 'reset'],
    ['--commands-burst-per-socket 3', {}, 'commandsBurstPerSocket: expected at least'],
    ['--commands-per-second-per-address 2000', {}, 'commandsBurstPerAddress: expected at least'],
    ['', { LIVESTALL_API_KEYS: `a:${SECRET},a:${SECRET}1` }, '"a" is there twice'],
    ['', { LIVESTALL_API_KEYS: `a:${SECRET},b:${SECRET}` }, '"b" has the secret of another key'],
    ['', { LIVESTALL_BEACON_INFO: CHAIN }, 'beaconInfo: describes a beacon that nobody is asked for'],
    ['--demo --jwks-url https://a.example/k', {}, 'demo'],
  ])('[CF5] %s %o', (flags, env, text) => {
    expect(problems(flags, env)).toEqual([expect.stringContaining(text)]);
  });
});

describe('[CF6] demo', () => {
  it('[CF6] is what starts without a secret', () => {
    expect(config('')).toMatchObject({ demo: true, host: '127.0.0.1' });
    expect(config('', { LIVESTALL_TOKEN_SECRET: SECRET }).demo).toBe(false);
  });

  it('[CF6] is open to others only when that was said', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'shop.local']) {
      expect(problems(`--host ${host}`)).toEqual([expect.stringContaining('--demo')]);
      expect(warnings(`--host ${host} --demo`)).toEqual([expect.stringContaining('open to everyone')]);
    }
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '::1'])
      expect(warnings(`--host ${host}`)).toEqual([]);
  });
});

describe('[CF7] help', () => {
  it('[CF7] has every setting; secrets only as variables', () => {
    const result = load('--help --port');
    const help = 'help' in result ? result.help : '';
    for (const [name, setting] of settingEntries) {
      expect(help.includes(`  ${flagOf(name)}`), name).toBe(setting.secret !== true);
      if (setting.secret) expect(help).toContain(`  ${envOf(name)}`);
    }
    expect(help.split('\n').every((line) => line.length <= 110)).toBe(true);
  });

  it('[CF7] a secret as a flag is refused', () => {
    expect(problems(`--token-secret ${SECRET}`)).toEqual([expect.stringContaining('LIVESTALL_TOKEN_SECRET')]);
  });
});

it('[CF8] any flags and variables give an answer', () => {
  const names = settingEntries.map(([name]) => name);
  const flag = fc.oneof(fc.constantFrom(...names.map(flagOf)), fc.string());
  const env = fc.dictionary(fc.constantFrom(...names.map(envOf)), fc.string());
  fc.assert(
    fc.property(fc.array(fc.oneof(flag, fc.string(), fc.integer().map(String))), env, (argv, variables) => {
      const result = loadConfig({ argv, env: variables });
      expect('help' in result || typeof result.ok === 'boolean').toBe(true);
    }),
    { seed, numRuns: 300 },
  );
});
