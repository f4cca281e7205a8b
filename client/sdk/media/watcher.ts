import type { Publication } from '../../../shared/plays/media/contract.ts';
import { createEmitter } from '../emitter.ts';
import { systemTime } from '../time.ts';
import type { Loss } from './ask.ts';
import { createEngineSource } from './engine.ts';
import { chooseSpatialLayer } from './layers.rules.ts';
import { type Adjustment, createReception, type Reception } from './reception.ts';
import { planAfter } from './retry.rules.ts';
import { followRoom } from './room-signals.ts';
import { type Received, watchStatsOf } from './stats.ts';
import type { MediaDeps, WatchedTrack, Watcher, WatchState, WatchStats } from './types.ts';
import { FIRST_QUALITY, judgeQuality } from './watch-quality.rules.ts';

/** A window that is being dragged larger asks once. */
const SIZE_SETTLES_MS = 250;
const SAMPLE_EVERY_MS = 1_000;
/** What held so long starts over at once the next time. */
const HELD_FOR_MS = 10_000;
/** While the new pictures are on their way the old ones stay, but not for ever. */
const CHANGEOVER_MS = 5_000;
const CHANGEOVER_POLL_MS = 100;

const NOTHING: WatchStats = {
  rttMs: null,
  jitterBufferMs: null,
  latencyMs: null,
  bitrateKbps: null,
  width: null,
  height: null,
  framesPerSecond: null,
  packetsLostShare: null,
  framesDecoded: 0,
  audioLevel: null,
  protocol: null,
};

/**
 * Watches what the page says the room publishes (`setPublications`; a publisher's page leaves out its own). Receptions
 * follow each other, one a socket or transport; the last one's tracks are shown until the next one has pictures.
 */
export function createWatcher(deps: MediaDeps): Watcher {
  const { client, time = systemTime, random = Math.random, onError = () => {} } = deps;
  const engines = createEngineSource(client, time, deps.loadDevice);
  const emitter = createEmitter<{ change: undefined }>();
  const sizes = new Map<string, { widthPx: number; heightPx: number }>();
  const best = new Map<string, { widthPx: number; heightPx: number }>();
  let publications: ReadonlyMap<string, Publication> = new Map();
  let visibility: 'visible' | 'hidden' | 'asleep' = 'visible';
  let audioOnly = false;
  let quality = FIRST_QUALITY;
  let last: Received | null = null;
  let beforeLast: Received | null = null;

  let reception: Reception | null = null;
  let former: Reception | null = null;
  /** Ids of which the current reception's track is shown, not the former's. */
  const taken = new Set<string>();
  /** Rises whenever what is under way is no longer wanted. */
  let generation = 0;
  let isStarting = false;
  let isClosed = false;
  let hasPlayed = false;
  let attempt = 0;
  let says: WatchState | null = null;
  let isWaiting = false;
  let cancelRetry: () => void = () => {};
  let isHolding = false;
  let cancelHeld: () => void = () => {};
  let cancelSize: () => void = () => {};
  let cancelSample: () => void = () => {};
  let cancelChangeover: () => void = () => {};
  let shown: readonly WatchedTrack[] = [];
  let shownState: WatchState = 'idle';
  let shownAudioOnly = false;

  const isOnline = () => client.status().state === 'online';
  const showsPictures = () => visibility === 'visible' && !audioOnly && !quality.audioOnly;

  function wanted(receives: (publicationId: string) => boolean): string[] {
    const isWanted = ({ publicationId, kind }: Publication) =>
      receives(publicationId) || (visibility !== 'asleep' && (kind === 'audio' || showsPictures()));
    return [...publications.values()].filter(isWanted).map(({ publicationId }) => publicationId);
  }

  function adjustment(publicationId: string, kind: 'audio' | 'video', spatialLayers: number): Adjustment {
    if (kind === 'audio') return { paused: visibility === 'asleep', spatialLayer: null };
    const size = sizes.get(publicationId);
    if (size === undefined || spatialLayers === 1) return { paused: !showsPictures(), spatialLayer: null };
    const pixelRatio = documentOf(deps)?.defaultView?.devicePixelRatio ?? 1;
    const layer = chooseSpatialLayer(spatialLayers, { ...size, pixelRatio }, best.get(publicationId));
    return { paused: !showsPictures(), spatialLayer: layer };
  }

  /** Begins where nothing runs and something is wanted; otherwise has the reception follow. */
  function advance(): void {
    if (isClosed) return;
    if (reception !== null) reception.sync();
    else if (wanted(() => false).length === 0) letGo();
    else if (!isWaiting && !isStarting && isOnline()) void start();
    update();
  }

  async function start(): Promise<void> {
    const mine = generation;
    isStarting = true;
    const source = await engines.get();
    if (mine !== generation) return;
    isStarting = false;
    if (!source.ok) {
      lost(source.loss);
      return;
    }
    says = null;
    const begun = createReception({
      ...{ client, engine: source.engine, time, random, wanted, adjustment },
      changed: () => {
        if (begun !== reception) return;
        if (begun.isConnected()) connected();
        update();
      },
      lost: (loss) => {
        if (begun === reception) lost(loss);
      },
    });
    reception = begun;
    begun.sync();
    changeOver();
    update();
  }

  function connected(): void {
    if (isHolding) return;
    isHolding = true;
    hasPlayed = true;
    cancelHeld = time.after(HELD_FOR_MS, () => {
      attempt = 0;
    });
    sampleLater();
  }

  function lost(loss: Loss): void {
    onError(loss.code);
    const plan = planAfter(loss, attempt, random);
    attempt += 1;
    leave();
    if (plan.says !== null) says = plan.says;
    isWaiting = true;
    cancelRetry();
    if (!plan.waits) cancelRetry = time.after(plan.delayMs, again);
    update();
  }

  function again(): void {
    cancelRetry();
    isWaiting = false;
    advance();
  }

  /** The current reception becomes the former one, whose tracks are shown until there are new ones. */
  function leave(): void {
    generation += 1;
    isStarting = false;
    isHolding = false;
    cancelHeld();
    cancelSample();
    last = null;
    beforeLast = null;
    quality = { ...quality, lossySinceMs: null, frozenSinceMs: null };
    if (reception === null) return;
    reception.orphan();
    // One that never showed anything replaces nothing.
    if (former === null || taken.size > 0) {
      letGo();
      former = reception;
    } else void reception.close();
    reception = null;
    taken.clear();
  }

  /** Polls until each picture of the new reception moves, then lets the old one go. */
  function changeOver(): void {
    cancelChangeover();
    if (former === null) return;
    const mine = generation;
    const until = { atMs: Number.POSITIVE_INFINITY };
    const poll = async () => {
      const old = former;
      const now = reception;
      if (old === null || now === null || mine !== generation) return;
      if (now.isConnected()) until.atMs = Math.min(until.atMs, time.now() + CHANGEOVER_MS);
      for (const { publicationId, kind, paused } of now.received()) {
        if (taken.has(publicationId)) continue;
        const isHere = kind === 'audio' || paused ? now.isConnected() : await now.hasFrames(publicationId);
        if (mine !== generation) return;
        if (isHere) taken.add(publicationId);
      }
      const isDone =
        time.now() >= until.atMs ||
        old.received().every(({ publicationId: id }) => taken.has(id) || !publications.has(id));
      if (isDone) letGo();
      else cancelChangeover = time.after(CHANGEOVER_POLL_MS, () => void poll());
      update();
    };
    cancelChangeover = time.after(CHANGEOVER_POLL_MS, () => void poll());
  }

  function letGo(): void {
    void former?.close();
    former = null;
  }

  function sampleLater(): void {
    cancelSample();
    cancelSample = time.after(SAMPLE_EVERY_MS, () => void sample());
  }

  async function sample(): Promise<void> {
    const of = reception;
    const now = (await of?.read()) ?? null;
    if (isClosed || of === null || of !== reception) return;
    if (now !== null) {
      const from = last ?? now;
      beforeLast = last;
      last = now;
      const wasAudioOnly = quality.audioOnly;
      quality = judgeQuality(quality, {
        atMs: now.atMs,
        packetsReceived: now.packetsReceived - from.packetsReceived,
        packetsLost: now.packetsLost - from.packetsLost,
        videoPackets: now.videoPackets - from.videoPackets,
        framesDecoded: now.framesDecoded - from.framesDecoded,
        videoExpected: of.isConnected() && from !== now && expectsVideo(of),
      });
      learnSize(of, now);
      if (wasAudioOnly !== quality.audioOnly) advance();
    }
    sampleLater();
  }

  function expectsVideo(of: Reception): boolean {
    return of
      .received()
      .some(
        ({ publicationId: id, kind, paused }) =>
          kind === 'video' && !paused && publications.get(id)?.paused === false,
      );
  }

  /** With one picture, what was decoded is its size; it may be larger than taken for granted. */
  function learnSize(of: Reception, { width, height }: Received): void {
    const videos = of.received().filter(({ kind }) => kind === 'video');
    const [only] = videos;
    if (only === undefined || videos.length > 1 || width === null || height === null) return;
    const known = best.get(only.publicationId) ?? { widthPx: 1280, heightPx: 720 };
    if (width * height > known.widthPx * known.heightPx) {
      best.set(only.publicationId, { widthPx: width, heightPx: height });
    }
  }

  function tracksNow(): WatchedTrack[] {
    const now = reception?.received() ?? [];
    const old = former?.received() ?? [];
    const fromNow = now.filter(
      ({ publicationId: id }) => taken.has(id) || !old.some(({ publicationId }) => publicationId === id),
    );
    const ids = new Set(fromNow.map(({ publicationId }) => publicationId));
    const all = [...fromNow, ...old.filter(({ publicationId }) => !ids.has(publicationId))];
    return all.flatMap(({ publicationId, kind, track, paused }) => {
      const publication = publications.get(publicationId);
      if (publication === undefined) return [];
      const { userId, source } = publication;
      return [{ publicationId, userId, source, kind, track, paused: paused || publication.paused }];
    });
  }

  function stateNow(): WatchState {
    if (isClosed) return 'idle';
    if (says === 'unsupported') return says;
    if (publications.size === 0 && says !== 'unavailable') return 'idle';
    if (reception === null && says !== null) return says;
    if (reception?.isConnected() && reception.received().length > 0) return 'playing';
    if (reception === null && wanted(() => false).length === 0) return 'idle';
    const missing = [...(reception?.missing().values() ?? [])];
    if (missing.length > 0 && missing.every(({ code }) => code === 'MEDIA_FULL')) return 'full';
    if (missing.length > 0 && missing.every(({ code }) => code === 'CANNOT_PLAY')) return 'unsupported';
    if (reception === null && former?.isConnected() && !isOnline()) return 'playing';
    return hasPlayed ? 'reconnecting' : 'connecting';
  }

  function update(): void {
    const tracks = tracksNow();
    const state = stateNow();
    const isAudioOnly = quality.audioOnly;
    if (state === shownState && isAudioOnly === shownAudioOnly && isSame(tracks, shown)) return;
    shown = tracks;
    shownState = state;
    shownAudioOnly = isAudioOnly;
    emitter.emit('change', undefined);
  }

  /** A new socket has nothing on the server: over with the old one, at once. */
  const unfollow = followRoom(client, {
    offline() {
      leave();
      cancelRetry();
      isWaiting = false;
      update();
    },
    online() {
      attempt = 0;
      says = says === 'unsupported' ? says : null;
      isWaiting = says !== null;
      advance();
    },
    sessionStarted() {
      if (says !== 'off-air') return;
      attempt = 0;
      again();
    },
    closed(transportIds, reason) {
      if (reception !== null && transportIds.some((id) => reception?.isTransport(id))) lost({ code: reason });
    },
    sourceClosed: (consumerIds) => reception?.gone(consumerIds),
  });

  return {
    state: () => shownState,
    tracks: () => shown,
    on: (event, listener) => emitter.on(event, listener),
    setPublications(now) {
      publications = new Map(now.map((publication) => [publication.publicationId, publication]));
      for (const id of [...sizes.keys()]) if (!publications.has(id)) sizes.delete(id);
      for (const id of [...best.keys()]) if (!publications.has(id)) best.delete(id);
      advance();
    },
    setSize(publicationId, widthPx, heightPx) {
      if (isClosed) return;
      sizes.set(publicationId, { widthPx, heightPx });
      cancelSize();
      cancelSize = time.after(SIZE_SETTLES_MS, () => reception?.sync());
    },
    setVisibility(next) {
      visibility = next;
      advance();
    },
    setAudioOnly(next) {
      // Who asks for pictures gets to see whether they come, whatever the network was like.
      if (audioOnly && !next) quality = FIRST_QUALITY;
      audioOnly = next;
      advance();
    },
    audioOnlyByNetwork: () => quality.audioOnly,
    async stats() {
      const now = (await reception?.read()) ?? null;
      if (now === null) return NOTHING;
      // Over a few milliseconds a rate is noise.
      const isFresh = last !== null && now.atMs - last.atMs < SAMPLE_EVERY_MS / 2;
      return watchStatsOf(isFresh ? beforeLast : last, now);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      unfollow();
      const closing = reception?.close();
      leave();
      for (const cancel of [cancelRetry, cancelSize, cancelSample, cancelChangeover]) cancel();
      letGo();
      update();
      emitter.clear();
      await closing;
    },
  };
}

function documentOf(deps: MediaDeps): MediaDeps['document'] {
  return deps.document ?? (typeof document === 'undefined' ? undefined : document);
}

function isSame(a: readonly WatchedTrack[], b: readonly WatchedTrack[]): boolean {
  return (
    a.length === b.length &&
    a.every((track, i) => {
      const other = b[i];
      return other !== undefined && track.track === other.track && track.paused === other.paused;
    })
  );
}
