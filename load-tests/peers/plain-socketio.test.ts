import { afterEach, beforeEach, expect, it } from 'vitest';
import { Lifetimes } from '../kit/lifetimes.ts';
import { signToken } from '../kit/tokens.ts';
import { Caller } from '../target/caller.ts';
import { startRedis } from '../target/redis.ts';
import { startPeer } from './peer.ts';
import { type RoomSeed, seedOf } from './room-seed.ts';

let lifetimes: Lifetimes;
beforeEach(() => {
  lifetimes = new Lifetimes();
});
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

const ROOM = 'room';
const SECRET = 'a secret of the test';
const seed: RoomSeed = seedOf({
  roomId: ROOM,
  snapshot: {
    room: { room: { title: 'Linen', demo: false } },
    shelf: { products: [{ productId: 'shirt', priceMinor: 100 }] },
    'flash-sale': { sales: [{ saleId: 'sale', available: 3, limitPerBuyer: 2 }] },
    chat: { messages: [{ text: 'first' }, { text: 'second' }] },
  },
});

async function member(url: string, userId: string): Promise<Caller> {
  const caller = await Caller.connect(
    url,
    signToken(SECRET, { userId, name: userId, roomId: ROOM, role: 'viewer' }),
  );
  lifetimes.add(userId, () => caller.close());
  return caller;
}

it('[LK20] instances on one Redis show a room as it was planted, and what was said since', async () => {
  const redis = await startRedis(lifetimes);
  const options = { redis, tokenSecret: SECRET, args: ['--history', '--announce-joins'] };
  const one = await startPeer('plain-socketio', { ...options, seed }, lifetimes);
  const two = await startPeer('plain-socketio', { ...options, label: 'two' }, lifetimes);
  const ada = await member(one.url, 'ada');
  const shown = { products: seed.products, sales: seed.sales };
  expect(await ada.call('room:join', { roomId: ROOM })).toEqual({
    roomId: ROOM,
    snapshot: { ...shown, room: { title: 'Linen', demo: 'false' }, messages: seed.messages },
    you: { userId: 'ada', name: 'ada', role: 'viewer', orders: [] },
  });
  await ada.call('chat:say', { opId: 'say', text: 'third' });
  const bob = await member(two.url, 'bob');
  const joined = await bob.call<{ snapshot: { messages: { text: string }[] } }>('room:join', {
    roomId: ROOM,
  });
  expect(joined.snapshot.messages.map(({ text }) => text)).toEqual(['first', 'second', 'third']);
  expect(await redis.client.get(`count:${ROOM}`)).toBe('2');
}, 30_000);

it('[LK20] sells what there is, to each no more than the limit', async () => {
  const redis = await startRedis(lifetimes);
  const { url } = await startPeer('plain-socketio', { redis, tokenSecret: SECRET, seed }, lifetimes);
  const grab = async (userId: string, quantity: number, saleId = 'sale') =>
    (await member(url, userId))
      .call<{ available: number }>('flash-sale:grab', { opId: 'grab', saleId, quantity })
      .then(
        ({ available }) => available,
        (error: Error) => /[A-Z_]{4,}/.exec(error.message)?.[0],
      );
  expect(await grab('ada', 2)).toBe(1);
  expect(await grab('ada', 1)).toBe('LIMIT_REACHED');
  expect(await grab('bob', 2)).toBe('SOLD_OUT');
  expect(await grab('bob', 1)).toBe(0);
  expect(await grab('cleo', 1)).toBe('SOLD_OUT');
  expect(await grab('cleo', 1, 'none')).toBe('NOT_FOUND');
  expect(await grab('cleo', 0.5)).toBe('INVALID_PAYLOAD');
  expect(await redis.client.lrange('winners:sale', 0, -1)).toEqual(['ada', 'bob']);
}, 30_000);
