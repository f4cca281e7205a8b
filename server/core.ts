import { createHmac } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import type { RequestHandler } from 'express';
import type { Config } from './config/schema.ts';
import { DEMO_ROOM_ID } from './demo/people.ts';
import { createBinder } from './kernel/bind-play.ts';
import type { Clock } from './kernel/clock.ts';
import { closeInOrder } from './kernel/closing.ts';
import type { Log } from './kernel/log.ts';
import type { Observer } from './kernel/observer.ts';
import type { Play } from './kernel/play.ts';
import type { RandomSource } from './kernel/random.ts';
import { RateLimits } from './kernel/rate-limits.ts';
import { RoomHub } from './kernel/room-hub.ts';
import { Snapshots } from './kernel/snapshots.ts';
import { TickPace } from './kernel/tick-pace.ts';
import { createNodeBus } from './media/node-bus.ts';
import { askCarries, openRelay, openSfu } from './media/open-media.ts';
import { openMediaHttp } from './media/open-media-http.ts';
import type { NodeBus, Relay } from './media/ports.ts';
import { type MediaObserver, silentMediaObserver } from './media/relay-observer.ts';
import { createPlays, type Signing, type Stores } from './plays.ts';
import { createNoticeAdapter } from './realtime/adapter.ts';
import { Tokens } from './realtime/auth.ts';
import { Realtime } from './realtime/io.ts';
import { Presence } from './realtime/presence.ts';
import { Revocations } from './realtime/revocations.ts';
import { connectRedis, createRedisClient, parseRedisUrl, type RedisClient } from './redis/client.ts';
import { DueQueue } from './redis/due-queue.ts';
import { EventLog } from './redis/event-log.ts';
import { createKeys, type Keys } from './redis/keys.ts';
import { RedisTime } from './redis/redis-time.ts';
import { teachScripts } from './redis/scripts.ts';
import { ShardSubscriber } from './redis/shard-subscriber.ts';
import { purposeKey, signingSecretOf } from './trade/signing-keys.ts';
import { createWebhooks, type Webhooks } from './webhooks/webhooks.ts';

export type CoreOptions = {
  config: Config;
  redisUrl: string;
  log: Log;
  clock: Clock;
  random: RandomSource;
  observer: Observer;
  mediaObserver?: MediaObserver;
  /** '' in production: scripts take Redis' own time. Tests pass theirs. */
  scriptNow: () => string;
};

/** Everything behind HTTP: Redis, rooms, plays, sockets. */
export type Core = {
  config: Config;
  keys: Keys;
  redis: RedisClient;
  stores: Stores;
  signing: Signing;
  tokens: Tokens;
  revocations: Revocations;
  due: DueQueue;
  webhooks: Webhooks;
  presence: Presence;
  hub: RoomHub;
  bus: NodeBus;
  relay: Relay;
  /** WHIP and WHEP. */
  mediaRouters: readonly RequestHandler[];
  /** Redis' time, as this node knows it. */
  serverNowMs: () => number;
  /** Takes sockets on this HTTP server. */
  attach(http: HttpServer): Realtime;
  close(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 5000;
/** Each part may take so long to close, webhooks three seconds for what they are sending; and all of it so long. */
const CLOSE_STEP_MS = 4000;
const CLOSE_MS = 8000;

/**
 * Wires the node together.
 * @throws Error when Redis cannot be reached at the start; later it may come and go.
 */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { config, log, clock, random, observer, scriptNow } = options;
  const target = parseRedisUrl(options.redisUrl);
  const keys = createKeys(config.redisKeyPrefix);
  const redis = createRedisClient(target, 'commands', log);
  const subscriberClient = createRedisClient(target, 'subscriber', log);
  const noticeClient = createRedisClient(target, 'subscriber', log);
  const clients = [redis, subscriberClient, noticeClient];
  try {
    await Promise.all(clients.map((client) => connectRedis(client, CONNECT_TIMEOUT_MS)));
    await teachScripts(redis);
  } catch (error) {
    for (const client of clients) client.disconnect();
    throw error;
  }

  const eventLog = new EventLog(redis, keys);
  const subscriber = new ShardSubscriber(subscriberClient, log);
  const time = new RedisTime(redis, clock, log);
  await time.start();
  const bus = createNodeBus({ redis, subscriber, keys, nodeId: config.nodeId, clock, log, random });
  const sfu = await openSfu(config, { log, clock });
  const deviceKey = purposeKey(signingSecretOf(config), 'devices');
  const serverNowMs = (): number => (scriptNow() === '' ? time.nowMs() : Number(scriptNow()));
  const due = new DueQueue({
    redis,
    keys,
    log,
    scriptNow,
    random,
    onHandled: observer.dueHandled,
    onLag: observer.dueLag,
  });

  let realtime: Realtime | undefined;
  let snapshots: Snapshots | undefined;
  const { plays, stores, signing, relay, people } = createPlays({
    ...{ config, redis, keys, eventLog, due, clock, random, observer, log, scriptNow, serverNowMs },
    feedHealthy: () => subscriber.healthy,
    notify: (roomId, userId, name, data) => realtime?.notify(roomId, userId, name, data),
    local: () => realtime?.local,
    snapshots: () => snapshots as Snapshots,
    isCarried: askCarries(bus),
    openRelay: (book) =>
      openRelay(sfu, {
        ...{ config, book, bus, clock, random, log, serverNowMs },
        follow: (roomId) => hub.pin(roomId),
        observer: options.mediaObserver ?? silentMediaObserver,
      }),
  });
  snapshots = new Snapshots(redis, keys, plays, clock);
  const hub = new RoomHub({
    ...{ log, clock, random, keys, eventLog, subscriber },
    shapes: Object.assign({}, ...plays.map((play) => play.shapes ?? {})),
    pace: new TickPace({
      leastMs: config.tickMs,
      mostMs: config.tickMaxMs,
      packetsPerSecond: config.framePacketsPerSecond,
      monotonicMs: clock.monotonicMs,
    }),
    chatPerSecond: config.chatPerSecond,
    onEvent: (roomId, event) => {
      observer.event(event.name);
      for (const play of plays) play.observe?.(roomId, event);
    },
    onClosed: (roomId) => {
      snapshots?.forget(roomId);
      for (const play of plays) play.forget?.(roomId);
    },
    onSent: observer.framesSent,
  });
  const presence = new Presence({
    ...{ redis, keys, log, clock, scriptNow },
    nodeId: config.nodeId,
    onHead: (roomId, seq) => hub.get(roomId)?.noteHead(seq),
  });
  const tokens = new Tokens(
    {
      issuer: config.tokenIssuer,
      audience: config.tokenAudience,
      secret: config.tokenSecret,
      jwksUrl: config.jwksUrl,
      simulated: simulatedTokens(config),
    },
    random,
    clock.nowMs,
  );
  const revocations = new Revocations({ redis, keys, log, clock });
  handleDue(due, plays);
  const webhooks = createWebhooks({
    ...{ config, redis, keys, log, random, observer, due, scriptNow, serverNowMs },
  });
  const mediaHttp = openMediaHttp(config, {
    ...{ relay, bus, clock, random, log, tokens, revocations, people, stores },
  });
  const closeAll = (): Promise<void> =>
    closeInOrder(
      [
        ['sockets', () => realtime?.close()],
        ['media over HTTP', () => mediaHttp.close()],
        ['revocations', () => revocations.close()],
        ['what is due', () => due.close()],
        ['webhooks', () => webhooks.close()],
        ['presence', () => presence.close()],
        ['the time of Redis', () => time.close()],
        ...plays.map((play) => [play.contract.name, () => play.close?.()] as const),
        ['the bus of nodes', () => bus.close()],
        ['rooms', () => hub.close()],
        ['Redis', () => clients.forEach((client) => void client.disconnect())],
      ],
      { log, stepMs: CLOSE_STEP_MS, totalMs: CLOSE_MS },
    );
  webhooks.start();
  due.start();
  presence.start();
  try {
    await bus.start();
  } catch (error) {
    await closeAll();
    throw error;
  }

  return {
    ...{
      config,
      keys,
      redis,
      stores,
      signing,
      tokens,
      revocations,
      due,
      webhooks,
      presence,
      hub,
      bus,
      relay,
      mediaRouters: mediaHttp.routers,
      serverNowMs,
    },
    attach(http) {
      realtime = new Realtime(http, {
        ...{ hub, presence, log, random, tokens, revocations },
        nowMs: clock.nowMs,
        monotonicMs: clock.monotonicMs,
        allowedOrigins: config.allowedOrigins,
        trustedHops: config.trustedProxyHops,
        maxConnections: {
          perUser: config.maxConnectionsPerUser,
          perAddress: config.maxConnectionsPerAddress,
        },
        limits: {
          packetsBuffered: config.bufferedPacketsMax,
          bytesBuffered: config.bufferedBytesMax,
          slowForMs: config.slowReaderMs,
        },
        handshakesPerSecond: config.handshakesPerSecond,
        bind: binder(options, plays),
        adapter: createNoticeAdapter(redis, noticeClient, keys.adapterChannel, log),
        hashDevice: (device) =>
          createHmac('sha256', deviceKey).update(device).digest('base64url').slice(0, 22),
        onConnection: observer.connection,
        onRefused: observer.connectionRefused,
        onSlow: observer.slowReader,
      });
      return realtime;
    },
    close: closeAll,
  };
}

function handleDue(due: DueQueue, plays: readonly Play[]): void {
  for (const play of plays) {
    for (const [what, handler] of Object.entries(play.due ?? {}))
      due.handle(`${play.contract.name}:${what}`, handler);
  }
}

/** Of a key that makes no other tokens; the same on all nodes of a demo. */
function simulatedTokens(config: Config) {
  if (!config.demo) return undefined;
  return { key: purposeKey(signingSecretOf(config), 'audience'), room: DEMO_ROOM_ID };
}

function binder({ config, log, clock, random, observer }: CoreOptions, plays: readonly Play[]) {
  return createBinder({
    ...{ plays, log, random },
    rateLimits: new RateLimits(clock),
    limits: {
      perSocket: { perSecond: config.commandsPerSecondPerSocket, burst: config.commandsBurstPerSocket },
      perAddress: { perSecond: config.commandsPerSecondPerAddress, burst: config.commandsBurstPerAddress },
      refusalsBeforeClose: config.refusalsBeforeClose,
    },
    onCall: observer.call,
    monotonicMs: clock.monotonicMs,
  });
}
