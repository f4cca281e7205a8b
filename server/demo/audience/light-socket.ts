import { type RawData, WebSocket } from 'ws';
import type { WireNames } from './messages.ts';

export type Refused = { code: string; retryAfterMs?: number };
export type Reply = { ok: true; data: unknown } | { ok: false; error: Refused };

export type SocketHandlers = {
  connected(): void;
  /** The payload of a room's frame; only while this socket listens. */
  frame(json: unknown): void;
  notice(json: unknown): void;
  /** Once. `reason`: of the server, where it gave one. */
  closed(reason: string, retryAfterMs: number | undefined): void;
};

const CALL_TIMEOUT_MS = 10_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const OK_ANSWER = '[{"ok":true';

/**
 * As little of a Socket.IO client as a viewer needs (Engine.IO 4, Socket.IO 5 over WebSocket). Frames are the same for
 * all, so that one viewer of an audience listens for all; the others throw them away unread.
 */
export class LightSocket {
  readonly #ws: WebSocket;
  readonly #handlers: SocketHandlers;
  readonly #wire: WireNames;
  readonly #frame: Buffer;
  readonly #calls = new Map<number, { whole: boolean; atMs: number; answer: (reply: Reply) => void }>();
  #lastId = 0;
  #closed = false;
  #reason = 'gone';
  #retryAfterMs: number | undefined;
  listens = false;

  constructor(url: string, wire: WireNames, token: string, handlers: SocketHandlers) {
    this.#handlers = handlers;
    this.#wire = wire;
    this.#frame = Buffer.from(`42["${wire.frame}"`);
    this.#ws = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    this.#ws.on('message', (data: RawData) => this.#message(data as Buffer, token));
    this.#ws.on('error', () => this.close());
    this.#ws.on('close', () => this.close());
  }

  /**
   * Asks for something. Never rejects: without an answer it is `UNAVAILABLE`.
   * `whole` false: only whether it worked is looked at, not what came with it.
   */
  call(command: string, input: object, whole = true): Promise<Reply> {
    return new Promise((answer) => {
      if (this.#closed || this.#ws.readyState !== WebSocket.OPEN) return answer(AWAY);
      this.#expire();
      this.#lastId += 1;
      this.#calls.set(this.#lastId, { whole, answer, atMs: performance.now() });
      this.#ws.send(`42${this.#lastId}${JSON.stringify([command, input])}`);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ws.terminate();
    for (const { answer } of this.#calls.values()) answer(AWAY);
    this.#calls.clear();
    this.#handlers.closed(this.#reason, this.#retryAfterMs);
  }

  /** Calls that nobody will answer any more, looked for when there are new ones: no timer each. */
  #expire(): void {
    const untilMs = performance.now() - CALL_TIMEOUT_MS;
    for (const [id, { atMs, answer }] of this.#calls) {
      if (atMs > untilMs) return;
      this.#calls.delete(id);
      answer(AWAY);
    }
  }

  #message(data: Buffer, token: string): void {
    if (data.subarray(0, this.#frame.length).equals(this.#frame)) {
      if (this.listens) this.#handlers.frame(payload(data));
      return;
    }
    const kind = data.toString('latin1', 0, 2);
    if (kind === '42') this.#event(data);
    else if (kind === '43') this.#ack(data);
    else if (kind === '2') this.#ws.send('3');
    else if (kind[0] === '0') this.#ws.send(`40${JSON.stringify({ v: this.#wire.version, token })}`);
    else if (kind === '40') this.#handlers.connected();
    else if (kind === '44') {
      const { data: why } = parse(data.toString('utf8', 2)) as { data?: Refused };
      this.#reason = why?.code ?? 'refused';
      this.#retryAfterMs = why?.retryAfterMs;
      this.close();
    } else if (kind === '41' || kind[0] === '1') this.close();
  }

  #event(data: Buffer): void {
    const [name, body] = parse(data.toString('utf8', 2)) as [string, unknown];
    if (name === this.#wire.notice) this.#handlers.notice(body);
    else if (name === this.#wire.closing) {
      const { reason, retryAfterMs } = body as { reason: string; retryAfterMs?: number };
      this.#reason = reason;
      this.#retryAfterMs = retryAfterMs;
    }
  }

  #ack(data: Buffer): void {
    const start = data.indexOf('[');
    const call = this.#calls.get(Number(data.toString('latin1', 2, start)));
    if (!call) return;
    this.#calls.delete(Number(data.toString('latin1', 2, start)));
    const fine = data.toString('latin1', start, start + OK_ANSWER.length) === OK_ANSWER;
    if (fine && !call.whole) call.answer({ ok: true, data: undefined });
    else call.answer((parse(data.toString('utf8', start)) as [Reply])[0] ?? AWAY);
  }
}

const AWAY: Reply = { ok: false, error: { code: 'UNAVAILABLE' } };

function payload(data: Buffer): unknown {
  return (parse(data.toString('utf8', 2)) as [string, unknown])[1];
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return [];
  }
}
