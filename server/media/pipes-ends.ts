import type { Log } from '../kernel/log.ts';
import { UNPIPE } from './pipes-wire.ts';
import type { NodeBus } from './ports.ts';

/** This node's end of a pipe: it is fed by the other node, or feeds it. */
export type PipeEnd = {
  readonly pipeId: string;
  /** The node at the other end. */
  readonly peer: string;
  readonly side: 'fed' | 'feeding';
  /** Room and publication. */
  readonly publication: string;
  /** From here on both ends must know it. */
  open: boolean;
  /** What it stands on was closed without a word. */
  isBroken(): boolean;
  /** Bytes that came through it until now, where this is the receiving side. */
  received?(): Promise<number>;
  /** Puts away what this node has of it. Once. */
  release(): Promise<void>;
};

const TELL_TIMEOUT_MS = 1000;

export const publicationKey = (roomId: string, publicationId: string): string => `${roomId} ${publicationId}`;

/** Every pipe end of this node. Each goes once, however many reasons there are. */
export class PipeEnds {
  readonly #ends = new Map<string, PipeEnd>();
  readonly #ending = new Set<Promise<void>>();
  readonly #bus: Pick<NodeBus, 'request'>;
  readonly #log: Log;

  constructor(bus: Pick<NodeBus, 'request'>, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  get openCount(): number {
    return this.all().filter(({ open }) => open).length;
  }

  all(): PipeEnd[] {
    return [...this.#ends.values()];
  }

  has(pipeId: string): boolean {
    return this.#ends.has(pipeId);
  }

  /** Those by which this node feeds others with a publication. */
  feeding(publication: string): PipeEnd[] {
    return this.all().filter((end) => end.side === 'feeding' && end.publication === publication);
  }

  add(end: PipeEnd): void {
    if (this.#ends.has(end.pipeId)) throw new Error(`${end.pipeId} is taken`);
    this.#ends.set(end.pipeId, end);
  }

  /** The end of a pipe to `peer`: nobody else may ask about it. */
  find(pipeId: string, peer: string): PipeEnd | undefined {
    const end = this.#ends.get(pipeId);
    return end?.peer === peer ? end : undefined;
  }

  /** Forgets one that came to nothing, and leaves what it has to its maker. */
  forget(end: PipeEnd): void {
    if (this.#ends.get(end.pipeId) === end) this.#ends.delete(end.pipeId);
  }

  /** Ends this side, and unless the other one said so itself, tells it. Never rejects. */
  end(end: PipeEnd, { tell }: { tell: boolean }): Promise<void> {
    if (this.#ends.get(end.pipeId) !== end) return Promise.resolve();
    this.#ends.delete(end.pipeId);
    const work = Promise.all([this.#release(end), tell ? this.#tell(end) : undefined]).then(() => {
      this.#ending.delete(work);
    });
    this.#ending.add(work);
    return work;
  }

  /** Resolves when everything is closed here. */
  async close(): Promise<void> {
    for (const end of this.all()) void this.end(end, { tell: true });
    await Promise.all(this.#ending);
  }

  async #release(end: PipeEnd): Promise<void> {
    try {
      await end.release();
    } catch (error) {
      this.#log.warn({ pipeId: end.pipeId, err: error }, 'a pipe did not close');
    }
  }

  /** It is only quicker than finding out: the other node checks its pipes. */
  async #tell({ peer, pipeId }: PipeEnd): Promise<void> {
    try {
      await this.#bus.request(peer, UNPIPE, { pipeId }, TELL_TIMEOUT_MS);
    } catch (error) {
      this.#log.debug({ pipeId, peer, err: error }, 'the other end of a pipe was not told of its end');
    }
  }
}
