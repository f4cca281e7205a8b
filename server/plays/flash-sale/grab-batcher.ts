import type { Clock } from '../../kernel/clock.ts';
import { type Refusal, refuse, StoreError } from '../../kernel/outcome.ts';
import type { FlashSaleStore, GrabOutcome, GrabRequest } from './flash-sale.store.ts';
import type { Busy, BusyReason, GrabAdmission, LineState } from './grab-admission.ts';

/** Refused before anybody decided anything: the same grab is to be sent again. */
export type GrabBusy = Refusal<'BUSY'>;

type Waiting = {
  request: GrabRequest;
  atMs: number;
  resolve: (outcome: GrabOutcome | GrabBusy) => void;
  reject: (error: unknown) => void;
};
/** The grabs of one sale on this node. */
type Line = {
  readonly key: string;
  readonly roomId: string;
  readonly saleId: string;
  waiting: Waiting[];
  inFlight: number;
  timer: NodeJS.Timeout | undefined;
  /** The timer is of those who are in no hurry. */
  unhurried: boolean;
};

/** Batches of one sale that Redis has not answered yet. More of them only wait there instead of here. */
const IN_FLIGHT_MAX = 8;
/** Whoever has waited for so long is told to come back: soon their client would take silence for a loss. */
const WAIT_MAX_MS = 1500;
/** How long grabs are gathered of which Redis only has to say what became of an earlier one. */
const UNHURRIED_MS = 200;
/** How much a call's duration counts for the next estimate. */
const SMOOTHING = 0.2;
const FIRST_GUESS_MS = 5;

export type GrabBatcherOptions = {
  maxWaitMs: number;
  maxSize: number;
  admission: GrabAdmission;
  clock: Clock;
  onBatch: (size: number) => void;
  onBusy: (reason: BusyReason) => void;
};

/**
 * Gathers the grabs of one sale that come within a moment, so that one script call decides them. Their
 * order is kept. What waits for Redis is bounded in number and time: past that, `BUSY`.
 */
export class GrabBatcher {
  readonly #store: Pick<FlashSaleStore, 'grab'>;
  readonly #options: GrabBatcherOptions;
  readonly #lines = new Map<string, Line>();
  #callMs = FIRST_GUESS_MS;

  constructor(store: Pick<FlashSaleStore, 'grab'>, options: GrabBatcherOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** `unhurried`: nothing can be won now; the answer may take a while, so that many share a call. */
  grab(
    roomId: string,
    saleId: string,
    request: GrabRequest,
    unhurried = false,
  ): Promise<GrabOutcome | GrabBusy> {
    const { admission, clock, maxSize } = this.#options;
    const key = `${roomId} ${saleId}`;
    const line: Line = this.#lines.get(key) ?? {
      ...{ key, roomId, saleId, waiting: [], inFlight: 0, timer: undefined, unhurried },
    };
    const busy = admission.ask(key, nameOf(line, request), this.#state(line));
    if (busy) return Promise.resolve(this.#busy(busy));
    this.#lines.set(key, line);
    const outcome = new Promise<GrabOutcome | GrabBusy>((resolve, reject) =>
      line.waiting.push({ request, atMs: clock.monotonicMs(), resolve, reject }),
    );
    if (line.waiting.length >= maxSize) this.#send(line);
    else this.#arm(line, unhurried);
    return outcome;
  }

  #arm(line: Line, unhurried: boolean): void {
    if (line.timer !== undefined && (unhurried || !line.unhurried)) return;
    clearTimeout(line.timer);
    line.unhurried = unhurried;
    line.timer = setTimeout(() => this.#send(line), unhurried ? UNHURRIED_MS : this.#options.maxWaitMs);
  }

  #state({ waiting }: Line): LineState {
    const rounds = Math.ceil(waiting.length / (this.#options.maxSize * IN_FLIGHT_MAX));
    return { waiting: waiting.length, waitMs: rounds * this.#callMs };
  }

  #busy({ reason, retryAfterMs }: Busy): GrabBusy {
    this.#options.onBusy(reason);
    return refuse('BUSY', { retryAfterMs });
  }

  /** Sends those whose moment is over, as far as Redis keeps up. */
  #send(line: Line): void {
    clearTimeout(line.timer);
    line.timer = undefined;
    this.#dropLate(line);
    while (line.waiting.length > 0 && line.inFlight < IN_FLIGHT_MAX) this.#call(line);
  }

  #call(line: Line): void {
    const { clock, maxSize, onBatch, admission } = this.#options;
    const batch = line.waiting.splice(0, maxSize);
    const sentMs = clock.monotonicMs();
    line.inFlight += 1;
    onBatch(batch.length);
    this.#store
      .grab(
        line.roomId,
        line.saleId,
        batch.map(({ request }) => request),
      )
      .then(
        (outcomes) => {
          for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i] as GrabOutcome);
        },
        (error) => {
          if (error instanceof StoreError && error.code === 'OUTCOME_UNKNOWN') {
            for (const { request } of batch) admission.unknown(nameOf(line, request));
          }
          for (const { reject } of batch) reject(error);
          // Redis hangs or is away: who waits would only find out later.
          if (error instanceof StoreError) this.#turnAway(line, line.waiting.splice(0));
        },
      )
      .finally(() => {
        line.inFlight -= 1;
        this.#callMs += (clock.monotonicMs() - sentMs - this.#callMs) * SMOOTHING;
        // With a timer, the moment of those who wait is not over yet.
        if (line.timer === undefined || line.waiting.length >= maxSize) this.#send(line);
        if (line.inFlight === 0 && line.waiting.length === 0) this.#lines.delete(line.key);
      });
  }

  /** They were not sent: nothing became of them. */
  #turnAway(line: Line, waiting: readonly Waiting[]): void {
    const { admission } = this.#options;
    for (const { request, resolve } of waiting) {
      resolve(this.#busy(admission.missed(line.key, nameOf(line, request), this.#state(line))));
    }
  }

  #dropLate(line: Line): void {
    const oldestMs = this.#options.clock.monotonicMs() - WAIT_MAX_MS;
    const late = line.waiting.findIndex(({ atMs }) => atMs > oldestMs);
    if (late !== 0) this.#turnAway(line, line.waiting.splice(0, late < 0 ? line.waiting.length : late));
  }
}

/** A buyer's intention, the same for each retry of it. */
const nameOf = ({ key }: Line, { userId, opId }: GrabRequest): string => `${key} ${userId} ${opId}`;
