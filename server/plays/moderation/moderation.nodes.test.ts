import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, standaloneHarness, useHarness } from '../../testing/harness.ts';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from '../../testing/node-process.ts';
import { people, refused, sanction, sanctioned, speak, undo } from './testing/people.ts';

const harness = useHarness();
const processes: NodeProcess[] = [];

afterEach(async () => {
  for (const node of processes.splice(0)) await node.kill();
});

describe('a node that was not there', () => {
  it('[MO23] stands still while a ban falls: nothing is taken from the banned, and the socket closes when it wakes', {
    timeout: 60_000,
  }, async () => {
    const here = await harness.node({ config: { tokenSecret: PROCESS_SECRET } });
    const frozen = await startNodeProcess(['--no-demo', '--redis-url', harness.redis.url]);
    processes.push(frozen);
    const roomId = await harness.room(here);
    const mo = await harness.join(here, roomId, { userId: 'mo', role: 'moderator' });
    const token = (userId: string) => here.token({ userId, room: roomId });
    const [ana, bo] = [
      await harness.connect(frozen, await token('ana')),
      await harness.connect(frozen, await token('bo')),
    ];
    for (const client of [ana, bo]) await client.must('room:join', { roomId });
    frozen.signal('SIGSTOP');
    // Sent while the node stands still, so that it is the first thing that the node does.
    const late = speak(ana, 'let me through').catch(() => undefined);
    const { seq } = await sanctioned(mo, 'ana', 'ban');
    frozen.signal('SIGCONT');
    const answer = await late;
    if (answer !== undefined) expect(answer).toMatchObject({ ok: false });
    await eventually(() => expect(ana.closings.map(({ reason }) => reason)).toEqual(['BANNED']));
    await eventually(() => expect(ana.socket.connected).toBe(false));
    expect(bo.socket.connected).toBe(true);
    expect(await speak(bo)).toMatchObject({ ok: true });
    await eventually(() => expect(mo.events('chat:said')).toHaveLength(1));
    expect(mo.events('chat:said')[0]).toMatchObject({ data: { userId: 'bo' } });
    expect(mo.events('chat:said')[0]?.seq).toBeGreaterThan(seq);
  });

  it('[MO23] that missed events looks up who may be here, and as what', async () => {
    const { one, two, roomId, redis, keys, join, say } = await people(harness);
    const [ana, kay, bo] = [
      await join('ana'),
      await join('kay', 'viewer', two),
      await join('bo', 'viewer', two),
    ];
    expect(await sanction(kay, 'x', 'mute')).toMatchObject(refused('FORBIDDEN'));
    // As if their events had been in a part of the log that is gone.
    await redis.hset(keys.sanctions, 'b ana', '0 a1', 'b bo', '1 a2');
    await redis.hset(keys.roles, 'a kay', 'moderator 0');
    await redis.hincrby(keys.head, 'seq', 7);
    await say('cy', 'what comes after the gap');
    await eventually(() => expect(ana.closings.map(({ reason }) => reason)).toEqual(['BANNED']));
    await eventually(async () => expect(await sanction(kay, 'x', 'mute')).toMatchObject({ ok: true }));
    // That one had ended long ago.
    expect(bo.closings).toEqual([]);
    for (const node of [one, two]) {
      const inside = [...(node.core.hub.get(roomId)?.members ?? [])].map(({ userId }) => userId);
      expect(inside).not.toContain('ana');
    }
  });

  it('[MO25] a guest can be kicked from any node, and nothing else', async () => {
    const { one, roomId, mo, host, sanctions } = await people(harness);
    const guest = await harness.join(one, roomId, 'guest');
    const guestId = [...(one.core.hub.get(roomId)?.members ?? [])]
      .map(({ userId }) => userId)
      .find((userId) => userId.startsWith('guest:')) as string;
    for (const kind of ['mute', 'timeout', 'ban'] as const) {
      expect(await sanction(mo, ['ana', guestId], kind)).toMatchObject(
        refused('INVALID_PAYLOAD', { path: 'userIds.1' }),
      );
    }
    expect(await sanctions()).toEqual({});
    await sanctioned(mo, guestId, 'kick');
    await eventually(() => expect(guest.closings.map(({ reason }) => reason)).toEqual(['KICKED']));
    expect(host.closings).toEqual([]);
  });
});

describe('while Redis is away', () => {
  it('[MO24] commands are refused as retryable, and change nothing', async () => {
    const own = standaloneHarness({ appendonly: true });
    await own.start();
    try {
      const { redis, keys, host, mo, roomId, join, say } = await people(own);
      // What a crash may lose is not what is tested here.
      await redis.config('SET', 'appendfsync', 'always');
      const message = await say('ana', 'one');
      await join('ana');
      const { action } = await sanctioned(host, 'bo', 'mute');
      const seqBefore = await redis.hget(keys.head, 'seq');
      const away = refused('UNAVAILABLE', { retryable: true });
      await own.redis.kill();
      await eventually(async () => expect(await sanction(mo, 'ana', 'ban')).toMatchObject(away));
      const op = () => ({ opId: opId() });
      expect(await host.call('moderation:lift', { ...op(), userId: 'bo', what: 'speak' })).toMatchObject(
        away,
      );
      expect(await mo.call('moderation:delete', { ...op(), messageIds: [message.messageId] })).toMatchObject(
        away,
      );
      expect(await undo(host, action)).toMatchObject(away);
      expect(
        await host.call('moderation:appoint', { ...op(), userId: 'ana', role: 'moderator' }),
      ).toMatchObject(away);
      expect(
        await mo.call('moderation:appeal', { ...op(), roomId, actionId: action.actionId, text: 'x' }),
      ).toMatchObject(away);
      const report = { ...op(), productId: null, reason: 'scam' as const };
      expect(await mo.call('moderation:report-seller', report)).toMatchObject(away);
      expect(await mo.call('moderation:desk', {})).toMatchObject(away);
      expect(await mo.call('moderation:log', {})).toMatchObject(away);
      expect(await mo.call('moderation:person', { userId: 'ana' })).toMatchObject(away);
      await own.redis.restart();
      const back = await eventually(async () => {
        const desk = await mo.call('moderation:desk', {});
        expect(desk).toMatchObject({ ok: true });
        return desk;
      });
      expect(back).toMatchObject({ data: { actions: [{ actionId: action.actionId }], appeals: [] } });
      expect(await redis.hkeys(keys.sanctions)).toEqual(['m bo']);
      expect(await redis.hget(keys.head, 'seq')).toBe(seqBefore);
      expect(mo.closings).toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('[MO22] a sanction whose answer was lost is found by the retry, once', async () => {
    const own = standaloneHarness();
    await own.start();
    try {
      const { mo, join, facts } = await people(own);
      const ana = await join('ana');
      const input = { opId: opId(), userIds: ['ana'], kind: 'ban' as const };
      await sanctioned(mo, 'bo', 'mute');
      own.redis.signal('SIGSTOP');
      const hung = await mo.call('moderation:sanction', input).finally(() => own.redis.signal('SIGCONT'));
      expect(hung).toMatchObject(refused('OUTCOME_UNKNOWN', { retryable: true }));
      const done = await eventually(() => mo.must('moderation:sanction', input));
      expect(await mo.must('moderation:sanction', input)).toEqual(done);
      await eventually(() => expect(ana.closings.map(({ reason }) => reason)).toEqual(['BANNED']));
      expect((await facts('moderated')).map(({ kind }) => kind)).toEqual(['mute', 'ban']);
    } finally {
      await own.close();
    }
  });
});
