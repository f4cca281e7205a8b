import { describe, expect, it } from 'vitest';
import { REPORT_REASONS, sellerReportSchema } from '../../../shared/plays/moderation/reports.ts';
import type { Input } from '../../../shared/protocol.ts';
import { DEMO_ROOM_ID } from '../../demo/people.ts';
import { seedDemo } from '../../demo/seed.ts';
import { httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { createLog } from '../../kernel/log.ts';
import { silentObserver } from '../../kernel/observer.ts';
import { systemRandom } from '../../kernel/random.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, type TestNode, type TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { SellerReportsStore } from './seller-reports.store.ts';
import { people, refused, sanctioned } from './testing/people.ts';

const harness = useCheckedHarness();

type Report = Partial<Input<'moderation:report-seller'>>;
const report = (by: TestClient, more: Report = {}) =>
  by.must('moderation:report-seller', { opId: opId(), productId: null, reason: 'scam', ...more });

async function stage() {
  const all = await people(harness);
  const { one, roomId } = all;
  const { sellerReports, shelf, room } = one.core.stores;
  const page = async (state: 'open' | 'resolved' = 'open', limit = 100) =>
    (await sellerReports.reader.page(roomId, state, { limit })).reports;
  return { ...all, sellerReports, shelf, room, page, ana: await all.join('ana') };
}

/** A store of its own that keeps fewer, as whoever acts for somebody would call it. */
function smaller({ core }: TestNode, time: TestTime, max: number, perPerson = 20) {
  const told: string[] = [];
  const { redis, keys } = core;
  const scriptNow = () => String(time.nowMs);
  const observer = {
    ...silentObserver,
    sellerReported: (reason: string) => told.push(reason),
    sellerReportDropped: () => told.push('dropped'),
  };
  const log = createLog({ level: 'silent', format: 'json' });
  const deps = { redis, keys, scriptNow, observer, log, random: systemRandom };
  const store = new SellerReportsStore(deps, { max, perPerson });
  const by = async (roomId: string, userId: string) => {
    const input = { opId: opId(), productId: null, reason: 'scam' as const, text: '' };
    const outcome = await store.report(roomId, { userId, name: userId }, input);
    if (!outcome.ok) throw new Error(outcome.code);
    return outcome.data.reportId;
  };
  return { store, by, told };
}

describe('a report of the seller', () => {
  it('[MO90] is for whoever runs the server: nothing in the room tells of it', async () => {
    const { ana, host, mo, page, redis, keys, roomId } = await stage();
    const { reportId, again } = await report(ana, { text: 'took the money, sent nothing' });
    await report(ana, { productId: 'p1', reason: 'counterfeit' });
    expect(again).toBe(false);
    expect(await page()).toMatchObject([
      { userId: 'ana', reason: 'counterfeit', product: { productId: 'p1' } },
      { reportId, userId: 'ana', name: 'ana', reason: 'scam', text: 'took the money, sent nothing' },
    ]);
    for (const each of await page()) sellerReportSchema.parse(each);
    const staffSees = [
      await mo.must('moderation:desk', {}),
      await host.must('moderation:log', {}),
      await host.must('moderation:person', { userId: 'ana' }),
      await host.must('room:join', { roomId }),
    ];
    const logs = await Promise.all([keys.events, keys.ledger].map((key) => redis.xrange(key, '-', '+')));
    const heard = [...host.frames, ...mo.frames, ...host.notices, ...mo.notices];
    for (const text of [staffSees, logs, heard].map((each) => JSON.stringify(each))) {
      expect(text).not.toContain(reportId);
      expect(text).not.toContain('took the money');
      expect(text).not.toMatch(/report-seller|seller-report|moderation:reported/);
    }
  });

  it('[MO90] its id does not tell how many others there are', async () => {
    const { ana, join } = await stage();
    const ids = [await report(ana), await report(await join('bo'))].map(({ reportId }) => reportId);
    for (const id of ids) expect(id).toMatch(/^sr_.{12,}$/);
  });

  it('[MO91] keeps what it is about as it was, whatever becomes of it', async () => {
    const { ana, page, shelf, room, roomId } = await stage();
    const priceMinor = 999_999_999_999;
    const product = {
      ...{ productId: 'p1', title: 'Silk "pure"', description: 'All silk', priceMinor },
      imageUrl: 'https://shop.example/silk.jpg',
    };
    const op = () => ({ actor: 'host', opId: opId(), fingerprint: '' });
    await shelf.save(roomId, op(), product);
    await report(ana, { productId: 'p1', reason: 'misleading' });
    await shelf.remove(roomId, op(), 'p1');
    await room.update(roomId, { hostName: 'Someone else', sellerContact: '' }, 'tests');
    const seller = { hostName: 'Host', sellerContact: 'host@example.com' };
    expect(await page()).toMatchObject([{ seller, product: { ...product, currency: 'CNY' } }]);
    // It is kept, but what is not on the shelf any more is not reported anew.
    expect(
      await ana.call('moderation:report-seller', { opId: opId(), productId: 'p1', reason: 'scam' }),
    ).toMatchObject(refused('PRODUCT_NOT_FOUND'));
    expect(
      await ana.call('moderation:report-seller', { opId: opId(), productId: 'p9', reason: 'scam' }),
    ).toMatchObject(refused('PRODUCT_NOT_FOUND'));
  });

  it('[MO92] a person has one open report of a thing: another one brings new words, and says so', async () => {
    const { ana, join, page, sellerReports, roomId } = await stage();
    const first = await report(ana, { text: 'one' });
    const other = await report(await join('bo'), { text: 'mine' });
    const again = await report(ana, { reason: 'other', text: 'two' });
    expect(again).toEqual({ reportId: first.reportId, again: true });
    expect(other.again).toBe(false);
    expect((await page()).map(({ userId, reason, text }) => [userId, reason, text])).toEqual([
      ['bo', 'scam', 'mine'],
      ['ana', 'other', 'two'],
    ]);
    const outcome = { outcome: 'dismissed' as const, note: 'nothing to it', by: '@shop' };
    expect(await sellerReports.resolve(roomId, first.reportId, outcome)).toMatchObject({ ok: true });
    const third = { opId: opId(), productId: null, reason: 'scam' as const, text: 'three' };
    const anew = await eventually(() => ana.must('moderation:report-seller', third), { withinMs: 60_000 });
    expect(anew.again).toBe(false);
    expect(anew.reportId).not.toBe(first.reportId);
    expect((await page('resolved')).map(({ text }) => text)).toEqual(['two']);
  });

  it('[MO92] a retry gets the first answer, and the same opId with other words is a mismatch', async () => {
    const { ana, page } = await stage();
    const input = { opId: opId(), productId: null, reason: 'scam' as const, text: 'one' };
    const first = await ana.must('moderation:report-seller', input);
    expect(await ana.must('moderation:report-seller', input)).toEqual(first);
    expect(await ana.call('moderation:report-seller', { ...input, text: 'two' })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    expect((await page()).map(({ text }) => text)).toEqual(['one']);
  });

  it('[MO93] of too many the oldest resolved one goes, then the oldest open one, which is told of', async () => {
    const { one, time, roomId, page, redis, keys } = await stage();
    const { store, by, told } = smaller(one, time, 3);
    const [a, b, c] = [await by(roomId, 'a'), await by(roomId, 'b'), await by(roomId, 'c')];
    await store.resolve(roomId, b, { outcome: 'upheld', note: '', by: '@shop' });
    const d = await by(roomId, 'd');
    expect((await page()).map(({ reportId }) => reportId)).toEqual([d, c, a]);
    expect(await page('resolved')).toEqual([]);
    expect(told).toEqual(['scam', 'scam', 'scam', 'scam']);
    const e = await by(roomId, 'e');
    expect((await page()).map(({ reportId }) => reportId)).toEqual([e, d, c]);
    expect(told.slice(4)).toEqual(['scam', 'dropped']);
    // Nothing of those that went stays behind: four fields each, and one that counts.
    expect(await redis.hlen(keys.sellerReports)).toBe(4 * 3 + 1);
  });

  it('[MO93] one person has so many open ones, and others come in all the same', async () => {
    const { one, time, roomId, redis, keys } = await stage();
    const { store, by } = smaller(one, time, 10, 1);
    const first = await by(roomId, 'a');
    const input = { opId: opId(), productId: 'p1', reason: 'scam' as const, text: '' };
    const more = () => store.report(roomId, { userId: 'a', name: 'a' }, input);
    expect(await more()).toMatchObject({ ok: false, code: 'TOO_MANY_REPORTS' });
    expect(await by(roomId, 'a')).toBe(first);
    const other = await by(roomId, 'b');
    await store.resolve(roomId, first, { outcome: 'upheld', note: '', by: '@shop' });
    expect(await more()).toMatchObject({ ok: true });
    await store.resolve(roomId, other, { outcome: 'upheld', note: '', by: '@shop' });
    expect(await redis.hget(keys.sellerReports, 'open a')).toBe('1');
    expect(await redis.hexists(keys.sellerReports, 'open b')).toBe(0);
  });

  it.each([
    ['no reason', { reason: undefined }, 'reason'],
    ['a reason of one’s own', { reason: 'ugly' }, 'reason'],
    ['another reason without words', { reason: 'other', text: '  ' }, 'text'],
    ['too many words', { text: 'x'.repeat(501) }, 'text'],
    ['no subject', { productId: undefined }, 'productId'],
    ['a product that cannot be', { productId: 'a b' }, 'productId'],
    ['no opId', { opId: undefined }, 'opId'],
  ])('[MO94] with %s is refused, and the field named', async (_what, more, path) => {
    const { ana, page } = await stage();
    const input = { opId: opId(), productId: null, reason: 'scam', text: '', ...more };
    const sent = JSON.parse(JSON.stringify(input)) as object;
    expect(await ana.raw('moderation:report-seller', sent)).toMatchObject(
      refused('INVALID_PAYLOAD', { path }),
    );
    expect(await page()).toEqual([]);
  });

  it('[MO94] is by people who are signed in; a mute keeps nobody from it, a ban does', async () => {
    const { one, two, roomId, ana, mo, page, join } = await stage();
    const input = () => ({ opId: opId(), productId: null, reason: REPORT_REASONS[0] });
    const guest = await harness.join(one, roomId, 'guest');
    expect(await guest.call('moderation:report-seller', input())).toMatchObject(refused('UNAUTHENTICATED'));
    await sanctioned(mo, 'ana', 'mute');
    await report(ana);
    const bo = await join('bo', 'viewer', two);
    await sanctioned(mo, 'bo', 'ban');
    expect(await bo.call('moderation:report-seller', input())).toMatchObject({ ok: false });
    expect((await page()).map(({ userId }) => userId)).toEqual(['ana']);
  });
});

it('[MO94] simulated viewers report nobody, also where they may do what viewers do', async () => {
  const config = { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, redisKeyPrefix: 'sim:' };
  const node = await httpNode(harness, { config, demoSecrets: TEST_DEMO_SECRETS });
  const { room: rooms, shelf, sellerReports } = node.core.stores;
  await seedDemo({ rooms, shelf, serverNowMs: node.core.serverNowMs });
  const user = { userId: 'sim:1', name: 'Ada', ttlMs: 60_000 };
  const client = await harness.connect(node, (await node.core.tokens.mintSimulated(user)).token);
  await client.must('room:join', { roomId: DEMO_ROOM_ID });
  await client.must('room:follow', { opId: opId(), follow: true });
  expect(
    await client.call('moderation:report-seller', { opId: opId(), productId: null, reason: 'scam' }),
  ).toMatchObject(refused('FORBIDDEN'));
  expect(await sellerReports.reader.openOf(DEMO_ROOM_ID)).toEqual({ open: 0, newestAtMs: null });
});

describe('the rooms with open reports', () => {
  it('[MO95] are found, the one with the newest report first, and leave once all are resolved', async () => {
    const { one, roomId, time, sellerReports } = await stage();
    const { by } = smaller(one, time, 10);
    const other = await harness.room(one);
    const last = await by(roomId, 'ana');
    time.advance(1000);
    for (const userId of ['ana', 'bo']) await by(other, userId);
    const listed = async (limit = 10, cursor?: string) =>
      (await sellerReports.rooms.page(limit, cursor)).rooms.map(({ roomId: id, open }) => [id, open]);
    await eventually(async () => expect(await listed()).toEqual([[other, 2], [roomId, 1]])); // biome-ignore format: one line
    await sellerReports.resolve(roomId, last, { outcome: 'upheld', note: '', by: '@shop' });
    await eventually(async () => expect(await listed()).toEqual([[other, 2]]));
  });

  it('[MO95] page by page none is left out, also of one moment', async () => {
    const { one, time, sellerReports } = await stage();
    const { by } = smaller(one, time, 10);
    const rooms: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const roomId = await harness.room(one);
      await by(roomId, 'ana');
      rooms.push(roomId);
    }
    await eventually(async () => expect((await sellerReports.rooms.page(10)).rooms).toHaveLength(5));
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof sellerReports.rooms.page>> = await sellerReports.rooms.page(
        2,
        cursor,
      );
      seen.push(...page.rooms.map(({ roomId }) => roomId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(rooms.toSorted().reverse());
  });

  it('[MO95] a room that a crash left out is added by the sweep, and one that should not be there goes', async () => {
    const { one, time, roomId, redis, sellerReports } = await stage();
    const { by } = smaller(one, time, 10);
    const { reportedRooms } = one.core.keys;
    await by(roomId, 'ana');
    await eventually(async () => expect(await redis.zcard(reportedRooms)).toBe(1));
    const quiet = await harness.room(one);
    await redis.del(reportedRooms);
    await redis.zadd(reportedRooms, 5, quiet);
    await one.core.due.sweep();
    const page = await eventually(async () => {
      const found = await sellerReports.rooms.page(10);
      expect(found.rooms).toMatchObject([{ roomId, open: 1 }]);
      return found;
    });
    expect(page.nextCursor).toBeNull();
    await eventually(async () => expect(await redis.zrange(reportedRooms, 0, '-1')).toEqual([roomId]));
  });
});
