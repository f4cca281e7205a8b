import { randomUUID } from 'node:crypto';
import { phraseSource } from '../../bots/phrases.ts';
import type { RoomShape } from '../../bots/storms/methods.ts';
import { signToken } from '../../kit/tokens.ts';
import { until } from '../../kit/wait.ts';
import { type RoomSeed, seedOf } from '../../peers/room-seed.ts';
import { Caller } from '../../target/caller.ts';
import { createProduct, type Secrets } from '../../target/livestall.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';

const PRODUCTS = 8;
/** As many as the baseline keeps for those who join. */
const MESSAGES = 50;
/** A user may say three lines at once. */
const LINES_EACH = 2;
const HOUR_MS = 3_600_000;
const OPEN_TIMEOUT_MS = 10_000;

type Joined = Parameters<typeof seedOf>[0] & {
  snapshot: { 'flash-sale': { sales: { phase: string }[] }; chat: { pinned: unknown } };
};

export type SeededRoom = {
  /** On the socket that it was seeded over. */
  host: Caller;
  shape: RoomShape;
  /** The same room for the baseline. */
  seed: RoomSeed;
};

/** What is in a room in the middle of a session, made over API and sockets as hosts and viewers make it. */
export async function seedRoom(
  node: Pick<ServerUnderTest, 'url'>,
  secrets: Secrets,
  roomId: string,
  seed: number,
): Promise<SeededRoom> {
  for (let n = 1; n <= PRODUCTS; n += 1) await createProduct(node, secrets, roomId, `product-${n}`);
  const enter = async (userId: string, role: 'host' | 'viewer'): Promise<Caller> => {
    const token = signToken(secrets.tokenSecret, { userId, name: userId, roomId, role });
    const caller = await Caller.connect(node.url, token);
    await caller.call('room:join', { roomId });
    return caller;
  };
  const host = await enter('host', 'host');
  const opId = randomUUID;
  await host.call('room:start-session', { opId: opId(), title: 'Load test' });
  await host.call('shelf:feature', { opId: opId(), productId: 'product-1' });
  await host.call('flash-sale:schedule', {
    ...{ opId: opId(), productId: 'product-1', priceMinor: 5900, stock: 100, opensInMs: 0 },
    ...{ durationMs: HOUR_MS, guard: 'token' },
  });
  await host.call('lottery:announce', {
    ...{ opId: opId(), title: 'Lucky bag', durationMs: HOUR_MS, trust: 'operator' },
    prizes: [{ title: 'Linen shirt', valueMinor: 12_900, count: 3 }],
    conditions: [{ kind: 'follow' }],
  });
  const messageId = await chat(enter, phraseSource(seed));
  await host.call('chat:pin', { opId: opId(), messageId });
  const joined = await until(
    'the seeded room to be seen',
    OPEN_TIMEOUT_MS,
    async () => {
      const state = await host.call<Joined>('room:join', { roomId });
      // A snapshot may be a tick behind, and the frame with the rest on its way.
      const { chat: said, 'flash-sale': trade } = state.snapshot;
      return said.pinned !== null && trade.sales.every(({ phase }) => phase === 'open') ? state : undefined;
    },
    600,
  );
  const planted = seedOf(joined);
  // A line that moderation held back is in nobody's room.
  const { length: messages } = planted.messages;
  return { host, shape: { products: PRODUCTS, sales: 1, messages }, seed: planted };
}

/** @returns the id of the last message. */
async function chat(
  enter: (userId: string, role: 'viewer') => Promise<Caller>,
  phrase: () => string,
): Promise<string> {
  let messageId = '';
  for (let user = 0; user < MESSAGES / LINES_EACH; user += 1) {
    const caller = await enter(`talker-${user}`, 'viewer');
    for (let line = 0; line < LINES_EACH; line += 1) {
      const text = `${phrase()} ${user}`;
      const said = await caller.call<{ message: { messageId: string } }>('chat:say', {
        opId: randomUUID(),
        text,
      });
      messageId = said.message.messageId;
    }
    caller.close();
  }
  return messageId;
}
