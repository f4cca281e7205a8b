import { seeded } from '../../kit/random.ts';
import { sleep } from '../../kit/wait.ts';
import { BusyMeter } from '../busy.ts';
import { count } from '../crowd.ts';
import type { StormGatherParams, StormGatherResult, StormParams, StormResult } from '../methods.ts';
import { Buyer, type StormBook, type StormSale } from './buyer.ts';
import { Door, type Nodes } from './buyer-line.ts';
import type { Operation } from './history.ts';
import { Shop } from './shop.ts';

const CONNECTING_AT_ONCE = 64;

/** All buyers of one generator process. */
export class Storm {
  readonly #nodes: Nodes;
  readonly #buyers: Buyer[] = [];
  readonly #operations: Operation[] = [];
  readonly #undecided: Record<string, number> = {};
  readonly #surprises: string[] = [];
  readonly #book: StormBook;
  #compared = 0;
  #living = 0;

  constructor({ urls, roomId, tokenSecret, apiKeys, firstUser, users, seed }: StormGatherParams) {
    this.#nodes = { urls };
    const door = new Door(CONNECTING_AT_ONCE);
    this.#book = {
      sales: [{ saleId: '', guarded: false, limitPerBuyer: 1 }],
      shop: new Shop({ nodes: this.#nodes, roomId, apiKeys }),
      actUntilMs: 0,
      endByMs: 0,
      pausesMs: [0, 0],
      record: (operation, undecided) => {
        this.#operations.push(operation);
        for (const code of undecided) count(this.#undecided, code);
      },
      surprise: (text) => this.#surprises.push(text),
      compared: () => {
        this.#compared += 1;
      },
    };
    for (let n = firstUser; n < firstUser + users; n += 1) {
      const options = { userId: `buyer-${n}`, index: n, tokenSecret, roomId, nodes: this.#nodes, door };
      this.#buyers.push(new Buyer(options, this.#book, seeded(seed + n)));
    }
  }

  /** Everybody joins the room. */
  async gather(live: (text: string) => void): Promise<StormGatherResult> {
    let here = 0;
    await Promise.all(
      this.#buyers.map(async ({ line }) => {
        const answer = await line.call('room:clock', {});
        if (answer.kind === 'ok') here += 1;
        live(`${here} of ${this.#buyers.length} joined`);
      }),
    );
    return { joined: here };
  }

  /** Where connections go from now on. Those that are on a node stay there. */
  serve(urls: readonly string[]): void {
    this.#nodes.urls = urls;
  }

  async rage(params: StormParams, live: (text: string) => void): Promise<StormResult> {
    const meter = new BusyMeter();
    const startedAtMs = Date.now();
    Object.assign(this.#book, {
      sales: params.sales as [StormSale, ...StormSale[]],
      pausesMs: params.pausesMs,
      actUntilMs: startedAtMs + params.actForMs,
      endByMs: startedAtMs + params.actForMs + params.settleForMs,
    });
    this.#living = this.#buyers.length;
    const all = Promise.all(
      this.#buyers.map((buyer) =>
        buyer.live().finally(() => {
          this.#living -= 1;
        }),
      ),
    );
    let busyShare = 0;
    while (this.#living > 0) {
      await Promise.race([all, sleep(200)]);
      if (Date.now() < this.#book.actUntilMs) busyShare = meter.share();
      const done = this.#operations.length.toLocaleString('en');
      live(`${done} operations, ${this.#living} buyers still at it`);
    }
    await all;
    return {
      operations: this.#operations,
      undecided: this.#undecided,
      surprises: this.#surprises,
      compared: this.#compared,
      connections: this.#buyers.reduce((total, { line }) => total + line.connections, 0),
      busyShare,
    };
  }

  close(): void {
    for (const { line } of this.#buyers) line.close();
  }
}
