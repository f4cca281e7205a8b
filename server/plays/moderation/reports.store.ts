import type { CommunityDeps } from '../../community/deps.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { fingerprint, mapReply, type OpRefusal, opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['report']);

const OP_HORIZON_MS = 3_600_000;
/** A message is among the last 200 for so long only in a very quiet room. */
export const KEPT_MS = 24 * 3_600_000;
/** Each of so many reporters of a message is told of, then every so many. */
export const REPORTS_TOLD = 20;
export const REPORTS_THEN_EVERY = 10;

/** What the desk shows of it to whoever comes later. */
export const REPORTED_MAX = 100;
const LAST_KEPT = 10;

/** Who reported which message, in Redis. */
export class ReportsStore {
  readonly #deps: Pick<CommunityDeps, 'redis' | 'keys' | 'scriptNow'>;

  constructor(deps: Pick<CommunityDeps, 'redis' | 'keys' | 'scriptNow'>) {
    this.#deps = deps;
  }

  async report(
    roomId: string,
    userId: string,
    input: { opId: string; messageId: string; reason: string },
  ): Promise<Outcome<object, 'MESSAGE_NOT_FOUND' | OpRefusal>> {
    const room = this.#deps.keys.room(roomId);
    const { head, events, sanctions, chatById, reported } = room;
    const args = {
      ...{ field: opField(userId, input.opId), fingerprint: fingerprint('moderation:report', input) },
      ...{ opHorizonMs: OP_HORIZON_MS, user: userId, messageId: input.messageId, reason: input.reason },
      ...{ keptMs: KEPT_MS, allTold: REPORTS_TOLD, thenEvery: REPORTS_THEN_EVERY },
      limits: { reported: REPORTED_MAX, last: LAST_KEPT, keptMs: KEPT_MS },
    };
    const reply = await runScript(
      this.#deps.redis,
      scripts.report,
      {
        ...{ head, events, sanctions, chatById, reported, reports: room.reports(input.messageId) },
        ...{ ops: room.ops('moderation'), opAges: room.opAges('moderation') },
      },
      [this.#deps.scriptNow(), JSON.stringify(args)],
    );
    return mapReply('report', reply, { 10: 'MESSAGE_NOT_FOUND' }, () => ({}));
  }
}
