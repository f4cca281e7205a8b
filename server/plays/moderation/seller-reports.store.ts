import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import type { ReportOutcome, ReportReason } from '../../../shared/plays/moderation/reports.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import { fingerprint, mapReply, type OpRefusal, opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { ReportedRooms } from './reported-rooms.store.ts';
import { SellerReportsReader } from './seller-reports.reader.ts';

const scripts = loadScripts(import.meta.url, ['report-seller', 'resolve-report']);

/** Longer than any client retries. */
const OP_HORIZON_MS = 24 * 3_600_000;
const LIMITS = {
  max: MODERATION_LIMITS.sellerReportsMax.value as number,
  perPerson: MODERATION_LIMITS.sellerReportsPerPerson.value as number,
};

const REFUSALS = { 10: 'PRODUCT_NOT_FOUND', 11: 'TOO_MANY_REPORTS' } as const;

export type SellerReportInput = {
  opId: string;
  productId: string | null;
  reason: ReportReason;
  text: string;
};
export type SellerReportsDeps = Pick<
  CommunityDeps,
  'redis' | 'keys' | 'scriptNow' | 'random' | 'observer' | 'log'
>;

/** Reports of the seller and of products, in Redis: for whoever runs the server, and nobody in the room. */
export class SellerReportsStore {
  readonly #deps: SellerReportsDeps;
  readonly #limits: typeof LIMITS;
  readonly reader: SellerReportsReader;
  /** Which rooms have open ones. */
  readonly rooms: ReportedRooms;

  constructor(deps: SellerReportsDeps, limits: typeof LIMITS = LIMITS) {
    this.#deps = deps;
    this.#limits = limits;
    this.reader = new SellerReportsReader(deps);
    this.rooms = new ReportedRooms({ ...deps, read: (roomId) => this.reader.openOf(roomId) });
  }

  /** `again`: the person's report of the same thing was open still, and has these words now. */
  async report(
    roomId: string,
    user: { userId: string; name: string },
    input: SellerReportInput,
  ): Promise<
    Outcome<{ reportId: string; again: boolean }, 'PRODUCT_NOT_FOUND' | 'TOO_MANY_REPORTS' | OpRefusal>
  > {
    const { redis, keys, scriptNow, random, observer, log } = this.#deps;
    const { productId, reason, text } = input;
    const room = keys.room(roomId);
    const { sanctions, meta, products, sellerReports, sellerReportsOpen, sellerReportsResolved } = room;
    const args = {
      field: opField(user.userId, input.opId),
      fingerprint: fingerprint('moderation:report-seller', input),
      opHorizonMs: OP_HORIZON_MS,
      ...{ reportId: random.id('sr'), user: user.userId, name: user.name },
      ...{ productId: productId ?? '', reason, text, ...this.#limits },
    };
    const reply = await runScript(
      redis,
      scripts['report-seller'],
      {
        ...{ sanctions, meta, products, sellerReports, sellerReportsOpen, sellerReportsResolved },
        ...{ ops: room.ops('moderation'), opAges: room.opAges('moderation') },
      },
      [scriptNow(), JSON.stringify(args)],
    );
    const outcome = mapReply('report-seller', reply, REFUSALS, readResult);
    const [code, , dropped] = reply as [code: number, result?: string, dropped?: string];
    if (!outcome.ok || code !== 0) return outcome;
    this.rooms.follow(roomId);
    const { reportId, again } = outcome.data;
    if (!again) {
      observer.sellerReported(reason);
      const of = productId === null ? 'seller' : 'product';
      log.info({ roomId, reportId, reason, of }, 'a seller was reported');
    }
    if (dropped) {
      observer.sellerReportDropped();
      log.warn({ roomId, reportId: dropped }, 'an open report of a seller went: the room has too many');
    }
    return outcome;
  }

  /** Says what came of a report. The same once more is fine. */
  async resolve(
    roomId: string,
    reportId: string,
    resolution: { outcome: ReportOutcome; note: string; by: string },
  ): Promise<Outcome<object, 'REPORT_NOT_FOUND' | 'REPORT_RESOLVED'>> {
    const { sellerReports, sellerReportsOpen, sellerReportsResolved } = this.#deps.keys.room(roomId);
    const reply = await runScript(
      this.#deps.redis,
      scripts['resolve-report'],
      { sellerReports, sellerReportsOpen, sellerReportsResolved },
      [this.#deps.scriptNow(), JSON.stringify({ reportId, ...resolution })],
    );
    const [code] = reply as [number];
    if (code === 10) return refuse('REPORT_NOT_FOUND');
    if (code === 11) return refuse('REPORT_RESOLVED');
    if (code !== 0) throw new Error(`resolve-report.lua answered the unknown code ${code}`);
    this.rooms.follow(roomId);
    return ok({});
  }
}

function readResult(result: string): { reportId: string; again: boolean } {
  const [reportId = '', again] = result.split(' ');
  return { reportId, again: again === '1' };
}
