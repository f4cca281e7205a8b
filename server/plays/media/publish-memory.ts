import { type Outcome, refuse } from '../../kernel/outcome.ts';

/** More than a socket publishes at once. */
const KEPT = 16;

type Kept<T> = { fingerprint: string; outcome: Promise<Outcome<T, string>> };

/**
 * What one socket published, by opId, so that a repeated call publishes nothing anew. It ends with the socket, as its
 * transports do: there is nothing that another socket could repeat.
 */
export class PublishMemory<T> {
  readonly #kept = new Map<string, Kept<T>>();

  /** Runs it, or gives what the same call was answered. A refusal is forgotten: the next try is a new one. */
  once<Code extends string>(
    opId: string,
    fingerprint: string,
    run: () => Promise<Outcome<T, Code>>,
  ): Promise<Outcome<T, Code | 'IDEMPOTENCY_MISMATCH'>> {
    const known = this.#kept.get(opId);
    if (known && known.fingerprint !== fingerprint) return Promise.resolve(refuse('IDEMPOTENCY_MISMATCH'));
    if (known) return known.outcome as Promise<Outcome<T, Code>>;
    const outcome = run();
    const kept: Kept<T> = { fingerprint, outcome };
    this.#kept.set(opId, kept);
    const forget = (): void => {
      if (this.#kept.get(opId) === kept) this.#kept.delete(opId);
    };
    outcome.then(({ ok }) => {
      if (!ok) forget();
    }, forget);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return outcome;
  }
}
