import type { Publication } from '../../../shared/plays/media/contract.ts';
import type { Time } from '../time.ts';
import { askOnce, type Loss, lossOf } from './ask.ts';
import { type Sending, sendingOf } from './encodings.rules.ts';
import type { Engine, Producer, Transport } from './engine.ts';
import { guardIce } from './ice-guard.ts';
import type { Report } from './stats.ts';
import type { MediaDeps, PublishSource } from './types.ts';

/**
 * One sending transport and what goes over it: a generation of the publisher. It keeps what is published equal to what
 * is wanted until it is lost or closed; it is never used again after that.
 */
export type Sender = {
  /** What is wanted may have changed. Settles once it is done, or the sender is over. */
  sync(): Promise<void>;
  isConnected(): boolean;
  publications(): ReadonlyMap<PublishSource, Sent>;
  /** The relay has ended it: nothing of it is kept up. */
  gone(publicationId: string): void;
  isTransport(transportId: string): boolean;
  report(): Promise<Report | null>;
  /** The socket is gone, and with it the relay's end. */
  orphan(): void;
  close(): Promise<void>;
};

export type Sent = { publicationId: string; muted: boolean };
export type Wish = { track: MediaStreamTrack; muted: boolean };

type SenderDeps = {
  client: MediaDeps['client'];
  engine: Engine;
  time: Time;
  wishes(): ReadonlyMap<PublishSource, Wish>;
  published(source: PublishSource, publication: Publication): void;
  /** It may be published without our knowing its id. */
  unsure(source: PublishSource): void;
  /** One source was refused; the others go on. */
  refused(source: PublishSource, code: string): void;
  changed(): void;
  lost(loss: Loss): void;
};

type Running = Sent & { producer: Producer; track: MediaStreamTrack };

/** Refusals of what is published rather than of the moment. */
const FINAL = new Set(['BAD_MEDIA', 'TOO_MANY_PUBLICATIONS', 'FORBIDDEN', 'INVALID_PAYLOAD']);

/** Nobody knows whether it is published. */
const UNSURE = new Set(['OUTCOME_UNKNOWN', 'UNAVAILABLE']);

export function createSender(deps: SenderDeps): Sender {
  const { client, engine, time } = deps;
  const running = new Map<PublishSource, Running>();
  let transport: Transport | null = null;
  let guard: { close(): void } | null = null;
  let work: Promise<void> | null = null;
  let isDirty = false;
  let isOver = false;
  let isClosed = false;
  /** What the relay answered while mediasoup-client waits for the id alone. */
  let answered: Publication | null = null;
  let refusal: Loss | null = null;

  function lose(loss: Loss): void {
    if (isOver) return;
    end();
    deps.lost(loss);
  }

  function end(): void {
    isOver = true;
    guard?.close();
  }

  async function run(): Promise<void> {
    while (isDirty && !isOver) {
      isDirty = false;
      try {
        await step();
      } catch {
        lose({ code: 'MEDIA_ERROR' });
      }
    }
    work = null;
  }

  async function step(): Promise<void> {
    const wishes = deps.wishes();
    for (const [source, { producer, publicationId }] of [...running]) {
      if (wishes.has(source)) continue;
      running.delete(source);
      producer.close();
      deps.changed();
      await askOnce(client, 'media:unpublish', { publicationId });
    }
    for (const [source, wish] of wishes) {
      if (isOver) return;
      const now = running.get(source);
      if (now === undefined) await publish(source, wish);
      else await follow(now, wish);
    }
  }

  async function publish(source: PublishSource, wish: Wish): Promise<void> {
    // An ended track cannot be sent; whoever gave it is told elsewhere.
    if (wish.track.readyState === 'ended') return;
    const on = transport ?? (await open());
    if (on === null) return;
    const sending = sendingOf(source, sizeOf(wish.track));
    if (sending.contentHint !== '' && wish.track.contentHint === '') {
      wish.track.contentHint = sending.contentHint;
    }
    wish.track.enabled = !wish.muted;
    answered = null;
    refusal = null;
    let producer: Producer;
    try {
      producer = await on.produce({
        ...{ track: wish.track, stopTracks: false, appData: { source } },
        ...optionsOf(engine, wish.track.kind, sending),
      });
    } catch {
      produceFailed(source);
      return;
    }
    // Set by the answer that `produce` has waited for.
    const publication = answered as Publication | null;
    if (publication === null) return;
    if (isOver) {
      producer.close();
      return;
    }
    running.set(source, {
      ...{ producer, track: wish.track, muted: wish.muted },
      publicationId: publication.publicationId,
    });
    deps.published(source, publication);
    isDirty = true;
    deps.changed();
  }

  function produceFailed(source: PublishSource): void {
    const loss = refusal as Loss | null;
    if (loss !== null && FINAL.has(loss.code)) deps.refused(source, loss.code);
    else lose(loss ?? { code: 'MEDIA_ERROR' });
  }

  async function open(): Promise<Transport | null> {
    const ack = await askOnce(client, 'media:open-sender', {});
    // Opened too late: the next sender's transport replaces it, or the socket's end closes it.
    if (isOver) return null;
    if (!ack.ok) {
      lose(lossOf(ack));
      return null;
    }
    const { transportId: id, iceParameters, iceCandidates, dtlsParameters } = ack.data.transport;
    const made = engine.device.createSendTransport({
      ...({ id, iceParameters, iceCandidates, dtlsParameters } as OpenedTransport),
      iceServers: engine.iceServers,
    });
    transport = made;
    made.on('connect', (parameters, connected) => {
      // ICE begins without waiting for the answer; DTLS repeats itself until the relay is ready.
      connected();
      void connectTo(id, parameters.dtlsParameters);
    });
    made.on('produce', (produced, done, failed) => {
      void announce(id, produced, done, failed);
    });
    guard = guardIce({
      ...{ client, transport: made, time, changed: deps.changed },
      lost: () => lose({ code: 'ICE_FAILED' }),
    });
    return made;
  }

  async function connectTo(transportId: string, dtlsParameters: object): Promise<void> {
    const ack = await askOnce(client, 'media:connect', {
      transportId,
      dtlsParameters: dtlsParameters as never,
    });
    if (!ack.ok) lose(lossOf(ack));
  }

  async function announce(
    transportId: string,
    produced: { rtpParameters: object; appData: Record<string, unknown> },
    done: (answer: { id: string }) => void,
    failed: (error: Error) => void,
  ): Promise<void> {
    const source = produced.appData.source as PublishSource;
    const ack = await askOnce(client, 'media:publish', {
      ...{ transportId, source, rtpParameters: produced.rtpParameters as never },
      paused: deps.wishes().get(source)?.muted ?? false,
    });
    if (!ack.ok) {
      if (UNSURE.has(ack.error.code)) deps.unsure(source);
      refusal = lossOf(ack);
      failed(new Error(ack.error.code));
      return;
    }
    const { publication } = ack.data;
    if (isOver) {
      failed(new Error('too late'));
      await askOnce(client, 'media:unpublish', { publicationId: publication.publicationId });
      return;
    }
    answered = publication;
    done({ id: publication.publicationId });
  }

  async function follow(now: Running, wish: Wish): Promise<void> {
    if (now.track !== wish.track && wish.track.readyState !== 'ended') {
      wish.track.enabled = !now.muted;
      await now.producer.replaceTrack({ track: wish.track });
      now.track = wish.track;
    }
    if (now.muted === wish.muted || isOver) return;
    const { publicationId } = now;
    now.muted = wish.muted;
    // Silence begins here, not when the relay has heard of it.
    if (wish.muted) now.producer.pause();
    else now.producer.resume();
    deps.changed();
    const ack = await askOnce(client, 'media:pause', { publicationId, paused: wish.muted });
    if (!ack.ok && ack.error.code !== 'PUBLICATION_NOT_FOUND') lose(lossOf(ack));
  }

  return {
    sync() {
      isDirty = true;
      if (isOver) return Promise.resolve();
      work ??= run();
      return work;
    },
    isConnected: () => transport?.connectionState === 'connected',
    publications: () => running,
    gone(publicationId) {
      for (const [source, one] of [...running]) {
        if (one.publicationId !== publicationId) continue;
        running.delete(source);
        one.producer.close();
      }
    },
    isTransport: (transportId) => transport?.id === transportId,
    async report() {
      if (transport === null || isClosed) return null;
      const report = await transport.getStats().catch(() => null);
      return report as unknown as Report | null;
    },
    orphan: end,
    async close() {
      if (isClosed) return;
      isClosed = true;
      const ids = isOver ? [] : [...running.values()].map(({ publicationId }) => publicationId);
      end();
      transport?.close();
      running.clear();
      await Promise.all(ids.map((publicationId) => askOnce(client, 'media:unpublish', { publicationId })));
    },
  };
}

type OpenedTransport = Pick<
  import('mediasoup-client').types.TransportOptions,
  'id' | 'iceParameters' | 'iceCandidates' | 'dtlsParameters'
>;
type ProducerOptions = import('mediasoup-client').types.ProducerOptions;

function optionsOf(engine: Engine, kind: string, { encodings, codecOptions }: Sending): ProducerOptions {
  if (kind === 'audio') return { codecOptions };
  // Every browser plays VP8, and it has simulcast in every one that publishes.
  const codec = engine.device.sendRtpCapabilities.codecs?.find(
    ({ mimeType }) => mimeType.toLowerCase() === 'video/vp8',
  );
  return { encodings, codecOptions, ...(codec === undefined ? {} : { codec }) };
}

function sizeOf(track: MediaStreamTrack): { widthPx: number; heightPx: number } | undefined {
  const { width, height } = track.getSettings();
  return width && height ? { widthPx: width, heightPx: height } : undefined;
}
