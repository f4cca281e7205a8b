import type { Receipt } from '../../shared/kernel/receipt.ts';
import type { Order } from '../../shared/trade/order.ts';
import { seeded } from '../kit/random.ts';
import { sum } from '../kit/stats.ts';
import { sleep } from '../kit/wait.ts';
import type { RawClient } from '../wire/raw-client.ts';
import { BusyMeter } from './busy.ts';
import { type Act, type Crowd, count, isOk, refusalCode } from './crowd.ts';
import type { GrabParams, GrabResult, GrantedHold, LastStockResult } from './methods.ts';

const OPENED = Buffer.from('"flash-sale:opened"');
const STOCK = Buffer.from('"flash-sale:stock-changed"');
/** Every n-th socket remembers the last stock it was told. */
const SAMPLE_EVERY = 50;
/** Answers that decide nothing. The same grab is sent again with its opId, when it was told to, as the SDK does. */
const UNDECIDED = new Set(['RATE_LIMITED', 'BUSY', 'UNAVAILABLE', 'OUTCOME_UNKNOWN']);
const RETRY_PAUSE_MS = 400;
const MAX_TRIES = 10;

/** `token`: what the answer is awaited of, a token or the grab with it. */
type Pending = {
  ackId: number;
  opId: string;
  firstSentAtMs: number;
  tries: number;
  asked: 'token' | 'grab';
};

type TokenAck = { data: { tokens: { token: string | null }[] } };
type StockEvent = { name: string; data: { saleId: string } };

/** The last stock of the sale that a frame tells of, as JSON with sorted keys; undefined where it tells none. */
function stockIn(buffer: Buffer, start: number, end: number, saleId: string): string | undefined {
  const packet = JSON.parse(buffer.toString('utf8', buffer.indexOf('[', start), end)) as [
    string,
    { events?: StockEvent[] },
  ];
  const told = packet[1].events?.findLast(
    ({ name, data }) => name === 'flash-sale:stock-changed' && data.saleId === saleId,
  );
  return told && JSON.stringify(Object.fromEntries(Object.entries(told.data).sort()));
}

const has = (buffer: Buffer, start: number, end: number, needle: Buffer): boolean => {
  const at = buffer.indexOf(needle, start);
  return at >= 0 && at + needle.length <= end;
};

/**
 * Every user grabs one unit the moment its own socket is told that the sale opened, and again, as a new intention
 * (a new opId), shortly after each answer. A guarded sale wants a token, so each grab asks for one first, as
 * pages do; the time of a grab includes it. An answer that decides nothing is followed by the same grab again.
 */
export class Stampede implements Act {
  readonly #crowd: Crowd;
  readonly #params: GrabParams;
  readonly #saleId: Buffer;
  readonly #pausesMs: number[];
  readonly #grabsOf: Uint8Array;
  readonly #pending: (Pending | undefined)[];
  readonly #lastStock = new Map<number, string>();
  readonly #retries: Record<string, number> = {};
  readonly #answers: Record<string, number> = {};
  readonly #holds: GrantedHold[] = [];
  readonly #latenciesMs: number[] = [];
  #told = 0;
  #sent = 0;
  #answered = 0;
  #strayAcks = 0;
  #badReceipts = 0;
  #firstSentAtMs = 0;
  #lastAnswerAtMs = 0;

  constructor(crowd: Crowd, params: GrabParams) {
    this.#crowd = crowd;
    this.#params = params;
    this.#saleId = Buffer.from(`"${params.saleId}"`);
    this.#grabsOf = new Uint8Array(crowd.capacity);
    this.#pending = new Array<Pending | undefined>(crowd.capacity).fill(undefined);
    const random = seeded(params.seed);
    this.#pausesMs = Array.from({ length: 997 }, () => random.between(params.minPauseMs, params.maxPauseMs));
  }

  event(client: RawClient, buffer: Buffer, start: number, end: number): void {
    if (client.index % SAMPLE_EVERY === 0 && has(buffer, start, end, STOCK)) {
      const stock = stockIn(buffer, start, end, this.#params.saleId);
      if (stock !== undefined) this.#lastStock.set(client.index, stock);
    }
    if (this.#grabsOf[client.index] !== 0) return;
    if (!has(buffer, start, end, OPENED) || !has(buffer, start, end, this.#saleId)) return;
    this.#told += 1;
    this.#grab(client);
  }

  ack(client: RawClient, id: number, buffer: Buffer, jsonStart: number, end: number): void {
    const pending = this.#pending[client.index];
    if (pending?.ackId !== id) {
      this.#strayAcks += 1;
      return;
    }
    this.#pending[client.index] = undefined;
    const code = isOk(buffer, jsonStart, end) ? 'OK' : refusalCode(buffer, jsonStart, end);
    if (UNDECIDED.has(code) && pending.tries < MAX_TRIES) {
      count(this.#retries, code);
      const { opId, firstSentAtMs, tries } = pending;
      const told = /"retryAfterMs":(\d+)/.exec(buffer.toString('utf8', jsonStart, end))?.[1];
      const pauseMs = told === undefined ? RETRY_PAUSE_MS : Number(told);
      setTimeout(() => this.#send(client, { opId, firstSentAtMs, tries: tries + 1 }), pauseMs);
      return;
    }
    if (pending.asked === 'token' && code === 'OK') {
      const [{ data }] = JSON.parse(buffer.toString('utf8', jsonStart, end)) as [TokenAck];
      this.#sendGrab(client, pending, data.tokens[0]?.token ?? undefined);
      return;
    }
    this.#lastAnswerAtMs = performance.now();
    this.#latenciesMs.push(this.#lastAnswerAtMs - pending.firstSentAtMs);
    this.#answered += 1;
    count(this.#answers, code);
    if (code === 'OK') this.#won(client, pending, buffer.toString('utf8', jsonStart, end));
    if ((this.#grabsOf[client.index] ?? 0) >= this.#params.grabsPerUser) return;
    const pauseMs = this.#pausesMs[(client.index + this.#answered) % this.#pausesMs.length] ?? 0;
    setTimeout(() => this.#grab(client), pauseMs);
  }

  #won(client: RawClient, { opId }: Pending, json: string): void {
    const [ack] = JSON.parse(json) as [{ data: { order: Order; receipt: Receipt } }];
    const { order, receipt } = ack.data;
    if (receipt.verdict !== 'HELD' || receipt.orderId !== order.orderId || receipt.opId !== opId)
      this.#badReceipts += 1;
    const quantity = sum(order.lines.map((line) => line.quantity));
    this.#holds.push({ userId: client.userId, opId, orderId: order.orderId, quantity });
  }

  #grab(client: RawClient): void {
    const nth = (this.#grabsOf[client.index] ?? 0) + 1;
    this.#grabsOf[client.index] = nth;
    this.#sent += 1;
    const nowMs = performance.now();
    if (this.#firstSentAtMs === 0) this.#firstSentAtMs = nowMs;
    const opId = `grab-${this.#params.round}-${client.index}-${nth}`;
    this.#send(client, { opId, firstSentAtMs: nowMs, tries: 1 });
  }

  #send(client: RawClient, grab: Omit<Pending, 'ackId' | 'asked'>): void {
    if (!this.#params.guarded) {
      this.#sendGrab(client, grab, undefined);
      return;
    }
    const ackId = client.send('flash-sale:token', { opId: grab.opId, saleIds: [this.#params.saleId] });
    this.#pending[client.index] = { ...grab, ackId, asked: 'token' };
  }

  #sendGrab(client: RawClient, grab: Omit<Pending, 'ackId' | 'asked'>, token: string | undefined): void {
    const { opId } = grab;
    const ackId = client.send('flash-sale:grab', {
      opId,
      saleId: this.#params.saleId,
      quantity: 1,
      ...(token === undefined ? {} : { token }),
    });
    this.#pending[client.index] = { ...grab, ackId, asked: 'grab' };
  }

  async run(live: (text: string) => void): Promise<GrabResult> {
    const planned = this.#crowd.clients.length * this.#params.grabsPerUser;
    this.#crowd.perform(this);
    const openByMs = performance.now() + this.#params.openTimeoutMs;
    while (this.#told === 0 && performance.now() < openByMs) await sleep(5);
    const meter = new BusyMeter();
    const answerByMs = performance.now() + this.#params.answerTimeoutMs;
    while (this.#answered < planned && performance.now() < answerByMs) {
      live(`${this.#answered.toLocaleString('en')} of ${planned.toLocaleString('en')} grabs answered`);
      await sleep(20);
    }
    return {
      told: this.#told,
      sent: this.#sent,
      answered: this.#answered,
      answers: this.#answers,
      retries: this.#retries,
      strayAcks: this.#strayAcks,
      badReceipts: this.#badReceipts,
      holds: this.#holds,
      latenciesMs: this.#latenciesMs,
      durationMs: this.#lastAnswerAtMs - this.#firstSentAtMs,
      busyShare: meter.share(),
    };
  }

  lastStock(): LastStockResult {
    const last: Record<string, number> = {};
    for (const text of this.#lastStock.values()) count(last, text);
    const sampled = this.#crowd.clients.filter((client) => client.index % SAMPLE_EVERY === 0).length;
    return { sampled, last };
  }
}
