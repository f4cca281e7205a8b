import { describe, expect, it } from 'vitest';
import type { Role } from '../../shared/kernel/units.ts';
import { TestTime, useHarness } from '../testing/harness.ts';
import { People } from './people.ts';

const harness = useHarness();

async function stage() {
  const time = new TestTime();
  const node = await harness.node({ time });
  const roomId = await harness.room(node);
  const keys = node.core.keys.room(roomId);
  const people = new People({
    ...node.core,
    clock: { nowMs: () => time.nowMs },
    scriptNow: () => String(time.nowMs),
  });
  const enter = async (
    userId: string,
    role: Role = 'viewer',
    device?: string,
    expiresAtMs = time.nowMs + 60_000,
  ) => {
    const identity = {
      userId,
      name: userId,
      role,
      room: roomId,
      issuedAtMs: time.nowMs,
      expiresAtMs,
    };
    const outcome = await people.enter(roomId, {
      ...identity,
      ...(device === undefined ? {} : { device }),
    } as never);
    return outcome.ok ? outcome.data : { code: outcome.code, sanction: outcome.sanction };
  };
  const ban = (userId: string, untilMs: number, actionId = 'a1') =>
    node.core.redis.hset(keys.sanctions, `b ${userId}`, `${untilMs} ${actionId}`);
  return { time, keys, redis: node.core.redis, enter, ban };
}

describe('coming in', () => {
  it('[PP7] gives the higher of the role that the token says and the one that the room gave', async () => {
    const { time, keys, redis, enter } = await stage();
    expect(await enter('ana')).toBe('viewer');
    await redis.hset(keys.roles, 'a ana', `moderator ${time.nowMs + 1000}`, 'a bo', 'cohost 0');
    expect([await enter('ana'), await enter('bo'), await enter('bo', 'moderator')]).toEqual([
      'moderator',
      'cohost',
      'cohost',
    ]);
    expect(await enter('ana', 'host', undefined, time.nowMs + 1000)).toBe('host');
    time.advance(1000);
    expect(await enter('ana')).toBe('viewer');
  });

  it("[PP7] a token's role is known of them until it ends, and is no other token's", async () => {
    const { time, keys, redis, enter } = await stage();
    const endsAtMs = time.nowMs + 60_000;
    expect(await enter('kay', 'cohost', undefined, endsAtMs)).toBe('cohost');
    const known = { 't kay': `cohost ${endsAtMs}` };
    expect(await redis.hgetall(keys.roles)).toEqual(known);
    // A tab with a token that says less gets less, and takes nothing away: nobody below may act on them.
    expect(await enter('kay')).toBe('viewer');
    expect(await enter('kay', 'moderator', undefined, endsAtMs + 60_000)).toBe('moderator');
    expect(await redis.hgetall(keys.roles)).toEqual(known);
    expect(await enter('kay', 'cohost', undefined, endsAtMs - 1)).toBe('cohost');
    expect(await redis.hgetall(keys.roles)).toEqual(known);
    time.advance(60_000);
    expect(await enter('kay', 'moderator', undefined, endsAtMs + 60_000)).toBe('moderator');
    expect(await redis.hgetall(keys.roles)).toEqual({ 't kay': `moderator ${endsAtMs + 60_000}` });
  });

  it('[PP8] is not refused to a host whom a moderator banned before they ever came', async () => {
    const { keys, redis, enter, ban } = await stage();
    await ban('boss', 0, 'a7');
    const action = { actionId: 'a7', kind: 'ban', actorRole: 'moderator', reason: '' };
    await redis.xadd(keys.actions, '7-0', 'a', JSON.stringify(action));
    expect(await enter('boss')).toMatchObject({ code: 'BANNED' });
    expect(await enter('boss', 'moderator')).toMatchObject({ code: 'BANNED' });
    expect(await enter('boss', 'host')).toBe('host');
    expect(await redis.hgetall(keys.sanctions)).toEqual({});
  });

  it('[PP7] a guest is a guest, also on a device that the room knows', async () => {
    const { keys, redis, enter } = await stage();
    await enter('ana', 'viewer', 'phone');
    expect(await enter('guest:1', 'guest')).toBe('guest');
    expect(await enter('guest:1', 'guest', 'phone')).toBe('guest');
    expect(await redis.hgetall(keys.devices)).toEqual({ ana: 'phone' });
  });

  it('[PP8] is refused to a banned user, until the ban ends, with what they are told of it', async () => {
    const { time, enter, ban } = await stage();
    await ban('ana', time.nowMs + 1000);
    const sanction = { actionId: 'a1', kind: 'ban', untilMs: time.nowMs + 1000, reason: '', appeal: 'none' };
    expect(await enter('ana')).toEqual({ code: 'BANNED', sanction });
    time.advance(1000);
    expect(await enter('ana')).toBe('viewer');
    await ban('ana', 0);
    expect(await enter('ana', 'moderator')).toMatchObject({ code: 'BANNED', sanction: { untilMs: null } });
  });

  it('[PP9] is refused on the device of a banned user, guests included and staff excepted, while that ban lasts', async () => {
    const { time, keys, redis, enter, ban } = await stage();
    await enter('ana', 'viewer', 'phone');
    await ban('ana', time.nowMs + 1000);
    await redis.hset(keys.bannedDevices, 'phone', 'ana a1');
    expect(await enter('other', 'viewer', 'phone')).toMatchObject({ code: 'BANNED', sanction: undefined });
    expect(await enter('guest:1', 'guest', 'phone')).toMatchObject({ code: 'BANNED' });
    expect(await enter('mod', 'moderator', 'phone')).toBe('moderator');
    expect(await enter('other', 'viewer', 'laptop')).toBe('viewer');
    time.advance(1000);
    expect(await enter('other', 'viewer', 'phone')).toBe('viewer');
    expect(await redis.hlen(keys.bannedDevices)).toBe(0);
  });
});
