import type { RawFact, Replay } from './replay.ts';

/**
 * What became of the webhooks of one endpoint, read at one moment. Facts of its kinds after `afterFact` and up
 * to `cursor` have been taken up; those after it wait in the ledger.
 */
export type EndpointDeliveries = {
  endpointId: string;
  afterFact: number;
  cursor: number;
  /** Whether the endpoint is told of facts of this kind. */
  wants: (kind: string) => boolean;
  /** undefined: nobody knows of it. Whoever asks has what the receiver got. */
  stateOf: (n: number) => 'delivered' | 'pending' | 'dead' | undefined;
};

/** Invariant 9: every entry of the outbox is delivered, waits to be, or is dead; none is lost. */
export class DeliveryCheck {
  readonly #replay: Replay;
  readonly #endpoints: readonly EndpointDeliveries[];

  constructor(replay: Replay, endpoints: readonly EndpointDeliveries[]) {
    this.#replay = replay;
    this.#endpoints = endpoints;
  }

  add({ n, kind }: RawFact): void {
    for (const { endpointId, afterFact, cursor, wants, stateOf } of this.#endpoints) {
      if (n <= afterFact || n > cursor || !wants(kind) || stateOf(n) !== undefined) continue;
      const message = `endpoint ${endpointId} was never told of this ${kind}, and nothing waits to tell it`;
      this.#replay.findings.report(9, message, { n });
    }
  }

  finish(): void {
    const { lastN, findings } = this.#replay;
    for (const { endpointId, cursor } of this.#endpoints) {
      if (cursor <= lastN) continue;
      findings.report(
        9,
        `endpoint ${endpointId} has taken up fact ${cursor}, and the ledger ends at ${lastN}`,
      );
    }
  }
}
