import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Observer } from '../kernel/observer.ts';
import type { MediaObserver } from '../media/relay-observer.ts';
import { type MetricSpec, metricTable } from './metric-table.ts';

type Table = typeof metricTable;
type Label<K extends keyof Table> = Table[K]['labels'][number];
type MetricOf<K extends keyof Table> = Table[K]['type'] extends 'counter'
  ? Counter<Label<K>>
  : Table[K]['type'] extends 'gauge'
    ? Gauge<Label<K>>
    : Histogram<Label<K>>;

/** What a registry holds, as it goes from one process to another. */
export type Figures = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export type Metrics = { readonly [K in keyof Table]: MetricOf<K> } & {
  readonly registry: Registry;
  /** For the parts of the server that must not know of metrics. */
  readonly observer: Observer;
  readonly mediaObserver: MediaObserver;
};

function build(spec: MetricSpec, registry: Registry): Counter | Gauge | Histogram {
  const aggregator: Aggregator = spec.together ?? 'sum';
  const options = {
    ...{ name: spec.name, help: spec.help, aggregator },
    ...{ labelNames: [...spec.labels], registers: [registry] },
  };
  if (spec.type === 'counter') return new Counter(options);
  if (spec.type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, buckets: [...(spec.buckets ?? [])] });
}

/** How late the event loop is, to so many ms. At prom-client's 10, looking is most of what an idle node does. */
const LAG_PRECISION_MS = 50;

/** A registry of its own, so that several nodes can live in one process. `processMetrics`: those of Node, too. */
export function createMetrics(options: { processMetrics: boolean }): Metrics {
  const registry = new Registry();
  if (options.processMetrics)
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  const own = Object.fromEntries(
    Object.entries(metricTable).map(([key, spec]) => [key, build(spec, registry)]),
  ) as unknown as { [K in keyof Table]: MetricOf<K> };
  return { ...own, registry, observer: observe(own), mediaObserver: observeMedia(own) };
}

function observe(metrics: { [K in keyof Table]: MetricOf<K> }): Observer {
  return {
    call(command, code, durationMs) {
      metrics.calls.inc({ command, code });
      metrics.callDuration.observe({ command }, durationMs / 1000);
    },
    framesSent: (count) => metrics.framesSent.inc(count),
    event: (name) => metrics.events.inc({ name }),
    connection: (delta) => metrics.connections.inc(delta),
    connectionRefused: (reason) => metrics.refusedConnections.inc({ reason }),
    slowReader: () => metrics.slowReaders.inc(),
    dueHandled: (kind, count) => metrics.dueHandled.inc({ kind }, count),
    dueLag: (ms) => metrics.dueLag.observe(ms / 1000),
    grabBatch: (size) => metrics.grabBatchSize.observe(size),
    grabAnsweredLocally: () => metrics.grabsAnsweredLocally.inc(),
    grabBusy: (reason) => metrics.grabsBusy.inc({ reason }),
    webhookAttempt(outcome, durationMs) {
      metrics.webhookAttempts.inc({ outcome });
      metrics.webhookAttemptDuration.observe(durationMs / 1000);
    },
    webhooksDead: (count) => metrics.webhookDeadLetters.inc(count),
    webhookBacklogs(backlogs) {
      // Endpoints that were removed are not to be told of for ever.
      for (const gauge of [
        metrics.webhooksPending,
        metrics.webhooksDead,
        metrics.webhookRoomsDown,
        metrics.webhookLag,
      ])
        gauge.reset();
      for (const { endpointId: endpoint, pending, dead, roomsDown, lagMs } of backlogs) {
        metrics.webhooksPending.set({ endpoint }, pending);
        metrics.webhooksDead.set({ endpoint }, dead);
        metrics.webhookRoomsDown.set({ endpoint }, roomsDown);
        metrics.webhookLag.set({ endpoint }, lagMs / 1000);
      }
    },
    order: (transition, source) => metrics.orders.inc({ transition, source }),
    messageScreened: (outcome) => metrics.messagesScreened.inc({ outcome }),
    sellerReported: (reason) => metrics.sellerReports.inc({ reason }),
    sellerReportDropped: () => metrics.sellerReportsDropped.inc(),
    heartsGiven: (count) => metrics.heartsGiven.inc(count),
  };
}

function observeMedia(metrics: { [K in keyof Table]: MetricOf<K> }): MediaObserver {
  return {
    figures(figures) {
      metrics.mediaWorkers.set(figures.workers);
      metrics.mediaTransports.set({ direction: 'send' }, figures.senders);
      metrics.mediaTransports.set({ direction: 'receive' }, figures.receivers);
      metrics.mediaProducers.set(figures.producers);
      metrics.mediaConsumers.set(figures.consumers);
      metrics.mediaIngresses.set(figures.ingresses);
      metrics.mediaPipes.set(figures.pipes);
      metrics.mediaEgress.set(figures.egressBitsPerSecond);
    },
    refused: (code) => metrics.mediaRefused.inc({ code }),
    workerDied: () => metrics.mediaWorkersDied.inc(),
  };
}
