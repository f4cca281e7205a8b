import { describe, expect, it } from 'vitest';
import { isLoopback, targetAccess, targetOrigin } from './target-address.ts';

describe('targetOrigin', () => {
  it.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['ws://[::1]:8080', 'http://[::1]:8080'],
    ['wss://localhost', 'https://localhost'],
    ['https://127.1', 'https://127.0.0.1'],
  ])('takes %s', (text, origin) => {
    expect(targetOrigin(text, false)).toBe(origin);
  });

  it.each([
    'live.example',
    'live.example:8080',
    'ftp://live.example',
    'http://',
    'http:///',
    'http://127.0.0.1:99999',
    'javascript:alert(1)',
  ])('[LK3] refuses %s, which is no address', (text) => {
    expect(() => targetOrigin(text, true)).toThrow(/--target needs an address such as/);
  });

  it('[LK3] refuses paths, queries and passwords', () => {
    for (const behind of ['/api', '/?a=b', '/#x']) {
      expect(() => targetOrigin(`http://127.0.0.1:80${behind}`, true)).toThrow(
        /without anything behind the host/,
      );
    }
    expect(() => targetOrigin('http://me:secret@127.0.0.1', true)).toThrow(/no user and password/);
  });

  it.each(['https://live.example', 'http://10.0.0.1', 'http://0.0.0.0:80', 'http://127.0.0.1.example'])(
    '[LK3] takes %s only from its owner',
    (text) => {
      expect(() => targetOrigin(text, false)).toThrow(/not on this machine's loopback.*--i-own-this/);
      expect(targetOrigin(text, true)).toBe(new URL(text).origin);
    },
  );
});

it('knows loopback by address, and by the one name that is fixed', () => {
  expect(['localhost', 'a.localhost', '127.9.9.9', '[::1]'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['localhost.example', '128.0.0.1', '[::2]', ''].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

describe('targetAccess', () => {
  it('[LK3] names the secrets that are missing', () => {
    const env = { LIVESTALL_TOKEN_SECRET: 's', LIVESTALL_LOAD_API_KEY: 'k' };
    const url = 'http://127.0.0.1:8080';
    expect(targetAccess(url, false, env)).toEqual({ url, tokenSecret: 's', apiKey: 'k' });
    expect(() => targetAccess(url, false, {})).toThrow(
      /needs LIVESTALL_TOKEN_SECRET and LIVESTALL_LOAD_API_KEY in/,
    );
    expect(() => targetAccess(url, false, { ...env, LIVESTALL_LOAD_API_KEY: '' })).toThrow(
      /needs LIVESTALL_LOAD_API_KEY in/,
    );
  });
});
