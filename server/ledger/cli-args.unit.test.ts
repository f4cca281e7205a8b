import { describe, expect, it } from 'vitest';
import { parseLedgerArgs } from './cli-args.ts';

const parse = (line: string, env: NodeJS.ProcessEnv = {}) =>
  parseLedgerArgs(line.split(' ').filter(Boolean), env);

describe('[LG16] the command line', () => {
  it('[LG16] takes what it should', () => {
    expect(parse('verify linen-house --json')).toMatchObject({
      command: 'verify',
      room: 'linen-house',
      json: true,
    });
    expect(parse('verify --all')).toMatchObject({ all: true, room: undefined });
    expect(parse('export --out=a.ndjson linen-house')).toMatchObject({
      out: 'a.ndjson',
      room: 'linen-house',
    });
    expect(parse('proof linen-house sale_1 --archive a')).toMatchObject({ sale: 'sale_1', archive: 'a' });
    expect(parse('trim linen-house --keep-days 0')).toMatchObject({ keepDays: 0 });
    expect(parse('trim linen-house')).toMatchObject({ keepDays: 7 });
  });

  it('[LG16] finds Redis as the server does: flags before variables before defaults', () => {
    const env = { LIVESTALL_REDIS_URL: 'redis://one:6379', LIVESTALL_DATA_DIR: '/data' };
    expect(parse('verify --all', env).store).toMatchObject({
      redisUrl: 'redis://one:6379',
      dataDir: '/data',
    });
    expect(parse('verify --all --redis-url redis://two', env).store.redisUrl).toBe('redis://two');
    expect(parse('verify --all', { LIVESTALL_REDIS_URL: '' }).store).toEqual({
      ...{
        redisUrl: undefined,
        redisKeyPrefix: 'livestall:',
        dataDir: '.data',
        redisServerBin: 'redis-server',
      },
    });
  });

  it.each([
    ['', /Which command\?/],
    ['verfy x', /no command "verfy"/],
    ['verify', /Which room\?/],
    ['verify a b', /"b" is too much/],
    ['proof a b c', /"c" is too much/],
    ['verify a --all', /--all or a room/],
    ['export --all', /only verify/],
    ['verify --all --archive f', /of one room/],
    ['proof a', /Which sale\?/],
    ['export a --archive f', /export takes none/],
    ['verify a --out f', /verify takes none/],
    ['verify a --keep-days 3', /verify takes none/],
    ['trim a --keep-days x', /whole number of days/],
    ['verify a --jsn', /--jsn: there is no such flag/],
    ['verify a --json=1', /takes no value/],
    ['verify a --json --json', /is there twice/],
    ['verify a --archive', /expected a value/],
    ['verify a --archive --json', /expected a value/],
    ['verify a --redis-url nonsense', /--redis-url: expected redis:/],
  ])('[LG16] refuses "%s" in words', (line, says) => {
    expect(() => parse(line)).toThrow(says);
    expect(() => parse(line)).toThrow(/Usage: npm run ledger/);
  });
});
