import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReceivedResult } from '../methods.ts';

/** Every n-th request is kept whole, for its signature to be checked. */
const SAMPLE_EVERY = 500;

/** The merchant's side: answers 200 at once, and counts. */
export class WebhookReceiver {
  #server: Server | undefined;
  #port = 0;
  #ids = new Set<string>();
  #failEvery: number | null = null;
  #requests = 0;
  #bytes = 0;
  #firstAtMs = 0;
  #lastAtMs = 0;
  #samples: ReceivedResult['samples'] = [];

  /**
   * Listens, on the port that it had before, if any.
   *
   * @param failEvery one in so many messages is answered 500 when it comes first, and 200 afterwards.
   */
  async listen(failEvery: number | null): Promise<{ url: string }> {
    this.#failEvery = failEvery;
    this.#server = createServer((request, response) => this.#take(request, response));
    this.#server.keepAliveTimeout = 60_000;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return { url: `http://127.0.0.1:${this.#port}/hooks` };
  }

  /** Nobody is there any more: connections are refused. */
  async leave(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  reset(): void {
    this.#ids = new Set();
    this.#requests = 0;
    this.#bytes = 0;
    this.#firstAtMs = 0;
    this.#samples = [];
  }

  seen(): ReceivedResult {
    return {
      requests: this.#requests,
      distinct: this.#ids.size,
      bytes: this.#bytes,
      spanMs: this.#lastAtMs - this.#firstAtMs,
      samples: this.#samples,
    };
  }

  ids(): string[] {
    return [...this.#ids];
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      this.#lastAtMs = performance.now();
      if (this.#requests === 0) this.#firstAtMs = this.#lastAtMs;
      this.#requests += 1;
      const isNew = !this.#ids.has(id);
      this.#ids.add(id);
      const fails = isNew && this.#failEvery !== null && this.#ids.size % this.#failEvery === 0;
      for (const chunk of chunks) this.#bytes += chunk.byteLength;
      if (this.#requests % SAMPLE_EVERY === 1) {
        const body = Buffer.concat(chunks).toString('utf8');
        this.#samples.push({ headers: request.headers as Record<string, string>, body });
      }
      response.writeHead(fails ? 500 : 200).end();
    });
  }
}
