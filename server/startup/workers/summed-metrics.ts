import { type Aggregator, AggregatorRegistry, type Registry } from 'prom-client';
import type { Figures } from '../../http/metrics.ts';

/** Where the default of prom-client hides what matters: one worker whose loop hangs, the time of the start. */
const TOGETHER: Readonly<Record<string, Aggregator>> = {
  nodejs_eventloop_lag_seconds: 'max',
  nodejs_eventloop_lag_mean_seconds: 'max',
  nodejs_eventloop_lag_stddev_seconds: 'max',
  nodejs_eventloop_lag_p50_seconds: 'max',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
  process_start_time_seconds: 'min',
};

/**
 * The figures of several workers as one. Prometheus takes a counter that falls for one that began anew, and would add
 * all of it again. So what a worker counted stays in the sum when the worker is silent or has ended; its gauges do not.
 */
export class SummedMetrics {
  readonly #counted = new Map<number, Figures>();
  #ended: Figures = [];

  /** Worker `worker` says what it has counted so far. */
  note(worker: number, figures: Figures): void {
    this.#counted.set(worker, figures.filter(isCounted));
  }

  /** It has ended; who comes after it counts from 0. */
  end(worker: number): void {
    const last = this.#counted.get(worker);
    if (last) this.#ended = add([this.#ended, last]);
    this.#counted.delete(worker);
  }

  /** The text for Prometheus. `answered`: what the workers have just said; `own`: of the primary. */
  async text(answered: ReadonlyMap<number, Figures>, own: Figures): Promise<string> {
    for (const [worker, figures] of answered) this.note(worker, figures);
    const gauges = [...answered.values()].map((figures) => figures.filter((each) => !isCounted(each)));
    return registryOf([...gauges, ...this.#counted.values(), this.#ended, own]).metrics();
  }
}

function isCounted({ type }: Figures[number]): boolean {
  // As a registry says it in JSON; the type that it comes with is of numbers.
  return ['counter', 'histogram', 'summary'].includes(String(type));
}

function registryOf(all: readonly Figures[]): Registry {
  const marked = all.map((figures) =>
    figures.map((each) => ({ ...each, aggregator: TOGETHER[each.name] ?? each.aggregator })),
  );
  return AggregatorRegistry.aggregate(marked);
}

/** Without a registry, to keep. */
function add(all: readonly Figures[]): Figures {
  return registryOf(all).getMetricsAsArray() as unknown as Figures;
}
