import { expect, test } from 'vitest';
import {
  latencyMs,
  publishQuality,
  publishStatsOf,
  type Report,
  readReceived,
  readSent,
  watchStatsOf,
} from './stats.ts';

const report = (...entries: object[]) => entries as unknown as Report;

/** As Chromium reports, cut to what counts. */
function viewer(seconds: number, protocol = 'udp', candidateType = 'host') {
  return report(
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
    { id: 'P1', type: 'candidate-pair', state: 'succeeded', nominated: false, currentRoundTripTime: 9 },
    { id: 'P2', type: 'candidate-pair', localCandidateId: 'L', currentRoundTripTime: 0.04 },
    { id: 'L', type: 'local-candidate', protocol, candidateType },
    {
      ...{ id: 'V', type: 'inbound-rtp', kind: 'video', mid: '0' },
      ...{ packetsReceived: 90 * seconds, packetsLost: 10 * seconds, bytesReceived: 100_000 * seconds },
      ...{ framesDecoded: 30 * seconds, framesPerSecond: 30, frameWidth: 1280, frameHeight: 720 },
      ...{ jitterBufferDelay: 1.5 * seconds, jitterBufferEmittedCount: 30 * seconds },
      totalDecodeTime: 0.06 * seconds,
    },
    {
      ...{ id: 'A', type: 'inbound-rtp', kind: 'audio', mid: '1', audioLevel: 0.25 },
      ...{ packetsReceived: 50 * seconds, packetsLost: 0, bytesReceived: 5_000 * seconds },
    },
    { id: 'B', type: 'inbound-rtp', kind: 'video', mid: 'probator', packetsReceived: 7_000 * seconds },
  );
}

test('[SM10] what is watched now: rates from two readings, without the bandwidth probes', () => {
  const stats = watchStatsOf(readReceived(viewer(1), 1_000), readReceived(viewer(2), 2_000));
  expect(stats).toMatchObject({
    ...{ rttMs: 40, bitrateKbps: 840, width: 1280, height: 720, framesPerSecond: 30 },
    ...{ framesDecoded: 60, audioLevel: 0.25, protocol: 'udp' },
  });
  expect(stats.packetsLostShare).toBeCloseTo(10 / 150, 5);
  expect(stats.jitterBufferMs).toBeCloseTo(50, 5);
});

test('[SM10] latency is the sum of what is known, and unknown without its largest parts', () => {
  const stats = watchStatsOf(readReceived(viewer(1), 1_000), readReceived(viewer(2), 2_000));
  expect(stats.latencyMs).toBe(Math.round(40 + 50 + 2 + 2 * (1000 / 30)));
  const nothing = { rttMs: null, jitterBufferMs: 50, decodeMs: null, framesPerSecond: null };
  expect(latencyMs(nothing)).toBeNull();
  expect(latencyMs({ ...nothing, rttMs: 40 })).toBe(90);
});

test('[SM10] how media comes: over UDP, over TCP, or through TURN', () => {
  const protocol = (...path: [string, string]) => readReceived(viewer(1, ...path), 0).protocol;
  expect(protocol('tcp', 'host')).toBe('tcp');
  expect(protocol('udp', 'relay')).toBe('relay');
});

test('[SM10] a new transport, or the first reading, has no rates yet', () => {
  const now = readReceived(viewer(1), 5_000);
  expect(watchStatsOf(null, now).bitrateKbps).toBeNull();
  expect(watchStatsOf(readReceived(viewer(9), 4_000), now).bitrateKbps).toBeNull();
  const empty = watchStatsOf(null, readReceived(report(), 0));
  expect(empty).toMatchObject({ packetsLostShare: null, latencyMs: null, width: null, audioLevel: null });
});

test('[SM10] what is published now: all layers together, the size of the largest', () => {
  const sent = (bytes: number) =>
    report(
      { id: 'a', type: 'outbound-rtp', kind: 'video', rid: 'r0', bytesSent: bytes, frameWidth: 320 },
      {
        ...{ id: 'b', type: 'outbound-rtp', kind: 'video', rid: 'r2', bytesSent: bytes * 9 },
        ...{ frameWidth: 1280, frameHeight: 720, framesPerSecond: 25, qualityLimitationReason: 'cpu' },
      },
      { id: 'c', type: 'remote-inbound-rtp', kind: 'video', fractionLost: 0.01, roundTripTime: 0.03 },
    );
  const before = readSent(sent(1_000), 0);
  const now = readSent(sent(2_000), 1_000);
  expect(publishStatsOf(sent(2_000), before, now)).toEqual({
    ...{ rttMs: 30, bitrateKbps: 80, framesPerSecond: 25, width: 1280, height: 720 },
    ...{ packetsLostShare: 0.01, quality: 'fair', limitation: 'cpu' },
  });
});

test('[SM10] quality is in four words', () => {
  const quality = (rttMs: number | null, packetsLostShare: number | null) =>
    publishQuality({ rttMs, packetsLostShare, limitation: 'none' });
  expect([quality(null, null), quality(40, 0), quality(40, 0.05), quality(900, 0)]).toEqual([
    ...['unknown', 'good', 'fair', 'poor'],
  ]);
});
