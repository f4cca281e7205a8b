import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import { StoreError } from '../../kernel/outcome.ts';
import { eventually } from '../../testing/eventually.ts';
import { Doors } from './doors.ts';
import type { Standing } from './moderation.store.ts';

/** One room with people on this node; `standing` is what Redis would say. */
function room(standing: (userIds: readonly string[]) => Promise<Standing[]>) {
  const here = new Set(['ana', 'bo', 'kay']);
  const closed: string[] = [];
  const roles: [string, Role][] = [];
  const asked: string[][] = [];
  const doors = new Doors({
    log: pino({ level: 'silent' }),
    store: {
      standing: (_roomId, userIds) => {
        asked.push([...userIds]);
        return standing(userIds);
      },
    },
    local: () => ({
      users: () => here,
      here: () => [],
      notify: () => undefined,
      appoint: (_roomId, userId, role) => void roles.push([userId, role]),
      close: (_roomId, userIds, reason) => {
        for (const userId of userIds) {
          closed.push(`${userId} ${reason}`);
          here.delete(userId);
        }
      },
    }),
  });
  const sanctioned = (kind: string, ...userIds: string[]): RoomEvent => ({
    ...{ seq: 1, atMs: 1, name: 'moderation:sanctioned', data: { userIds, kind, untilMs: null } },
  });
  return { doors, here, closed, roles, asked, sanctioned };
}
const fine = async (userIds: readonly string[]): Promise<Standing[]> =>
  userIds.map((userId) => ({ userId, role: 'viewer', out: null }));

describe('doors', () => {
  it('[MO3] close for those who are here and out, not for the mute', async () => {
    const { doors, closed, sanctioned } = room(fine);
    doors.observe('r', sanctioned('mute', 'ana'));
    doors.observe('r', sanctioned('ban', 'ana', 'somebody-elsewhere'));
    doors.observe('r', sanctioned('kick', 'bo'));
    await eventually(() => expect(closed).toEqual(['ana BANNED', 'bo KICKED']));
    doors.close();
  });

  it('[MO10] stay open for somebody whose ban is lifted before they have gone', async () => {
    const { doors, closed, sanctioned } = room(fine);
    doors.observe('r', sanctioned('ban', 'ana', 'bo', 'kay'));
    const lifted = (what: string, userId: string) =>
      doors.observe('r', { seq: 2, atMs: 1, name: 'moderation:lifted', data: { userIds: [userId], what } });
    lifted('enter', 'ana');
    lifted('speak', 'bo');
    await eventually(() => expect(closed).toEqual(['bo BANNED', 'kay BANNED']));
    doors.close();
  });

  it('[MO23] are looked after again until Redis answers', async () => {
    let away = true;
    const { doors, closed, roles, asked } = room(async (userIds) => {
      if (away) throw new StoreError('UNAVAILABLE', new Error('away'));
      return userIds.map((userId) => ({
        userId,
        role: userId === 'kay' ? ('moderator' as const) : ('viewer' as const),
        out: userId === 'ana' ? ('ban' as const) : null,
      }));
    });
    doors.recheck('r');
    await eventually(() => expect(asked).toHaveLength(1));
    away = false;
    await eventually(() => expect(closed).toEqual(['ana BANNED']));
    expect(asked.length).toBe(2);
    expect(roles).toEqual([
      ['bo', 'viewer'],
      ['kay', 'moderator'],
    ]);
    doors.close();
  });

  it('[MO23] what happens while they are looked after is looked at, too', async () => {
    let answer: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let calls = 0;
    const { doors, roles, asked } = room(async (userIds) => {
      calls += 1;
      if (calls > 1) return userIds.map((userId) => ({ userId, role: 'cohost', out: null }));
      await first;
      return fine(userIds);
    });
    doors.recheck('r');
    doors.recheck('r');
    doors.observe('r', { seq: 2, atMs: 1, name: 'room:role-changed', data: {} });
    answer();
    await eventually(() => expect(asked).toHaveLength(2));
    await eventually(() => expect(roles.at(-1)).toEqual(['kay', 'cohost']));
    doors.close();
    doors.recheck('r');
    expect(asked).toHaveLength(2);
  });
});
