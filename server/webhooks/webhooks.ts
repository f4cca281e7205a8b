import type { Config } from '../config/schema.ts';
import type { Log } from '../kernel/log.ts';
import type { Observer } from '../kernel/observer.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { RedisClient } from '../redis/client.ts';
import type { DueQueue } from '../redis/due-queue.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import { AllowList, systemResolve } from './addresses.ts';
import { DeadLetters } from './dead-letters.ts';
import { DeliveryLog } from './delivery-log.ts';
import { EndpointStore } from './endpoint-store.ts';
import { LaneKeeper } from './lane-keeper.ts';
import { LaneStore } from './lane-store.ts';
import { Pump } from './pump.ts';
import { Sender } from './sender.ts';
import { WebhookService } from './service.ts';
import { Signer } from './signing.ts';

export type WebhooksDeps = {
  config: Config;
  redis: RedisClient;
  keys: Keys;
  log: Log;
  random: RandomSource;
  observer: Observer;
  due: DueQueue;
  scriptNow: () => string;
  serverNowMs: () => number;
};

export type Webhooks = {
  service: WebhookService;
  pump: Pump;
  keeper: LaneKeeper;
  /** Begins to deliver; before, endpoints can be managed. */
  start(): void;
  close(): Promise<void>;
};

/** Tells the systems of the merchant what happens in the rooms: from the ledger, by HTTP. */
export function createWebhooks(deps: WebhooksDeps): Webhooks {
  const { config, redis, keys, log, random, observer, due, serverNowMs: nowMs } = deps;
  const resolve = systemResolve();
  const allowed = new AllowList(config.webhookAllowPrivate);
  const endpoints = new EndpointStore(redis, keys);
  const lanes = new LaneStore(deps);
  const signer = new Signer();
  const sender = new Sender({ allowed, resolve, nowMs });
  const attempts = new DeliveryLog(redis, keys, log);
  const announce = (roomId: string): Promise<void> => due.announce(roomId, 0);
  const deadLetters = new DeadLetters({ redis, keys, lanes, announce });
  const keeper = new LaneKeeper({
    ...{ redis, keys, log, endpoints, lanes, nowMs },
    onBacklog: observer.webhookBacklogs,
  });
  const service = new WebhookService({
    ...{
      endpoints,
      lanes,
      keeper,
      sender,
      signer,
      attempts,
      deadLetters,
      allowed,
      resolve,
      random,
      nowMs,
      announce,
    },
    roomExists: async (roomId) => (await guarded(() => redis.hexists(keys.room(roomId).meta, 'info'))) === 1,
  });
  const pump = new Pump({
    ...{ endpoints, lanes, sender, signer, attempts, random, log, nowMs },
    delivers: config.webhookDelivery,
    roomMadeAtMs: async (roomId) => {
      const score = await guarded(() => redis.zscore(keys.rooms, roomId));
      return score === null ? undefined : Number(score);
    },
    beforeDead: (endpointId, roomId) => deadLetters.announce(endpointId, roomId),
    onGone: async (endpointId) => {
      log.warn({ endpointId }, 'webhooks: the receiver answered 410; its endpoint is switched off');
      await service.switchOff(endpointId);
    },
    onAttempt: ({ outcome, durationMs }) => observer.webhookAttempt(outcome, durationMs),
    onDead: observer.webhooksDead,
  });
  due.handle('webhook:wake', (roomId, endpointIds) => pump.wake(roomId, endpointIds));
  due.watch({ visit: (roomId) => pump.visit(roomId), mark: (roomId) => pump.mark(roomId) });
  return {
    ...{ service, pump, keeper },
    start: () => keeper.start(),
    async close() {
      await keeper.close();
      await pump.close();
      sender.close();
      await attempts.flush();
    },
  };
}
