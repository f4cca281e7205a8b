import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';

/**
 * The right to a port that several processes listen on. With SO_REUSEPORT the kernel lets any process of the same user
 * join in silently, so the primary first listens alone, which only works when nobody else does, and then keeps a
 * listener of its own on the port whenever no worker has one. That one answers 503: there is no worker to pass anything to.
 */
export class PortHold {
  readonly #host: string;
  readonly #mayShare: boolean;
  #port: number;
  #address: string | undefined;
  #sharing: 'by-kernel' | 'by-primary' | undefined;
  #held: Server | undefined;
  #working: Promise<void> = Promise.resolve();
  #closed = false;

  /** `mayShare: false`: as where the system cannot share ports. `port` 0: any free one. */
  constructor({ host, port, mayShare = true }: { host: string; port: number; mayShare?: boolean }) {
    this.#host = host;
    this.#port = port;
    this.#mayShare = mayShare;
  }

  /** Known once it is held. */
  get port(): number {
    return this.#port;
  }

  /** How a worker is to listen: by itself beside the others, or through `node:cluster`, which deals in turn. */
  get listen(): ListenOptions {
    const address = { host: this.#address ?? this.#host, port: this.#port };
    return this.#sharing === 'by-kernel' ? { ...address, reusePort: true } : address;
  }

  get sharing(): 'by-kernel' | 'by-primary' {
    return this.#sharing ?? 'by-primary';
  }

  /**
   * Nobody else listens, and from now on the port is taken for all who do not ask to share it.
   * @throws Error of `listen` or `getaddrinfo`
   */
  take(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#held || this.#closed) return;
      this.#address ??= (await lookup(this.#host)).address;
      const alone = await this.#listen(false);
      this.#port = (alone.address() as AddressInfo).port;
      await close(alone);
      if (!this.#mayShare || this.#sharing === 'by-primary') return;
      this.#held = await this.#listen(true).catch((error: NodeJS.ErrnoException) => {
        // Somebody was quicker, in the moment between.
        if (error.code === 'EADDRINUSE') throw error;
        return undefined;
      });
      this.#sharing ??= this.#held && (await this.#isShared()) ? 'by-kernel' : 'by-primary';
      // There, the listener of `node:cluster` is the one that holds the port.
      if (this.#sharing === 'by-primary') await this.#letGo();
    });
  }

  /** A worker listens: what comes now is for it. */
  give(): Promise<void> {
    return this.#inTurn(() => this.#letGo());
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.give();
  }

  async #letGo(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held) await close(held);
  }

  /** Whether a second listener may join: older versions of Node ignore the option, some systems refuse it. */
  async #isShared(): Promise<boolean> {
    const second = await this.#listen(true).catch(() => undefined);
    if (second) await close(second);
    return second !== undefined;
  }

  async #listen(reusePort: boolean): Promise<Server> {
    const server = createServer((_request, response) => {
      response.writeHead(503, { 'Retry-After': '1', 'Cache-Control': 'no-store', Connection: 'close' }).end();
    });
    // `exclusive`: not through `node:cluster`, should this ever run in one of its workers.
    server.listen({ port: this.#port, host: this.#address, reusePort, exclusive: true });
    await once(server, 'listening');
    server.on('error', () => undefined);
    return server;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#working.then(work);
    this.#working = done.catch(() => undefined);
    return done;
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
