import type { PublishQuality, PublishStats, WatchStats } from './types.ts';

/** Entries of an RTCStatsReport (W3C webrtc-stats), as far as they are used. All times are seconds there. */
type Entry = {
  id: string;
  type: string;
  kind?: string;
  mid?: string;
  rid?: string;
  packetsReceived?: number;
  packetsLost?: number;
  bytesReceived?: number;
  bytesSent?: number;
  framesDecoded?: number;
  framesPerSecond?: number;
  frameWidth?: number;
  frameHeight?: number;
  jitterBufferDelay?: number;
  jitterBufferEmittedCount?: number;
  totalDecodeTime?: number;
  audioLevel?: number;
  selectedCandidatePairId?: string;
  localCandidateId?: string;
  state?: string;
  nominated?: boolean;
  currentRoundTripTime?: number;
  roundTripTime?: number;
  fractionLost?: number;
  protocol?: string;
  candidateType?: string;
  qualityLimitationReason?: string;
};
export type Report = { forEach(visit: (entry: Entry) => void): void };

/** Sums since the transport was opened. Differences of two make rates. */
export type Received = {
  atMs: number;
  packetsReceived: number;
  packetsLost: number;
  videoPackets: number;
  bytes: number;
  framesDecoded: number;
  bufferDelayMs: number;
  bufferEmitted: number;
  decodeMs: number;
  width: number | null;
  height: number | null;
  framesPerSecond: number | null;
  audioLevel: number | null;
  rttMs: number | null;
  protocol: WatchStats['protocol'];
};

export function readReceived(report: Report, atMs: number): Received {
  const entries = entriesOf(report);
  // mediasoup probes bandwidth on a stream of its own, which nobody sees.
  const inbound = entries.filter(({ type, mid }) => type === 'inbound-rtp' && mid !== 'probator');
  const videos = inbound.filter(({ kind }) => kind === 'video');
  const largest = largestOf(videos);
  // The picture says how long it waits; sound alone when there is none.
  const buffered = largest === undefined ? inbound : [largest];
  const levels = inbound.map(({ audioLevel }) => audioLevel).filter((level) => level !== undefined);
  return {
    atMs,
    packetsReceived: sum(inbound, 'packetsReceived'),
    packetsLost: sum(inbound, 'packetsLost'),
    videoPackets: sum(videos, 'packetsReceived'),
    bytes: sum(inbound, 'bytesReceived'),
    framesDecoded: sum(videos, 'framesDecoded'),
    bufferDelayMs: sum(buffered, 'jitterBufferDelay') * 1000,
    bufferEmitted: sum(buffered, 'jitterBufferEmittedCount'),
    decodeMs: sum(videos, 'totalDecodeTime') * 1000,
    width: largest?.frameWidth ?? null,
    height: largest?.frameHeight ?? null,
    framesPerSecond: largest?.framesPerSecond ?? null,
    audioLevel: levels.length === 0 ? null : Math.max(...levels),
    ...pathOf(entries),
  };
}

export function watchStatsOf(before: Received | null, now: Received): WatchStats {
  // A transport of its own begins at zero again.
  const from = before !== null && before.bytes <= now.bytes && before.atMs < now.atMs ? before : null;
  const received = now.packetsReceived - (from?.packetsReceived ?? 0);
  const lost = Math.max(0, now.packetsLost - (from?.packetsLost ?? 0));
  const emitted = now.bufferEmitted - (from?.bufferEmitted ?? 0);
  const jitterBufferMs = emitted > 0 ? (now.bufferDelayMs - (from?.bufferDelayMs ?? 0)) / emitted : null;
  const decoded = now.framesDecoded - (from?.framesDecoded ?? 0);
  const decodeMs = decoded > 0 ? (now.decodeMs - (from?.decodeMs ?? 0)) / decoded : null;
  const { rttMs, width, height, framesPerSecond, framesDecoded, audioLevel, protocol } = now;
  return {
    ...{ rttMs, width, height, framesPerSecond, framesDecoded, audioLevel, protocol },
    jitterBufferMs,
    latencyMs: latencyMs({ rttMs, jitterBufferMs, decodeMs, framesPerSecond }),
    bitrateKbps: from === null ? null : ((now.bytes - from.bytes) * 8) / (now.atMs - from.atMs),
    packetsLostShare: received + lost > 0 ? lost / (received + lost) : null,
  };
}

/**
 * From capture to screen, in ms, estimated from what this end can see; null until a round trip and the jitter buffer
 * are known. It is the sum of: our way from the relay, half of a round trip; the publisher's way to it, which cannot
 * be seen here and is taken to be as long; the mean wait in the jitter buffer; the mean decoding time; two frames,
 * one for capturing and encoding, one for the display.
 */
export function latencyMs(known: {
  rttMs: number | null;
  jitterBufferMs: number | null;
  decodeMs: number | null;
  framesPerSecond: number | null;
}): number | null {
  if (known.rttMs === null || known.jitterBufferMs === null) return null;
  const frameMs = known.framesPerSecond ? 1000 / known.framesPerSecond : 0;
  return Math.round(known.rttMs + known.jitterBufferMs + (known.decodeMs ?? 0) + 2 * frameMs);
}

/** What went out until now. */
export type Sent = { atMs: number; bytes: number };

export function readSent(report: Report, atMs: number): Sent {
  return {
    atMs,
    bytes: sum(
      entriesOf(report).filter(({ type }) => type === 'outbound-rtp'),
      'bytesSent',
    ),
  };
}

export function publishStatsOf(report: Report, before: Sent | null, now: Sent): PublishStats {
  const entries = entriesOf(report);
  const outbound = entries.filter(({ type }) => type === 'outbound-rtp');
  const heard = entries.filter(({ type }) => type === 'remote-inbound-rtp');
  const videos = outbound.filter(({ kind }) => kind === 'video');
  const largest = largestOf(videos);
  const losses = heard.map(({ fractionLost }) => fractionLost).filter((share) => share !== undefined);
  const trips = heard.map(({ roundTripTime }) => roundTripTime).filter((seconds) => seconds !== undefined);
  const rttMs = pathOf(entries).rttMs ?? (trips.length === 0 ? null : Math.max(...trips) * 1000);
  const from = before !== null && before.bytes <= now.bytes && before.atMs < now.atMs ? before : null;
  const figures = {
    rttMs,
    bitrateKbps: from === null ? null : ((now.bytes - from.bytes) * 8) / (now.atMs - from.atMs),
    framesPerSecond: largest?.framesPerSecond ?? null,
    width: largest?.frameWidth ?? null,
    height: largest?.frameHeight ?? null,
    packetsLostShare: losses.length === 0 ? null : Math.max(...losses),
    limitation: limitationOf(videos),
  };
  return { ...figures, quality: publishQuality(figures) };
}

/** Poor: viewers see it. Fair: the encoder already gives way. */
export function publishQuality(figures: {
  rttMs: number | null;
  packetsLostShare: number | null;
  limitation: PublishStats['limitation'];
}): PublishQuality {
  const { rttMs, packetsLostShare: lost, limitation } = figures;
  if (rttMs === null && lost === null) return 'unknown';
  if ((lost ?? 0) > 0.08 || (rttMs ?? 0) > 800) return 'poor';
  if ((lost ?? 0) > 0.02 || (rttMs ?? 0) > 300 || limitation !== 'none') return 'fair';
  return 'good';
}

function limitationOf(videos: Entry[]): PublishStats['limitation'] {
  const reasons = videos.map(({ qualityLimitationReason }) => qualityLimitationReason);
  for (const reason of ['bandwidth', 'cpu', 'other'] as const) if (reasons.includes(reason)) return reason;
  return 'none';
}

function pathOf(entries: Entry[]): Pick<Received, 'rttMs' | 'protocol'> {
  const selected = entries.find(({ selectedCandidatePairId }) => selectedCandidatePairId !== undefined);
  const pairs = entries.filter(({ type }) => type === 'candidate-pair');
  const pair =
    pairs.find(({ id }) => id === selected?.selectedCandidatePairId) ??
    pairs.find(({ nominated, state }) => nominated === true && state === 'succeeded');
  const local = entries.find(({ id }) => id === pair?.localCandidateId);
  const seconds = pair?.currentRoundTripTime;
  return { rttMs: seconds === undefined ? null : seconds * 1000, protocol: protocolOf(local) };
}

function protocolOf(local: Entry | undefined): WatchStats['protocol'] {
  if (local?.candidateType === 'relay') return 'relay';
  return local?.protocol === 'udp' || local?.protocol === 'tcp' ? local.protocol : null;
}

function entriesOf(report: Report): Entry[] {
  const entries: Entry[] = [];
  report.forEach((entry) => {
    entries.push(entry);
  });
  return entries;
}

function largestOf(videos: Entry[]): Entry | undefined {
  const area = ({ frameWidth = 0, frameHeight = 0 }: Entry) => frameWidth * frameHeight;
  return [...videos].sort((a, b) => area(b) - area(a))[0];
}

function sum(
  entries: Entry[],
  field:
    | 'packetsReceived'
    | 'packetsLost'
    | 'bytesReceived'
    | 'bytesSent'
    | 'framesDecoded'
    | 'jitterBufferDelay'
    | 'jitterBufferEmittedCount'
    | 'totalDecodeTime',
): number {
  return entries.reduce((total, entry) => total + (entry[field] ?? 0), 0);
}
