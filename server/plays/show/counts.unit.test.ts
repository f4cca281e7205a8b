import { expect, it } from 'vitest';
import type { Identity } from '../../kernel/context.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import { createLog } from '../../kernel/log.ts';
import type { RedisClient } from '../../redis/client.ts';
import { createKeys } from '../../redis/keys.ts';
import { ShowCounts } from './counts.store.ts';

type Told = { roomId: string; rows: number[][]; visitors: [string, string][]; names: string[] };

/** A node's counts, before a Redis of which some rooms do not answer. */
function counts(here: readonly Identity[] = []) {
  const keys = createKeys('t:');
  const told: Told[] = [];
  const away = new Map<string, string>();
  const redis = {
    evalsha: async (_sha: string, count: number, head: string, ...rest: string[]) => {
      const roomId = [...rooms].find((id) => keys.room(id).head === head) ?? '';
      const refusal = away.get(roomId);
      if (refusal !== undefined) throw new Error(refusal);
      told.push({ roomId, ...JSON.parse(rest[count] as string) });
      return '';
    },
  } as unknown as RedisClient;
  const rooms = new Set<string>();
  const store = new ShowCounts({
    ...{ redis, keys, clock: { monotonicMs: () => 0 }, log: createLog({ level: 'silent', format: 'json' }) },
    ...{
      scriptNow: () => '',
      serverNowMs: () => 60_000,
      local: () => ({ here: () => here }) as unknown as LocalPeople,
    },
  });
  const user = (userId: string): Identity => ({
    ...{ userId, name: `Name of ${userId}`, role: 'viewer', issuedAtMs: 0, room: '*', expiresAtMs: 0 },
  });
  function grab(roomId: string, userId: string): void {
    rooms.add(roomId);
    store.decided(roomId, user(userId), true);
  }
  return { store, told, away, grab, user, rooms };
}

it('[SW12] rooms on a master that is away do not keep those on others from being told', async () => {
  const { store, told, away, grab } = counts();
  for (let i = 0; i < 100; i += 1) {
    grab(`r${i}`, 'ana');
    if (i < 60) away.set(`r${i}`, 'CLUSTERDOWN Hash slot not served');
  }
  for (let round = 0; round < 10; round += 1) await store.flush();
  expect(new Set(told.map(({ roomId }) => roomId)).size).toBe(40);
  away.clear();
  await store.flush();
  const grabs = told.flatMap(({ rows }) => rows).map(([, , , count = 0]) => count);
  expect(grabs.reduce((sum, count) => sum + count, 0)).toBe(100);
});

it('[SW12] [SW14] where nobody knows whether it was told, people are told of again, and grabs are not', async () => {
  const { store, told, away, grab, user } = counts();
  grab('r', 'ana');
  store.entered('r', user('bo'));
  away.set('r', 'Command timed out');
  await store.flush();
  away.clear();
  await store.flush();
  expect(told).toMatchObject([{ rows: [], visitors: [['', 'bo']], names: ['ana', 'Name of ana'] }]);
});

it('[SW11] a guest who was there before the show is the same when they come in again with another page', async () => {
  const guest = (no: number): Identity => ({
    ...{ userId: `guest:${no}`, name: 'Guest', role: 'guest', device: 'd1' },
    ...{ issuedAtMs: 0, room: '*', expiresAtMs: 0 },
  });
  const { store, told, rooms } = counts([guest(1)]);
  rooms.add('r');
  const data = { session: { sessionId: 's1' } };
  store.observe('r', { seq: 1, name: 'room:session-started', atMs: 60_000, data });
  store.entered('r', guest(2));
  await store.flush();
  expect(told.flatMap(({ visitors }) => visitors)).toEqual([['s1', 'guest d1']]);
});

it.each(['host', 'cohost', 'moderator'] as const)(
  '[SW11] a %s is no visitor, whenever they come',
  async (role) => {
    const user = (userId: string, as: Identity['role']): Identity => ({
      ...{ userId, name: userId, role: as, issuedAtMs: 0, room: '*', expiresAtMs: 0 },
    });
    const { store, told, rooms } = counts([user('first', role), user('ana', 'viewer')]);
    rooms.add('r');
    const data = { session: { sessionId: 's1' } };
    store.observe('r', { seq: 1, name: 'room:session-started', atMs: 60_000, data });
    store.entered('r', user('later', role));
    await store.flush();
    expect(told.flatMap(({ visitors }) => visitors)).toEqual([['s1', 'ana']]);
  },
);
