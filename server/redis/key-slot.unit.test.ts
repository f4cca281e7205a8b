import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dueShardOf } from './due-shards.ts';
import { keySlot, SLOTS } from './key-slot.ts';
import { createKeys, DUE_TAGS } from './keys.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

it('[RD39] slots are those of Redis', () => {
  // From Redis' specification; cluster.test.ts asks a Redis.
  expect(keySlot('123456789')).toBe(0x31c3);
  expect(keySlot('foo{bar}{zap}')).toBe(keySlot('bar'));
  expect(keySlot('foo{{bar}}zap')).toBe(keySlot('{bar'));
  expect(keySlot('foo{}{bar}')).not.toBe(keySlot('bar'));
});

it('[RD39] each part of the due index lies among the slots of the rooms that it is for', () => {
  const keys = createKeys('any:');
  for (const shard of DUE_TAGS.keys()) {
    const slots = Object.values(keys.due(shard)).map(keySlot);
    expect(new Set(slots).size).toBe(1);
    expect(Math.floor(((slots[0] as number) * DUE_TAGS.length) / SLOTS)).toBe(shard);
    // Off the edges, where another master's range may begin.
    expect(Math.abs((slots[0] as number) - (shard + 0.5) * (SLOTS / DUE_TAGS.length))).toBeLessThan(300);
  }
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9-]{1,32}$/), (roomId) => {
      const shard = dueShardOf(roomId, DUE_TAGS.length);
      expect(Math.floor((keySlot(keys.room(roomId).due) * DUE_TAGS.length) / SLOTS)).toBe(shard);
      expect(dueShardOf(roomId, 1)).toBe(0);
    }),
    { seed },
  );
});
