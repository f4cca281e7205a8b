import type { Publication, Source } from '../../../shared/plays/media/contract.ts';
import type { AnyEvent } from '../../../shared/protocol.ts';
import { createEmitter } from '../emitter.ts';
import { systemTime } from '../time.ts';
import type { Loss } from './ask.ts';
import { createEngineSource } from './engine.ts';
import { planAfter } from './retry.rules.ts';
import { followRoom } from './room-signals.ts';
import { createSender, type Sender, type Wish } from './sender.ts';
import { publishStatsOf, readSent, type Sent } from './stats.ts';
import type { Publisher, PublisherDeps, PublishSource, PublishState, PublishStats } from './types.ts';

/** What held so long starts over at once the next time. */
const HELD_FOR_MS = 10_000;
/** So long after it was taken over from, a device may still finish what it was about to publish. */
const STRAGGLER_MS = 3_000;

const NOTHING: PublishStats = {
  rttMs: null,
  bitrateKbps: null,
  framesPerSecond: null,
  width: null,
  height: null,
  packetsLostShare: null,
  quality: 'unknown',
  limitation: 'none',
};

/**
 * Publishes what it is given for as long as it is wanted. Senders follow each other, one a socket or transport; a
 * device that publishes the same source later wins, and this one stops.
 */
export function createPublisher(deps: PublisherDeps): Publisher {
  const { client, time = systemTime, random = Math.random, onError = () => {} } = deps;
  const engines = createEngineSource(client, time, deps.loadDevice);
  const emitter = createEmitter<{ change: undefined }>();
  const wishes = new Map<PublishSource, Wish>();
  const mutes = new Map<PublishSource, boolean>();
  const endings = new Map<PublishSource, () => void>();
  const ours = new Set<string>();
  /** Our user's, published while nothing of ours was: by another device, unless an answer of ours got lost. */
  const others = new Map<PublishSource, string>();
  const unsure = new Set<PublishSource>();
  let userId: string | null = null;
  let sender: Sender | null = null;
  let generation = 0;
  let starting: Promise<void> | null = null;
  let isClosed = false;
  let wasLive = false;
  let isWaiting = false;
  let attempt = 0;
  let says: PublishState | null = null;
  let before: Sent | null = null;
  let tookOverAtMs = Number.NEGATIVE_INFINITY;
  let isHolding = false;
  let cancelHeld: () => void = () => {};
  let cancelRetry: () => void = () => {};

  const isOnline = () => client.status().state === 'online';

  async function advance(): Promise<void> {
    if (isClosed) return;
    if (sender === null && [...wishes.keys()].some((source) => others.has(source))) replaced();
    if (sender !== null) await sender.sync();
    else if (wishes.size > 0 && !isWaiting && isOnline()) {
      starting ??= start();
      await starting;
    }
    update();
  }

  async function start(): Promise<void> {
    const mine = generation;
    const source = await engines.get();
    if (mine !== generation) return;
    starting = null;
    if (!source.ok) {
      lost(source.loss);
      return;
    }
    says = null;
    const begun = createSender({
      ...{ client, engine: source.engine, time, wishes: () => wishes },
      published: (source, publication) => {
        unsure.delete(source);
        ours.add(publication.publicationId);
        userId = publication.userId;
      },
      unsure: (source) => unsure.add(source),
      refused: (source, code) => {
        onError(code);
        forget(source);
        if (begun === sender) says = 'failed';
      },
      changed: () => {
        if (begun !== sender) return;
        if (begun.isConnected()) connected();
        update();
      },
      lost: (loss) => {
        if (begun === sender) lost(loss);
      },
    });
    sender = begun;
    await begun.sync();
    update();
  }

  function connected(): void {
    if (isHolding) return;
    isHolding = true;
    wasLive = true;
    cancelHeld = time.after(HELD_FOR_MS, () => {
      attempt = 0;
    });
  }

  function lost(loss: Loss): void {
    onError(loss.code);
    const plan = planAfter(loss, attempt, random);
    attempt += 1;
    leave();
    // A seller may publish off air: what the relay calls off-air is only that the show has ended.
    says = plan.says === 'off-air' ? null : plan.says === 'full' ? 'unavailable' : (plan.says ?? says);
    isWaiting = true;
    cancelRetry();
    if (!plan.waits) cancelRetry = time.after(plan.delayMs, again);
    update();
  }

  function again(): void {
    cancelRetry();
    isWaiting = false;
    void advance();
  }

  function leave(): void {
    generation += 1;
    starting = null;
    before = null;
    isHolding = false;
    cancelHeld();
    sender?.orphan();
    void sender?.close();
    sender = null;
  }

  /** Another device publishes now: this one stops, and does not fight for it. */
  function replaced(): void {
    for (const source of [...wishes.keys()]) forget(source);
    void sender?.close();
    leave();
    cancelRetry();
    isWaiting = false;
    says = 'replaced';
    wasLive = false;
    others.clear();
    update();
  }

  function forget(source: PublishSource): void {
    wishes.delete(source);
    endings.get(source)?.();
    endings.delete(source);
  }

  function hear(event: AnyEvent): void {
    if (event.name === 'media:published') meet(event.data.publication);
    if (event.name !== 'media:unpublished') return;
    const { publicationId, reason } = event.data;
    for (const [other, id] of others) if (id === publicationId) others.delete(other);
    const source = sourceOf(publicationId);
    if (source === null) return;
    const isStraggler = reason === 'replaced' && hasJustTakenOver();
    if (reason === 'replaced' && !isStraggler) replaced();
    else if (reason === 'lost' || isStraggler) lost({ code: 'LOST' });
    else {
      // The host stopped it, or we may not publish any more: nothing to come back to.
      onError(reason);
      sender?.gone(publicationId);
      forget(source);
      void advance();
    }
  }

  /** What the device that we took over from had on its way may still come in; it does not win by that. */
  function hasJustTakenOver(): boolean {
    return time.now() - tookOverAtMs < STRAGGLER_MS;
  }

  /** While we publish, the relay says so by replacing ours; between two senders only this tells. */
  function meet({ publicationId, userId: by, source }: Publication): void {
    const isOther = by === userId && sender === null && !ours.has(publicationId) && !hasJustTakenOver();
    const from = source as PublishSource;
    if (isOther && !unsure.has(from)) others.set(from, publicationId);
  }

  function sourceOf(publicationId: string): PublishSource | null {
    for (const [source, sent] of sender?.publications() ?? []) {
      if (sent.publicationId === publicationId) return source;
    }
    return null;
  }

  function stateNow(): PublishState {
    if (isClosed) return 'idle';
    if (says === 'unsupported' || (wishes.size === 0 && says !== null)) return says;
    if (wishes.size === 0) return 'idle';
    if (sender === null && says !== null) return says;
    if (sender?.isConnected() && sender.publications().size > 0) return 'live';
    return wasLive ? 'reconnecting' : 'connecting';
  }

  let shown = '';
  function update(): void {
    const next = JSON.stringify([stateNow(), published()]);
    if (next === shown) return;
    shown = next;
    emitter.emit('change', undefined);
  }

  function published(): { source: Source; publicationId: string; muted: boolean }[] {
    return [...(sender?.publications() ?? [])].map(([source, { publicationId, muted }]) => ({
      ...{ source, publicationId, muted },
    }));
  }

  function followEnd(source: PublishSource, track: MediaStreamTrack): () => void {
    const ended = () => {
      forget(source);
      deps.onTrackEnded?.(source);
      void advance();
    };
    track.addEventListener('ended', ended);
    return () => track.removeEventListener('ended', ended);
  }

  const unfollow = followRoom(client, {
    offline() {
      leave();
      cancelRetry();
      isWaiting = false;
      update();
    },
    online() {
      attempt = 0;
      if (says !== 'replaced' && says !== 'unsupported') says = null;
      void advance();
    },
    sessionStarted() {},
    closed(transportIds, reason) {
      if (sender !== null && transportIds.some((id) => sender?.isTransport(id))) lost({ code: reason });
    },
    sourceClosed() {},
  });
  const offs = [
    client.on('events', ({ events }) => {
      for (const event of events) hear(event);
    }),
    client.on('snapshot', ({ snapshot, you }) => {
      userId = you.userId;
      const { publications } = snapshot.media;
      others.clear();
      for (const publication of publications) meet(publication);
      // The room was joined anew on this socket, and the book has lost what we send.
      const ids = new Set(publications.map(({ publicationId }) => publicationId));
      if (published().some(({ publicationId }) => !ids.has(publicationId))) lost({ code: 'LOST' });
    }),
  ];

  return {
    state: stateNow,
    on: (event, listener) => emitter.on(event, listener),
    async setTrack(source, track) {
      if (isClosed) return;
      forget(source);
      others.delete(source);
      if (track !== null) {
        wishes.set(source, { track, muted: mutes.get(source) ?? false });
        endings.set(source, followEnd(source, track));
        if (says === 'replaced') tookOverAtMs = time.now();
        if (says === 'replaced' || says === 'failed') says = null;
      }
      await advance();
    },
    async setMuted(source, muted) {
      mutes.set(source as PublishSource, muted);
      const wish = wishes.get(source as PublishSource);
      if (wish === undefined) return;
      wishes.set(source as PublishSource, { ...wish, muted });
      wish.track.enabled = !muted;
      await advance();
    },
    published,
    async stats() {
      const report = (await sender?.report()) ?? null;
      if (report === null) return NOTHING;
      const now = readSent(report, time.now());
      const stats = publishStatsOf(report, before, now);
      before = now;
      return stats;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      unfollow();
      for (const off of offs) off();
      for (const source of [...wishes.keys()]) forget(source);
      const closing = sender?.close();
      leave();
      cancelRetry();
      update();
      emitter.clear();
      await closing;
    },
  };
}
