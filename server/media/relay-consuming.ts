import type { Log } from '../kernel/log.ts';
import type { Egress } from './relay-egress.ts';
import type { Routers } from './relay-routers.ts';
import type { Sources } from './relay-sources.ts';
import type { Missing, PeerTransport, Source, Watching } from './relay-state.ts';
import { dropWatching } from './relay-watchers.ts';
import { type RtpCapabilities, SfuBadInput, SfuClosed, type SfuConsumer } from './sfu.ts';

export type ConsumingDeps = { egress: Egress; log: Log; routers: Routers; sources: Sources };

/** A client that hears nothing for three seconds takes its connection for dead, chat and all. */
const ANSWER_WITHIN_MS = 2000;

/** Brings one publication to one receiving transport. */
export class Consuming {
  readonly #deps: ConsumingDeps;

  constructor(deps: ConsumingDeps) {
    this.#deps = deps;
  }

  /** Never rejects: what failed of one publication leaves the others. */
  async consume(
    receiver: PeerTransport,
    publicationId: string,
    rtpCapabilities: RtpCapabilities,
  ): Promise<Watching | Missing> {
    const { egress, log, routers, sources } = this.#deps;
    const { roomId } = receiver.owner.peer;
    const found = await soon(sources.find(roomId, publicationId, receiver.entry));
    if (found === undefined) return 'MEDIA_UNREACHABLE';
    if (!found.ok) return found.code;
    const source = found.data;
    if (source.ended) return 'PUBLICATION_NOT_FOUND';
    if (receiver.closed) return 'MEDIA_UNREACHABLE';
    if (!egress.take(source)) return 'MEDIA_FULL';
    const watching = newWatching(receiver, source);
    let consumer: SfuConsumer | undefined;
    let failure: Missing = 'MEDIA_UNREACHABLE';
    try {
      await routers.pipe(source.entry, source.producer, receiver.entry);
      const router = await receiver.entry.ready;
      const { id: producerId } = source.producer;
      if (!router.canConsume(producerId, rtpCapabilities)) failure = 'CANNOT_PLAY';
      else {
        // Who chose payload types has chosen none for retransmission streams.
        const rtx = receiver.entry.payloadKey === '';
        consumer = await receiver.transport.consume({ producerId, rtpCapabilities, paused: false, rtx });
      }
    } catch (error) {
      // It could be consumed a moment ago: what is refused now is gone.
      const gone = error instanceof SfuClosed || error instanceof SfuBadInput;
      if (!gone) log.error({ roomId, publicationId, err: error }, 'not consumed');
    }
    if (consumer !== undefined && !watching.closed && !receiver.closed && !consumer.closed)
      return this.#made(watching, consumer);
    watching.closed = true;
    source.watchers.delete(watching);
    await consumer?.close();
    return source.ended ? 'PUBLICATION_NOT_FOUND' : failure;
  }

  #made(watching: Watching, consumer: SfuConsumer): Watching {
    const { owner } = watching;
    watching.consumer = consumer;
    watching.spatialLayer = consumer.spatialLayers - 1;
    owner.consumers.set(consumer.id, watching);
    consumer.onProducerClosed(() => {
      if (watching.closed) return;
      owner.tell({ kind: 'source-closed', consumerIds: [consumer.id] });
      void dropWatching(watching);
    });
    return watching;
  }
}

/** undefined: not yet. What is under way goes on, and whoever asks again has it. */
async function soon<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function newWatching(transport: PeerTransport, source: Source): Watching {
  const watching: Watching = {
    ...{ owner: transport.owner, source, transport, consumer: undefined, closed: false },
    ...{ paused: false, spatialLayer: 0, temporalLayer: undefined },
  };
  source.watchers.add(watching);
  return watching;
}
