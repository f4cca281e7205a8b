import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './client.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const FORMS = /expected redis:\/\/host:port, .*cluster:\/\//;

describe('addresses of redis', () => {
  it.each([
    ['redis://localhost', { host: 'localhost', port: 6379 }],
    ['redis://10.0.0.7:6380', { host: '10.0.0.7', port: 6380 }],
    ['redis://[::1]:6380/3', { host: '::1', port: 6380, db: 3 }],
    ['redis://:p%40ss@cache', { host: 'cache', port: 6379, password: 'p@ss' }],
    ['redis://ann:s3cret@cache/0', { host: 'cache', port: 6379, username: 'ann', password: 's3cret', db: 0 }],
    ['rediss://cache:6390', { host: 'cache', port: 6390, tls: {} }],
    ['unix:///run/redis.sock', { path: '/run/redis.sock' }],
  ])('[RD1] %s is a single server', (text, options) => {
    expect(parseRedisUrl(text)).toEqual({ kind: 'standalone', options });
  });

  it('[RD1] sentinel addresses name the sentinels and the master', () => {
    expect(parseRedisUrl('sentinel://a,[::1]:26380/shop')).toEqual({
      kind: 'sentinel',
      options: expect.objectContaining({
        sentinels: [
          { host: 'a', port: 26379 },
          { host: '::1', port: 26380 },
        ],
        name: 'shop',
        failoverDetector: true,
      }),
    });
    const { options } = parseRedisUrl('sentinel://ann:s%2Fcret@a/shop');
    expect(options).toMatchObject({ username: 'ann', password: 's/cret', sentinelPassword: 's/cret' });
    expect(parseRedisUrl('sentinel://a/shop').options).not.toHaveProperty('sentinelPassword');
  });

  it('[RD1] cluster addresses name some of the nodes', () => {
    expect(parseRedisUrl('cluster://:pw@a:7000,b,[fe80::1]:7002')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
        { host: 'fe80::1', port: 7002 },
      ],
      options: { password: 'pw' },
    });
  });

  it.each([
    '',
    'localhost:6379',
    'http://localhost:6379',
    'redis://',
    'redis:///0',
    'redis://host:port',
    'redis://host:99999',
    'redis://host/first',
    'redis://host/0?family=6',
    'redis://ann:%zz@host',
    'unix://run/redis.sock',
    'sentinel://a:26379',
    'sentinel:///shop',
    'cluster://',
    'cluster://a,,b',
    'cluster://a/0',
  ])('[RD2] "%s" is refused with the forms that are known', (text) => {
    expect(() => parseRedisUrl(text)).toThrow(FORMS);
  });

  it('[RD2] any text is either an address or told what one looks like', () => {
    const scheme = fc.constantFrom('redis://', 'rediss://', 'unix://', 'sentinel://', 'cluster://', '');
    const rest = fc
      .array(fc.constantFrom(...'ab7:/@,[]%?#.- '), { maxLength: 20 })
      .map((chars) => chars.join(''));
    fc.assert(
      fc.property(scheme, rest, (start, end) => {
        try {
          expect(parseRedisUrl(start + end).kind).toMatch(/standalone|sentinel|cluster/);
        } catch (error) {
          expect((error as Error).message).toMatch(FORMS);
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
