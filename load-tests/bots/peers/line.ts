import { connect, type Socket } from 'node:net';
import type { Talker } from '../flood-crowd.ts';

/** What a line tells its owner. Ranges are valid during the call only. */
export type LineHandlers = {
  /** Something for all subscribers came. */
  message(line: Line, buffer: Buffer, start: number, end: number): void;
  /** What was said under this id was taken; or refused, in a word. */
  answered(line: Line, id: number, problem: string | null): void;
  /** Once, however an open line ended. */
  closed(line: Line, reason: string): void;
};

export type LineOptions = {
  /** `scheme://host:port` */
  url: string;
  room: string;
  index: number;
  userId: string;
  /** Until it is subscribed. */
  timeoutMs: number;
};

/** Bytes of all lines of this process arrive here one after the other, and are used up at once. */
const receiveBuffer = Buffer.allocUnsafe(256 * 1024);

/** One subscriber of a peer on a bare TCP socket; each protocol is a class. */
export abstract class Line implements Talker {
  readonly index: number;
  protected readonly options: LineOptions;
  protected readonly handlers: LineHandlers;
  #socket: Socket | undefined;
  #phase: 'opening' | 'open' | 'closed' = 'opening';
  #settle: ((problem: string | null) => void) | null = null;
  #nextId = 0;

  constructor(options: LineOptions, handlers: LineHandlers) {
    this.options = options;
    this.index = options.index;
    this.handlers = handlers;
  }

  /** The TCP connection is there. */
  protected abstract begin(): void;
  protected abstract receive(chunk: Buffer): void;
  /** Says it to all; `answered` is called under the id, at once where the protocol has no answer. */
  protected abstract say(id: number, text: string): void;

  /** Resolves once it is subscribed. */
  open(): Promise<void> {
    const { url, timeoutMs } = this.options;
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(`not subscribed after ${timeoutMs} ms`), timeoutMs);
      this.#settle = (problem) => {
        clearTimeout(timer);
        this.#settle = null;
        if (problem === null) resolve();
        else reject(new Error(problem));
      };
      this.#socket = connect({
        host: hostname,
        port: Number(port),
        noDelay: true,
        onread: {
          buffer: receiveBuffer,
          callback: (bytes) => {
            if (this.#phase !== 'closed') this.receive(receiveBuffer.subarray(0, bytes));
            return true;
          },
        },
      });
      this.#socket.on('connect', () => this.begin());
      this.#socket.on('error', (error) => this.fail(error.message));
      this.#socket.on('close', () => this.fail('closed by the server'));
      this.#socket.on('end', () => this.#socket?.end());
    });
  }

  send(_command: string, input: unknown): number {
    const id = this.#nextId;
    this.#nextId += 1;
    this.say(id, (input as { text: string }).text);
    return id;
  }

  /** Closes without a word to the owner. */
  close(): void {
    this.#phase = 'closed';
    this.#settle?.('closed');
    this.#socket?.destroy();
  }

  protected write(bytes: Buffer | string): void {
    this.#socket?.write(bytes);
  }

  protected subscribed(): void {
    this.#phase = 'open';
    this.#settle?.(null);
  }

  protected fail(reason: string): void {
    if (this.#phase === 'closed') return;
    const wasOpen = this.#phase === 'open';
    this.#settle?.(reason);
    this.close();
    if (wasOpen) this.handlers.closed(this, reason);
  }

  /** For protocols that do not answer: it was written, and that is all that can be known. */
  protected taken(id: number): void {
    setImmediate(() => this.handlers.answered(this, id, null));
  }
}
