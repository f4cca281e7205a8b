import { expect, it } from 'vitest';
import type { RedisClient } from '../../redis/client.ts';
import { createKeys, type RoomKeys } from '../../redis/keys.ts';
import { LedgerTail } from './ledger-tail.reader.ts';

type Entry = [id: string, fields: string[]];
const entry = (n: number): Entry => [
  `${n}-0`,
  ['kind', 'restocked', 'actor', 'x', 'op', '', 'at', String(n), 'data', '{}'],
];

/** A ledger whose answers come when a test says so; what they say was so when they were asked for. */
function slowLedger() {
  const facts: number[] = [];
  const answers: (() => void)[] = [];
  const redis = {
    xrange: (_key: string, from: string) => {
      const found = facts.filter((n) => n >= Number(from)).map(entry);
      return new Promise<Entry[]>((resolve) => {
        answers.push(() => resolve(found));
      });
    },
    hget: async () => String(facts.at(-1) ?? 0),
  } as unknown as RedisClient;
  const room: RoomKeys = createKeys('t:').room('r');
  const seen: number[] = [];
  const tail = new LedgerTail(redis, room, 1, () => ({ add: ({ n }: { n: number }) => void seen.push(n) }));
  async function answer(): Promise<void> {
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    for (const one of answers.splice(0)) one();
  }
  return { facts, seen, tail, answer };
}

it('[SW5] whoever asks is told all that was written by then, also while an older reading is under way', async () => {
  const { facts, seen, tail, answer } = slowLedger();
  facts.push(1);
  const first = tail.catchUp();
  facts.push(2);
  let isTold = false;
  const second = Promise.all([tail.catchUp(), tail.catchUp()]).then(() => {
    isTold = true;
  });
  await answer();
  await first;
  expect([seen, isTold]).toEqual([[1], false]);
  await answer();
  await second;
  // Read once for both.
  expect(seen).toEqual([1, 2]);
  const third = tail.catchUp();
  await answer();
  await third;
  expect(seen).toEqual([1, 2]);
});
