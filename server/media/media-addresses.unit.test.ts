import type { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { mediaAddresses } from './media-addresses.ts';

const own = (...addresses: string[]): typeof networkInterfaces =>
  (() => ({
    lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true }],
    eth0: addresses.map((address) => ({
      ...{ address, internal: false },
      family: address.includes(':') ? 'IPv6' : 'IPv4',
    })),
  })) as unknown as typeof networkInterfaces;

const ips = (host: string, ...addresses: string[]): string[] =>
  mediaAddresses({ host, mediaListen: [] }, own(...addresses)).map(({ ip }) => ip);

describe('where workers listen', () => {
  it('[MS3] is what was set', () => {
    const mediaListen = [{ ip: '10.0.0.5', announced: '203.0.113.5' }];
    expect(mediaAddresses({ host: '0.0.0.0', mediaListen }, own('192.168.1.2'))).toEqual(mediaListen);
  });

  it('[MS3] is the address of the server by default', () => {
    expect(ips('127.0.0.1', '192.168.1.2')).toEqual(['127.0.0.1']);
    expect(ips('localhost', '192.168.1.2')).toEqual(['127.0.0.1']);
    expect(ips('192.168.1.2', '192.168.1.2')).toEqual(['192.168.1.2']);
  });

  it('[MS3] is every address that browsers can use where the server listens everywhere, public ones first', () => {
    const addresses = ['192.168.1.2', 'fe80::1', '11.22.33.44', '2a01:4f8::1', '169.254.1.1'];
    expect(ips('::', ...addresses)).toEqual(['11.22.33.44', '2a01:4f8::1', '192.168.1.2']);
    expect(ips('0.0.0.0', ...addresses)).toEqual(['11.22.33.44', '192.168.1.2']);
  });

  it('[MS3] is this machine alone where it has no other address, and never more than four', () => {
    expect(ips('0.0.0.0')).toEqual(['127.0.0.1']);
    expect(ips('0.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5')).toHaveLength(4);
  });
});
