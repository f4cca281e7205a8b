import { describe, expect, it } from 'vitest';
import type { Role } from '../../../shared/kernel/units.ts';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Input } from '../../../shared/protocol.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { HOUR_MS, MINUTE_MS, type People, people, refused, sanction, undo } from './testing/people.ts';

const harness = useCheckedHarness();

async function stage() {
  const all = await people(harness);
  const appoint = (
    userId: string,
    role: Input<'moderation:appoint'>['role'],
    more: object = {},
    by = all.host,
  ) => by.call('moderation:appoint', { opId: opId(), userId, role, ...more });
  const appointed = async (...args: Parameters<typeof appoint>): Promise<Action> => {
    const reply = await appoint(...args);
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.data.action;
  };
  return { ...all, appoint, appointed };
}

/** Roles of a user's sockets in the room, on both nodes. */
function rolesOf({ one, two, roomId }: Pick<People, 'one' | 'two' | 'roomId'>, userId: string): Role[] {
  return [one, two].flatMap((node) =>
    [...(node.core.hub.get(roomId)?.members ?? [])]
      .filter((member) => member.userId === userId)
      .map((member) => (member as unknown as { identity: { role: Role } }).identity.role),
  );
}

describe('appointing', () => {
  it('[MO16] counts at once on every node, and is taken back the same way', async () => {
    const all = await stage();
    const { join, two, appointed, facts } = all;
    const kays = [await join('kay'), await join('kay', 'viewer', two)] as const;
    expect(await sanction(kays[0], 'ana', 'mute')).toMatchObject(refused('FORBIDDEN'));
    const action = await appointed('kay', 'moderator');
    expect(action).toMatchObject({
      kind: 'appoint',
      userIds: ['kay'],
      detail: 'viewer -> moderator',
      untilMs: null,
    });
    await eventually(() => expect(rolesOf(all, 'kay')).toEqual(['moderator', 'moderator']));
    for (const kay of kays) {
      expect(await sanction(kay, 'ana', 'mute')).toMatchObject({ ok: true });
      await eventually(() => expect(kay.events('moderation:acted').length).toBeGreaterThan(0));
    }
    expect(await sanction(kays[1], 'mo', 'mute')).toMatchObject(refused('OUTRANKED'));
    expect(await facts('role-changed')).toEqual([{ userId: 'kay', role: 'moderator', untilMs: null }]);
    await appointed('kay', 'viewer');
    await eventually(() => expect(rolesOf(all, 'kay')).toEqual(['viewer', 'viewer']));
    expect(await sanction(kays[1], 'ana', 'mute')).toMatchObject(refused('FORBIDDEN'));
  });

  it('[MO16] ends by itself', async () => {
    const all = await stage();
    const { join, appointed, time, redis, keys } = all;
    await join('kay');
    const { untilMs } = await appointed('kay', 'cohost', { durationMs: HOUR_MS });
    expect(untilMs).toBe(time.nowMs + HOUR_MS);
    await eventually(() => expect(rolesOf(all, 'kay')).toEqual(['cohost']));
    time.advance(HOUR_MS);
    await eventually(() => expect(rolesOf(all, 'kay')).toEqual(['viewer']));
    await eventually(async () => expect(await redis.hget(keys.roles, 'a kay')).toBeNull());
  });

  it('[MO16] is the host’s alone, of people below', async () => {
    const { appoint, mo, join, redis, keys } = await stage();
    const co = await join('co', 'cohost');
    expect(await appoint('ana', 'moderator', {}, mo)).toMatchObject(refused('FORBIDDEN'));
    expect(await appoint('ana', 'moderator', {}, co)).toMatchObject(refused('FORBIDDEN'));
    expect(await appoint('host', 'viewer')).toMatchObject(refused('NOT_YOURSELF', { path: 'userId' }));
    await join('second-host', 'host');
    expect(await appoint('second-host', 'viewer')).toMatchObject(refused('OUTRANKED', { path: 'userId' }));
    expect(await appoint('guest:abc', 'moderator')).toMatchObject(
      refused('INVALID_PAYLOAD', { path: 'userId' }),
    );
    expect((await redis.hkeys(keys.roles)).filter((field) => field.startsWith('a '))).toEqual([]);
  });

  it('[MO15] undone, the role is what it was, unless it was changed since', async () => {
    const all = await stage();
    const { join, appointed, host, mo, redis, keys, time } = all;
    await join('kay');
    const first = await appointed('kay', 'moderator', { durationMs: HOUR_MS });
    const second = await appointed('kay', 'cohost');
    expect(await undo(host, first)).toMatchObject(refused('CANNOT_UNDO'));
    expect(await undo(mo, second)).toMatchObject(refused('OUTRANKED'));
    time.advance(MINUTE_MS);
    expect(await undo(host, second)).toMatchObject({ ok: true });
    expect(await redis.hget(keys.roles, 'a kay')).toBe(`moderator ${first.untilMs}`);
    await eventually(() => expect(rolesOf(all, 'kay')).toEqual(['moderator']));
    expect(await undo(host, first)).toMatchObject({ ok: true });
    await eventually(() => expect(rolesOf(all, 'kay')).toEqual(['viewer']));
    await appointed('ana', 'moderator', { durationMs: HOUR_MS });
    const later = await appointed('ana', 'cohost', { durationMs: 3 * HOUR_MS });
    time.advance(HOUR_MS);
    expect(await undo(host, later)).toMatchObject({ ok: true });
    expect(await redis.hget(keys.roles, 'a ana')).toBeNull();
  });
});
