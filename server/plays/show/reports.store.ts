import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { SHOW_LIMITS, type ShowReport, type ShowTotals } from '../../../shared/plays/show/contract.ts';
import { guarded } from '../../redis/errors.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { AskedFor } from './asked-for.ts';
import { LATE_MINUTES, type ShowCounts, type ShowCountsDeps } from './counts.store.ts';
import { Curve, MINUTE_MS, minuteOf } from './curve.ts';
import { LedgerTail } from './ledger-tail.reader.ts';
import { listed, type Show, type ShowBook } from './show-book.reader.ts';
import { ShowLots } from './show-lots.reader.ts';
import { ShowTally } from './tally.ts';

const { seal } = loadScripts(import.meta.url, ['seal']);

/** A report that was begun and not kept by then is written again. */
const AGAIN_MS = 60_000;

/** What of a show is kept on this node while somebody looks at it. `counted`: viewers and messages, up to a minute. */
type Followed = { tail: LedgerTail<ShowTally>; counted: Curve; countedTo: number };
type Seen = { tally: ShowTally; curve: Curve; totals: ShowTotals; isPartial: boolean };

/** What became of shows: counted when somebody asks, and kept for good once nothing changes any more. */
export class Reports {
  readonly #deps: ShowCountsDeps & { book: ShowBook; counts: ShowCounts };
  readonly #followed: AskedFor<Followed>;
  readonly #lots: ShowLots;
  /** Shows whose reports are being written behind the scenes, one after the other. */
  readonly #toSeal = new Set<string>();
  #sealing: Promise<void> = Promise.resolve();

  constructor(deps: ShowCountsDeps & { book: ShowBook; counts: ShowCounts }) {
    this.#deps = deps;
    this.#followed = new AskedFor(deps.clock);
    this.#lots = new ShowLots(deps);
  }

  sweep(): void {
    this.#followed.sweep();
  }

  async totals(roomId: string, show: Show): Promise<ShowTotals> {
    return (await this.#see(roomId, show)).totals;
  }

  async report(roomId: string, show: Show): Promise<ShowReport> {
    const { redis, keys } = this.#deps;
    const { showReports } = keys.room(roomId);
    const isOver = show.endedAtMs !== undefined;
    const sealed = isOver ? await guarded(() => redis.hget(showReports, String(show.no))) : null;
    if (sealed !== null) return JSON.parse(sealed) as ShowReport;
    // Asked before the ledger is read: what is written after that does not count any more.
    const isSettled = this.#seemsSettled(show) && (await this.#keep(roomId, show.no, ''));
    const report = await this.#write(roomId, show);
    if (isSettled) await this.#keep(roomId, show.no, JSON.stringify(report));
    return report;
  }

  /**
   * Keeps the reports of shows whose orders have had their time. They are written behind the scenes: reading a long
   * ledger must not keep what else is due in the room waiting.
   */
  async settle(roomId: string, nos: readonly number[]): Promise<void> {
    for (const no of nos) {
      const show = await this.#deps.book.byNo(roomId, no);
      if ((await this.#keep(roomId, no, '')) && show) this.#sealSoon(roomId, show);
    }
  }

  #sealSoon(roomId: string, show: Show): void {
    const name = nameOf(roomId, show);
    if (this.#toSeal.has(name)) return;
    this.#toSeal.add(name);
    this.#sealing = this.#sealing.then(() => this.#seal(roomId, show));
  }

  async #seal(roomId: string, show: Show): Promise<void> {
    try {
      await this.report(roomId, show);
      this.#followed.drop(nameOf(roomId, show));
    } catch (error) {
      this.#deps.log.debug({ roomId, err: error }, 'the report of a show is to be sealed later');
    } finally {
      this.#toSeal.delete(nameOf(roomId, show));
    }
  }

  /** By this node's clock: Redis has the say. */
  #seemsSettled({ settledAtMs }: Show): boolean {
    return settledAtMs !== undefined && this.#deps.serverNowMs() >= settledAtMs;
  }

  async #write(roomId: string, show: Show): Promise<ShowReport> {
    const { redis, keys } = this.#deps;
    const { tally, curve, totals, isPartial } = await this.#see(roomId, show);
    const [sales, draws, info] = await Promise.all([
      this.#lots.sales(roomId, tally.sales),
      this.#lots.draws(roomId, tally.draws),
      guarded(() => redis.hget(keys.room(roomId).meta, 'info')),
    ]);
    return {
      show: listed(show),
      currency: (JSON.parse(info ?? '{}') as RoomInfo).currency,
      ...{ isPartial, totals, bucketMs: curve.bucketMs, buckets: curve.buckets(), sales, draws },
    };
  }

  /** '': whether its time has come. */
  async #keep(roomId: string, no: number, report: string): Promise<boolean> {
    const { redis, keys, scriptNow } = this.#deps;
    const { due, shows, showReports } = keys.room(roomId);
    const argv = [scriptNow(), String(no), report, String(AGAIN_MS)];
    return (await runScript(redis, seal, { due, shows, showReports }, argv)) === 1;
  }

  #see(roomId: string, show: Show): Promise<Seen> {
    const { redis, keys } = this.#deps;
    const firstMinute = minuteOf(show.startedAtMs);
    const open = (): Followed => ({
      tail: new LedgerTail(redis, keys.room(roomId), show.firstFact, () => new ShowTally(show)),
      counted: new Curve(firstMinute, SHOW_LIMITS.bucketsMax.value),
      countedTo: firstMinute - 1,
    });
    return this.#followed.using(nameOf(roomId, show), open, (followed) => this.#look(roomId, show, followed));
  }

  async #look(roomId: string, show: Show, followed: Followed): Promise<Seen> {
    const { redis, keys, counts, serverNowMs } = this.#deps;
    const room = keys.room(roomId);
    const firstMinute = minuteOf(show.startedAtMs);
    const nowMinute = minuteOf(serverNowMs());
    const lastMinute = Math.max(firstMinute, Math.min(nowMinute, minuteOf(show.endedAtMs ?? serverNowMs())));
    const [, minutes, visitors, followersGained] = await Promise.all([
      followed.tail.catchUp(),
      counts.minutes(roomId, followed.countedTo + 1, lastMinute),
      counts.visitors(roomId, show.sessionId),
      guarded(() => redis.zcount(room.followers, show.startedAtMs, show.endedAtMs ?? '+inf')),
    ]);
    // From here on nothing waits, so that who asks at the same time finds each minute counted once.
    const recent = new Curve(firstMinute, SHOW_LIMITS.bucketsMax.value);
    recent.extend(lastMinute);
    // One more than Redis takes, whose clock may be a little behind what we think it says.
    const open = nowMinute - LATE_MINUTES - 1;
    for (const [minute, row] of minutes) {
      if (minute <= followed.countedTo) continue;
      (minute < open ? followed.counted : recent).add(minute, row);
    }
    followed.countedTo = Math.max(followed.countedTo, Math.min(open - 1, lastMinute));
    const { sink: tally, isPartial } = followed.tail;
    const curve = Curve.sumOf(tally.curve, Curve.sumOf(followed.counted, recent));
    const keptFrom = nowMinute - SHOW_LIMITS.minutesKeptMs.value / MINUTE_MS;
    const isTrimmed = isPartial || tally.lastFact < (show.lastFact ?? 0);
    return {
      ...{ tally, curve, isPartial: isTrimmed || firstMinute < keptFrom },
      totals: totalsOf(tally, curve, visitors, followersGained),
    };
  }
}

const nameOf = (roomId: string, { no }: Show): string => `${roomId} ${no}`;

function totalsOf(tally: ShowTally, curve: Curve, visitors: number, followersGained: number): ShowTotals {
  const { viewers, messages, grabs, held, paid, revenueMinor } = curve.sum();
  const { orders, paidOrders, buyers, returnedMinor } = tally;
  return {
    ...{ viewersMost: Math.max(0, viewers), visitors, messages, grabs, orders, paidOrders },
    ...{
      buyers: buyers.size,
      heldUnits: held,
      paidUnits: paid,
      revenueMinor,
      returnedMinor,
      followersGained,
    },
  };
}
