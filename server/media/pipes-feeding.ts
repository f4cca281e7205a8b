import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import { decideFeeding, MAX_TOLD } from './pipe-tree.rules.ts';
import { type PipeEnd, type PipeEnds, publicationKey } from './pipes-ends.ts';
import type { Step } from './pipes-step.ts';
import { type PipeAnswer, pipeWishSchema, readPayload } from './pipes-wire.ts';
import { type LocalSource, NodeRefused } from './ports.ts';
import type { PipeAddress, SfuPipe, SfuProducer, SfuRouter } from './sfu.ts';

/** What this node can feed others with; `ancestors` of its own pipe, none where it is the origin. */
export type TreeSource = { router: SfuRouter; producer: SfuProducer; ancestors: readonly string[] };

export type FeedingDeps = {
  nodeId: string;
  ends: PipeEnds;
  step: Step;
  localSource: LocalSource;
  /** What another node feeds this one with; waits for one that is about to. */
  fed: (publication: string) => Promise<TreeSource | undefined>;
  pipesPerPublication: number;
  canFeed: () => boolean;
  log: Log;
  random: RandomSource;
};

/** The sending ends: answers nodes that want what this one has. */
export class Feeding {
  readonly #deps: FeedingDeps;

  constructor(deps: FeedingDeps) {
    this.#deps = deps;
  }

  /**
   * Makes the sending end for the node that asks, or names those that it may ask instead.
   * @throws NodeRefused PUBLICATION_NOT_FOUND, PIPE_CYCLE, MEDIA_UNREACHABLE, BAD_PAYLOAD
   */
  async answer(payload: unknown, child: string): Promise<PipeAnswer> {
    const { ends, nodeId, pipesPerPublication } = this.#deps;
    const wish = readPayload(pipeWishSchema, payload);
    const publication = publicationKey(wish.roomId, wish.publicationId);
    const source = await this.#source(wish.roomId, wish.publicationId);
    if (!source || source.producer.closed) throw new NodeRefused('PUBLICATION_NOT_FOUND');
    if (ends.has(wish.pipeId)) throw new NodeRefused('BAD_PAYLOAD');
    // From here to `ends.add` nothing waits: two that ask at once never share the last place.
    const feeding = ends.feeding(publication);
    // Who asks anew has lost the pipe that it had.
    for (const end of feeding) if (end.peer === child) void ends.end(end, { tell: false });
    const children = feeding.map(({ peer }) => peer).filter((peer) => peer !== child);
    const node = { nodeId, ancestors: source.ancestors, children };
    const limits = { children: pipesPerPublication, canFeed: this.#deps.canFeed() };
    const decision = decideFeeding(node, child, limits);
    if (decision.kind === 'cycle') throw new NodeRefused('PIPE_CYCLE');
    if (decision.kind === 'redirect') return { redirect: this.#some(decision.children) };
    const head = { pipeId: wish.pipeId, peer: child, publication };
    return { ...(await this.#feed(head, source, wish.address)), ancestors: decision.ancestors };
  }

  async #source(roomId: string, publicationId: string): Promise<TreeSource | undefined> {
    const fed = await this.#deps.fed(publicationKey(roomId, publicationId));
    if (fed) return fed;
    const local = await this.#deps.step(this.#deps.localSource(roomId, publicationId));
    return local && { ...local, ancestors: [] };
  }

  async #feed(
    head: Pick<PipeEnd, 'pipeId' | 'peer' | 'publication'>,
    { router, producer }: TreeSource,
    address: PipeAddress,
  ): Promise<Omit<Extract<PipeAnswer, { address: unknown }>, 'ancestors'>> {
    const { ends, step, log } = this.#deps;
    let pipe: SfuPipe | undefined;
    const end: PipeEnd = {
      ...head,
      side: 'feeding',
      open: false,
      isBroken: () => producer.closed || pipe?.closed === true,
      release: async () => pipe?.close(),
    };
    ends.add(end);
    try {
      pipe = await step(router.createPipe(), (late) => late.close());
      await step(pipe.connect(address));
      const piped = await step(pipe.consume(producer.id));
      if (ends.find(end.pipeId, end.peer) !== end) throw new Error('the other node gave up meanwhile');
      producer.onClosed(() => void ends.end(end, { tell: true }));
      end.open = true;
      return { address: pipe.address, producer: piped as PipedOnWire };
    } catch (error) {
      log.warn({ ...head, err: error }, 'a pipe to another node could not be made');
      await ends.end(end, { tell: false });
      // Ended meanwhile, it was released without what came after.
      await pipe?.close();
      throw new NodeRefused('MEDIA_UNREACHABLE');
    }
  }

  /** A few of them, in any order: what is asked spreads over them. */
  #some(children: readonly string[]): string[] {
    return children
      .map((nodeId) => ({ nodeId, at: this.#deps.random.next() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, MAX_TOLD)
      .map(({ nodeId }) => nodeId);
  }
}

/** mediasoup's types allow `undefined` where JSON has nothing. */
type PipedOnWire = Extract<PipeAnswer, { producer: unknown }>['producer'];
