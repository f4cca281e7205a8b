import { expect, test } from 'vitest';
import { moderationContract } from '../../../shared/plays/moderation/contract.ts';
import { detailOf } from './desk-details.ts';
import { readHosts } from './desk-hosts.ts';
import { emptyDesk } from './desk-reducer.ts';

const list = {
  listId: 'l1',
  title: 'Scams',
  language: 'en',
  action: 'block',
  enabled: true,
  words: 3,
} as const;
const state = { ...emptyDesk, lists: [list] };
const words = (kind: Parameters<typeof detailOf>[0]['kind'], detail: string) =>
  detailOf({ kind, detail }, state);

test.each([
  ['modes', '{"slowMs":30000,"links":"hold"}', 'Slow mode: 30 s · Links: held'],
  ['modes', '{"followersMs":600000,"minLevel":3}', 'Followers only: for 10 min · Fans only: level 3'],
  [
    'modes',
    '{"followersMs":null,"minLevel":0,"slowMs":0}',
    'Slow mode: off · Followers only: off · Fans only: off',
  ],
  ['modes', '{"allowedHosts":["a.example","b.example"]}', 'Allowed hosts: a.example, b.example'],
  ['words', '{"did":"edited","listId":"l1","added":3,"removed":1}', 'Scams: 3 added, 1 taken out'],
  ['words', '{"did":"edited","listId":"l1","added":0,"removed":2}', 'Scams: 2 taken out'],
  ['words', '{"did":"replaced","listId":"l1","words":1200}', 'Scams: replaced by 1,200 words'],
  ['words', '{"did":"removed","listId":"gone"}', 'gone: removed'],
  ['words', 'not what it was', ''],
  ['appoint', 'viewer -> moderator', 'Viewer → Mod'],
  ['undo', 'timeout', 'Timeout'],
  ['reject', 'queue-full', 'too many waited'],
  ['unmute', 'a12', ''],
  ['ban', '', ''],
] as const)('the log says what %s %s changed', (kind, detail, said) => {
  expect(words(kind, detail)).toBe(said);
});

test('hosts are read from what is typed or pasted, and fit the contract', () => {
  const read = readHosts(
    ' Example.com\nhttps://shop.example/path?x=1, *.cdn.example；商店.中国\nexample.com ',
  );
  const hosts = ['example.com', 'shop.example', 'cdn.example', '商店.中国'];
  expect(read).toEqual({ ok: true, hosts });
  const input = { opId: 'op-12345', modes: { allowedHosts: hosts } };
  expect(moderationContract.commands['moderation:set-modes'].input.safeParse(input).success).toBe(true);
});

test.each(['localhost', 'no_underscore.example', '-x.example', 'a..b', `${'a'.repeat(64)}.example`])(
  '%j is no host, here as in the contract',
  (host) => {
    expect(readHosts(host)).toEqual({ ok: false, bad: host });
    const input = { opId: 'op-12345', modes: { allowedHosts: [host] } };
    expect(moderationContract.commands['moderation:set-modes'].input.safeParse(input).success).toBe(false);
  },
);

test('more hosts than a room may have are too many', () => {
  const typed = Array.from({ length: 51 }, (_, i) => `h${i}.example`).join('\n');
  expect(readHosts(typed)).toEqual({ ok: false, bad: null });
});
