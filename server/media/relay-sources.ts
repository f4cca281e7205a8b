import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import type { PublicationBook, RemoteSources } from './ports.ts';
import type { Loads } from './relay-loads.ts';
import type { RouterEntry, Routers } from './relay-routers.ts';
import type { Carried, Source } from './relay-state.ts';
import { endSource } from './relay-watchers.ts';
import { SfuClosed, type SfuProducer } from './sfu.ts';

/** One pipe from another node: asked for once, whoever watches. */
type Ingress = {
  readonly roomId: string;
  readonly publicationId: string;
  readonly found: Promise<Found>;
  source: Source | undefined;
  /** Its end was heard of while it was fetched. */
  ended: boolean;
  unusedSinceMs: number | undefined;
};

export type Found = Outcome<Source, 'PUBLICATION_NOT_FOUND' | 'MEDIA_FULL' | 'MEDIA_UNREACHABLE'>;

export type SourcesDeps = {
  book: Pick<PublicationBook, 'origin'>;
  /** Asked when it is needed, since it is made of what the relay has. */
  remote: () => RemoteSources;
  nodeId: string;
  clock: Clock;
  log: Log;
  routers: Routers;
  loads: Loads;
  /** What came from another node and nobody watches here is kept so long. */
  lingerMs: number;
};

/** Whatever viewers of this node can be fed with: publications of its own peers, and those brought from other nodes. */
export class Sources {
  readonly #deps: SourcesDeps;
  /** Of this node's peers, by publication; those that the book is about to have as well. */
  readonly own = new Map<string, Carried>();
  readonly #ingresses = new Map<string, Ingress>();

  constructor(deps: SourcesDeps) {
    this.#deps = deps;
  }

  /** What is here now. */
  local(roomId: string, publicationId: string): Source | undefined {
    const source = this.own.get(publicationId) ?? this.#ingresses.get(keyOf(roomId, publicationId))?.source;
    return source?.roomId === roomId && !source.ended ? source : undefined;
  }

  /** Fetches what is not here, by one request for all who want it. `near`: where it is wanted. Never rejects. */
  find(roomId: string, publicationId: string, near: RouterEntry): Promise<Found> {
    const own = this.own.get(publicationId);
    if (own !== undefined) {
      const here = own.roomId === roomId && !own.ended;
      return Promise.resolve(here ? ok(own) : refuse('PUBLICATION_NOT_FOUND'));
    }
    const key = keyOf(roomId, publicationId);
    const known = this.#ingresses.get(key);
    if (known !== undefined) return known.found;
    const start = Promise.withResolvers<Found>();
    const ingress: Ingress = {
      ...{ roomId, publicationId, found: start.promise },
      ...{ source: undefined, ended: false, unusedSinceMs: undefined },
    };
    this.#ingresses.set(key, ingress);
    void this.#fetch(ingress, near).then((found) => {
      if (!found.ok) this.#forget(ingress);
      start.resolve(found);
    });
    return start.promise;
  }

  get ingresses(): Source[] {
    return [...this.#ingresses.values()].flatMap(({ source }) => source ?? []);
  }

  get all(): Source[] {
    return [...this.own.values(), ...this.ingresses];
  }

  hasAny(roomId: string): boolean {
    return [...this.own.values(), ...this.#ingresses.values()].some((each) => each.roomId === roomId);
  }

  /** The book says that it is over. */
  async endRemote(roomId: string, publicationId: string): Promise<void> {
    const ingress = this.#ingresses.get(keyOf(roomId, publicationId));
    if (ingress === undefined) return;
    ingress.ended = true;
    if (ingress.source !== undefined) await this.#close(ingress, ingress.source);
  }

  /** Gives up what nobody has watched for a while and no other node is fed with. */
  async sweep(): Promise<void> {
    const { clock, lingerMs, remote } = this.#deps;
    const nowMs = clock.monotonicMs();
    for (const ingress of [...this.#ingresses.values()]) {
      const { source, roomId, publicationId } = ingress;
      if (source === undefined) continue;
      const used = source.watchers.size > 0 || remote().feeds?.(roomId, publicationId) === true;
      ingress.unusedSinceMs = used ? undefined : (ingress.unusedSinceMs ?? nowMs);
      if (ingress.unusedSinceMs !== undefined && ingress.unusedSinceMs + lingerMs <= nowMs)
        await this.#close(ingress, source);
    }
  }

  async close(): Promise<void> {
    for (const ingress of [...this.#ingresses.values()]) {
      ingress.ended = true;
      if (ingress.source !== undefined) await this.#close(ingress, ingress.source);
      else await ingress.found;
    }
  }

  async #fetch(ingress: Ingress, near: RouterEntry): Promise<Found> {
    const { book, log, nodeId, routers } = this.#deps;
    const { roomId, publicationId } = ingress;
    let entry: RouterEntry | undefined;
    let producer: SfuProducer | undefined;
    try {
      const origin = await book.origin(roomId, publicationId);
      // One that the book says is here but is not was lost with an earlier life of this node.
      if (origin === undefined || origin.nodeId === nodeId || ingress.ended)
        return refuse('PUBLICATION_NOT_FOUND');
      entry = this.#entryFor(roomId, near);
      if (entry === undefined) return refuse('MEDIA_UNREACHABLE');
      const fetched = await this.#deps.remote().fetch(roomId, origin, await entry.ready);
      if (!fetched.ok) return fetched;
      producer = fetched.data;
      if (ingress.ended) return refuse('PUBLICATION_NOT_FOUND');
      if (producer.closed) return refuse('MEDIA_UNREACHABLE');
      const source: Source = {
        ...{ roomId, publicationId, producer, entry },
        ...{ watchers: new Set(), bitrate: undefined, ended: false },
      };
      ingress.source = source;
      producer.onClosed(() => void this.#close(ingress, source));
      return ok(source);
    } catch (error) {
      const known = error instanceof SfuClosed;
      log[known ? 'debug' : 'warn']({ roomId, publicationId, err: error }, 'a publication was not fetched');
      return refuse('MEDIA_UNREACHABLE');
    } finally {
      if (ingress.source === undefined) {
        if (entry !== undefined) routers.release(entry);
        await producer?.close().catch(() => undefined);
      }
    }
  }

  /** With the relay's own payload types: what is piped on from there suits everybody. */
  #entryFor(roomId: string, near: RouterEntry): RouterEntry | undefined {
    const { loads, routers } = this.#deps;
    const worker =
      near.payloadKey === '' && !near.worker.closed
        ? near.worker
        : (routers.of(roomId, '').find(({ worker }) => !worker.closed)?.worker ?? loads.forPublisher());
    return worker && routers.take(roomId, worker);
  }

  async #close(ingress: Ingress, source: Source): Promise<void> {
    this.#forget(ingress);
    if (source.ended) return;
    const ending = endSource(source);
    this.#deps.routers.release(source.entry);
    await ending;
  }

  #forget(ingress: Ingress): void {
    const key = keyOf(ingress.roomId, ingress.publicationId);
    if (this.#ingresses.get(key) === ingress) this.#ingresses.delete(key);
  }
}

const keyOf = (roomId: string, publicationId: string): string => `${roomId} ${publicationId}`;
