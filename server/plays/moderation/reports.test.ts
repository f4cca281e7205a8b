import { expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { people, refused } from './testing/people.ts';

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
