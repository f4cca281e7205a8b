import { monotonicMs, sleep } from '../kit/wait.ts';
import { countIn } from '../wire/packets.ts';
import { BusyMeter } from './busy.ts';
import { count, isOk, refusalCode } from './crowd.ts';
import { DeliverySample, socketsInOtherOrder } from './delivery-sample.ts';
import type { FloodAct, FloodCrowd, Talker } from './flood-crowd.ts';
import type { FloodParams, FloodResult } from './methods.ts';
import { phraseSource } from './phrases.ts';

/** Every n-th socket reads its messages; the others only count them. */
const SAMPLE_EVERY = 40;
/** A user says less than one line a second, which is what the server allows. */
const SECONDS_BETWEEN_LINES = 1.25;

const MAX_DRAIN_MS = 30_000;

const ackKey = (client: Talker, id: number): string => `${client.index} ${id}`;

/**
 * Lets users of the crowd talk at a steady total rate and counts, on every socket, every message that arrives:
 * a message carries the leg's tag, and the tag's bytes are counted in what the socket receives.
 */
export class Flood implements FloodAct {
  readonly #crowd: FloodCrowd;
  readonly #params: FloodParams;
  readonly #needle: Buffer;
  readonly #counts: Uint32Array;
  readonly #samples = new Map<number, DeliverySample>();
  readonly #refusals: Record<string, number> = {};
  #deliveries = 0;
  #acked = 0;
  #frames = 0;
  #bytes = 0;
  #sent = 0;
  /** When what was said, by who says it and the id of the answer. */
  readonly #awaited = new Map<string, number>();
  readonly #ackLatenciesMs: number[] = [];
  readonly #forbidden: Buffer | undefined;
  #forbiddenSeen = 0;

  constructor(crowd: FloodCrowd, params: FloodParams) {
    this.#crowd = crowd;
    this.#params = params;
    this.#needle = Buffer.from(params.tag);
    this.#forbidden = params.forbidden === undefined ? undefined : Buffer.from(params.forbidden);
    this.#counts = new Uint32Array(crowd.capacity);
    for (let i = 0; i < crowd.clients.length; i += SAMPLE_EVERY) {
      const client = crowd.clients[i];
      if (client) this.#samples.set(client.index, new DeliverySample(this.#needle));
    }
  }

  event(client: Talker, buffer: Buffer, start: number, end: number): void {
    const found = countIn(buffer, start, end, this.#needle);
    this.#frames += 1;
    this.#bytes += end - start;
    this.#deliveries += found;
    this.#counts[client.index] = (this.#counts[client.index] ?? 0) + found;
    this.#samples.get(client.index)?.read(buffer, start, end, monotonicMs());
    if (this.#forbidden) this.#forbiddenSeen += countIn(buffer, start, end, this.#forbidden);
  }

  ack(client: Talker, id: number, buffer: Buffer, jsonStart: number, end: number): void {
    // An answer that an earlier leg gave up waiting for is not of this one.
    const key = ackKey(client, id);
    const saidAtMs = this.#awaited.get(key);
    if (saidAtMs === undefined) return;
    this.#awaited.delete(key);
    this.#ackLatenciesMs.push(monotonicMs() - saidAtMs);
    if (isOk(buffer, jsonStart, end)) this.#acked += 1;
    else count(this.#refusals, refusalCode(buffer, jsonStart, end));
  }

  async run(live: (text: string) => void): Promise<FloodResult> {
    const meter = new BusyMeter();
    const startedAtMs = monotonicMs();
    this.#crowd.perform(this);
    const { latestSendMs, sendingMs } = await this.#talk(live);
    const expected = this.#sent * this.#crowd.clients.length;
    await this.#drain(expected);
    const busyShare = meter.share();
    this.#crowd.rest();
    const counts = this.#crowd.clients.map((client) => this.#counts[client.index] ?? 0);
    const samples = [...this.#samples.values()];
    const total = (pick: (sample: DeliverySample) => number) =>
      samples.reduce((sum, sample) => sum + pick(sample), 0);
    return {
      sent: this.#sent,
      acked: this.#acked,
      refusals: this.#refusals,
      deliveries: this.#deliveries,
      expectedDeliveries: expected,
      socketsOff: counts.filter((each) => each !== this.#sent).length,
      leastPerSocket: counts.reduce((least, each) => Math.min(least, each), Number.MAX_SAFE_INTEGER),
      mostPerSocket: counts.reduce((most, each) => Math.max(most, each), 0),
      repeated: total((sample) => sample.repeated),
      socketsInOtherOrder: socketsInOtherOrder(samples),
      omitted: total((sample) => sample.omitted),
      frames: this.#frames,
      bytes: this.#bytes,
      latenciesMs: samples.flatMap((sample) => sample.latenciesMs),
      arrivalsMs: samples.flatMap((sample) => sample.arrivedAtMs.map((atMs) => atMs - startedAtMs)),
      sampledSockets: samples.length,
      ackLatenciesMs: this.#ackLatenciesMs,
      forbidden: this.#forbiddenSeen,
      latestSendMs,
      sendingMs,
      busyShare,
    };
  }

  /** Waits for the last deliveries and answers, as long as some still come. */
  async #drain(expected: number): Promise<void> {
    const { stalledMs, maxDrainMs = MAX_DRAIN_MS } = this.#params;
    const startedAtMs = performance.now();
    let movedAtMs = startedAtMs;
    let before = -1;
    while (this.#deliveries < expected || this.#awaited.size > 0) {
      const nowMs = performance.now();
      if (this.#deliveries !== before) movedAtMs = nowMs;
      before = this.#deliveries;
      if (nowMs - movedAtMs > stalledMs || nowMs - startedAtMs > maxDrainMs) return;
      await sleep(10);
    }
  }

  /** Sends by the plan's clock: a late timer is made up for, so that the total is exact. */
  async #talk(live: (text: string) => void): Promise<{ latestSendMs: number; sendingMs: number }> {
    const { messagesPerSecond, seconds, seed, tag, padding = '' } = this.#params;
    const phrase = phraseSource(seed);
    const messages = Math.round(messagesPerSecond * seconds);
    const everyMs = 1000 / messagesPerSecond;
    const talkers = this.#params.talkers ?? Math.ceil(messagesPerSecond * SECONDS_BETWEEN_LINES);
    const startedAtMs = performance.now();
    let latestSendMs = 0;
    for (let n = 0; n < messages; n += 1) {
      const dueMs = startedAtMs + n * everyMs;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await sleep(waitMs);
      latestSendMs = Math.max(latestSendMs, performance.now() - dueMs);
      const talker = this.#crowd.clients[n % Math.min(talkers, this.#crowd.clients.length)];
      const id = talker?.send('chat:say', {
        opId: `say-${tag.replaceAll(/\W/g, '')}-${String(n).padStart(6, '0')}`,
        text: `${tag}${n} ${monotonicMs().toFixed(3)} ${phrase()}${padding}`,
      });
      if (talker && id !== undefined) this.#awaited.set(ackKey(talker, id), monotonicMs());
      this.#sent += 1;
      live(`${tag} ${this.#sent} of ${messages} said, ${this.#deliveries.toLocaleString('en')} deliveries`);
    }
    const lastDueMs = startedAtMs + messages * everyMs;
    if (lastDueMs > performance.now()) await sleep(lastDueMs - performance.now());
    return { latestSendMs, sendingMs: performance.now() - startedAtMs };
  }
}
