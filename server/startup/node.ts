import type { RequestListener } from 'node:http';
import type { ListenOptions } from 'node:net';
import { type App, createApp } from '../app.ts';
import type { Config } from '../config/schema.ts';
import type { Core } from '../core.ts';
import { type OpenAudience, openAudience } from '../demo/audience/open.ts';
import { RoomPlaces } from '../demo/room-places.ts';
import { DemoRooms } from '../demo/rooms.ts';
import type { DemoSecrets } from '../demo/secrets.ts';
import { seedDemo } from '../demo/seed.ts';
import { DemoShow } from '../demo/show.ts';
import { DemoSignIn } from '../demo/sign-in.ts';
import { createHttp, type HttpDeps } from '../http/create-http.ts';
import { createMetrics, type Figures, type Metrics } from '../http/metrics.ts';
import { Readiness, type RedisMode } from '../http/readiness.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { within } from '../kernel/closing.ts';
import type { Log } from '../kernel/log.ts';
import { type RandomSource, systemRandom } from '../kernel/random.ts';
import { PublicLedger } from '../ledger/public-ledger.ts';

export type NodeOptions = {
  config: Config;
  redisUrl: string;
  redisMode: RedisMode;
  log: Log;
  /** Demo mode needs them. */
  demoSecrets?: DemoSecrets | undefined;
  clock?: Clock;
  random?: RandomSource;
  /** '' in production. */
  scriptNow?: () => string;
  /** Those of Node itself: one node of a process is enough. */
  processMetrics?: boolean;
  clientDir?: string;
  /** How to listen, where `host` and `port` of the configuration are not all of it. */
  listen?: ListenOptions;
  /** Of several workers: the figures of all. */
  scrapeAll?: () => Promise<string | undefined>;
  /** Of several workers, one does what is to be done once: the demo's room and show. */
  leads?: boolean;
};

export type RunningNode = Pick<App, 'url' | 'port' | 'core' | 'close'> & {
  metrics: Metrics;
  /** The figures of this node alone, up to date. */
  figures(): Promise<Figures>;
};

/** What a balancer that asks /readyz every second needs to see that this node stops. */
const NOTICE_MS = 2000;
const SHOW_CLOSE_MS = 2000;

/** One whole node: rooms, sockets, HTTP, and in demo mode its room and its show. */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { config, log, redisUrl, clock = systemClock, random = systemRandom } = options;
  const metrics = createMetrics({ processMetrics: options.processMetrics ?? false });
  if (!options.scrapeAll) for (const gauge of [metrics.workers, metrics.workersExpected]) gauge.set(1);
  let readiness: Readiness | undefined;
  let refresh = (): void => undefined;
  let places: RoomPlaces | undefined;
  const createHandler = (core: Core): RequestListener => {
    const http = createNodeHandler(core, { ...options, metrics, clock, random });
    ({ readiness, refresh, places } = http);
    return http.handler;
  };
  const app = await createApp({
    ...{ config, redisUrl, log, clock, random, createHandler },
    observer: metrics.observer,
    mediaObserver: metrics.mediaObserver,
    ...(options.scriptNow ? { scriptNow: options.scriptNow } : {}),
    ...(options.listen ? { listen: options.listen } : {}),
  });

  places?.start();
  let show: DemoShow | undefined;
  let audience: OpenAudience | undefined;
  try {
    if (config.demo && options.leads !== false) {
      show = await openDemo(app.core, log, random);
      audience = openAudience(app, { log, random, onCount: (count) => metrics.simulatedViewers.set(count) });
    }
  } catch (error) {
    await places?.close();
    await app.close();
    throw error;
  }
  return {
    ...{ url: app.url, port: app.port, core: app.core, metrics },
    async figures() {
      await readiness?.check();
      refresh();
      return metrics.registry.getMetricsAsJSON();
    },
    async close() {
      readiness?.stopping();
      await audience?.close();
      await places?.close();
      if (show && !(await within(show.close(), SHOW_CLOSE_MS))) log.warn('the show takes long to close');
      await app.close({ noticeMs: readiness?.watched ? NOTICE_MS : 0 });
    },
  };
}

type HandlerOptions = Pick<
  NodeOptions,
  'config' | 'redisMode' | 'log' | 'demoSecrets' | 'clientDir' | 'scrapeAll'
> & {
  metrics: Metrics;
  clock: Clock;
  random: RandomSource;
};

/** What a node answers over HTTP, given what is behind it. */
export function createNodeHandler(
  core: Core,
  options: HandlerOptions,
): { handler: RequestListener; readiness: Readiness; refresh: () => void; places: RoomPlaces | undefined } {
  const { config, log, clock, random, metrics } = options;
  const readiness = new Readiness({
    ...{ redis: core.redis, keys: core.keys, log },
    nodeId: config.nodeId,
    mode: options.redisMode,
    media: () => core.relay.status(),
    onProbe: (ok) => metrics.redisUp.set(ok ? 1 : 0),
  });
  const refresh = (): void => metrics.roomsFollowed.set(core.hub.channels.size);
  const demo = openDemoDoor(options, core);
  const handler = createHttp({
    ...{ config, log, clock, random, metrics, readiness },
    tokens: core.tokens,
    revocations: core.revocations,
    rooms: core.stores.room,
    shelf: core.stores.shelf,
    orders: core.stores.order,
    sales: core.stores.flashSale,
    draws: core.stores.lottery,
    words: core.stores.words,
    actionLog: core.stores.actionLog,
    sellerReports: core.stores.sellerReports,
    signing: core.signing,
    webhooks: core.webhooks.service,
    publicLedger: openPublicLedger(core),
    media: core.mediaRouters,
    serverNowMs: core.serverNowMs,
    beforeScrape: refresh,
    demo,
    ...(options.scrapeAll ? { scrapeAll: options.scrapeAll } : {}),
    ...(options.clientDir === undefined ? {} : { clientDir: options.clientDir }),
  });
  return { handler, readiness, refresh, places: demo?.places };
}

function openPublicLedger({ config, redis, keys }: Core): PublicLedger {
  const signingSecret = config.signingSecret ?? config.tokenSecret;
  if (signingSecret === undefined) throw new Error('neither signingSecret nor tokenSecret is set');
  return new PublicLedger({ redis, keys, signingSecret });
}

/** What visitors of a demo sign in and make rooms with. */
function openDemoDoor({ config, demoSecrets, random, log }: HandlerOptions, core: Core): HttpDeps['demo'] {
  if (!config.demo || !demoSecrets || config.tokenSecret === undefined) return undefined;
  const { tokens, redis, keys, stores, serverNowMs, hub } = core;
  const signIn = new DemoSignIn({
    ...{ tokens, random },
    secret: config.tokenSecret,
    codes: { host: demoSecrets.hostCode, moderator: demoSecrets.moderatorCode },
    ttlMs: config.accessTokenTtlMs,
  });
  const places = new RoomPlaces({ redis, keys, serverNowMs, log, followed: () => hub.channels.keys() });
  const rooms = new DemoRooms({ places, rooms: stores.room, signIn, serverNowMs });
  return { signIn, rooms, places };
}

async function openDemo(core: Core, log: Log, random: RandomSource): Promise<DemoShow> {
  const { room: rooms, shelf, flashSale: sales, lottery: draws, media } = core.stores;
  await seedDemo({ rooms, shelf, serverNowMs: core.serverNowMs });
  const show = new DemoShow({
    ...{ rooms, shelf, sales, draws, media, random, log },
    serverNowMs: core.serverNowMs,
  });
  show.start();
  log.info('the show of the demo runs here');
  return show;
}
