import { randomUUID } from 'node:crypto';
import { SfuBadInput } from './sfu.ts';

/**
 * The producers of a router, by their ids, with the ids that they have in the worker. Those differ where a producer
 * is piped within one worker: there an id may be but once.
 */
export class ProducerIds {
  readonly #inWorker = new Map<string, string>();
  readonly #taken: Set<string>;

  /** `taken`: the ids that the worker has, of all its routers. */
  constructor(taken: Set<string>) {
    this.#taken = taken;
  }

  /**
   * Answers the id that it is to have in the worker.
   * @throws SfuBadInput when the router has it already
   */
  add(id: string): string {
    if (this.#inWorker.has(id)) throw new SfuBadInput('there is a producer of this id already');
    const inWorker = this.#taken.has(id) ? randomUUID() : id;
    this.#taken.add(inWorker);
    this.#inWorker.set(id, inWorker);
    return inWorker;
  }

  delete(id: string): void {
    this.#taken.delete(this.get(id));
    this.#inWorker.delete(id);
  }

  get(id: string): string {
    return this.#inWorker.get(id) ?? id;
  }
}
