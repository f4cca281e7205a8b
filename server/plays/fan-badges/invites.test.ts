import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { opId } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { fanClub, MINUTE_MS, told } from './testing/club.ts';

const harness = useCheckedHarness();
const STAY_MS = 5 * MINUTE_MS;

const came = (client: TestClient, inviterId: string, id = opId()) =>
  client.must('fan-badges:came-by', { opId: id, inviterId });

describe('an invitation', () => {
  it('[FB17] counts for a fan once the invited user has stayed, once', async () => {
    const club = await fanClub(harness);
    const [ana, bo] = [await club.fan('ana'), await club.enter('bo')];
    await club.watch(4 * MINUTE_MS);
    const id = opId();
    for (const again of [id, id]) expect(await came(bo, 'ana', again)).toEqual({ counted: true });
    await club.watch(STAY_MS - 1);
    expect(await club.me('ana')).toMatchObject({ invites: 0 });
    await club.watch(1);
    for (let i = 0; i < 3; i += 1) await club.watch(MINUTE_MS);
    // One unit of watching came besides.
    expect(await club.me('ana')).toMatchObject({ invites: 1, fan: { today: { invite: 10, watch: 12 } } });
    expect((await club.facts('invite-counted')).map(({ data }) => data)).toEqual([
      { inviterId: 'ana', userId: 'bo' },
    ]);
    await told(ana, { level: 2, points: 22 });
  });

  it('[FB17] counts for somebody who is no fan, without points', async () => {
    const club = await fanClub(harness);
    const bo = await club.enter('bo');
    expect(await came(bo, 'host')).toEqual({ counted: true });
    await club.watch(STAY_MS);
    expect(await club.me('host')).toMatchObject({ invites: 1, fan: null });
    expect(await club.facts('points-earned')).toEqual([]);
  });

  it('[FB17] above the cap of the day counts, and brings no points', async () => {
    const club = await fanClub(harness);
    await club.fan('ana');
    for (let i = 0; i < 7; i += 1) await came(await club.enter(`new-${i}`), 'ana');
    await club.watch(STAY_MS);
    expect(await club.me('ana')).toMatchObject({ invites: 7, fan: { today: { invite: 50 } } });
  });

  it('[FB19] is said once ever, early, and never of oneself or of a stranger', async () => {
    const club = await fanClub(harness);
    const [ana, bo] = [await club.fan('ana'), await club.fan('bo')];
    expect(await came(ana, 'ana')).toEqual({ counted: false });
    expect(await came(ana, 'nobody-knows')).toEqual({ counted: false });
    const cy = await club.enter('cy');
    expect(await came(cy, 'bo')).toEqual({ counted: true });
    expect(await came(cy, 'ana')).toEqual({ counted: false });
    await club.watch(10 * MINUTE_MS - 1);
    const before = await club.me('bo');
    expect(before).toMatchObject({ invites: 1 });
    const late = async (actor: string, inviter: string) => {
      const op = { actor, opId: opId(), fingerprint: '' };
      const outcome = await club.store.cameBy(club.roomId, op, inviter);
      return outcome.ok && outcome.data.counted;
    };
    expect(await late('cy', 'ana')).toBe(false);
    expect(await came(bo, 'ana')).toEqual({ counted: true });
    await club.watch(1);
    expect(await late('ana', 'cy')).toBe(false);
  });

  it('[FB19] of each other, also in a ring, counts nothing', async () => {
    const club = await fanClub(harness);
    const users = ['ana', 'bo', 'cy', 'dee'];
    const clients = await Promise.all(users.map((user) => club.fan(user)));
    const says = (of: number, inviter: number) => came(clients[of] as TestClient, users[inviter] as string);
    expect(await says(1, 0)).toEqual({ counted: true });
    expect(await says(0, 1)).toEqual({ counted: false });
    expect(await says(2, 1)).toEqual({ counted: true });
    expect(await says(3, 2)).toEqual({ counted: true });
    expect(await says(0, 3)).toEqual({ counted: false });
    await club.watch(STAY_MS);
    expect(await club.facts('invite-counted')).toHaveLength(3);
    expect(await club.me('dee')).toMatchObject({ invites: 0 });
  });

  it('[FB19] brings a banned inviter nothing, nor is a banned user counted', async () => {
    const club = await fanClub(harness);
    await club.fan('ana');
    const [bo, cy] = [await club.enter('bo'), await club.enter('cy')];
    await came(bo, 'ana');
    await came(cy, 'ana');
    await club.redis.hset(
      club.keys.sanctions,
      'b cy',
      '0 a1',
      'b ana',
      `${club.time.nowMs + 6 * MINUTE_MS} a2`,
    );
    await club.watch(STAY_MS);
    expect(await club.me('ana')).toMatchObject({ invites: 0 });
    await club.watch(2 * MINUTE_MS);
    expect(await club.me('ana')).toMatchObject({ invites: 1, fan: { today: { invite: 10 } } });
  });
});
