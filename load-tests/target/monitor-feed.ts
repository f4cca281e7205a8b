import { createConnection, type Socket } from 'node:net';
import type { Redis } from 'ioredis';

/** The lines that MONITOR prints, as text of single bytes (latin1). */
export class MonitorFeed {
  readonly #socket: Socket;
  readonly #onLine: (line: string) => void;
  #rest = '';
  #marker = '';
  #seen: ((error?: Error) => void) | undefined;
  #error: Error | undefined;

  private constructor(socketPath: string, onLine: (line: string) => void) {
    this.#onLine = onLine;
    this.#socket = createConnection(socketPath);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#read(text));
    this.#socket.on('error', () => {});
  }

  static async open(socketPath: string, onLine: (line: string) => void): Promise<MonitorFeed> {
    const feed = new MonitorFeed(socketPath, onLine);
    await new Promise<void>((resolve, reject) => {
      feed.#socket.once('error', reject);
      feed.#socket.once('data', () => resolve());
      feed.#socket.write('MONITOR\r\n');
    });
    return feed;
  }

  /**
   * Waits until everything that was executed before now has been read.
   *
   * @throws what `onLine` threw.
   */
  async caughtUp(redis: Redis): Promise<void> {
    this.#marker = `monitor-end-${process.hrtime.bigint()}`;
    const seen = new Promise<void>((resolve, reject) => {
      this.#seen = (error) => (error ? reject(error) : resolve());
    });
    await redis.echo(this.#marker);
    await seen;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#marker !== '' && line.includes(this.#marker)) {
        this.#seen?.(this.#error);
        return;
      }
      try {
        this.#onLine(line);
      } catch (error) {
        this.#error ??= error instanceof Error ? error : new Error(String(error));
      }
    }
  }
}
