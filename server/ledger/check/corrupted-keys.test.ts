import { beforeAll, describe, expect, it } from 'vitest';
import type { RoomKeys } from '../../redis/keys.ts';
import { type TestNode, TestTime, useHarness } from '../../testing/harness.ts';
import { checkRoom } from '../check-room.ts';
import { playScene, type Scene } from '../testing/scene.ts';

const harness = useHarness();
let node: TestNode;
let scene: Scene;
let room: RoomKeys;
beforeAll(async () => {
  const time = new TestTime();
  node = await harness.node({ time });
  await node.core.due.close();
  scene = await playScene({ harness, node, time });
  room = node.core.keys.room(scene.roomId);
});

const verify = () => checkRoom(node.core.redis, node.core.keys, scene.roomId, { late: 'note' });
const no = (name: string): number => scene.orders[name]?.no ?? 0;

/** Each is done, found out, and undone by putting back what the key was. */
type Edit = [what: string, key: () => string, edit: (key: string) => Promise<unknown>, says: RegExp];

const redis = () => harness.redis.client;
const hset =
  (field: string, value: string | number) =>
  (key: string): Promise<unknown> =>
    redis().hset(key, field, value);

const sale = (): string => room.sale('s1');
const order = (name: string) => (): string => room.order(no(name));

const edits: Edit[] = [
  [
    'a unit more is available',
    sale,
    (key) => redis().hincrby(key, 'available', 1),
    /available is 1, the ledger leads to 0/,
  ],
  ['a unit fewer is held', sale, (key) => redis().hincrby(key, 'held', -1), /held is/],
  ['a unit more is sold', sale, (key) => redis().hincrby(key, 'sold', 1), /sold is/],
  ['the total rises', sale, (key) => redis().hincrby(key, 'total', 1), /total is/],
  ['the epoch rises', sale, (key) => redis().hincrby(key, 'epoch', 1), /epoch is/],
  ['a sale is paused', sale, hset('phase', 'paused'), /phase is paused/],
  ['a sale ends later', sale, hset('endsAtMs', 1), /endsAtMs is 1/],
  ['a price is another', sale, hset('priceMinor', 1), /priceMinor is 1/],
  ['a limit is another', sale, hset('limitPerBuyer', 9), /limitPerBuyer is 9/],
  ['a sale is gone', sale, (key) => redis().del(key), /total is undefined/],
  ['a sale is in no list', () => room.sales, (key) => redis().zrem(key, 's1'), /not in the list of sales/],
  [
    'a sale comes from nowhere',
    () => room.sales,
    (key) => redis().zadd(key, 1, 's9'),
    /no fact tells of this sale/,
  ],
  [
    'a sale does not run',
    () => room.salesRunning,
    (key) => redis().srem(key, 's1'),
    /is not among the running/,
  ],
  [
    'a buyer has a unit more',
    () => room.buyers('s1'),
    (key) => redis().hincrby(key, 'ana', 1),
    /ana has 3 units, the ledger leads to 2/,
  ],
  [
    'a buyer comes from nowhere',
    () => room.buyers('s1'),
    hset('zoe', 1),
    /zoe has 1 units, the ledger leads to none ever/,
  ],
  [
    'a buyer is gone',
    () => room.buyers('s1'),
    (key) => redis().hdel(key, 'ana'),
    /buyers, the ledger leads to/,
  ],
  [
    'somebody in line is gone',
    () => room.waitlist('s1'),
    (key) => redis().zrem(key, 'kim'),
    /place 2 in line is nobody's/,
  ],
  [
    'somebody jumps the line',
    () => room.waitlist('s1'),
    (key) => redis().zadd(key, 1, 'kim'),
    /place 1 in line is kim's/,
  ],
  [
    'somebody is in line too much',
    () => room.waitlist('s1'),
    (key) => redis().zadd(key, 9_999, 'zoe'),
    /place 3 in line is zoe's/,
  ],
  ['waiting is miscounted', sale, hset('waiting', 7), /waiting is 7/],
  [
    'an order is in another state',
    order('ana'),
    hset('state', 'HELD'),
    /it is HELD, the ledger leads to PAID/,
  ],
  ['an order has another buyer', order('ana'), hset('userId', 'eve'), /its buyer, lines, amount or currency/],
  [
    'an order has another amount',
    order('ana'),
    hset('amountMinor', 1),
    /its buyer, lines, amount or currency/,
  ],
  ['an order has another line', order('ana'), hset('lines', '[]'), /its buyer, lines, amount or currency/],
  ['lines are no JSON', order('ana'), hset('lines', '[{'), /its buyer, lines, amount or currency/],
  ['an order has another id', order('ana'), hset('orderId', 'o1-AbCdEfGhIjKl'), /another id or number/],
  ['a payment is another', order('ana'), hset('paymentRef', 'pay-other'), /paymentRef pay-other/],
  ['a payment is gone', order('ana'), (key) => redis().hdel(key, 'paymentRef'), /one of its fields/],
  ['a time of payment is another', order('ana'), hset('paidAtMs', 5), /paidAtMs 5/],
  ['an order is late', order('ana'), hset('late', '1'), /late 1/],
  ['an order is not late', order('cy'), (key) => redis().hdel(key, 'late'), /one of its fields/],
  ['a refund is gone', order('cy'), (key) => redis().hdel(key, 'refundRef'), /one of its fields/],
  ['a reason is another', order('cy'), hset('reason', 'stolen'), /its reason is "stolen"/],
  [
    'units came back',
    order('hal'),
    hset('unitsReturned', '1'),
    /unitsReturned 1|is not what the ledger leads to/,
  ],
  ['a change has another time', order('ana'), hset('updatedAtMs', 5), /updatedAtMs is 5/],
  ['a deadline is another', order('ivy'), hset('holdExpiresAtMs', 5), /holdExpiresAtMs 5/],
  ['an order is gone', order('ana'), (key) => redis().del(key), /order number 1 is missing/],
  [
    'an order is in no list',
    () => room.ordersOfUser('ana'),
    (key) => redis().zrem(key, 1),
    /not among the orders of ana/,
  ],
  [
    'a list has an order too much',
    () => room.ordersOfUser('ana'),
    (key) => redis().zadd(key, 99, 99),
    /ana has 2 orders in their list/,
  ],
  [
    'a hold is never due',
    () => room.due,
    (key) => redis().zrem(key, `order:expire:${no('ivy')}`),
    /due to expire at null/,
  ],
  [
    'a hold is due at another time',
    () => room.due,
    (key) => redis().zadd(key, 5, `order:expire:${no('ivy')}`),
    /due to expire at 5/,
  ],
  [
    'the head counts an order too much',
    () => room.head,
    (key) => redis().hincrby(key, 'order', 1),
    /counts \d+ orders/,
  ],
  [
    'the head counts a fact too much',
    () => room.head,
    (key) => redis().hincrby(key, 'fact', 1),
    /the head counts/,
  ],
  [
    'the last fact is gone',
    () => room.ledger,
    async (key) =>
      redis().xdel(key, ...(await redis().xrevrange(key, '+', '-', 'COUNT', 1)).map(([id]) => id)),
    /the head counts/,
  ],
];

describe('live keys', () => {
  it('are what the ledger leads to', async () => {
    expect((await verify()).violations).toEqual([]);
  });

  it.each(edits)('[LG3] are found out: %s', async (_, key, edit, says) => {
    const name = key();
    const before = await redis().dumpBuffer(name);
    await edit(name);
    try {
      const { violations, found } = await verify();
      expect(found).toBeGreaterThan(0);
      expect(violations.map(({ invariant, message }) => `${invariant} ${message}`)).toContainEqual(
        expect.stringMatching(says),
      );
      expect(new Set(violations.map(({ invariant }) => invariant))).toEqual(new Set([2]));
    } finally {
      await redis().del(name);
      await redis().restore(name, 0, before as Buffer);
    }
    expect((await verify()).violations).toEqual([]);
  });
});
