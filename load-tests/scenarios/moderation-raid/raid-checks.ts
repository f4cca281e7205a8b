import type { FloodResult, RaidResult } from '../../bots/methods.ts';
import { sum } from '../../kit/stats.ts';
import { BUSY_LIMIT, floodProblems } from '../flood-checks.ts';

export type RaidLeg = {
  name: string;
  raid: RaidResult | null;
  flood: FloodResult;
  /** Of the node, while the viewers talked. */
  cpuSeconds: number;
  seconds: number;
};

/** What a raider may be answered. A paused one is not looked at; a held link is answered as if it were shown. */
const STOPPED = { slurs: ['WORD_BLOCKED', 'RATE_LIMITED'], links: ['OK', 'RATE_LIMITED'] } as const;

const all = (answers: Readonly<Record<string, number>>): number => sum(Object.values(answers));

/** Messages of raiders that came to nothing. */
export const stoppedIn = ({ slurs, links }: RaidResult): number => all(slurs) + all(links);

/** Every slur is refused and every link held, no viewer ever sees either, and honest people notice nothing. */
export function raidLegProblems(leg: RaidLeg): { violations: string[]; warnings: string[] } {
  const { name, flood, raid, seconds } = leg;
  const { violations, warnings } = floodProblems(name, flood, seconds);
  if (flood.forbidden > 0)
    violations.push(`${name}: viewers were shown ${flood.forbidden} messages of raiders`);
  if (!raid) return { violations, warnings };
  if (raid.shown > 0) violations.push(`${name}: raiders were shown ${raid.shown} messages of raiders`);
  if (raid.unanswered > 0) violations.push(`${name}: ${raid.unanswered} messages of raiders got no answer`);
  for (const kind of ['slurs', 'links'] as const) {
    const odd = Object.entries(raid[kind]).filter(([code]) => !STOPPED[kind].some((each) => each === code));
    if (odd.length > 0)
      violations.push(`${name}: ${kind} were answered ${JSON.stringify(Object.fromEntries(odd))}`);
  }
  if (raid.busyShare >= BUSY_LIMIT)
    warnings.push(
      `${name}: the raiders' process was at its limit (${Math.round(raid.busyShare * 100)} % busy).`,
    );
  return { violations, warnings };
}
