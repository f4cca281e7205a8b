import { percentile, significant } from '../../kit/stats.ts';
import { isControl, KEPT_FROM_MICROS, type SlowCall } from '../../target/slow-calls.ts';

type Row = Record<string, number | string>;
const MS = 1000;
const ms = (micros: number): number => significant(micros / MS, 3);

const longest = (calls: readonly SlowCall[]): SlowCall[] => calls.toSorted((a, b) => b.micros - a.micros);
const over = (calls: readonly SlowCall[]): number => calls.filter(({ micros }) => micros > MS).length;

/** What SLOWLOG kept of a draw: its longest call, and beside it the same for calls that only count. */
export function longestCalls(calls: readonly SlowCall[]): {
  figures: Record<string, number>;
  tables: Record<string, Row[]>;
} {
  const ours = calls.filter((call) => !isControl(call));
  const control = calls.filter(isControl);
  const byName = Map.groupBy(calls, ({ name }) => name);
  const figures = {
    longestRedisCallMs: (longest(ours)[0]?.micros ?? KEPT_FROM_MICROS) / MS,
    callsOver1Ms: over(ours),
    controlLongestMs: (longest(control)[0]?.micros ?? Number.NaN) / MS,
    controlOver1MsShare: over(control) / Math.max(1, control.length),
  };
  const rows = [...byName].map(([name, each]): Row => {
    const micros = each.map((call) => call.micros);
    return {
      call: name,
      [`of ${KEPT_FROM_MICROS} µs or more`]: each.length,
      'p50 ms': ms(percentile(micros, 0.5)),
      'p99 ms': ms(percentile(micros, 0.99)),
      'p99.9 ms': ms(percentile(micros, 0.999)),
      'max ms': ms(Math.max(...percentileEnds(micros))),
      'over 1 ms': over(each),
    };
  });
  return {
    figures,
    tables: {
      'longest calls': longest(ours)
        .slice(0, 5)
        .map(({ name, micros, detail }) => ({ call: name, ms: ms(micros), words: detail })),
      'calls by script; count-up only counts, what it took beyond its p50 is the machine': rows,
    },
  };
}

/** Spreading a hundred thousand numbers into a call would be too many. */
const percentileEnds = (values: readonly number[]): [number] => [percentile(values, 1)];
