import { FAN_DEFAULTS, type FanRules, type PointSource } from '../../../../shared/community/fans.ts';

/** What a fan club should be, in plain words: no scripts, no keys. All times in ms of one clock. */

export type ModelFan = {
  level: number;
  points: number;
  day: number;
  today: Record<PointSource, number>;
  /** Ms of watching that brought points, or came before joining. */
  countedMs: number;
};

const NOTHING: Record<PointSource, number> = { watch: 0, chat: 0, share: 0, paid: 0, invite: 0 };

export class ModelClub {
  readonly fans = new Map<string, ModelFan>();
  readonly present = new Set<string>();
  readonly watchedMs = new Map<string, number>();
  readonly orders: { userId: string; given: number; day: number; open: boolean }[] = [];
  rules: FanRules = FAN_DEFAULTS;
  live = true;
  day = 0;

  advance(ms: number): void {
    if (!this.live) return;
    for (const userId of this.present) this.watchedMs.set(userId, this.watched(userId) + ms);
  }

  watched(userId: string): number {
    return this.watchedMs.get(userId) ?? 0;
  }

  join(userId: string): void {
    if (this.fans.has(userId)) return;
    const countedMs = this.watched(userId);
    this.fans.set(userId, { level: 1, points: 0, day: this.day, today: { ...NOTHING }, countedMs });
  }

  /** Points given, as far as the cap of the day goes. */
  give(userId: string, source: PointSource, points: number): number {
    const fan = this.fans.get(userId);
    if (!fan) return 0;
    if (fan.day < this.day) {
      fan.day = this.day;
      fan.today = { ...NOTHING };
    }
    const given = Math.max(0, Math.min(points, this.rules[source].cap - fan.today[source]));
    fan.today[source] += given;
    fan.points += given;
    if (given > 0) fan.level = Math.max(fan.level, this.levelOf(fan.points));
    return given;
  }

  round(): void {
    const { everyMs, points } = this.rules.watch;
    for (const userId of this.present) {
      const fan = this.fans.get(userId);
      if (!fan) continue;
      const units = Math.floor((this.watched(userId) - fan.countedMs) / everyMs);
      fan.countedMs += units * everyMs;
      if (units > 0) this.give(userId, 'watch', units * points);
    }
  }

  buy(userId: string, wholeUnits: number): void {
    const { perUnits, points } = this.rules.paid;
    const given = this.give(userId, 'paid', Math.floor(wholeUnits / perUnits) * points);
    this.orders.push({ userId, given, day: this.day, open: true });
  }

  refund(index: number): void {
    const order = this.orders[index];
    const fan = order && this.fans.get(order.userId);
    if (!order?.open) return;
    order.open = false;
    if (!fan || order.given === 0) return;
    const before = this.levelOf(fan.points);
    fan.points -= order.given;
    const after = this.levelOf(fan.points);
    if (fan.day === order.day) fan.today.paid = Math.max(0, fan.today.paid - order.given);
    fan.level = Math.max(fan.level - (before - after), Math.min(fan.level, after));
  }

  paidOrders(userId: string): number {
    return this.orders.filter((order) => order.open && order.userId === userId).length;
  }

  levelOf(points: number): number {
    return this.rules.thresholds.filter((threshold) => threshold <= points).length;
  }
}
