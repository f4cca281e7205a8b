import type { FanRules, PointSource } from '../../../shared/community/fans.ts';

/** The same as in shared/community/fans.ts, which carries zod; a test compares them. */
export const FAN_LEVELS = 20;
export const POINT_SOURCES: readonly PointSource[] = ['watch', 'chat', 'share', 'paid', 'invite'];
/** From this level on a fan is a core fan; as in the contract. */
export const CORE_LEVEL = 10;

/** How far somebody is on the way to the next level. */
export type Climb = {
  level: number;
  points: number;
  /** Null at the top. */
  next: { level: number; atPoints: number; missing: number } | null;
  /** 0 to 1, between this level's threshold and the next one's. */
  share: number;
};

/** The host may have raised thresholds: then a fan stands below the one of their own level. */
export function climbOf({ thresholds }: Pick<FanRules, 'thresholds'>, level: number, points: number): Climb {
  const atPoints = thresholds[level];
  if (level >= FAN_LEVELS || atPoints === undefined) return { level, points, next: null, share: 1 };
  const from = Math.min(thresholds[level - 1] ?? 0, points);
  const share = Math.max(0, Math.min(1, (points - from) / Math.max(1, atPoints - from)));
  return {
    level,
    points,
    share,
    next: { level: level + 1, atPoints, missing: Math.max(0, atPoints - points) },
  };
}

/** What a level brings, each with the level that it begins at. */
export type Perk = { what: 'badge' | 'entrance' | 'core'; fromLevel: number };

export function perksOf({ entranceLevel }: Pick<FanRules, 'entranceLevel'>): Perk[] {
  const perks: Perk[] = [
    { what: 'badge', fromLevel: 1 },
    { what: 'entrance', fromLevel: entranceLevel },
    { what: 'core', fromLevel: CORE_LEVEL },
  ];
  return perks.filter(({ fromLevel }) => fromLevel <= FAN_LEVELS).sort((a, b) => a.fromLevel - b.fromLevel);
}
