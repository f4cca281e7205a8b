import { describe, expect, it } from 'vitest';
import { networkSchema } from '../config/values.ts';
import { AddressRefused, AllowList, checkedLookup, isPublicAddress, type Resolved } from './addresses.ts';
import { checkTarget, checkTargetNow } from './target.ts';

const none = new AllowList([]);

/** Addresses inside networks, or of no single machine. */
const INSIDE = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
  ...['172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.168.0.1', '198.18.0.1', '198.51.100.7'],
  ...['203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '192.88.99.1'],
  ...['::', '::1', 'fe80::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '100::1', '2001:db8::1'],
  // IPv4 in IPv6: mapped, compatible, translated, 6to4, Teredo, NAT64.
  ...[
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '::7f00:1',
    '::ffff:0:127.0.0.1',
  ],
  ...[
    '2002:7f00:1::',
    '2002:808:808::',
    '2001::1',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::808:808',
  ],
  ...['3fff::1', '5f00::1', '4000::1', 'fe80::1%eth0', 'not-an-address', ''],
];

describe('an address', () => {
  it.each(INSIDE)('[WH20] %s is refused', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    '[WH20] %s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe('a target', () => {
  it.each([
    ['http', 'http://shop.example.com:80/'],
    ['no scheme', 'shop.example.com/hooks'],
    ['another scheme', 'ftp://shop.example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['credentials', 'https://user:secret@shop.example.com/'],
    ['a user', 'https://user@shop.example.com/'],
    ['a fragment', 'https://shop.example.com/#x'],
    ['a port of a mail server', 'https://shop.example.com:25/'],
    ['a port of SSH', 'https://shop.example.com:22/'],
    ['too long', `https://shop.example.com/${'x'.repeat(500)}`],
    ['empty', ''],
    ['loopback', 'https://127.0.0.1/'],
    ['a short form', 'https://127.1/'],
    ['one number', 'https://2130706433/'],
    ['hexadecimal', 'https://0x7f000001/'],
    ['hexadecimal parts', 'https://0x7f.0.0.0x1/'],
    ['octal', 'https://0177.0.0.1/'],
    ['full width', 'https://１２７.０.０.１/'],
    ['a dot at the end', 'https://127.0.0.1./'],
    ['percent signs', 'https://%31%32%37.0.0.1/'],
    ['metadata', 'https://169.254.169.254/latest/meta-data'],
    ['metadata as a number', 'https://2852039166/'],
    ['::1', 'https://[::1]/'],
    ['::', 'https://[::]/'],
    ['mapped', 'https://[::ffff:127.0.0.1]/'],
    ['mapped, in hexadecimal', 'https://[::ffff:7f00:1]/'],
    ['NAT64', 'https://[64:ff9b::7f00:1]/'],
    ['unique-local', 'https://[fd00::1]/'],
    ['0.0.0.0', 'https://0/'],
  ])('[WH20] %s is refused', async (_what, url) => {
    const check = await checkTargetNow(url, none, async () => [{ address: '8.8.8.8', family: 4 }]);
    expect(check.ok).toBe(false);
  });

  it.each(['https://shop.example.com/hooks?a=b', 'https://shop.example.com:8443/', 'https://8.8.8.8/'])(
    '[WH20] %s is fine',
    (url) => expect(checkTarget(url, none).ok).toBe(true),
  );

  it.each(INSIDE.filter((address) => address.includes('.') || address.includes(':')).slice(0, 30))(
    '[WH20] a name that resolves to %s is refused',
    async (address) => {
      const resolve = async (): Promise<Resolved[]> => [
        { address: '8.8.8.8', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ];
      expect((await checkTargetNow('https://shop.example.com/', none, resolve)).ok).toBe(false);
    },
  );

  it('[WH21] a name that cannot be resolved now is left to the deliveries', async () => {
    const fail = () => Promise.reject(new Error('no DNS'));
    expect((await checkTargetNow('https://shop.example.com/', none, fail)).ok).toBe(true);
    expect((await checkTargetNow('http://shop.example.com/', new AllowList(['10.0.0.0/8']), fail)).ok).toBe(
      false,
    );
  });
});

describe('what is allowed', () => {
  const allowed = new AllowList(['hooks.internal', '10.1.0.0/16', '127.0.0.1', 'fd00::/8']);
  const to = (address: string) => async (): Promise<Resolved[]> => [
    { address, family: address.includes(':') ? 6 : 4 },
  ];

  it.each([
    ['http://hooks.internal/', '192.168.7.7'],
    ['http://hooks.internal:81/', '10.2.0.1'],
    ['https://HOOKS.internal/', '127.0.0.1'],
    ['http://10.1.2.3/', ''],
    ['http://127.0.0.1:9999/', ''],
    ['http://[::ffff:10.1.2.3]/', ''],
    ['https://[fd00::7]:444/', ''],
    ['http://erp.example.com/', '10.1.9.9'],
  ])('[WH22] %s (%s) may be sent to', async (url, address) => {
    expect(await checkTargetNow(url, allowed, to(address))).toMatchObject({ ok: true });
  });

  it.each([
    ['http://10.2.0.1/', ''],
    ['http://127.0.0.2/', ''],
    ['https://hooks.internal.example.com/', '10.2.0.1'],
    ['http://shop.example.com/', '8.8.8.8'],
    ['https://erp.example.com/', '10.2.0.1'],
    ['ftp://hooks.internal/', '10.1.0.1'],
    ['http://user:secret@hooks.internal/', '10.1.0.1'],
  ])('[WH22] %s (%s) may not', async (url, address) => {
    expect((await checkTargetNow(url, allowed, to(address))).ok).toBe(false);
  });

  it('[WH22] is said by hosts, addresses and blocks, and nothing that only looks like one', () => {
    for (const text of [
      'hooks.internal',
      'localhost',
      'a',
      '10.0.0.1',
      '10.0.0.0/8',
      'fd00::/8',
      '::1',
      'x-1.y2z',
    ])
      expect(networkSchema.safeParse(text).success, text).toBe(true);
    for (const text of [
      '',
      '*',
      '10.0.0',
      '10.0.0.0/33',
      '300.1.1.1',
      'http://a',
      'a:80',
      'a/b',
      '-a',
      'a.',
      '1',
    ])
      expect(networkSchema.safeParse(text).success, text).toBe(false);
  });

  it('[WH21] [WH22] a connection is only ever made to an address that was checked', async () => {
    const look = (hostname: string, address: string, privateOnly: boolean): Promise<unknown> =>
      new Promise((resolve, reject) => {
        checkedLookup(to(address), allowed, privateOnly)(hostname, { all: true }, (error, found) =>
          error ? reject(error) : resolve(found),
        );
      });
    expect(await look('shop.example.com', '8.8.8.8', false)).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(await look('erp.example.com', '10.1.0.1', true)).toEqual([{ address: '10.1.0.1', family: 4 }]);
    await expect(look('shop.example.com', '8.8.8.8', true)).rejects.toThrow(AddressRefused);
    await expect(look('shop.example.com', '169.254.169.254', false)).rejects.toThrow(AddressRefused);
  });
});
