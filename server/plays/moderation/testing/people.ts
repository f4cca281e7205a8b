import type { Sanction, SanctionKind } from '../../../../shared/kernel/sanction.ts';
import type { Role } from '../../../../shared/kernel/units.ts';
import type { ChatMessage, ChatSnapshot } from '../../../../shared/plays/chat/contract.ts';
import type { Action } from '../../../../shared/plays/moderation/actions.ts';
import type { ModerationYou } from '../../../../shared/plays/moderation/contract.ts';
import type { Joined } from '../../../../shared/plays/room/contract.ts';
import type { Input } from '../../../../shared/protocol.ts';
import { type Harness, opId, type TestNode, TestTime } from '../../../testing/harness.ts';
import type { TestClient } from '../../../testing/test-client.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });

export type SignedInRole = Exclude<Role, 'guest'>;
type SanctionMore = Partial<Omit<Input<'moderation:sanction'>, 'userIds' | 'kind'>>;

/** A room on two nodes with a host and a moderator (by token), whose time is turned by hand. */
export async function people(harness: Harness) {
  const time = new TestTime();
  const one = await harness.node({ time });
  const two = await harness.node({ time });
  const roomId = await harness.room(one);
  const keys = one.core.keys.room(roomId);
  const redis = harness.redis.client;
  const join = (userId: string, role: SignedInRole = 'viewer', on: TestNode = one) =>
    harness.join(on, roomId, { userId, role });
  const host = await join('host', 'host');
  const mo = await join('mo', 'moderator', two);

  /** Past rate limits and gates. */
  let said = 0;
  const say = async (userId: string, text: string, role: SignedInRole = 'viewer'): Promise<ChatMessage> => {
    said += 1;
    const draft = { messageId: `m_${said}`, userId, name: userId.toUpperCase(), role, text, mentions: [] };
    const op = { actor: userId, opId: opId(), fingerprint: '' };
    const outcome = await one.core.stores.chat.say(roomId, op, draft, null);
    if (!outcome.ok) throw new Error(outcome.code);
    return outcome.data.message;
  };

  /** Connects with what the device calls itself, and asks to come in. */
  const comeIn = async (
    userId: string | 'guest',
    device?: string,
    on: TestNode = one,
    role: SignedInRole = 'viewer',
  ) => {
    const token = userId === 'guest' ? undefined : await on.token({ userId, role, room: roomId });
    const client = await harness.connect(on, token);
    if (device !== undefined) {
      client.socket.disconnect();
      client.socket.auth = { ...client.socket.auth, device };
      client.socket.connect();
      await client.connected();
    }
    return { client, reply: await client.call('room:join', { roomId }) };
  };

  return {
    ...{ time, one, two, roomId, keys, redis, join, host, mo, say, comeIn },
    /** Sanctions as Redis has them, by `<letter> <user>`. */
    sanctions: () => redis.hgetall(keys.sanctions),
    facts: async (kind: string): Promise<Record<string, unknown>[]> => {
      const entries = await redis.xrange(keys.ledger, '-', '+');
      return entries.flatMap(([, fields]) =>
        fields[1] === kind ? [JSON.parse(fields[9] as string) as Record<string, unknown>] : [],
      );
    },
    headSeq: async () => Number(await redis.hget(keys.head, 'seq')),
    /** The messages that somebody gets who comes in now. */
    history: async (): Promise<ChatSnapshot> => {
      const [messages, pinned] = await Promise.all([redis.lrange(keys.chat, 0, -1), redis.get(keys.chatPin)]);
      return {
        messages: messages.map((json) => JSON.parse(json) as ChatMessage).reverse(),
        pinned: pinned === null ? null : (JSON.parse(pinned) as ChatMessage),
      };
    },
  };
}
export type People = Awaited<ReturnType<typeof people>>;

export const sanction = (
  by: TestClient,
  userIds: string | string[],
  kind: SanctionKind,
  more: SanctionMore = {},
) => by.call('moderation:sanction', { opId: opId(), userIds: [userIds].flat(), kind, ...more });

/** Sanctions, and expects it to go well. */
export async function sanctioned(
  by: TestClient,
  userIds: string | string[],
  kind: SanctionKind,
  more: SanctionMore = {},
): Promise<{ action: Action; seq: number }> {
  return by.must('moderation:sanction', { opId: opId(), userIds: [userIds].flat(), kind, ...more });
}

export const undo = (by: TestClient, { actionId }: Pick<Action, 'actionId'>, id = opId()) =>
  by.call('moderation:undo', { opId: id, actionId });

export const speak = (client: TestClient, text = 'hello') => client.call('chat:say', { opId: opId(), text });

/** What a joined client was told of its own sanctions. */
export const under = (joined: Joined): Sanction[] => (joined.you.plays.moderation as ModerationYou).sanctions;

/** What notices said somebody is under, the last one last. */
export const told = (client: TestClient): Sanction[][] =>
  client.notices.flatMap(({ name, data }) =>
    name === 'moderation:you-changed' ? [(data as { sanctions: Sanction[] }).sanctions] : [],
  );
