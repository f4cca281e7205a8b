import type { FlashSaleStore, GrabOutcome, GrabRequest } from './flash-sale.store.ts';

type Waiting = {
  request: GrabRequest;
  resolve: (outcome: GrabOutcome) => void;
  reject: (error: unknown) => void;
};
type Batch = { roomId: string; saleId: string; waiting: Waiting[]; timer: NodeJS.Timeout | undefined };

/**
 * Gathers the grabs of one sale that come within a moment, so that one script call decides them. Their
 * order is kept.
 */
export class GrabBatcher {
  readonly #store: Pick<FlashSaleStore, 'grab'>;
  readonly #maxWaitMs: number;
  readonly #maxSize: number;
  readonly #onBatch: (size: number) => void;
  readonly #open = new Map<string, Batch>();

  constructor(
    store: Pick<FlashSaleStore, 'grab'>,
    options: { maxWaitMs: number; maxSize: number; onBatch: (size: number) => void },
  ) {
    this.#store = store;
    this.#maxWaitMs = options.maxWaitMs;
    this.#maxSize = options.maxSize;
    this.#onBatch = options.onBatch;
  }

  grab(roomId: string, saleId: string, request: GrabRequest): Promise<GrabOutcome> {
    const key = `${roomId} ${saleId}`;
    let batch = this.#open.get(key);
    if (!batch) {
      batch = { roomId, saleId, waiting: [], timer: undefined };
      this.#open.set(key, batch);
      const opened = batch;
      batch.timer = setTimeout(() => this.#send(key, opened), this.#maxWaitMs);
    }
    const { waiting } = batch;
    const outcome = new Promise<GrabOutcome>((resolve, reject) => waiting.push({ request, resolve, reject }));
    if (waiting.length >= this.#maxSize) this.#send(key, batch);
    return outcome;
  }

  #send(key: string, batch: Batch): void {
    clearTimeout(batch.timer);
    if (this.#open.get(key) === batch) this.#open.delete(key);
    this.#onBatch(batch.waiting.length);
    this.#store
      .grab(
        batch.roomId,
        batch.saleId,
        batch.waiting.map(({ request }) => request),
      )
      .then(
        (outcomes) => {
          for (const [i, { resolve }] of batch.waiting.entries()) resolve(outcomes[i] as GrabOutcome);
        },
        (error) => {
          for (const { reject } of batch.waiting) reject(error);
        },
      );
  }
}
