import { PROTOCOL_VERSION, WIRE } from '../../../shared/protocol.ts';
import type { App } from '../../app.ts';
import type { Config } from '../../config/schema.ts';
import { MerchantOrders } from '../../http/merchant-orders.ts';
import type { Log } from '../../kernel/log.ts';
import type { RandomSource } from '../../kernel/random.ts';
import { CheckoutReferences } from '../../trade/checkout-references.ts';
import { DEMO_ROOM_ID, SHOW_ACTOR } from '../people.ts';
import { DemoShop } from '../shop.ts';
import { Audience } from './audience.ts';
import { SimulatedCount } from './count.ts';

export type OpenAudience = {
  /** Of the audience's process, while there is one. */
  readonly pid: number | undefined;
  close(): Promise<void>;
};

type Options = {
  log: Log;
  random: RandomSource;
  onCount: (count: number) => void;
  /** In how many ms all have come. */
  arriveMs?: number;
  pace?: number;
};

const ARRIVE_MS = 30_000;

/** The audience that the configuration asks for, if any, and the count of those who are there. */
export function openAudience(
  { core, port }: App,
  { log, random, onCount, arriveMs = ARRIVE_MS, pace = 1 }: Options,
): OpenAudience {
  const { config, stores, signing, redis, keys, tokens } = core;
  const wanted = config.audience > 0;
  const deps = { rooms: stores.room, redis, keys, roomId: DEMO_ROOM_ID, log, onCount };
  const count = new SimulatedCount(deps, wanted);
  count.start();
  let audience: Audience | undefined;
  if (wanted) {
    audience = new Audience({
      setup: {
        wire: { version: PROTOCOL_VERSION, ...WIRE },
        ...{ url: loopbackUrl(config, port), roomId: DEMO_ROOM_ID, viewers: config.audience, arriveMs, pace },
        seed: Math.floor(random.next() * 2 ** 32),
      },
      ...{ tokens, log, tokenTtlMs: config.accessTokenTtlMs },
      shop: new DemoShop({
        references: new CheckoutReferences([signing.key], config.tokenIssuer),
        merchant: new MerchantOrders(stores.order),
        ...{ orders: stores.order, rooms: stores.room },
      }),
    });
    audience.start();
  }
  return {
    get pid() {
      return audience?.pid;
    },
    async close() {
      await audience?.close();
      await count.close();
      // They are gone when presence says so, which is after this; whoever comes in next must not read otherwise.
      if (wanted) await stores.room.update(DEMO_ROOM_ID, { simulated: 0 }, SHOW_ACTOR).catch(() => undefined);
    },
  };
}

/** Where this machine reaches the node itself. */
export function loopbackUrl({ host }: Pick<Config, 'host'>, port: number): string {
  if (host === '0.0.0.0') return `ws://127.0.0.1:${port}`;
  if (host === '::') return `ws://[::1]:${port}`;
  return `ws://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
