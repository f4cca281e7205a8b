import { expect, test } from 'vitest';
import { likeness, raiders, raidSigns } from './desk-raid.ts';
import { isBannerShown } from './desk-raid-model.ts';
import { after, eventOf, heldOf, messageOf } from './desk-testing.ts';

const NOW_MS = 1_000_000;
const said = (userId: string, text: string, part = {}) =>
  eventOf('chat:said', messageOf(`m-${userId}`, { userId, name: userId, text, atMs: NOW_MS, ...part }));
const crowd = (count: number, text: string, part = {}) =>
  Array.from({ length: count }, (_, i) => said(`r${i}`, text, part));

test('five newcomers with one text are a raid, however they dress it up', () => {
  const texts = [
    'Buy at CHEAP shop!!!',
    'buy at cheap shop',
    'ＢＵＹ at cheap shop',
    'buy at cheeeap shop 🔥',
  ];
  const state = after([...texts, 'b u y at cheap shop'].map((text, i) => said(`r${i}`, text)));
  expect(raidSigns(state, NOW_MS)).toMatchObject({ alike: 5 });
  expect(raiders(state, NOW_MS).map(({ why, isPicked }) => [why, isPicked])).toEqual(
    Array.from({ length: 5 }, () => [['alike'], true]),
  );
  expect(raidSigns(state, NOW_MS + 120_000)).toBe(null);
});

test.each([
  ['four of them', crowd(4, 'buy at cheap shop')],
  ['short cheers', crowd(30, '666666')],
  ['short words', crowd(30, '好看')],
  ['fans', crowd(30, 'we love this shop', { badge: { level: 2, lit: true } })],
  ['staff', crowd(30, 'welcome to the show', { role: 'moderator' })],
])('no raid: %s', (_, events) => {
  expect(raidSigns(after(events), NOW_MS)).toBe(null);
});

test('much that is stopped is a raid, as long as the figure is fresh', () => {
  const state = after([eventOf('moderation:filtered', { blocked: 8, held: 4, users: 6 }, 1, NOW_MS)]);
  expect(raidSigns(state, NOW_MS + 5_000)).toEqual({ stopped: 12, users: 6, alike: 0 });
  expect(raidSigns(state, NOW_MS + 20_000)).toBe(null);
  const one = after([eventOf('moderation:filtered', { blocked: 50, held: 0, users: 1 }, 1, NOW_MS)]);
  expect(raidSigns(one, NOW_MS)).toBe(null);
});

test('raiders are those with held or reported lines; a fan must be picked by hand, who is out is left out', () => {
  const badge = { level: 4, lit: true };
  const state = after([
    eventOf('moderation:held', heldOf(messageOf('h1', { userId: 'x', atMs: NOW_MS }))),
    eventOf('moderation:held', heldOf(messageOf('h2', { userId: 'fan', badge, atMs: NOW_MS }))),
    eventOf('moderation:held', heldOf(messageOf('h3', { userId: 'z', atMs: NOW_MS }), 'moderator')),
    eventOf('moderation:held', heldOf(messageOf('h4', { userId: 'gone', atMs: NOW_MS }))),
    said('rude', 'something'),
    eventOf('moderation:reported', { messageId: 'm-rude', byUserId: 'x', reason: '', reports: 1 }),
    said('fine', 'hello there'),
    eventOf('moderation:sanctioned', { userIds: ['gone'], kind: 'ban', untilMs: null }),
  ]);
  expect(raiders(state, NOW_MS).map(({ userId, why, isPicked }) => [userId, why, isPicked])).toEqual([
    ['fan', ['held'], false],
    ['rude', ['reported'], true],
    ['x', ['held'], true],
  ]);
});

test('texts are compared as people see them', () => {
  expect(likeness('  Free   MONEY, here!! ')).toBe(likeness('freee money here'));
  expect(likeness('加微信 领红包')).toBe(likeness('加微信，领红包！'));
  expect([likeness('ok'), likeness('123'), likeness('！！！'), likeness('好的')]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('the banner lingers, goes when it is told to, and stays while somebody picks', () => {
  const none = { signAtMs: null, dismissedAtMs: null, cleanedAtMs: null };
  expect(isBannerShown(none, false, NOW_MS)).toBe(false);
  expect(isBannerShown({ ...none, signAtMs: NOW_MS - 50_000 }, false, NOW_MS)).toBe(true);
  expect(isBannerShown({ ...none, signAtMs: NOW_MS - 70_000 }, false, NOW_MS)).toBe(false);
  expect(isBannerShown({ ...none, signAtMs: NOW_MS - 70_000 }, true, NOW_MS)).toBe(true);
  const dismissed = { ...none, signAtMs: NOW_MS, dismissedAtMs: NOW_MS - 60_000 };
  expect(isBannerShown(dismissed, false, NOW_MS)).toBe(false);
  expect(isBannerShown({ ...dismissed, dismissedAtMs: NOW_MS - 130_000 }, false, NOW_MS)).toBe(true);
  const cleaned = { ...none, signAtMs: NOW_MS - 5_000, cleanedAtMs: NOW_MS - 4_000 };
  expect(isBannerShown(cleaned, false, NOW_MS)).toBe(true);
  expect(isBannerShown(cleaned, false, NOW_MS + 12_000)).toBe(false);
  expect(isBannerShown({ ...cleaned, signAtMs: NOW_MS }, false, NOW_MS + 12_000)).toBe(true);
});
