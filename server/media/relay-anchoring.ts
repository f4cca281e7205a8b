import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { PublicationBook } from './ports.ts';
import { judgeReport } from './relay-anchors.ts';
import type { Carried } from './relay-state.ts';
import type { SenderReport } from './sfu.ts';

export type AnchorsDeps = {
  book: Pick<PublicationBook, 'aligned' | 'isLive'>;
  clock: Clock;
  log: Log;
};

/** How long it is believed that a room is not live; the start of a session is heard at once. */
const OFF_AIR_KEPT_MS = 10_000;

/** Writes moments of the media clock into the ledger, while a session runs. What fails is tried with the next report. */
export class Anchors {
  readonly #deps: AnchorsDeps;
  /** When the room of a publication was last found off the air. */
  readonly #offAir = new WeakMap<Carried, number>();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: AnchorsDeps) {
    this.#deps = deps;
  }

  heard(carried: Carried, report: SenderReport): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (carried.ended || carried.publication === undefined) return;
    const verdict = judgeReport(carried.anchor, report, nowMs);
    if (verdict === 'heard' && carried.anchor !== undefined) carried.anchor.heardAtMs = nowMs;
    const clockRate = carried.producer.rtpParameters.codecs[0]?.clockRate;
    if (verdict !== 'anchor' || carried.anchoring || clockRate === undefined) return;
    carried.anchoring = true;
    const run = this.#write(carried, report, clockRate).finally(() => {
      carried.anchoring = false;
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  /** A session of its own begins: what is published already needs an anchor in it. */
  sessionStarted(roomId: string, carried: Iterable<Carried>): void {
    for (const each of carried) {
      if (each.roomId !== roomId) continue;
      each.anchor = undefined;
      this.#offAir.delete(each);
    }
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #write(carried: Carried, report: SenderReport, clockRate: number): Promise<void> {
    const { book, clock, log } = this.#deps;
    const { roomId, publicationId } = carried;
    const nowMs = clock.monotonicMs();
    const offAirSinceMs = this.#offAir.get(carried);
    if (offAirSinceMs !== undefined && nowMs - offAirSinceMs < OFF_AIR_KEPT_MS) return;
    try {
      if (!(await book.isLive(roomId))) {
        this.#offAir.set(carried, nowMs);
        return;
      }
      const { ssrc, rtpTimestamp } = report;
      // Whole milliseconds: scripts and ledgers take nothing finer.
      const anchor = { publicationId, rtpTimestamp, clockRate, senderMs: Math.round(report.senderMs) };
      await book.aligned(roomId, anchor);
      carried.anchor = { ...anchor, ssrc, heardAtMs: nowMs };
    } catch (error) {
      log.debug({ roomId, publicationId, err: error }, 'a media clock was not written down');
    }
  }
}
