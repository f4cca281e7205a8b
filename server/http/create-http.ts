import { fileURLToPath } from 'node:url';
import express, { type Express, type RequestHandler } from 'express';
import { PROTOCOL_VERSION } from '../../shared/protocol.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { RateLimits } from '../kernel/rate-limits.ts';
import type { ApiDeps } from './api/deps.ts';
import { createApiHandlers } from './api/handlers.ts';
import { API_PREFIX } from './api/route.ts';
import { createApiRouter } from './api/router.ts';
import { createDocsPage } from './docs-page/docs-page.ts';
import type { Metrics } from './metrics.ts';
import { createOpenApi } from './openapi.ts';
import { createOperations } from './operations.ts';
import { createPages } from './pages.ts';
import type { Readiness } from './readiness.ts';
import { giveRequestId, handleErrors, notFound } from './respond.ts';
import { RoomList } from './room-list.ts';
import { securityHeaders } from './security.ts';

export type HttpDeps = ApiDeps & {
  log: Log;
  clock: Clock;
  readiness: Readiness;
  metrics: Metrics;
  /** Brings gauges up to date before they are read. */
  beforeScrape: () => void;
  /** The figures of all workers, for one of several; undefined when they cannot be had. */
  scrapeAll?: () => Promise<string | undefined>;
  /** Folder of the built client. */
  clientDir?: string;
  /** WHIP and WHEP. */
  media?: readonly RequestHandler[];
};

const CLIENT_DIR = fileURLToPath(new URL('../../client/dist', import.meta.url));

/** Everything over HTTP that is not a socket: pages, API, health, metrics. */
export function createHttp(deps: HttpDeps): Express {
  const { config, log, clock, random, metrics } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use(giveRequestId(random));
  app.use(securityHeaders(config, 'nobody'));
  app.use(createOperations(deps));
  for (const router of deps.media ?? []) app.use(router);

  const openApi = createOpenApi({ demo: config.demo });
  app.get(`${API_PREFIX}/openapi.json`, (_request, response) => {
    response.set('Cache-Control', 'no-cache').json(openApi);
  });
  app.use('/api/docs', createDocsPage(openApi));
  app.get(['/api', API_PREFIX], (_request, response) => response.redirect('/api/docs'));
  app.use(
    createApiRouter({
      ...{ config, log, random, metrics },
      rateLimits: new RateLimits(clock),
      handlers: createApiHandlers(deps),
      demo: config.demo,
      monotonicMs: clock.monotonicMs,
    }),
  );
  app.use('/api', notFound);

  const { demo } = deps;
  const forgotten = demo && ((roomIds: readonly string[]) => demo.places.forgotten(roomIds));
  const rooms = new RoomList({ ...deps, forgotten });
  app.get('/client-config.json', (_request, response) => {
    const told = {
      demo: config.demo,
      beacon: config.beaconUrls.length > 0,
      protocolVersion: PROTOCOL_VERSION,
    };
    response.set('Cache-Control', 'no-store').json(told);
  });
  app.get('/rooms.json', async (_request, response) => {
    const list = await rooms.read();
    response.set('Cache-Control', 'no-store').json({ rooms: list });
  });
  app.use(createPages(config, deps.clientDir ?? CLIENT_DIR));
  app.use(notFound);
  app.use(handleErrors(log));
  return app;
}
