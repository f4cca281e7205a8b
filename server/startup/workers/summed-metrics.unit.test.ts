import { describe, expect, it } from 'vitest';
import { createMetrics, type Figures, type Metrics } from '../../http/metrics.ts';
import { SummedMetrics } from './summed-metrics.ts';

/** As another process would send them. */
const figures = async ({ registry }: Metrics): Promise<Figures> =>
  structuredClone(await registry.getMetricsAsJSON());

function node(): Metrics {
  return createMetrics({ processMetrics: false });
}

function value(text: string, line: string): number {
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  if (found === undefined) throw new Error(`there is no ${line}`);
  return Number(found.slice(line.length));
}

const OK = 'livestall_calls_total{command="chat:send",code="OK"}';
const TOOK = 'livestall_call_duration_seconds_count{command="chat:send"}';

describe('[ST16] the figures of all workers', () => {
  it('[ST16] counters, histograms and gauges are summed, but for those that every worker knows whole', async () => {
    const [a, b] = [node(), node()];
    for (const [metrics, count] of [
      [a, 3],
      [b, 4],
    ] as const) {
      metrics.connections.set(count);
      for (let i = 0; i < count; i += 1) metrics.observer.call('chat:send', 'OK', 20 * i);
      metrics.webhooksPending.set({ endpoint: 'shop' }, count);
      metrics.redisUp.set(count - 3);
    }
    const text = await new SummedMetrics().text(
      new Map([
        [1, await figures(a)],
        [2, await figures(b)],
      ]),
      [],
    );
    expect(value(text, 'livestall_connections')).toBe(7);
    expect(value(text, OK)).toBe(7);
    expect(value(text, TOOK)).toBe(7);
    expect(value(text, 'livestall_call_duration_seconds_bucket{le="0.025",command="chat:send"}')).toBe(4);
    expect(value(text, 'livestall_webhooks_pending{endpoint="shop"}')).toBe(4);
    expect(value(text, 'livestall_redis_up')).toBe(0);
  });

  it('[ST16] counters never fall: of a worker that is silent or has ended, what it counted stays; gauges do not', async () => {
    const sum = new SummedMetrics();
    const [a, b, reborn] = [node(), node(), node()];
    a.observer.call('chat:send', 'OK', 1);
    for (let i = 0; i < 5; i += 1) b.observer.call('chat:send', 'OK', 1);
    a.connections.set(1);
    b.connections.set(5);
    const [ofA, ofB] = [await figures(a), await figures(b)];
    const both = new Map([
      [1, ofA],
      [2, ofB],
    ]);
    expect(value(await sum.text(both, []), OK)).toBe(6);

    const silent = await sum.text(new Map([[1, ofA]]), []);
    expect([value(silent, OK), value(silent, TOOK), value(silent, 'livestall_connections')]).toEqual([
      6, 6, 1,
    ]);

    sum.end(2);
    const ended = await sum.text(new Map([[1, ofA]]), []);
    expect([value(ended, OK), value(ended, TOOK), value(ended, 'livestall_connections')]).toEqual([6, 6, 1]);

    reborn.observer.call('chat:send', 'OK', 1);
    both.set(2, await figures(reborn));
    expect(value(await sum.text(both, []), OK)).toBe(7);
    sum.end(2);
    sum.end(1);
    expect(value(await sum.text(new Map(), []), OK)).toBe(7);
  });

  it('[ST16] of those of Node, a loop that hangs in one worker shows, and the time of the start is the first', async () => {
    const whole = createMetrics({ processMetrics: true });
    const mine = await figures(whole);
    const at = (seconds: number, lag: number): Figures =>
      structuredClone(mine).map((each) => {
        const given = { process_start_time_seconds: seconds, nodejs_eventloop_lag_p99_seconds: lag }[
          each.name
        ];
        return given === undefined ? each : { ...each, values: [{ value: given, labels: {} }] };
      });
    const text = await new SummedMetrics().text(
      new Map([
        [1, at(200, 0.001)],
        [2, at(300, 2)],
      ]),
      at(100, 0).filter(({ name }) => name.startsWith('process_')),
    );
    expect(value(text, 'process_start_time_seconds')).toBe(100);
    expect(value(text, 'nodejs_eventloop_lag_p99_seconds')).toBe(2);
    expect(text.match(/^nodejs_version_info.* 1$/m)).not.toBeNull();
    whole.registry.clear();
  });
});
