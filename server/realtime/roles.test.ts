import { expect, it } from 'vitest';
import type { Joined } from '../../shared/plays/room/contract.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, useHarness } from '../testing/harness.ts';

const harness = useHarness();

/** Commits an event as scripts do. */
async function commit(node: TestNode, roomId: string, name: string): Promise<void> {
  const keys = node.core.keys.room(roomId);
  const { redis } = node.core;
  const seq = await redis.hincrby(keys.head, 'seq', 1);
  const event = JSON.stringify({ seq, name, atMs: 1_900_000_000_000, data: {} });
  await redis.xadd(keys.events, `${seq}-0`, 'e', event);
  await redis.spublish(keys.events, event);
}

it('[KN37] what is for staff reaches them alone, live and on resuming', async () => {
  const node = await harness.node();
  const roomId = await harness.room(node);
  const moderator = await harness.join(node, roomId, { userId: 'mo', role: 'moderator' });
  const viewer = await harness.join(node, roomId, { userId: 'ana' });
  await commit(node, roomId, 'moderation:acted');
  await commit(node, roomId, 'room:changed');
  await eventually(() => expect(viewer.events('room:changed')).toHaveLength(1));
  expect(viewer.events('moderation:acted')).toEqual([]);
  expect(moderator.events('moderation:acted')).toHaveLength(1);
  const names = async (client: typeof viewer): Promise<string[]> => {
    const answer = await client.must('room:resume', { roomId, afterSeq: 0 });
    return answer.kind === 'events' ? answer.events.map(({ name }) => name) : [];
  };
  expect(await names(moderator)).toContain('moderation:acted');
  expect(await names(viewer)).not.toContain('moderation:acted');
});

it('[KN38] a role that the room gave counts where it is above that of the token, and ends with leaving', async () => {
  const node = await harness.node();
  const [roomId, other] = [await harness.room(node), await harness.room(node)];
  const { roles } = node.core.keys.room(roomId);
  await harness.redis.client.hset(roles, 'a ana', 'moderator 0', 'a host', 'moderator 0');
  const ana = await harness.connect(node, await node.token({ userId: 'ana', room: '*' }));
  const joined: Joined = await ana.must('room:join', { roomId });
  expect(joined.you.role).toBe('moderator');
  expect(await ana.call('chat:pin', { opId: opId(), messageId: null })).toMatchObject({ ok: true });
  expect((await ana.must('room:join', { roomId: other })).you.role).toBe('viewer');
  expect(await ana.call('chat:pin', { opId: opId(), messageId: null })).toMatchObject({
    error: { code: 'FORBIDDEN' },
  });
  // What the room gave is no token: leaving and coming back does not make it one.
  await ana.must('room:join', { roomId });
  await ana.must('room:join', { roomId });
  expect(await harness.redis.client.hexists(roles, 't ana')).toBe(0);
  const host = await harness.connect(node, await node.token({ userId: 'host', role: 'host', room: roomId }));
  expect((await host.must('room:join', { roomId })).you.role).toBe('host');
});

it('[KN38] an appointment that has run out counts no more', async () => {
  const node = await harness.node();
  const roomId = await harness.room(node);
  const { roles } = node.core.keys.room(roomId);
  await harness.redis.client.hset(roles, 'a ana', `moderator ${node.core.serverNowMs() - 1}`);
  const ana = await harness.connect(node, await node.token({ userId: 'ana', room: roomId }));
  expect((await ana.must('room:join', { roomId })).you.role).toBe('viewer');
});
