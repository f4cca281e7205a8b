import type { StormResult } from '../../bots/methods.ts';
import { neighbourWarnings } from '../../kit/neighbours.ts';
import type { Outcome } from '../../kit/report.ts';
import { median, percentile, significant } from '../../kit/stats.ts';
import { BUSY_LIMIT } from '../flood-checks.ts';
import type { LedgerIndex } from './storm-checks.ts';
import type { StormNodes } from './storm-nodes.ts';

/** Figures and tables of a storm. */
export function stormReport(
  told: StormResult,
  ledger: LedgerIndex,
  states: Record<string, number>,
  run: {
    ragedMs: number;
    othersShare: number;
    nodes: StormNodes;
    nodesCpuSeconds: number;
    delivered: { afterMs: number; requests: number };
  },
): Omit<Outcome, 'violations'> {
  const { operations } = told;
  const having = (outcome: string) => operations.filter((operation) => operation.outcome === outcome);
  const latenciesMs = having('ok').map(({ sentAtMs, answeredAtMs }) => answeredAtMs - sentAtMs);
  const rows = new Map<string, Record<string, number | string>>();
  for (const { kind, outcome, code } of operations) {
    const key = `${kind} ${outcome} ${code}`;
    const row = rows.get(key) ?? { operation: kind, outcome, code, times: 0 };
    row.times = Number(row.times) + 1;
    rows.set(key, row);
  }
  const counted = (all: Record<string, number>, key: string) =>
    Object.entries(all)
      .sort(([, a], [, b]) => b - a)
      .map(([name, times]) => ({ [key]: name, times }));
  const figures = {
    operations: operations.length,
    acknowledged: having('ok').length,
    refused: having('fail').length,
    unknown: having('unknown').length,
    operationsPerSecond: (operations.length / run.ragedMs) * 1000,
    ackLatencyP50Ms: percentile(latenciesMs, 0.5),
    ackLatencyP99Ms: percentile(latenciesMs, 0.99),
    kills: run.nodes.kills,
    nodeStartMs: median(run.nodes.startMs),
    connections: told.connections,
    answersCompared: told.compared,
    facts: ledger.facts,
    offersToThoseInLine: ledger.offers,
    latePaymentsGivenUnits: ledger.paidLate,
    latestExpiryMs: ledger.latestExpiryMs,
    nodesCpuShare: (run.nodesCpuSeconds / run.ragedMs) * 1000,
    webhookRequests: run.delivered.requests,
    webhooksDoneAfterMs: run.delivered.afterMs,
    generatorBusyShare: told.busyShare,
    othersShare: run.othersShare,
  };
  const warnings = neighbourWarnings(run.othersShare);
  if (told.busyShare >= BUSY_LIMIT) warnings.push('The generator was the bottleneck: latencies are its own.');
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    warnings,
    goals: [],
    tables: {
      operations: [...rows.values()].sort((a, b) => Number(b.times) - Number(a.times)),
      'answers that decided nothing': counted(told.undecided, 'answer'),
      'orders at the end': counted(states, 'state'),
      facts: counted(ledger.kinds, 'kind'),
    },
  };
}
