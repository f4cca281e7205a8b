import { randomUUID } from 'node:crypto';
import type { StormSale } from '../../bots/storm/buyer.ts';
import type { Nodes } from '../../bots/storm/buyer-line.ts';
import { signToken } from '../../kit/tokens.ts';
import { sleep } from '../../kit/wait.ts';
import { Caller } from '../../target/caller.ts';

export type HostOptions = { nodes: Nodes; tokenSecret: string; roomId: string };

const TRIES = 20;

/** The host of the room, who too has to go on when a node is killed. */
export class StormHost {
  readonly #options: HostOptions;
  #caller: Caller | undefined;
  #connects = 0;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** @throws Error when refused, or when no node answers for long. Repeats keep their opId. */
  async call<T>(command: string, input: object): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.#caller ??= await this.#connect();
        return await this.#caller.call<T>(command, input);
      } catch (error) {
        this.#caller?.close();
        this.#caller = undefined;
        const message = error instanceof Error ? error.message : String(error);
        const refused = /: [A-Z_]{4,} /.test(message) && !/UNAVAILABLE|OUTCOME_UNKNOWN|BUSY/.test(message);
        if (refused || tries === TRIES) throw error;
        await sleep(200);
      }
    }
  }

  async #connect(): Promise<Caller> {
    const { nodes, tokenSecret, roomId } = this.#options;
    this.#connects += 1;
    const url = nodes.urls[this.#connects % nodes.urls.length] ?? '';
    const token = signToken(tokenSecret, { userId: 'host', name: 'Host', roomId, role: 'host' });
    const caller = await Caller.connect(url, token);
    await caller.call('room:join', { roomId });
    return caller;
  }

  close(): void {
    this.#caller?.close();
  }
}

/** Sales that differ in what matters: limit, guard, how long a hold lasts, and how they end. */
export async function openSales(
  host: StormHost,
  plan: { productId: string; sales: number; unitsEach: number; durationMs: number },
): Promise<StormSale[]> {
  const sales: StormSale[] = [];
  for (let n = 0; n < plan.sales; n += 1) {
    const guarded = n % 2 === 0;
    const limitPerBuyer = 1 + (n % 3);
    const { sale } = await host.call<{ sale: { saleId: string } }>('flash-sale:schedule', {
      opId: randomUUID(),
      productId: plan.productId,
      priceMinor: 1000 + n,
      stock: plan.unitsEach,
      opensInMs: 0,
      durationMs: plan.durationMs,
      holdMs: 30_000,
      limitPerBuyer,
      guard: guarded ? 'token' : 'none',
    });
    sales.push({ saleId: sale.saleId, guarded, limitPerBuyer });
  }
  return sales;
}

/** What a host does meanwhile: a few more units, a pause, more time. */
export async function hostStep(host: StormHost, sale: StormSale, step: number, units: number): Promise<void> {
  const { saleId } = sale;
  const steer = async (what: string, more: object = {}): Promise<void> => {
    // The sale may have ended by itself; whoever is told so has done nothing wrong.
    await host.call(`flash-sale:${what}`, { opId: randomUUID(), saleId, ...more }).catch((error: Error) => {
      if (!/WRONG_PHASE/.test(error.message)) throw error;
    });
  };
  await steer('restock', { units });
  if (step % 4 !== 3) return;
  await steer('pause');
  await sleep(300);
  await steer('resume');
}
