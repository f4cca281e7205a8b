import type { SellerReport } from '../../../shared/plays/moderation/reports.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys } from '../../redis/keys.ts';

export type ReportState = 'open' | 'resolved';
export type ReportPage = { reports: SellerReport[]; nextCursor: string | null };
/** The open reports of a room: how many, and when the newest was made; null: none. */
export type OpenReports = { open: number; newestAtMs: number | null };

type Kept = {
  userId: string;
  name: string;
  reportedAtMs: number;
  seller: SellerReport['seller'];
  currency: string;
  product: Omit<NonNullable<SellerReport['product']>, 'currency'> | null;
};
type Said = Pick<SellerReport, 'reason' | 'text' | 'changedAtMs'>;

/** What scripts wrote of reports of a seller (lua/seller-reports.lua says how), to be read. */
export class SellerReportsReader {
  readonly #deps: { redis: RedisClient; keys: Keys };

  constructor(deps: { redis: RedisClient; keys: Keys }) {
    this.#deps = deps;
  }

  /** By when they were made, newest first. One that goes while it is read is left out. */
  async page(
    roomId: string,
    state: ReportState,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<ReportPage> {
    const { sellerReportsOpen, sellerReportsResolved } = this.#deps.keys.room(roomId);
    const key = state === 'open' ? sellerReportsOpen : sellerReportsResolved;
    const below = cursor === undefined ? '+inf' : `(${cursor}`;
    const found = await guarded(() =>
      this.#deps.redis.zrange(
        ...([key, below, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit, 'WITHSCORES'] as const),
      ),
    );
    const ids = found.filter((_, i) => i % 2 === 0);
    const reports = await this.#reports(roomId, ids);
    const isLast = ids.length < limit;
    return {
      reports: reports.filter((each) => each !== undefined),
      nextCursor: isLast ? null : (found.at(-1) ?? null),
    };
  }

  async find(roomId: string, reportId: string): Promise<SellerReport | undefined> {
    return (await this.#reports(roomId, [reportId]))[0];
  }

  async openOf(roomId: string): Promise<OpenReports> {
    const { sellerReportsOpen } = this.#deps.keys.room(roomId);
    const [open, [newest]] = await guarded(() =>
      Promise.all([
        this.#deps.redis.zcard(sellerReportsOpen),
        this.#deps.redis.zrange(sellerReportsOpen, 0, '0', 'REV'),
      ]),
    );
    if (newest === undefined) return { open: 0, newestAtMs: null };
    const report = await this.find(roomId, newest);
    return { open, newestAtMs: report?.reportedAtMs ?? null };
  }

  async #reports(roomId: string, ids: readonly string[]): Promise<(SellerReport | undefined)[]> {
    if (ids.length === 0) return [];
    const { sellerReports } = this.#deps.keys.room(roomId);
    const fields = ids.flatMap((id) => [id, `${id} said`, `${id} end`]);
    const found = await guarded(() => this.#deps.redis.hmget(sellerReports, ...fields));
    return ids.map((reportId, i) => {
      const [kept, said, end] = found.slice(3 * i, 3 * i + 3);
      if (!kept || !said) return undefined;
      const { currency, product, ...rest } = JSON.parse(kept) as Kept;
      return {
        ...{ reportId, ...rest, ...(JSON.parse(said) as Said) },
        product: product === null ? null : { ...product, currency },
        resolution: end ? (JSON.parse(end) as SellerReport['resolution']) : null,
      };
    });
  }
}
