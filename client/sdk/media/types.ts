import type { Publication, Source } from '../../../shared/plays/media/contract.ts';
import type { LivestallClient } from '../client.ts';
import type { Random, Time } from '../time.ts';

/**
 * - `idle`: nothing is published, or nothing of it is wanted;
 * - `full`: the relay has no room at the moment; tried again by itself;
 * - `unavailable`: the server has no relay at the moment; tried again by itself, slowly;
 * - `failed`: tried several times in vain; goes on trying, less and less often;
 * - `off-air`: there is no session; begins by itself with the next one;
 * - `unsupported`: the browser has no WebRTC that the relay understands.
 */
export type WatchState =
  | 'idle'
  | 'connecting'
  | 'playing'
  | 'reconnecting'
  | 'full'
  | 'unavailable'
  | 'failed'
  | 'off-air'
  | 'unsupported';

/** `paused`: no media comes over it at the moment, by its publisher's wish or by ours. */
export type WatchedTrack = {
  publicationId: string;
  userId: string;
  source: Source;
  kind: 'audio' | 'video';
  track: MediaStreamTrack;
  paused: boolean;
};

/** Figures of what is played now, each null until it is known. Shares are 0 to 1. */
export type WatchStats = {
  rttMs: number | null;
  jitterBufferMs: number | null;
  /** From capture to screen, an estimate: see `latencyMs` in stats.ts for what it is made of. */
  latencyMs: number | null;
  bitrateKbps: number | null;
  width: number | null;
  height: number | null;
  framesPerSecond: number | null;
  packetsLostShare: number | null;
  framesDecoded: number;
  /** 0 to 1, of the loudest track. */
  audioLevel: number | null;
  protocol: 'udp' | 'tcp' | 'relay' | null;
};

/** Watches what a room publishes, and keeps at it. Nothing it does throws. */
export type Watcher = {
  state(): WatchState;
  tracks(): readonly WatchedTrack[];
  on(event: 'change', listener: () => void): () => void;
  /** What the room publishes now. */
  setPublications(publications: readonly Publication[]): void;
  /** CSS pixels of the element that shows it: chooses the layer. */
  setSize(publicationId: string, widthPx: number, heightPx: number): void;
  /** The page is hidden: no pictures, sound goes on. Asleep: nothing. */
  setVisibility(visibility: 'visible' | 'hidden' | 'asleep'): void;
  /** The user wants sound only. */
  setAudioOnly(audioOnly: boolean): void;
  /** The network bears sound only at the moment; pictures are tried again by themselves. */
  readonly audioOnlyByNetwork: () => boolean;
  stats(): Promise<WatchStats>;
  close(): Promise<void>;
};

/** As `WatchState`. `replaced`: another device of the same user publishes now; `setTrack` takes it back. */
export type PublishState =
  | 'idle'
  | 'connecting'
  | 'live'
  | 'reconnecting'
  | 'replaced'
  | 'failed'
  | 'unavailable'
  | 'unsupported';
export type PublishQuality = 'good' | 'fair' | 'poor' | 'unknown';
export type PublishSource = 'camera' | 'microphone' | 'screen' | 'screen-sound';

export type PublishStats = {
  rttMs: number | null;
  bitrateKbps: number | null;
  framesPerSecond: number | null;
  width: number | null;
  height: number | null;
  packetsLostShare: number | null;
  quality: PublishQuality;
  limitation: 'none' | 'cpu' | 'bandwidth' | 'other';
};

/** Publishes tracks of this device, and keeps at it. It never stops a track that it was given. */
export type Publisher = {
  state(): PublishState;
  on(event: 'change', listener: () => void): () => void;
  /**
   * Publishes a track from a source, or swaps the track of one that is published (device change). null stops it.
   * Settles once the relay has it, or the first attempt failed: `state` says which.
   */
  setTrack(source: PublishSource, track: MediaStreamTrack | null): Promise<void>;
  setMuted(source: Source, muted: boolean): Promise<void>;
  published(): readonly { source: Source; publicationId: string; muted: boolean }[];
  stats(): Promise<PublishStats>;
  close(): Promise<void>;
};

/** mediasoup-client, loaded when media is first wanted: a chunk of its own. */
export type MediasoupClient = typeof import('mediasoup-client');

export type MediaDeps = {
  client: Pick<LivestallClient, 'call' | 'on' | 'status'>;
  time?: Time;
  random?: Random;
  loadDevice?: () => Promise<MediasoupClient>;
  /** Whose window knows the pixel ratio of the screen. */
  document?: { defaultView: { devicePixelRatio: number } | null };
  /** Codes of refusals, and `MEDIA_ERROR` for what the browser threw. Told each time, for logs. */
  onError?: (code: string) => void;
};

export type PublisherDeps = MediaDeps & {
  /** A track ended by itself: its device was unplugged, or the browser's own button stopped the screen. */
  onTrackEnded?: (source: PublishSource) => void;
};
