import { describe, expect, it } from 'vitest';
import { type Anchor, driftMs, judgeReport, rtpSpanMs } from './relay-anchors.ts';

const anchor: Anchor = {
  ...{ publicationId: 'pub_1', ssrc: 1, rtpTimestamp: 1000, clockRate: 90_000, senderMs: 50_000 },
  heardAtMs: 0,
};
const report = (afterMs: number, driftedMs = 0, ssrc = 1) => ({
  ssrc,
  senderMs: anchor.senderMs + afterMs + driftedMs,
  rtpTimestamp: (anchor.rtpTimestamp + afterMs * 90) % 2 ** 32,
});

describe('a moment of the media clock', () => {
  it('[RL16] is measured over a wrap of RTP timestamps', () => {
    expect(rtpSpanMs(2 ** 32 - 90, 90, 90_000)).toBe(2);
    expect(rtpSpanMs(90, 2 ** 32 - 90, 90_000)).toBe(-2);
    const late = { ...anchor, rtpTimestamp: 2 ** 32 - 900 };
    expect(driftMs(late, { ssrc: 1, rtpTimestamp: 89_100, senderMs: 51_000 })).toBe(0);
  });

  it('[RL16] is written down first, after a drift of more than 40 ms either way, and after five minutes', () => {
    expect(judgeReport(undefined, report(0), 0)).toBe('anchor');
    expect(judgeReport(anchor, report(10_000, 40), 1)).toBe('heard');
    expect(judgeReport(anchor, report(10_000, 41), 1)).toBe('anchor');
    expect(judgeReport(anchor, report(10_000, -41), 1)).toBe('anchor');
    expect(judgeReport(anchor, report(299_000), 1)).toBe('heard');
    expect(judgeReport(anchor, report(300_000), 1)).toBe('anchor');
  });

  it('[RL16] is of one stream, until that has been silent for half a minute', () => {
    expect(judgeReport(anchor, report(10_000, 500, 2), 30_000)).toBe('ignore');
    expect(judgeReport(anchor, report(31_000, 500, 2), 30_001)).toBe('anchor');
  });
});
