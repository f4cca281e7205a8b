import type { MediaAnchor } from './ports.ts';
import type { SenderReport } from './sfu.ts';

/**
 * When a moment of the media clock is written down beside the sender's and the server's. RTP clocks and wall clocks run
 * apart (crystals, NTP steps); one pair holds until they differ by more than one would see.
 */

/** Lips and voice may be apart by about so much before people notice (ITU-R BT.1359: +45 to -125 ms). */
const DRIFT_MAX_MS = 40;
const KEPT_MS = 300_000;
/** A simulcast layer that is switched off sends no reports: another one's take over. */
const SILENT_MS = 30_000;

export type Anchor = MediaAnchor & { ssrc: number; heardAtMs: number };

/** Milliseconds from one RTP timestamp to another that is less than half a wrap away (RFC 3550, 5.1). */
export function rtpSpanMs(from: number, to: number, clockRate: number): number {
  return (((to - from) | 0) / clockRate) * 1000;
}

/** How far the sender's clock has moved against its media since the anchor. */
export function driftMs(anchor: MediaAnchor, report: SenderReport): number {
  return (
    report.senderMs - anchor.senderMs - rtpSpanMs(anchor.rtpTimestamp, report.rtpTimestamp, anchor.clockRate)
  );
}

/** What a report means for the last anchor: nothing, that its stream is alive, or a new anchor. */
export function judgeReport(
  anchor: Anchor | undefined,
  report: SenderReport,
  nowMs: number,
): 'ignore' | 'heard' | 'anchor' {
  if (anchor === undefined) return 'anchor';
  if (anchor.ssrc !== report.ssrc) return nowMs - anchor.heardAtMs > SILENT_MS ? 'anchor' : 'ignore';
  if (report.senderMs - anchor.senderMs >= KEPT_MS) return 'anchor';
  return Math.abs(driftMs(anchor, report)) > DRIFT_MAX_MS ? 'anchor' : 'heard';
}
