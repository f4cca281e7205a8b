import type { EntryOutcome, EntryRequest } from './entries.store.ts';

type Enter = (
  roomId: string,
  drawId: string,
  requests: readonly EntryRequest[],
) => Promise<{ outcomes: EntryOutcome[]; isUntold: boolean }>;

type Waiting = {
  request: EntryRequest;
  resolve: (outcome: EntryOutcome) => void;
  reject: (error: unknown) => void;
};
type Batch = { roomId: string; drawId: string; waiting: Waiting[]; timer: NodeJS.Timeout | undefined };

/** Gathers the entries of one draw that come within a moment, so that one script call decides them in their order. */
export class EntryBatcher {
  readonly #enter: Enter;
  readonly #options: {
    maxWaitMs: number;
    maxSize: number;
    onUntold: (roomId: string, drawId: string) => void;
  };
  readonly #open = new Map<string, Batch>();

  /** `onUntold`: the room has still to be told how many have entered a draw. */
  constructor(
    enter: Enter,
    options: { maxWaitMs: number; maxSize: number; onUntold: (roomId: string, drawId: string) => void },
  ) {
    this.#enter = enter;
    this.#options = options;
  }

  enter(roomId: string, drawId: string, request: EntryRequest): Promise<EntryOutcome> {
    const key = `${roomId} ${drawId}`;
    let batch = this.#open.get(key);
    if (!batch) {
      const opened: Batch = { roomId, drawId, waiting: [], timer: undefined };
      opened.timer = setTimeout(() => this.#send(key, opened), this.#options.maxWaitMs);
      this.#open.set(key, opened);
      batch = opened;
    }
    const { waiting } = batch;
    const outcome = new Promise<EntryOutcome>((resolve, reject) =>
      waiting.push({ request, resolve, reject }),
    );
    if (waiting.length >= this.#options.maxSize) this.#send(key, batch);
    return outcome;
  }

  #send(key: string, { roomId, drawId, waiting, timer }: Batch): void {
    clearTimeout(timer);
    if (this.#open.get(key)?.waiting === waiting) this.#open.delete(key);
    this.#enter(
      roomId,
      drawId,
      waiting.map(({ request }) => request),
    ).then(
      ({ outcomes, isUntold }) => {
        if (isUntold) this.#options.onUntold(roomId, drawId);
        for (const [at, { resolve }] of waiting.entries()) resolve(outcomes[at] as EntryOutcome);
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}
