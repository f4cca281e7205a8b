import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, originAllowed } from './origin.ts';

const asked = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;

describe('origins', () => {
  it.each([
    ['none: a program, not a page', { host: 'live.example.com' }, true],
    ['the same host', { origin: 'https://live.example.com', host: 'live.example.com' }, true],
    ['the same host and port', { origin: 'http://localhost:8080', host: 'localhost:8080' }, true],
    ['one that is allowed', { origin: 'https://shop.example.com', host: 'live.example.com' }, true],
    ['another port', { origin: 'http://localhost:9090', host: 'localhost:8080' }, false],
    ['another host', { origin: 'https://evil.example', host: 'live.example.com' }, false],
    ['one that only starts alike', { origin: 'https://shop.example.com.evil.example', host: 'x' }, false],
    [
      'one that only ends alike',
      { origin: 'https://evil-live.example.com', host: 'live.example.com' },
      false,
    ],
    ['an allowed host by another scheme', { origin: 'http://shop.example.com', host: 'x' }, false],
    ['null, as sandboxed frames and files send', { origin: 'null', host: 'live.example.com' }, false],
    ['an empty one', { origin: '', host: 'live.example.com' }, false],
    ['nonsense', { origin: 'live.example.com', host: 'live.example.com' }, false],
    [
      'the host in the place of a user',
      { origin: 'https://live.example.com@evil.example', host: 'live.example.com' },
      false,
    ],
  ])('[RT1] %s', (_what, headers, allowed) => {
    expect(
      originAllowed(asked(headers as unknown as Record<string, string>), ['https://shop.example.com']),
    ).toBe(allowed);
  });
});

describe('addresses behind proxies', () => {
  const address = (hops: number, forwarded?: string | string[]) =>
    clientAddress(
      {
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded as string },
        socket: { remoteAddress: '10.0.0.9' },
      },
      hops,
    );

  it('[RT10] what a caller claims is not believed without a proxy', () => {
    expect(address(0, '198.51.100.7')).toBe('10.0.0.9');
  });

  it('[RT10] each trusted proxy adds one entry; what stands before theirs is a claim', () => {
    expect(address(1, '198.51.100.7')).toBe('198.51.100.7');
    expect(address(1, '203.0.113.1, 198.51.100.7')).toBe('198.51.100.7');
    expect(address(2, '203.0.113.1, 198.51.100.7, 10.0.0.2')).toBe('198.51.100.7');
    expect(address(2, ['203.0.113.1, 198.51.100.7', '10.0.0.2'])).toBe('198.51.100.7');
  });

  it('[RT10] a header that is shorter than the chain, empty or missing does no harm', () => {
    expect(address(3, '198.51.100.7')).toBe('198.51.100.7');
    expect(address(1, ' , ')).toBe('10.0.0.9');
    expect(address(1)).toBe('10.0.0.9');
  });
});
