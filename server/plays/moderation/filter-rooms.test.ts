import { expect, it } from 'vitest';
import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { StoreError } from '../../kernel/outcome.ts';
import { eventually } from '../../testing/eventually.ts';
import { useHarness } from '../../testing/harness.ts';
import { RoomFilters } from './filter-rooms.ts';
import { ModesStore } from './modes.store.ts';
import { edit, filteredRoom } from './testing/filters.ts';
import { WordsStore } from './words.store.ts';

const harness = useHarness();
const changed: RoomEvent = { seq: 1, name: 'moderation:lists-changed', atMs: 1, data: {} };

/** Filters on a real room whose reads are counted and can be made to fail. */
async function stage(healthy = true) {
  const room = await filteredRoom(harness);
  const { core } = room.one;
  const scriptNow = () => String(room.time.nowMs);
  const store = new WordsStore({ ...core, random: { next: Math.random, id: (prefix) => prefix }, scriptNow });
  const reads = { now: 0, most: 0, loads: 0, versions: 0, failing: false };
  const words = {
    load: async (roomId: string) => {
      reads.loads += 1;
      reads.now += 1;
      reads.most = Math.max(reads.most, reads.now);
      try {
        if (reads.failing) throw new StoreError('UNAVAILABLE', 'away');
        return await store.load(roomId);
      } finally {
        reads.now -= 1;
      }
    },
    version: (roomId: string) => {
      reads.versions += 1;
      return store.version(roomId);
    },
  };
  const log = { warn: () => undefined } as never;
  const filters = new RoomFilters(
    { feedHealthy: () => healthy, log },
    words,
    new ModesStore({ ...core, scriptNow }),
  );
  const finds = async (text: string) => (await filters.of(room.roomId)).matcher.test(text);
  return { ...room, filters, reads, finds };
}

it('[MO76] reads lists once for all who wait, and never twice at the same time', async () => {
  const { filters, reads, roomId, finds, host } = await stage();
  const found = await Promise.all(Array.from({ length: 50 }, () => finds('blockme')));
  expect(new Set(found)).toEqual(new Set(['block']));
  expect(reads).toMatchObject({ loads: 1, versions: 0 });
  await edit(host, 'block-list', { add: ['second'] });
  for (let i = 0; i < 10; i += 1) filters.observe(roomId, changed);
  // The old one serves at once.
  expect(filters.of(roomId)).not.toBeInstanceOf(Promise);
  await eventually(async () => expect(await finds('second')).toBe('block'));
  await eventually(() => expect(reads.now).toBe(0));
  expect(reads.most).toBe(1);
  expect(reads.loads).toBeLessThanOrEqual(3);
  filters.observe(roomId, {
    ...changed,
    name: 'moderation:modes-changed',
    data: { modes: { links: 'hold', allowedHosts: [] } },
  });
  expect(reads.now).toBe(0);
});

it('[MO77] forgets what it knows where it missed events, and waits for the lists anew', async () => {
  const { filters, roomId, finds, host } = await stage();
  expect(await finds('second')).toBeUndefined();
  await edit(host, 'block-list', { add: ['second'] });
  filters.forget(roomId);
  expect(await finds('second')).toBe('block');
});

it('[MO77] refuses rather than lets pass when lists cannot be read, until they can', async () => {
  const { filters, reads, roomId, finds, host } = await stage();
  reads.failing = true;
  await expect(finds('blockme')).rejects.toThrow(StoreError);
  reads.failing = false;
  expect(await finds('blockme')).toBe('block');
  // A change was heard of and could not be read: what is known is out of date.
  await edit(host, 'block-list', { add: ['second'] });
  reads.failing = true;
  filters.observe(roomId, changed);
  await eventually(async () => expect(finds('second')).rejects.toThrow(StoreError));
  reads.failing = false;
  expect(await finds('second')).toBe('block');
});

it('[MO77] asks for the version, once for all of a moment, while events are not heard', async () => {
  const { reads, finds, host } = await stage(false);
  expect(await finds('blockme')).toBe('block');
  const before = { ...reads };
  await Promise.all(Array.from({ length: 50 }, () => finds('hello')));
  expect(reads.versions - before.versions).toBeLessThanOrEqual(2);
  expect(reads.loads).toBe(before.loads);
  await edit(host, 'block-list', { add: ['second'] });
  expect(await finds('second')).toBe('block');
  expect(reads.loads).toBe(before.loads + 1);
});
