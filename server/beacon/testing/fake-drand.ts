import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BeaconInfo } from '../../../shared/lottery/beacon-info.ts';
import { FakeChain } from '../../../shared/lottery/testing/fake-chain.ts';

/**
 * How a fake relay fails: `ok` answers what was published and 404 else, `too-early` 425 else. `slow` answers after
 * `slowMs`; `hang` never; `reset` breaks the connection; `trickle` never ends its answer.
 */
export type DrandMode =
  | 'ok'
  | 'too-early'
  | 'down'
  | 'slow'
  | 'hang'
  | 'reset'
  | 'trickle'
  | 'wrong-signature'
  | 'wrong-round'
  | 'garbage'
  | 'huge'
  | 'redirect';

export type FakeDrandOptions = {
  genesisTimeS?: number;
  periodS?: number;
  /** Two relays of one chain have the same one. */
  keySeed?: string;
  slowMs?: number;
};

/** A local drand relay with a real key: it signs the rounds that a test publishes, or misbehaves. */
export class FakeDrand {
  mode: DrandMode = 'ok';
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #chain: FakeChain;
  readonly #published = new Set<number>();
  readonly #slowMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #server = createServer((request, response) => {
    this.asked.push(request.url ?? '');
    this.#answer(request.url ?? '', response);
  });

  constructor({ slowMs = 300, ...chain }: FakeDrandOptions = {}) {
    this.#chain = new FakeChain(chain);
    this.#slowMs = slowMs;
  }

  get info(): BeaconInfo {
    return this.#chain.info;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** From now on the relay has this round. */
  publish(round: number): void {
    this.#published.add(round);
  }

  /** What the relay answers once it has the round. */
  sign(round: number): { round: number; randomness: string; signature: string } {
    return this.#chain.sign(round);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(path: string, response: ServerResponse): void {
    const json = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const { chainHash } = this.info;
    const match = new RegExp(`^/${chainHash}/public/(\\d+)$`).exec(path);
    const round = Number(match?.[1]);
    const signed = match && this.#published.has(round) ? this.#chain.sign(round) : undefined;
    switch (this.mode) {
      case 'down':
        return void response.writeHead(503).end('busy');
      case 'slow': {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          if (signed) json(signed);
          else response.writeHead(404).end();
        }, this.#slowMs);
        return void this.#timers.add(timer);
      }
      case 'hang':
        return;
      case 'reset':
        return void response.socket?.resetAndDestroy();
      case 'trickle':
        return void response.writeHead(200, { 'content-type': 'application/json' }).write('{"round":');
      case 'wrong-signature':
        return void json({ ...this.#chain.sign(round + 1), round });
      case 'wrong-round':
        return void json(this.#chain.sign(round + 1));
      case 'garbage':
        return void response.writeHead(200).end('<html>nothing of the kind</html>');
      case 'huge':
        return void response.writeHead(200).end(Buffer.alloc(5 * 1024 * 1024, ' '));
      case 'redirect':
        return void response.writeHead(302, { location: `/elsewhere${path}` }).end();
      default:
        if (signed) json(signed);
        else response.writeHead(this.mode === 'too-early' ? 425 : 404).end();
    }
  }
}
