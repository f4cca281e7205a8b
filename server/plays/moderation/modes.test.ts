import { describe, expect, it } from 'vitest';
import { DEFAULT_MODES, type Modes } from '../../../shared/plays/moderation/modes.ts';
import type { Joined } from '../../../shared/plays/room/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { people, refused } from './testing/people.ts';

const harness = useCheckedHarness();
const stage = () => people(harness);

describe('modes', () => {
  it('[MO78] begin with the defaults, in the script as in the contract', async () => {
    const { roomId, mo, host, one } = await stage();
    const joined = (await mo.must('room:join', { roomId })) as Joined;
    expect(joined.snapshot.moderation).toEqual({ modes: DEFAULT_MODES });
    const { modes } = await host.must('moderation:set-modes', { opId: opId(), modes: {} });
    expect(modes).toEqual(DEFAULT_MODES);
    expect(one).toBeDefined();
  });

  it('[MO78] change by what is given; the rest stays; everybody hears, the log has what they were', async () => {
    const { roomId, host, mo, join, two, keys, redis } = await stage();
    const ana = await join('ana', 'viewer', two);
    const change = async (modes: Partial<Modes>) =>
      mo.must('moderation:set-modes', { opId: opId(), modes, reason: 'busy' });
    const first: Modes = {
      ...{ slowMs: 30_000, followersMs: 600_000, minLevel: 3, links: 'block', allowedHosts: ['a.example'] },
    };
    expect((await change({ ...first, allowedHosts: ['A.example', 'a.example'] })).modes).toEqual(first);
    const second = { ...first, slowMs: 0, followersMs: null };
    const { modes, action } = await change({ slowMs: 0, followersMs: null });
    expect(modes).toEqual(second);
    expect(action).toMatchObject({ kind: 'modes', actorId: 'mo', reason: 'busy', userIds: [] });
    expect(JSON.parse(action.detail)).toEqual({ slowMs: 0, followersMs: null });
    for (const client of [ana, host]) {
      await eventually(() =>
        expect(client.events('moderation:modes-changed').at(-1)?.data).toEqual({ modes: second }),
      );
    }
    const joined = (await ana.must('room:join', { roomId })) as Joined;
    expect(joined.snapshot.moderation).toEqual({ modes: second });
    await host.must('moderation:undo', { opId: opId(), actionId: action.actionId });
    await eventually(() =>
      expect(host.events('moderation:modes-changed').at(-1)?.data).toEqual({ modes: first }),
    );
    expect(await redis.hget(keys.modes, 'slowMs')).toBe('30000');
  });

  it('[MO78] are for staff, and a retry changes nothing', async () => {
    const { host, join, headSeq } = await stage();
    const ana = await join('ana');
    const input = { opId: opId(), modes: { slowMs: 10_000 as const } };
    expect(await ana.call('moderation:set-modes', input)).toMatchObject(refused('FORBIDDEN'));
    const first = await host.must('moderation:set-modes', input);
    await host.must('moderation:set-modes', { opId: opId(), modes: { slowMs: 0 } });
    const seq = await headSeq();
    expect(await host.must('moderation:set-modes', input)).toEqual(first);
    expect(await headSeq()).toBe(seq);
    for (const modes of [
      { slowMs: 7000 },
      { followersMs: 5 },
      { minLevel: 21 },
      { allowedHosts: ['no host'] },
    ]) {
      const reply = await host.call('moderation:set-modes', { opId: opId(), modes } as never);
      expect(reply).toMatchObject(
        refused('INVALID_PAYLOAD', {
          path: `modes.${Object.keys(modes)[0]}${'allowedHosts' in modes ? '.0' : ''}`,
        }),
      );
    }
  });
});
