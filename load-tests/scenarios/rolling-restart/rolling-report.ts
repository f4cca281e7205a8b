import type { ShopResult } from '../../bots/storms/methods.ts';
import { neighbourWarnings } from '../../kit/neighbours.ts';
import { BUSY_LIMIT } from '../../kit/rate.ts';
import type { Outcome } from '../../kit/report.ts';
import { distribution } from '../../kit/series.ts';
import { percentile, significant, sum } from '../../kit/stats.ts';
import type { Missed } from '../reconnect-storm/missed-events.ts';
import type { Restart } from './rolling-nodes.ts';
import { userVisibleErrors } from './shop-checks.ts';

/** What a run came to. */
export type RollingRun = {
  viewers: number;
  restarts: readonly Restart[];
  told: ShopResult;
  missed: Missed;
  saleIds: readonly string[];
  /** That the host saw. */
  errors: Record<string, number>;
  othersShare: number;
  violations: readonly string[];
};

/** Figures and tables of a rolling restart. */
export function rollingReport(run: RollingRun): Omit<Outcome, 'violations'> {
  const { viewers, restarts, told, missed, saleIds, othersShare, violations } = run;
  const errors = { ...userVisibleErrors(told), ...run.errors };
  const grabMs = told.grabs.map(({ latencyMs }) => latencyMs);
  const { reconnects, longestGoneMs } = told;
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  const figures = {
    violations: violations.length,
    missedEvents: missed.missedEvents,
    userVisibleErrors: sum(Object.values(errors)),
    restarts: restarts.length,
    reconnectsPerViewer: sum(reconnects) / viewers,
    mostReconnects: most(reconnects),
    longestGoneP50Ms: percentile(longestGoneMs, 0.5),
    longestGoneP99Ms: percentile(longestGoneMs, 0.99),
    longestGoneMaxMs: most(longestGoneMs),
    sales: saleIds.length,
    grabs: told.grabs.length,
    grabLatencyP50Ms: percentile(grabMs, 0.5),
    grabLatencyP99Ms: percentile(grabMs, 0.99),
    messages: told.chatLatenciesMs.length,
    chatLatencyP99Ms: percentile(told.chatLatenciesMs, 0.99),
    nodeStopMs: most(restarts.map(({ stopMs }) => stopMs)),
    nodeStartMs: most(restarts.map(({ startMs }) => startMs)),
    generatorBusyShare: told.busyShare,
    othersShare,
  };
  const codes: Record<string, number> = {};
  for (const { code } of told.grabs) codes[code] = (codes[code] ?? 0) + 1;
  const rows = (all: Record<string, number>, key: string) =>
    Object.entries(all).map(([name, times]) => ({ [key]: name, times }));
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    warnings: [
      ...neighbourWarnings(othersShare),
      ...(told.busyShare >= BUSY_LIMIT ? ['The generator was the bottleneck: times are its own.'] : []),
    ],
    goals: (['violations', 'missedEvents', 'userVisibleErrors'] as const).map((figure) => {
      return { figure, direction: 'at most', value: 0 };
    }),
    tables: {
      'answers to grabs': rows(codes, 'code'),
      'errors that users saw': rows(errors, 'error'),
      restarts: restarts.map(({ stopMs, startMs }, n) => {
        return { node: n + 1, 'stop ms': significant(stopMs), 'start ms': significant(startMs) };
      }),
    },
    distributions: [
      distribution('longest time without a connection', 'ms', longestGoneMs),
      distribution('grab', 'ms', grabMs),
    ],
  };
}
