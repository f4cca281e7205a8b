import { signToken } from '../kit/tokens.ts';
import { RawClient } from '../wire/raw-client.ts';
import type { ConnectParams, ConnectResult } from './methods.ts';

/** What the crowd's sockets are busy with. Ranges are valid during the call only. */
export type Act = {
  event(client: RawClient, buffer: Buffer, start: number, end: number): void;
  ack(client: RawClient, id: number, buffer: Buffer, jsonStart: number, end: number): void;
  /** A connection ended by itself. */
  closed?(client: RawClient, reason: string): void;
};

const CONNECT_TIMEOUT_MS = 20_000;
const JOIN_TIMEOUT_MS = 20_000;
const PROTOCOL = 1;
const CLOSING = Buffer.from('42["kernel:closing"');

export const count = (into: Record<string, number>, key: string, by = 1): void => {
  into[key] = (into[key] ?? 0) + by;
};

/** The `"code"` of a refused ack, else the start of what came instead. */
export function refusalCode(buffer: Buffer, jsonStart: number, end: number): string {
  const text = buffer.toString('utf8', jsonStart, Math.min(end, jsonStart + 400));
  return /"code":"([A-Z_]{1,40})"/.exec(text)?.[1] ?? `malformed ack ${text.slice(0, 80)}`;
}

const OK = Buffer.from('[{"ok":true');

export const isOk = (buffer: Buffer, jsonStart: number, end: number): boolean =>
  end - jsonStart > OK.length && buffer.compare(OK, 0, OK.length, jsonStart, jsonStart + OK.length) === 0;

/** Users are dealt to the addresses in turn. */
function addressOf({ addresses }: ConnectParams, index: number): string | undefined {
  if (!addresses) return undefined;
  const n = index % addresses.count;
  return `${addresses.prefix}.${n >> 8}.${n & 255}`;
}

/** Sockets of one room that act together. */
export class Crowd {
  readonly clients: RawClient[] = [];
  /** Above every `client.index`; some indexes have no client when connections failed. */
  capacity = 0;
  readonly lost: Record<string, number> = {};
  readonly #joins = new Map<RawClient, (problem: string | null) => void>();
  #closingWords = '';
  readonly #joining: Act = {
    event: () => {},
    ack: (client, _id, buffer, jsonStart, end) => {
      const settle = this.#joins.get(client);
      settle?.(isOk(buffer, jsonStart, end) ? null : `join: ${refusalCode(buffer, jsonStart, end)}`);
    },
  };
  #act: Act = this.#joining;

  /** Lets `act` hear everything from now on. */
  perform(act: Act): void {
    this.#act = act;
  }

  rest(): void {
    this.#act = { event: () => {}, ack: () => {} };
  }

  /** Connects users and lets them join the room; some may fail. */
  async connect(params: ConnectParams, live: (text: string) => void): Promise<ConnectResult> {
    const startedAtMs = performance.now();
    const failures: Record<string, number> = {};
    this.capacity = params.users;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < params.users) {
        const index = next;
        next += 1;
        try {
          await this.#connectOne(params, index);
        } catch (error) {
          count(failures, error instanceof Error ? error.message : String(error));
        }
        live(`${this.clients.length} of ${params.users} joined`);
      }
    };
    await Promise.all(Array.from({ length: params.concurrency }, worker));
    this.rest();
    return { connected: this.clients.length, durationMs: performance.now() - startedAtMs, failures };
  }

  async #connectOne(params: ConnectParams, index: number): Promise<void> {
    const userId = `${params.userPrefix}${params.firstUser + index}`;
    const url = params.urls[index % params.urls.length] ?? '';
    const token = signToken(params.tokenSecret, {
      userId,
      name: userId,
      roomId: params.roomId,
      role: 'viewer',
    });
    const client = new RawClient(
      {
        ...{ url, auth: { v: PROTOCOL, token }, index, userId, timeoutMs: CONNECT_TIMEOUT_MS },
        forwardedFor: addressOf(params, index),
      },
      {
        event: (from, buffer, start, end) => {
          if (
            buffer.compare(CLOSING, 0, CLOSING.length, start, Math.min(end, start + CLOSING.length)) === 0
          ) {
            this.#closingWords = buffer.toString('utf8', start + 2, Math.min(end, start + 200));
          }
          this.#act.event(from, buffer, start, end);
        },
        ack: (from, id, buffer, jsonStart, end) => this.#act.ack(from, id, buffer, jsonStart, end),
        closed: (from, reason) => {
          this.#joins.get(from)?.(reason);
          this.#act.closed?.(from, reason);
          count(this.lost, `${reason} ${this.#closingWords}`.trim());
        },
      },
    );
    await client.connected;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => settle(`not joined after ${JOIN_TIMEOUT_MS} ms`), JOIN_TIMEOUT_MS);
      const settle = (problem: string | null) => {
        clearTimeout(timer);
        this.#joins.delete(client);
        if (problem === null) resolve();
        else reject(new Error(problem));
      };
      this.#joins.set(client, settle);
      client.send('room:join', { roomId: params.roomId });
    }).catch((error: unknown) => {
      client.close();
      throw error;
    });
    this.clients.push(client);
  }

  close(): void {
    for (const client of this.clients) client.close();
    this.clients.length = 0;
  }
}
