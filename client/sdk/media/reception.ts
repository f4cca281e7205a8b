import type { MediaConsumer } from '../../../shared/plays/media/contract.ts';
import { backoffMs } from '../backoff.ts';
import type { Random, Time } from '../time.ts';
import { askOnce, type Loss, lossOf } from './ask.ts';
import type { Consumer, Engine, Transport, TransportOptions } from './engine.ts';
import { guardIce } from './ice-guard.ts';
import { type Received, type Report, readReceived } from './stats.ts';
import type { MediaDeps } from './types.ts';

/**
 * One receiving transport and what comes over it: a generation of the watcher. It keeps what is received equal to
 * what is wanted until it is lost or closed; it is never used again after that.
 */
export type Reception = {
  /** What is wanted may have changed. */
  sync(): void;
  isConnected(): boolean;
  received(): readonly ReceivedTrack[];
  /** Why a publication that is wanted does not come. */
  missing(): ReadonlyMap<string, Missing>;
  /** Consumers that the relay says are gone. */
  gone(consumerIds: readonly string[]): void;
  isTransport(transportId: string): boolean;
  /** null before there is a transport. */
  read(): Promise<Received | null>;
  /** Whether a frame of it has come in. */
  hasFrames(publicationId: string): Promise<boolean>;
  /** The socket is gone, and with it the relay's end: shows what still comes, asks nothing any more. */
  orphan(): void;
  close(): Promise<void>;
};

export type ReceivedTrack = {
  publicationId: string;
  kind: 'audio' | 'video';
  track: MediaStreamTrack;
  spatialLayers: number;
  paused: boolean;
};
export type Adjustment = { paused: boolean; spatialLayer: number | null };
export type Missing = { code: 'PUBLICATION_NOT_FOUND' | 'CANNOT_PLAY' | 'MEDIA_FULL' | 'MEDIA_UNREACHABLE' };

export type ReceptionDeps = {
  client: MediaDeps['client'];
  engine: Engine;
  time: Time;
  random: Random;
  /** Ids of publications, best first; what has to be left out is left out from the end. */
  wanted(receives: (publicationId: string) => boolean): readonly string[];
  adjustment(publicationId: string, kind: 'audio' | 'video', spatialLayers: number): Adjustment;
  changed(): void;
  /** It is over; whoever hears this closes it when its pictures are no longer needed. */
  lost(loss: Loss): void;
};

/** As the contract bounds one call, and one socket. */
const MAX_IDS = 8;
const MAX_CONSUMERS = 12;
/** How soon a publication that could not be had is asked for again. */
const MISSING_MIN_MS = 400;
const FULL_MIN_MS = 4_000;
const MISSING_MAX_MS = 15_000;

type Held = ReceivedTrack & { consumer: Consumer; told: Adjustment };
type Waiting = Missing & { attempt: number; isDue: boolean; cancel: () => void };

export function createReception(deps: ReceptionDeps): Reception {
  const { client, engine, time } = deps;
  const held = new Map<string, Held>();
  const waiting = new Map<string, Waiting>();
  let transport: Transport | null = null;
  let guard: { close(): void } | null = null;
  let cancelLater: () => void = () => {};
  let isRunning = false;
  let isDirty = false;
  /** Nothing is asked any more. */
  let isOver = false;
  let isClosed = false;

  function lose(loss: Loss): void {
    if (isOver) return;
    end();
    deps.lost(loss);
  }

  function end(): void {
    isOver = true;
    guard?.close();
    cancelLater();
    for (const { cancel } of waiting.values()) cancel();
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (isDirty && !isOver) {
      isDirty = false;
      try {
        await step();
      } catch {
        // The browser refused parameters or ran out of something: nothing of this transport can be trusted.
        lose({ code: 'MEDIA_ERROR' });
      }
    }
    isRunning = false;
  }

  async function step(): Promise<void> {
    const wanted = new Set(deps.wanted((id) => held.has(id)).slice(0, MAX_CONSUMERS));
    await drop([...held.values()].filter(({ publicationId }) => !wanted.has(publicationId)));
    for (const [id, entry] of waiting) {
      if (wanted.has(id)) continue;
      entry.cancel();
      waiting.delete(id);
    }
    const fresh = [...wanted].filter((id) => !held.has(id) && waiting.get(id)?.isDue !== false);
    for (let from = 0; from < fresh.length && !isOver; from += MAX_IDS) {
      await watch(fresh.slice(from, from + MAX_IDS));
    }
    for (const entry of held.values()) if (!isOver) await adjust(entry);
  }

  async function drop(entries: Held[]): Promise<void> {
    if (entries.length === 0) return;
    for (const { publicationId, consumer } of entries) {
      held.delete(publicationId);
      consumer.close();
    }
    deps.changed();
    await unwatch(entries.map(({ consumer }) => consumer.id));
  }

  async function unwatch(consumerIds: readonly string[]): Promise<void> {
    for (let from = 0; from < consumerIds.length; from += MAX_IDS) {
      await askOnce(client, 'media:unwatch', { consumerIds: consumerIds.slice(from, from + MAX_IDS) });
    }
  }

  async function watch(publicationIds: string[]): Promise<void> {
    const ack = await askOnce(client, 'media:watch', {
      publicationIds,
      rtpCapabilities: engine.device.recvRtpCapabilities as never,
      // One that an earlier reception left there, or a lost answer, would have no end here.
      ...(transport === null ? { fresh: true } : {}),
    });
    if (!ack.ok) {
      // What plays goes on playing where only the new one finds no room.
      if (ack.error.code === 'MEDIA_FULL' && held.size > 0) {
        for (const id of publicationIds) wait(id, 'MEDIA_FULL', ack.error.retryAfterMs);
      } else lose(lossOf(ack));
      return;
    }
    const { transport: opened, transportId, consumers, missing } = ack.data;
    if (isOver) {
      await unwatch(consumers.map(({ consumerId }) => consumerId));
      return;
    }
    if (opened !== null && transport === null) open(opened as OpenedTransport);
    if (transport?.id !== transportId) {
      lose({ code: 'TRANSPORT_NOT_FOUND' });
      return;
    }
    for (const { publicationId, code } of missing) wait(publicationId, code);
    await Promise.all(consumers.map((consumer) => consume(consumer)));
    deps.changed();
  }

  async function consume(offer: MediaConsumer): Promise<void> {
    const { publicationId, consumerId, producerId, kind, spatialLayers } = offer;
    const on = transport;
    if (on === null || isOver) return;
    const rtpParameters = offer.rtpParameters as never;
    const consumer = await on.consume({ id: consumerId, producerId, kind, rtpParameters });
    if (isOver) {
      consumer.close();
      return;
    }
    waiting.delete(publicationId);
    held.set(publicationId, {
      ...{ publicationId, kind, spatialLayers, consumer, track: consumer.track },
      paused: false,
      // The relay starts with the best that the network bears.
      told: { paused: false, spatialLayer: null },
    });
    isDirty = true;
  }

  function open(opened: OpenedTransport): void {
    const { transportId: id, iceParameters, iceCandidates, dtlsParameters } = opened;
    const made = engine.device.createRecvTransport({
      ...{ id, iceParameters, iceCandidates, dtlsParameters, iceServers: engine.iceServers },
    });
    transport = made;
    made.on('connect', (parameters, connected) => {
      // ICE begins without waiting for the answer; DTLS repeats itself until the relay is ready.
      connected();
      void connectTo(id, parameters.dtlsParameters);
    });
    guard = guardIce({
      ...{ client, transport: made, time, changed: deps.changed },
      lost: () => lose({ code: 'ICE_FAILED' }),
    });
  }

  async function connectTo(transportId: string, dtlsParameters: object): Promise<void> {
    const ack = await askOnce(client, 'media:connect', {
      transportId,
      dtlsParameters: dtlsParameters as never,
    });
    if (!ack.ok) lose(lossOf(ack));
  }

  async function adjust(entry: Held): Promise<void> {
    const { publicationId, kind, spatialLayers, consumer, told } = entry;
    const wish = deps.adjustment(publicationId, kind, spatialLayers);
    const paused = wish.paused !== told.paused ? { paused: wish.paused } : {};
    const isOtherLayer = wish.spatialLayer !== null && wish.spatialLayer !== told.spatialLayer;
    // A paused consumer sends nothing of any layer: the choice can wait.
    const layer = isOtherLayer && !wish.paused ? { spatialLayer: wish.spatialLayer as number } : {};
    const change = { ...paused, ...layer };
    if (Object.keys(change).length === 0) return;
    entry.told = { ...told, ...change };
    entry.paused = entry.told.paused;
    deps.changed();
    const ack = await askOnce(client, 'media:adjust', { consumerId: consumer.id, ...change });
    if (ack.ok || isOver) return;
    if (ack.error.code === 'CONSUMER_NOT_FOUND') forget(entry);
    else if (ack.error.code === 'RATE_LIMITED' || ack.error.code === 'BUSY') {
      entry.told = told;
      later(ack.error.retryAfterMs ?? 1_000);
    } else lose(lossOf(ack));
  }

  function later(delayMs: number): void {
    cancelLater();
    cancelLater = time.after(delayMs, sync);
  }

  function forget(entry: Held): void {
    held.delete(entry.publicationId);
    entry.consumer.close();
    wait(entry.publicationId, 'PUBLICATION_NOT_FOUND');
    deps.changed();
  }

  function wait(publicationId: string, code: Missing['code'], retryAfterMs?: number): void {
    const before = waiting.get(publicationId);
    before?.cancel();
    const attempt = (before?.attempt ?? -1) + 1;
    const entry: Waiting = { code, attempt, isDue: false, cancel: () => {} };
    waiting.set(publicationId, entry);
    // No codec for it today is none tomorrow.
    if (code === 'CANNOT_PLAY') return;
    const minMs = retryAfterMs ?? (code === 'MEDIA_FULL' ? FULL_MIN_MS : MISSING_MIN_MS);
    entry.cancel = time.after(backoffMs(attempt, deps.random, minMs, Math.max(minMs, MISSING_MAX_MS)), () => {
      entry.isDue = true;
      sync();
    });
  }

  function sync(): void {
    isDirty = true;
    if (!isRunning && !isOver) void run();
  }

  return {
    sync,
    isConnected: () => transport?.connectionState === 'connected',
    received: () => [...held.values()],
    missing: () => waiting,
    gone(consumerIds) {
      for (const entry of [...held.values()]) if (consumerIds.includes(entry.consumer.id)) forget(entry);
    },
    isTransport: (transportId) => transport?.id === transportId,
    async read() {
      if (transport === null || isClosed) return null;
      const report = await transport.getStats().catch(() => null);
      return report === null ? null : readReceived(report as unknown as Report, time.now());
    },
    async hasFrames(publicationId) {
      const consumer = held.get(publicationId)?.consumer;
      const report = await consumer?.getStats().catch(() => undefined);
      if (report === undefined) return false;
      return readReceived(report as unknown as Report, time.now()).framesDecoded > 0;
    },
    orphan: end,
    async close() {
      if (isClosed) return;
      isClosed = true;
      const consumerIds = isOver ? [] : [...held.values()].map(({ consumer }) => consumer.id);
      end();
      transport?.close();
      held.clear();
      waiting.clear();
      await unwatch(consumerIds);
    },
  };
}

type OpenedTransport = Omit<TransportOptions, 'id'> & { transportId: string };
