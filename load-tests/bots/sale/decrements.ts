import { monotonicMs, sleep } from '../../kit/wait.ts';
import type { RawClient } from '../../wire/raw-client.ts';
import { BusyMeter } from '../busy.ts';
import { type Act, type Crowd, count, isOk, refusalCode } from '../crowd.ts';
import type { DecrementsParams, DecrementsResult, SeenStock } from './methods.ts';

/** Every n-th socket reads the stock it is told; the others count packets. */
const SAMPLE_EVERY = 20;
const OURS = Buffer.from('42["kernel:frame"');
const BASELINE = Buffer.from('42["stock"');
const STOCK = Buffer.from('"flash-sale:stock-changed"');
/** Nothing was decided: the same grab goes out again. */
const UNDECIDED = new Set(['RATE_LIMITED', 'BUSY', 'UNAVAILABLE', 'OUTCOME_UNKNOWN']);
const RETRY_MS = 400;
const MAX_TRIES = 20;

type Pending = { opId: string; sentAtMs: number; tries: number };
type Told = { name: string; atMs: number; data: { saleId: string; available: number } };
type Seen = { available: number; commitAtMs: number; seenAtMs: number };

const startsWith = (buffer: Buffer, start: number, end: number, word: Buffer): boolean =>
  end - start >= word.length && buffer.compare(word, 0, word.length, start, start + word.length) === 0;

/**
 * Takes units of a sale at a steady total rate, the crowd's users in turn, one unit each time, and watches what all
 * sockets are told of the stock. For our nodes and for the plain server.
 */
export class Decrements implements Act {
  readonly #crowd: Crowd;
  readonly #params: DecrementsParams;
  readonly #packet: Buffer;
  readonly #pending = new Map<string, Pending>();
  readonly #seen = new Map<number, Seen>();
  readonly #frames: Uint32Array;
  readonly #answers: Record<string, number> = {};
  readonly #retries: Record<string, number> = {};
  readonly #latenciesMs: number[] = [];
  #answered = 0;
  #grantedAtMs = 0;

  constructor(crowd: Crowd, params: DecrementsParams) {
    this.#crowd = crowd;
    this.#params = params;
    this.#packet = params.side === 'ours' ? OURS : BASELINE;
    this.#frames = new Uint32Array(crowd.capacity);
  }

  event(client: RawClient, buffer: Buffer, start: number, end: number): void {
    if (!startsWith(buffer, start, end, this.#packet)) return;
    this.#frames[client.index] = (this.#frames[client.index] ?? 0) + 1;
    if (client.index % SAMPLE_EVERY === 0) this.#read(client, buffer, start, end);
  }

  #read(client: RawClient, buffer: Buffer, start: number, end: number): void {
    if (this.#params.side === 'ours') {
      const at = buffer.indexOf(STOCK, start);
      if (at < 0 || at >= end) return;
    }
    const seenAtMs = Date.now();
    const [, data] = JSON.parse(buffer.toString('utf8', buffer.indexOf('[', start), end)) as [
      string,
      { events?: Told[]; saleId?: string; available?: number },
    ];
    const told = data.events
      ? data.events.findLast((event) => this.#isStock(event))
      : { atMs: seenAtMs, data: { saleId: data.saleId, available: data.available ?? Number.NaN } };
    if (told === undefined || told.data.saleId !== this.#params.saleId) return;
    // The plain server tells the stock of each grab, in whatever order.
    const { available } = told.data;
    const before = this.#seen.get(client.index);
    if (before && before.available <= available) return;
    this.#seen.set(client.index, { available, commitAtMs: told.atMs, seenAtMs });
  }

  #isStock({ name, data }: Told): boolean {
    return name === 'flash-sale:stock-changed' && data.saleId === this.#params.saleId;
  }

  ack(client: RawClient, id: number, buffer: Buffer, jsonStart: number, end: number): void {
    const key = `${client.index} ${id}`;
    const pending = this.#pending.get(key);
    if (!pending) return;
    this.#pending.delete(key);
    const code = isOk(buffer, jsonStart, end) ? 'OK' : refusalCode(buffer, jsonStart, end);
    if (UNDECIDED.has(code) && pending.tries < MAX_TRIES) {
      count(this.#retries, code);
      const told = /"retryAfterMs":(\d+)/.exec(buffer.toString('utf8', jsonStart, end))?.[1];
      const again = { ...pending, tries: pending.tries + 1 };
      setTimeout(() => this.#send(client, again), told === undefined ? RETRY_MS : Number(told));
      return;
    }
    this.#answered += 1;
    if (code === 'OK') this.#grantedAtMs = Date.now();
    count(this.#answers, code);
    this.#latenciesMs.push(monotonicMs() - pending.sentAtMs);
  }

  #send(client: RawClient, pending: Pending): void {
    const { saleId } = this.#params;
    const id = client.send('flash-sale:grab', { opId: pending.opId, saleId, quantity: 1 });
    this.#pending.set(`${client.index} ${id}`, pending);
  }

  async run(live: (text: string) => void): Promise<DecrementsResult> {
    const { perSecond, seconds, saleId, answerTimeoutMs } = this.#params;
    const { clients } = this.#crowd;
    const planned = Math.round(perSecond * seconds);
    const everyMs = 1000 / perSecond;
    this.#crowd.perform(this);
    const meter = new BusyMeter();
    const startedAtMs = performance.now();
    let latestSendMs = 0;
    for (let n = 0; n < planned; n += 1) {
      const dueMs = startedAtMs + n * everyMs;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await sleep(waitMs);
      latestSendMs = Math.max(latestSendMs, performance.now() - dueMs);
      const client = clients[n % clients.length];
      if (client) this.#send(client, { opId: `${saleId}-${n}-grab`, sentAtMs: monotonicMs(), tries: 1 });
      live(`${n.toLocaleString('en')} of ${planned.toLocaleString('en')} units asked for`);
    }
    const sendingMs = performance.now() - startedAtMs;
    const frames = this.#framesSoFar();
    const busyShare = meter.share();
    const byMs = performance.now() + answerTimeoutMs;
    while (this.#answered < planned && performance.now() < byMs) await sleep(5);
    return {
      ...{ planned, sent: planned, answered: this.#answered, answers: this.#answers, retries: this.#retries },
      ...{ sendingMs, latestSendMs, busyShare, latenciesMs: this.#latenciesMs },
      grantedAtMs: this.#grantedAtMs,
      framesPerSocket: frames / clients.length,
    };
  }

  #framesSoFar(): number {
    return this.#frames.reduce((total, each) => total + each, 0);
  }

  /** What sampled sockets know of the stock now. */
  seen(): SeenStock {
    const sampled = this.#crowd.clients.filter(({ index }) => index % SAMPLE_EVERY === 0).length;
    return { sampled, frames: this.#framesSoFar(), known: [...this.#seen.values()] };
  }
}
