import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { ok, refuse } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import { isSound, ParentSearch } from './pipe-tree.rules.ts';
import { type PipeEnd, type PipeEnds, publicationKey } from './pipes-ends.ts';
import type { TreeSource } from './pipes-feeding.ts';
import { FedProducer } from './pipes-producer.ts';
import type { Step } from './pipes-step.ts';
import { PIPE, type PipeAnswer, pipeAnswerSchema, readPayload } from './pipes-wire.ts';
import { type NodeBus, NodeRefused, type Origin, type PublicationBook, type RemoteSources } from './ports.ts';
import type { PipedProducer, SfuPipe, SfuRouter } from './sfu.ts';

export type JoiningDeps = {
  nodeId: string;
  bus: Pick<NodeBus, 'request'>;
  ends: PipeEnds;
  step: Step;
  book: Pick<PublicationBook, 'origin'>;
  clock: Clock;
  log: Log;
  random: RandomSource;
  /** The node stops. */
  signal: AbortSignal;
  /** How long a parent may take to answer; others may wait for it to be fed. */
  answerWithinMs: number;
  /** How long a search is repeated while nodes of the tree are about to be noticed as gone. */
  searchForMs: number;
  searchAgainMs: number;
  /** How long one that asks waits for this node to be fed itself. */
  waitForFeedMs: number;
};

type Wish = { roomId: string; publicationId: string; router: SfuRouter };
type Fetched = Awaited<ReturnType<RemoteSources['fetch']>>;
type Attempt =
  | { kind: 'joined'; producer: FedProducer }
  | { kind: 'redirected'; children: readonly string[] }
  | { kind: 'refused'; code: string }
  /** The pipe end is spent: the other node may have connected to it. */
  | { kind: 'failed' };
type Search = Fetched | { again: true };

const REFUSED = 'the node that publishes refuses a pipe';

/** The receiving ends: finds a node that feeds this one. */
export class Joining {
  readonly #deps: JoiningDeps;
  readonly #sources = new Map<string, TreeSource>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(deps: JoiningDeps) {
    this.#deps = deps;
  }

  /** What this node is fed with; one that it is joining for is waited for, a while. */
  async source(publication: string): Promise<TreeSource | undefined> {
    const underWay = this.#underWay.get(publication);
    if (underWay && !this.#sources.has(publication)) {
      const patience = new AbortController();
      const signal = AbortSignal.any([patience.signal, this.#deps.signal]);
      const waited = delay(this.#deps.waitForFeedMs, undefined, { signal }).catch(() => undefined);
      await Promise.race([underWay, waited]);
      patience.abort();
    }
    return this.#sources.get(publication);
  }

  async fetch(roomId: string, origin: Origin, router: SfuRouter): Promise<Fetched> {
    const { publicationId } = origin.publication;
    const publication = publicationKey(roomId, publicationId);
    const work = this.#fetch({ roomId, publicationId, router }, origin.nodeId);
    const quiet = work.catch(() => undefined);
    this.#running.add(quiet);
    this.#underWay.set(publication, quiet);
    try {
      return await work;
    } finally {
      this.#running.delete(quiet);
      if (this.#underWay.get(publication) === quiet) this.#underWay.delete(publication);
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #fetch(wish: Wish, originId: string): Promise<Fetched> {
    const { clock, signal, searchForMs, searchAgainMs, book } = this.#deps;
    const untilMs = clock.monotonicMs() + searchForMs;
    for (;;) {
      const found = await this.#search(wish, originId);
      if (!('again' in found)) return found;
      if (signal.aborted || wish.router.closed || clock.monotonicMs() + searchAgainMs > untilMs) break;
      await delay(searchAgainMs, undefined, { signal }).catch(() => undefined);
      const known = await book.origin(wish.roomId, wish.publicationId).catch(() => 'unknown' as const);
      if (known === undefined) return refuse('PUBLICATION_NOT_FOUND');
    }
    return refuse('MEDIA_UNREACHABLE');
  }

  /** One walk through the tree. */
  async #search(wish: Wish, originId: string): Promise<Search> {
    const search = new ParentSearch(this.#deps.nodeId, originId);
    let pipe: SfuPipe | undefined;
    let missed = false;
    try {
      for (let parent = search.next(); parent; parent = search.next()) {
        pipe ??= await this.#deps.step(wish.router.createPipe(), (late) => late.close());
        const attempt = await this.#join(parent, pipe, wish);
        if (attempt.kind === 'joined' || attempt.kind === 'failed') pipe = undefined;
        if (attempt.kind === 'joined') return ok(attempt.producer);
        if (attempt.kind === 'redirected') search.redirected(attempt.children);
        else if (parent !== originId) missed = true;
        else return await this.#withoutOrigin(wish, attempt);
        if (wish.router.closed || this.#deps.signal.aborted) return refuse('MEDIA_UNREACHABLE');
      }
    } catch (error) {
      this.#deps.log.warn({ ...about(wish), err: error }, 'no end for a pipe could be made');
      return refuse('MEDIA_UNREACHABLE');
    } finally {
      await pipe?.close();
    }
    // Who is silent now will be noticed as gone, and its place is free.
    return missed ? { again: true } : refuse('MEDIA_FULL');
  }

  async #withoutOrigin(wish: Wish, attempt: Attempt): Promise<Fetched> {
    if (attempt.kind === 'refused' && attempt.code === 'PUBLICATION_NOT_FOUND')
      return refuse('PUBLICATION_NOT_FOUND');
    if (attempt.kind === 'refused') this.#deps.log.warn({ ...about(wish), refusal: attempt.code }, REFUSED);
    const known = await this.#deps.book
      .origin(wish.roomId, wish.publicationId)
      .catch(() => 'unknown' as const);
    return refuse(known === undefined ? 'PUBLICATION_NOT_FOUND' : 'MEDIA_UNREACHABLE');
  }

  async #join(parent: string, pipe: SfuPipe, wish: Wish): Promise<Attempt> {
    const { ends, log, nodeId, random, step } = this.#deps;
    const publication = publicationKey(wish.roomId, wish.publicationId);
    let producer: FedProducer | undefined;
    let source: TreeSource | undefined;
    const end: PipeEnd = {
      pipeId: random.id('pipe'),
      ...{ peer: parent, side: 'fed', publication, open: false },
      isBroken: () => pipe.closed || producer?.closed === true,
      received: async () => (producer ? (await step(producer.stats())).bytes : 0),
      release: async () => {
        if (source && this.#sources.get(publication) === source) {
          this.#sources.delete(publication);
          // Those behind this node have nothing now, and look for another place at once.
          for (const fed of ends.feeding(publication)) void ends.end(fed, { tell: true });
        }
        await Promise.all([producer?.lose(), pipe.close()]);
      },
    };
    ends.add(end);
    try {
      const answer = await this.#ask(parent, end.pipeId, pipe, wish);
      if ('code' in answer || 'redirect' in answer) {
        ends.forget(end);
        return 'code' in answer
          ? { kind: 'refused', code: answer.code }
          : { kind: 'redirected', children: answer.redirect };
      }
      if (!isSound(answer.ancestors, parent, nodeId)) throw new Error('that node is no parent for this one');
      await step(pipe.connect(answer.address));
      // Never paused here: nothing comes while the publisher is paused, and all of it when they go on.
      const piped = { ...answer.producer, paused: false } as PipedProducer;
      const inner = await step(pipe.produce(piped), (late) => late.close());
      producer = new FedProducer(inner, () => ends.end(end, { tell: true }));
      if (ends.find(end.pipeId, parent) !== end) throw new Error('the other node gave up meanwhile');
      end.open = true;
      source = { router: wish.router, producer, ancestors: answer.ancestors };
      this.#sources.set(publication, source);
      return { kind: 'joined', producer };
    } catch (error) {
      log.info({ ...about(wish), parent, err: error }, 'a pipe from another node could not be made');
      await ends.end(end, { tell: true });
      // Ended meanwhile, it was released without what came after.
      await Promise.all([producer?.lose(), pipe.close()]);
      return { kind: 'failed' };
    }
  }

  /** The code of a refusal: then the other node has made nothing, and this end can be used again. */
  async #ask(
    parent: string,
    pipeId: string,
    pipe: SfuPipe,
    wish: Wish,
  ): Promise<PipeAnswer | { code: string }> {
    const payload = { ...about(wish), pipeId, address: pipe.address };
    let answer: unknown;
    try {
      const { bus, step, answerWithinMs } = this.#deps;
      const asked = bus.request(parent, PIPE, payload, answerWithinMs);
      // The bus keeps the time; the step ends when the node stops.
      answer = await step(asked, undefined, 2 * answerWithinMs);
    } catch (error) {
      if (error instanceof NodeRefused) return { code: error.code };
      throw error;
    }
    return readPayload(pipeAnswerSchema, answer);
  }
}

const about = ({ roomId, publicationId }: Wish) => ({ roomId, publicationId });
