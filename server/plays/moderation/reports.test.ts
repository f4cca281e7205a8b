import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { REPORTED_MAX, ReportsStore } from './reports.store.ts';
import { DAY_MS, HOUR_MS, people, refused, sanction } from './testing/people.ts';

const harness = useCheckedHarness();

it('[MO81] counts each reporter of a message once, and tells staff alone', async () => {
  const { say, join, host, mo, two, headSeq } = await people(harness);
  const { messageId } = await say('cy', 'buy followers');
  const [ana, bo] = [await join('ana'), await join('bo', 'viewer', two)];
  const report = { opId: opId(), messageId, reason: ' spam ' };
  for (const _ of [1, 2]) expect(await ana.call('moderation:report', report)).toEqual({ ok: true, data: {} });
  // Once more by the same person, as another call.
  expect(await ana.call('moderation:report', { ...report, opId: opId() })).toMatchObject({ ok: true });
  expect(await bo.call('moderation:report', { opId: opId(), messageId })).toMatchObject({ ok: true });
  const told = [
    { messageId, byUserId: 'ana', reason: 'spam', reports: 1 },
    { messageId, byUserId: 'bo', reason: '', reports: 2 },
  ];
  for (const client of [host, mo]) {
    await eventually(() =>
      expect(client.events('moderation:reported').map(({ data }) => data)).toEqual(told),
    );
  }
  for (const client of [ana, bo]) {
    await eventually(async () => expect(client.frames.at(-1)?.toSeq).toBe(await headSeq()));
    expect(client.events('moderation:reported')).toEqual([]);
  }
  expect(await ana.call('moderation:report', { ...report, reason: 'other' })).toMatchObject(
    refused('IDEMPOTENCY_MISMATCH'),
  );
});

it('[MO81] is of messages that are there, by people who are', async () => {
  const { say, join, host, one, roomId, headSeq } = await people(harness);
  const { messageId } = await say('cy', 'hello');
  const ana = await join('ana');
  const seq = await headSeq();
  expect(await ana.call('moderation:report', { opId: opId(), messageId: 'm_never' })).toMatchObject(
    refused('MESSAGE_NOT_FOUND'),
  );
  const guest = await harness.join(one, roomId, 'guest');
  expect(await guest.call('moderation:report', { opId: opId(), messageId })).toMatchObject(
    refused('UNAUTHENTICATED'),
  );
  expect(await headSeq()).toBe(seq);
  await host.must('moderation:delete', { opId: opId(), messageIds: [messageId] });
  expect(await ana.call('moderation:report', { opId: opId(), messageId })).toMatchObject(
    refused('MESSAGE_NOT_FOUND'),
  );
});

it('[MO81] a crowd that reports one message is told of in tens', async () => {
  const { say, join, host, keys, redis } = await people(harness);
  const { messageId } = await say('cy', 'hello');
  await redis.sadd(keys.reports(messageId), ...Array.from({ length: 18 }, (_, i) => `early${i}`));
  for (let i = 0; i < 12; i += 1) {
    const client = await join(`late${i}`);
    await client.must('moderation:report', { opId: opId(), messageId });
  }
  const counts = () =>
    host.events('moderation:reported').map(({ data }) => (data as { reports: number }).reports);
  await eventually(() => expect(counts()).toEqual([19, 20, 30]));
});

describe('[MO20] [MO81] who opens the desk later', () => {
  const idsOf = async (mo: TestClient) =>
    (await mo.must('moderation:desk', {})).reported.map(({ message }) => message.messageId);

  it('[MO20] [MO81] sees what was reported, with how many and why, until it is dealt with', async () => {
    const { say, join, mo, time } = await people(harness);
    const [first, second, third] = [
      await say('cy', 'buy followers'),
      await say('dee', 'buy "likes"\nand more'),
      await say('eve', 'rude'),
    ];
    const [ana, bo] = [await join('ana'), await join('bo')];
    const report = (by: TestClient, { messageId }: { messageId: string }, reason = '') =>
      by.must('moderation:report', { opId: opId(), messageId, reason });
    for (const message of [first, second, third]) {
      await report(ana, message, 'spam');
      time.advance(1000);
    }
    await report(bo, first, 'a "scam"');
    expect((await mo.must('moderation:desk', {})).reported).toEqual([
      {
        ...{ message: first, reports: 2, reportedAtMs: time.nowMs },
        last: [
          { byUserId: 'ana', reason: 'spam' },
          { byUserId: 'bo', reason: 'a "scam"' },
        ],
      },
      expect.objectContaining({ message: third, reports: 1 }),
      expect.objectContaining({ message: second, reports: 1 }),
    ]);
    await mo.must('moderation:delete', { opId: opId(), messageIds: [first.messageId] });
    expect(await idsOf(mo)).toEqual([third.messageId, second.messageId]);
    await mo.must('moderation:hold', { opId: opId(), messageIds: [third.messageId] });
    expect(await idsOf(mo)).toEqual([second.messageId]);
    expect(await sanction(mo, 'dee', 'ban', { deleteMessages: true })).toMatchObject({ ok: true });
    expect(await idsOf(mo)).toEqual([]);
  });

  it('[MO81] not those of yesterday, nor for long those that scrolled out', async () => {
    const { say, join, mo, time } = await people(harness);
    const ana = await join('ana');
    const early = await say('cy', 'early');
    await ana.must('moderation:report', { opId: opId(), messageId: early.messageId });
    for (let i = 0; i < 200; i += 1) await say(`u${i % 9}`, `line ${i}`);
    const late = await say('dee', 'late');
    await ana.must('moderation:report', { opId: opId(), messageId: late.messageId });
    expect(await idsOf(mo)).toEqual([late.messageId, early.messageId].sort().reverse());
    time.advance(HOUR_MS);
    expect(await idsOf(mo)).toEqual([late.messageId]);
    time.advance(DAY_MS - HOUR_MS - 1);
    expect(await idsOf(mo)).toEqual([late.messageId]);
    time.advance(1);
    expect(await idsOf(mo)).toEqual([]);
  });

  it('[MO81] sees the last hundred', async () => {
    const { say, one, roomId, mo, time, redis, keys } = await people(harness);
    const deps = { redis, keys: one.core.keys, scriptNow: () => String(time.nowMs) };
    const reports = new ReportsStore(deps);
    const said: string[] = [];
    for (let i = 0; i < REPORTED_MAX + 2; i += 1) {
      const { messageId } = await say('cy', `line ${i}`);
      const outcome = await reports.report(roomId, `u${i}`, { opId: opId(), messageId, reason: '' });
      expect(outcome.ok).toBe(true);
      said.push(messageId);
      time.advance(1);
    }
    expect(await idsOf(mo)).toEqual(said.slice(2).reverse());
    expect(await redis.hlen(keys.reported)).toBe(REPORTED_MAX);
    expect(await redis.pttl(keys.reported)).toBeGreaterThan(0);
  });
});
