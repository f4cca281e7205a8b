import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { EndReason, Publication, Source } from '../../../shared/plays/media/contract.ts';
import { type Harness, opId, type TestNode, TestTime } from '../../testing/harness.ts';

/** A publication to be entered. */
export function draft(publicationId: string, userId = 'host', source: Source = 'camera') {
  const kind = source.includes('sound') || source === 'microphone' ? ('audio' as const) : ('video' as const);
  return {
    publicationId,
    userId,
    name: userId.toUpperCase(),
    isHost: userId === 'host',
    source,
    kind,
    paused: false,
  };
}

/** A room on two nodes whose time is turned by hand, and its book. */
export async function mediaRoom(harness: Harness, options: { redisUrl?: string } = {}) {
  const time = new TestTime();
  const one: TestNode = await harness.node({ time, ...options });
  const two: TestNode = await harness.node({ time, ...options });
  const roomId = await harness.room(one);
  const keys = one.core.keys.room(roomId);
  const { redis } = one.core;
  const published = async (
    publicationId: string,
    userId?: string,
    source?: Source,
    by: { nodeId?: string; keyId?: string; on?: TestNode } = {},
  ): Promise<Publication> => {
    const { on = one, ...rest } = by;
    const outcome = await on.core.stores.media.publish(roomId, draft(publicationId, userId, source), {
      nodeId: 'node-1',
      ...rest,
    });
    if (!outcome.ok) throw new Error(outcome.code);
    return outcome.data;
  };
  const events = async (): Promise<RoomEvent[]> =>
    (await redis.xrange(keys.events, '-', '+'))
      .map(([, fields]) => JSON.parse(fields[1] as string) as RoomEvent)
      .filter(({ name }) => name.startsWith('media:'));
  return {
    ...{ time, one, two, roomId, keys, redis, published, events, book: one.core.stores.media },
    /** What ended, and how. */
    ended: async (): Promise<[string, EndReason][]> =>
      (await events())
        .filter(({ name }) => name === 'media:unpublished')
        .map(({ data }) => data as { publicationId: string; reason: EndReason })
        .map(({ publicationId, reason }) => [publicationId, reason]),
    /** Deadlines of leases, by publication. */
    leases: async (): Promise<Record<string, number>> => {
      const flat = await redis.zrange(keys.due, 0, '-1', 'WITHSCORES');
      const pairs = flat.flatMap((member, i) =>
        member.startsWith('media:lease:') ? [[member.slice('media:lease:'.length), Number(flat[i + 1])]] : [],
      );
      return Object.fromEntries(pairs);
    },
    ids: async (): Promise<string[]> => (await redis.hkeys(keys.publications)).sort(),
    facts: async () =>
      (await redis.xrange(keys.ledger, '-', '+')).flatMap(([, fields]) =>
        fields[1]?.startsWith('media-') ? [[fields[1], fields[3], JSON.parse(fields[9] as string)]] : [],
      ),
    /** As a moderator's script leaves it. */
    ban: (userId: string) => redis.hset(keys.sanctions, `b ${userId}`, '0 a1'),
    startSession: async () => {
      const op = { actor: 'host', opId: opId(), fingerprint: '' };
      await one.core.stores.room.startSession(roomId, op, { sessionId: 's1', title: 'Tonight' });
    },
  };
}
