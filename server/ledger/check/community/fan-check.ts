import { FAN_DEFAULTS, type FanRules, type POINT_SOURCES } from '../../../../shared/community/fans.ts';
import type { FactData } from '../../../../shared/trade/facts.ts';
import type { Where } from '../findings.ts';
import { finish, hashNumber, hashText, SEED_HIGH, SEED_LOW } from '../hashing.ts';
import type { RawFact, Replay } from '../replay.ts';
import { CountTable } from '../tables.ts';

const POINTS = hashText(SEED_LOW, 'points');
const POINTS_HIGH = hashText(SEED_HIGH, 'points');
const LEVEL = hashText(SEED_LOW, 'level');
const LEVEL_HIGH = hashText(SEED_HIGH, 'level');

type FanKind = 'fan-joined' | 'points-earned' | 'points-taken' | 'fan-level-changed' | 'fan-rules-changed';

/** Points and levels of fans, as invariant 2 has it: what the facts lead to, within the rules of the club. */
export class FanCheck {
  readonly #replay: Replay;
  /** Points and level by user. */
  readonly #fans = new CountTable();
  /** What was earned by user and source, on the latest day and the one before. */
  #today = new CountTable();
  #yesterday = new CountTable();
  #day = 0;
  #rules: FanRules = FAN_DEFAULTS;
  /** Fans whose points reached a level of which the next facts must tell. */
  readonly #rising = new Map<string, number>();
  count = 0;

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  points(userId: string): number | undefined {
    return this.#fans.get(finish(hashText(POINTS, userId)), finish(hashText(POINTS_HIGH, userId)));
  }

  /** undefined: no fan. */
  level(userId: string): number | undefined {
    return this.#fans.get(finish(hashText(LEVEL, userId)), finish(hashText(LEVEL_HIGH, userId)));
  }

  add(kind: FanKind, fact: RawFact, given: unknown) {
    const where = { n: fact.n };
    switch (kind) {
      case 'fan-joined':
        return this.#joined(given as FactData<'fan-joined'>, where);
      case 'points-earned':
        return this.#earned(given as FactData<'points-earned'>, where);
      case 'points-taken':
        return this.#taken(given as FactData<'points-taken'>, where);
      case 'fan-level-changed':
        return this.#changed(given as FactData<'fan-level-changed'>, where);
      case 'fan-rules-changed':
        this.#rules = given as FanRules;
        return;
    }
  }

  /** Any other fact: levels that were reached must have been told of by now. */
  settle(where: Where) {
    if (this.#rising.size === 0) return;
    const [[userId, level] = ['', 0]] = this.#rising;
    this.#replay.findings.report(2, `${userId} reached level ${level}, and no fact says so`, where);
    this.#rising.clear();
  }

  #joined({ userId }: FactData<'fan-joined'>, where: Where) {
    if (this.level(userId) !== undefined)
      return this.#replay.findings.report(2, `${userId} joins the fan club a second time`, where);
    this.#setLevel(userId, 1);
    this.#addPoints(userId, 0);
    this.count += 1;
  }

  #earned({ source, day, grants }: FactData<'points-earned'>, where: Where) {
    const { findings } = this.#replay;
    this.#turnTo(day);
    const { cap } = this.#rules[source];
    for (const [userId, points] of grants) {
      const level = this.level(userId);
      if (level === undefined) {
        findings.report(2, `${userId} earns points and is no fan`, where);
        continue;
      }
      const earned = this.#earnedOn(day, userId, source, points);
      if (earned !== undefined && earned > cap)
        findings.report(
          2,
          `${userId} earned ${earned} points by ${source} on ${day}, the cap is ${cap}`,
          where,
        );
      const now = this.#addPoints(userId, points);
      const reached = this.#levelFor(now);
      if (reached > level) this.#rising.set(userId, reached);
    }
  }

  #taken({ userId, points }: FactData<'points-taken'>, where: Where) {
    if (this.level(userId) === undefined)
      return this.#replay.findings.report(2, `points are taken from ${userId}, who is no fan`, where);
    if (this.#addPoints(userId, -points) < 0)
      this.#replay.findings.report(2, `${userId} has less than no points`, where);
  }

  #changed(data: FactData<'fan-level-changed'>, where: Where) {
    const { findings } = this.#replay;
    const { userId, from, to, points, reason } = data;
    if (this.level(userId) !== from)
      findings.report(2, `${userId} was level ${this.level(userId) ?? 0}, not ${from}`, where);
    if (this.points(userId) !== points)
      findings.report(2, `${userId} has ${this.points(userId) ?? 0} points, not ${points}`, where);
    const earned = this.#levelFor(points);
    if (reason === 'points' && (to !== earned || to <= from))
      findings.report(2, `${points} points are level ${earned}, not ${to}`, where);
    // A refund takes back what the order had given; a level that other rules gave stays.
    if (reason === 'refund' && (to >= from || to < earned))
      findings.report(
        2,
        `a refund leads from level ${from} to ${to}, the points are of level ${earned}`,
        where,
      );
    this.#rising.delete(userId);
    this.#setLevel(userId, to);
  }

  #levelFor(points: number): number {
    const { thresholds } = this.#rules;
    return thresholds.findLastIndex((threshold) => points >= threshold) + 1;
  }

  #addPoints(userId: string, delta: number): number {
    return this.#fans.add(finish(hashText(POINTS, userId)), finish(hashText(POINTS_HIGH, userId)), delta);
  }

  #setLevel(userId: string, level: number) {
    this.#fans.set(finish(hashText(LEVEL, userId)), finish(hashText(LEVEL_HIGH, userId)), level);
  }

  #turnTo(day: number) {
    if (day <= this.#day) return;
    this.#yesterday = this.#today;
    this.#today = new CountTable();
    this.#day = day;
  }

  /** undefined for a day so long ago that nothing is known of it. Days turn with the clock, which may be put back. */
  #earnedOn(
    day: number,
    userId: string,
    source: (typeof POINT_SOURCES)[number],
    points: number,
  ): number | undefined {
    const table = day === this.#day ? this.#today : this.#yesterday;
    const at = hashNumber(hashText(hashText(SEED_LOW, userId), source), day);
    return table.add(
      finish(at),
      finish(hashNumber(hashText(hashText(SEED_HIGH, userId), source), day)),
      points,
    );
  }
}
