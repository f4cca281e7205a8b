import { signToken } from '../../kit/tokens.ts';
import { sleep } from '../../kit/wait.ts';
import { RawClient } from '../../wire/raw-client.ts';
import { isOk } from '../crowd.ts';
import type { Answer, OrderAnswer } from './history.ts';

/** The nodes that there are, as a balancer knows them: one that was just killed is still among them. */
export type Nodes = { urls: readonly string[] };

export type LineOptions = {
  userId: string;
  index: number;
  tokenSecret: string;
  roomId: string;
  nodes: Nodes;
  /** So many may be connecting at once, over all lines. */
  door: Door;
  /** Orders that a notice, or the state after joining, tells of. */
  onOrder: (order: OrderAnswer) => void;
};

const CONNECT_TIMEOUT_MS = 8000;
const ANSWER_TIMEOUT_MS = 8000;
const RECONNECT_PAUSE_MS = 150;
const NOTICE = Buffer.from('42["kernel:notice"');
const CHANGED = Buffer.from('"order:changed"');

/** Lets so many through at once. */
export class Door {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

type Ack = { ok: true; data: unknown } | { ok: false; error: { code: string; retryAfterMs?: number } };
type Settle = (answer: Answer<unknown>) => void;
type Joined = { you: { plays: { order: { orders: OrderAnswer[] } } } };

const startsWith = (buffer: Buffer, start: number, end: number, what: Buffer): boolean =>
  end - start >= what.length && buffer.compare(what, 0, what.length, start, start + what.length) === 0;

/** One device of one buyer: joins the room, comes back on another node when its node goes. */
export class BuyerLine {
  readonly #options: LineOptions;
  readonly #waiting = new Map<number, Settle>();
  #client: RawClient | undefined;
  #joining: Promise<void> | undefined;
  /** Position in `nodes` of the node that it is, or was last, on. */
  #at: number;
  connections = 0;
  #closed = false;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#at = options.index;
  }

  /** Sends and waits. A line that is down is joined first. */
  async call<T>(command: string, input: unknown): Promise<Answer<T>> {
    const client = await this.#ready();
    if (!client) return { kind: 'lost', reason: 'no node takes connections' };
    return this.#ask<T>(client, command, input);
  }

  /** Sends, and cuts the connection after so long, whether or not the answer is there: it is not heard. */
  async callAndVanish(command: string, input: unknown, afterMs: number): Promise<void> {
    const client = await this.#ready();
    if (!client) return;
    client.send(command, input);
    await sleep(afterMs);
    this.#drop(client, 'hung up');
  }

  async #ready(): Promise<RawClient | undefined> {
    for (let tries = 0; tries < 20 && !this.#closed; tries += 1) {
      if (this.#client) return this.#client;
      this.#joining ??= this.#join().finally(() => {
        this.#joining = undefined;
      });
      await this.#joining;
    }
    return this.#client;
  }

  /** Joins on the next node; leaves `#client` unset where that one does not answer. */
  async #join(): Promise<void> {
    const { index, userId, tokenSecret, roomId, nodes, door } = this.#options;
    await door.through(async () => {
      if (this.#closed) return;
      this.#at += 1;
      const url = nodes.urls[this.#at % nodes.urls.length] ?? '';
      const token = signToken(tokenSecret, { userId, name: userId, roomId, role: 'viewer' });
      const client: RawClient = new RawClient(
        { url, auth: { v: 1, token }, index, userId, timeoutMs: CONNECT_TIMEOUT_MS },
        {
          event: (_client, buffer, start, end) => this.#event(buffer, start, end),
          ack: (_client, id, buffer, jsonStart, end) => this.#answered(id, buffer, jsonStart, end),
          closed: (from, reason) => this.#drop(from, reason),
        },
      );
      try {
        await client.connected;
        const joined = await this.#ask<Joined>(client, 'room:join', { roomId });
        if (joined.kind !== 'ok') throw new Error(`join: ${joined.kind}`);
        this.connections += 1;
        this.#client = client;
        for (const order of joined.data.you.plays.order.orders) this.#options.onOrder(order);
      } catch {
        client.close();
        await sleep(RECONNECT_PAUSE_MS);
      }
    });
  }

  async #ask<T>(client: RawClient, command: string, input: unknown): Promise<Answer<T>> {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer<unknown>>((resolve) => {
      const id = client.send(command, input);
      this.#waiting.set(id, resolve);
      timer = setTimeout(() => {
        this.#waiting.delete(id);
        resolve({ kind: 'lost', reason: 'no answer in time' });
      }, ANSWER_TIMEOUT_MS);
    });
    clearTimeout(timer);
    return answer as Answer<T>;
  }

  #answered(id: number, buffer: Buffer, jsonStart: number, end: number): void {
    const settle = this.#waiting.get(id);
    if (!settle) return;
    this.#waiting.delete(id);
    const [ack] = JSON.parse(buffer.toString('utf8', jsonStart, end)) as [Ack];
    if (ack.ok && isOk(buffer, jsonStart, end)) settle({ kind: 'ok', data: ack.data });
    else if (!ack.ok) settle({ kind: 'refused', code: ack.error.code, retryAfterMs: ack.error.retryAfterMs });
    else settle({ kind: 'lost', reason: 'malformed answer' });
  }

  #event(buffer: Buffer, start: number, end: number): void {
    if (!startsWith(buffer, start, end, NOTICE)) return;
    const at = buffer.indexOf(CHANGED, start);
    if (at < 0 || at >= end) return;
    const [, notice] = JSON.parse(buffer.toString('utf8', start + 2, end)) as [
      string,
      { data: { order: OrderAnswer } },
    ];
    this.#options.onOrder(notice.data.order);
  }

  #drop(client: RawClient, reason: string): void {
    client.close();
    if (this.#client === client) this.#client = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settle of waiting) settle({ kind: 'lost', reason });
  }

  close(): void {
    this.#closed = true;
    if (this.#client) this.#drop(this.#client, 'closed');
  }
}
