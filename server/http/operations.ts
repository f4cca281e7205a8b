import { Router } from 'express';
import type { Config } from '../config/schema.ts';
import { bearer } from './api/api-keys.ts';
import type { Metrics } from './metrics.ts';
import { problem } from './problem.ts';
import type { Readiness } from './readiness.ts';
import { sendProblem } from './respond.ts';
import { sameSecret } from './same-secret.ts';

export type OperationsDeps = {
  config: Config;
  readiness: Readiness;
  metrics: Metrics;
  /** Brings gauges up to date. */
  beforeScrape: () => void;
  /** The figures of all workers, for one of several; undefined when they cannot be had. */
  scrapeAll?: () => Promise<string | undefined>;
};

/** For load balancers, orchestrators and Prometheus. */
export function createOperations(deps: OperationsDeps): Router {
  const { config, readiness, metrics, beforeScrape, scrapeAll } = deps;
  const scrapeOwn = async (): Promise<string> => {
    await readiness.check();
    beforeScrape();
    return metrics.registry.metrics();
  };
  const router = Router();

  /** The process is up; nothing else is asked, so that a Redis outage does not restart every node. */
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });

  router.get('/readyz', async (_request, response) => {
    const ready = await readiness.check();
    response
      .set('Cache-Control', 'no-store')
      .status(ready.status === 'ready' ? 200 : 503)
      .json(ready);
  });

  router.get('/metrics', async (request, response) => {
    if (config.metricsToken !== undefined) {
      const given = bearer(request.headers.authorization);
      if (given === undefined || !sameSecret(given, config.metricsToken)) {
        const headers = { 'WWW-Authenticate': 'Bearer' };
        sendProblem(
          response,
          problem('UNAUTHENTICATED', { detail: 'This needs the metrics token.', headers }),
        );
        return;
      }
    }
    const text = (await scrapeAll?.()) ?? (await scrapeOwn());
    response.set({ 'Cache-Control': 'no-store', 'Content-Type': metrics.registry.contentType }).send(text);
  });
  return router;
}
