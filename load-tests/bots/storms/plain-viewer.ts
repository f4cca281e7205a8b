import { Manager } from 'socket.io-client';
import { signToken } from '../../kit/tokens.ts';
import { monotonicMs } from '../../kit/wait.ts';
import { isOk, refusalCode } from '../crowd.ts';
import { type Dial, dial } from './dial.ts';
import type { Viewer, ViewerOptions } from './viewer.ts';

/** Socket.IO's own, of its client's options. */
const CONNECT_TIMEOUT_MS = 20_000;

/** What its client waits between two attempts; `Manager` keeps it to itself. */
type Backoff = { duration(): number; reset(): void };

/**
 * A viewer of the baseline with Socket.IO's client as everybody uses it: it comes back by the library's own back-off with
 * its defaults (1 s, doubled up to 5 s, each half more or less) and joins anew on every `connect`.
 */
export class PlainViewer implements Viewer {
  readonly userId: string;
  isThere = false;
  thereSinceMs = Number.NaN;
  readonly cameBy = 'join';
  trouble = 'not heard of';
  tries = 0;
  readonly #options: ViewerOptions;
  readonly #backoff: Backoff;
  #line: Dial | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #onThere: () => void = () => {};

  constructor(options: ViewerOptions) {
    this.userId = options.userId;
    this.#options = options;
    const manager = new Manager('http://127.0.0.1', { autoConnect: false });
    this.#backoff = (manager as unknown as { backoff: Backoff }).backoff;
  }

  start(): Promise<void> {
    this.#open();
    return new Promise((resolve) => {
      this.#onThere = resolve;
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#line?.close();
  }

  #open(): void {
    const { index, userId, roomId, tokenSecret, nodes } = this.#options;
    const token = signToken(tokenSecret, { userId, name: userId, roomId, role: 'viewer' });
    this.tries += 1;
    const line = dial(
      nodes,
      index + this.tries,
      { auth: { token }, index, userId, timeoutMs: CONNECT_TIMEOUT_MS },
      {
        event: () => {},
        ack: (_client, _id, buffer, jsonStart, end) => {
          if (isOk(buffer, jsonStart, end)) this.#joined();
          else this.trouble = refusalCode(buffer, jsonStart, end);
        },
        closed: (_client, reason) => {
          this.isThere = false;
          this.#backoff.reset();
          this.#again(reason);
        },
      },
    );
    this.#line = line;
    line.connected.then(
      (client) => {
        this.#backoff.reset();
        client.send('room:join', { roomId });
      },
      (error: Error) => {
        this.trouble = error.message;
        this.#again(error.message);
      },
    );
  }

  #joined(): void {
    this.isThere = true;
    this.thereSinceMs = monotonicMs();
    this.#onThere();
  }

  #again(why: string): void {
    if (this.#isClosed) return;
    this.#options.onSetback(why);
    this.#timer = setTimeout(() => this.#open(), this.#backoff.duration());
  }
}
