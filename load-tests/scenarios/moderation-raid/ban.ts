import { randomUUID } from 'node:crypto';
import { monotonicMs, sleep } from '../../kit/wait.ts';
import { RAIDERS, type RaidPlan, type RaidStage } from './raid-stage.ts';

export type BanResult = {
  /** From asking for the ban to the server's answer, and to the end of half and of all of the sockets. */
  ackMs: number;
  halfGoneMs: number;
  allGoneMs: number;
  violations: string[];
};

const BEFORE_MS = 300;
/** They go on for so long at most. */
const RAID_SECONDS = 3;
const TRIED = 3;

/** The last raiders go on, and a moderator bans many of them at once. */
export async function banMany(stage: RaidStage, plan: RaidPlan, prefix: string): Promise<BanResult> {
  const { host, raiders } = stage;
  const userIds = Array.from({ length: plan.banned }, (_, n) => `${prefix}${n}`);
  const { raidPerSecond, seed } = plan;
  const raiding = raiders.call('raid', {
    ...{
      crowd: RAIDERS,
      seconds: Math.min(RAID_SECONDS, 2 * plan.seconds),
      messagesPerSecond: raidPerSecond,
    },
    ...{ seed: seed + plan.pairs + 1, raid: plan.pairs + 1 },
  });
  raiding.catch(() => {});
  await sleep(BEFORE_MS);
  const askedAtMs = monotonicMs();
  const input = { opId: randomUUID(), userIds, kind: 'ban', reason: 'raid', devices: false };
  await host.call('moderation:sanction', input);
  const ackMs = monotonicMs() - askedAtMs;
  const raid = await raiding;
  const gone = await raiders.call('raidersGone', { crowd: RAIDERS });

  const violations: string[] = [];
  const out = gone.filter(({ userId }) => userIds.includes(userId));
  if (out.length !== userIds.length)
    violations.push(`${out.length} of ${userIds.length} banned sockets ended`);
  if (gone.length > out.length) violations.push(`${gone.length - out.length} sockets of others ended, too`);
  if (raid.shown > 0) violations.push(`raiders were shown ${raid.shown} messages while they were banned`);
  for (const userId of userIds.slice(0, TRIED)) {
    const code = await stage.tryToJoin(userId);
    if (code !== 'BANNED') violations.push(`${userId}, who is banned, was answered ${code} on coming back`);
  }
  const delaysMs = out.map(({ atMs }) => atMs - askedAtMs).sort((a, b) => a - b);
  return {
    ...{ ackMs, violations },
    halfGoneMs: delaysMs[Math.floor(delaysMs.length / 2)] ?? Number.NaN,
    allGoneMs: delaysMs.at(-1) ?? Number.NaN,
  };
}
