import type { Machine } from './machine.ts';
import { byReason, type Withheld } from './rate.ts';
import type { Distribution, Series } from './series.ts';

/** A goal of one figure: at least or at most `value`. */
export type Goal = { figure: string; direction: 'at least' | 'at most'; value: number };

/** What a scenario hands back. */
export type Outcome = {
  /** Flat numbers; the names carry their units. */
  figures: Record<string, number>;
  /** Broken invariants, in words. Any makes the run fail. */
  violations: string[];
  /** Why a figure should not be trusted (the generator was the bottleneck, the rate was not kept). */
  warnings: string[];
  goals: Goal[];
  /** Raw rows for readers who want more than medians. */
  tables?: Record<string, Record<string, number | string>[]>;
  /** Figures that this run cannot give, and why: the load was not what it should have been. Not in `figures`. */
  withheld?: Withheld[];
  /** One ratio a pair, by the figure that is their median. */
  pairs?: Record<string, readonly number[]>;
  /** Over time; charts of the HTML report. */
  series?: Series[];
  /** Latencies and the like; charts of the HTML report. */
  distributions?: Distribution[];
};

export type JudgedGoal = Goal & { actual: number | null; met: boolean };

export type Report = {
  scenario: string;
  ok: boolean;
  figures: Record<string, number>;
  violations: string[];
  warnings: string[];
  goals: JudgedGoal[];
  tables?: Record<string, Record<string, number | string>[]>;
  withheld: Withheld[];
  pairs?: Record<string, readonly number[]>;
  series?: Series[];
  distributions?: Distribution[];
  parameters: Record<string, number | boolean>;
  /** The deployment that was loaded; left out where the run had servers of its own. */
  target?: { url: string; roomId: string };
  command: string;
  date: string;
  durationMs: number;
  machine: Machine;
  error?: string;
};

export function judge(goals: readonly Goal[], figures: Readonly<Record<string, number>>): JudgedGoal[] {
  return goals.map((goal) => {
    const actual = figures[goal.figure] ?? null;
    const met =
      actual !== null && (goal.direction === 'at least' ? actual >= goal.value : actual <= goal.value);
    return { ...goal, actual, met };
  });
}

/** 0 fine · 1 an invariant broke · 3 the run could not be made. (2 is a wrong command line.) */
export function exitCode(report: Report): 0 | 1 | 3 {
  if (report.violations.length > 0) return 1;
  return report.error === undefined ? 0 : 3;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

export const shown = (value: number | string | boolean): string =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 6 }) : String(value);

/** What a goal came to, in words. */
export function actualOf(goal: JudgedGoal, { withheld }: Pick<Report, 'withheld'>): string {
  if (goal.actual !== null) return shown(goal.actual);
  return withheld.some(({ figure }) => figure === goal.figure) ? 'withheld' : 'not measured';
}

/** The report as text for people. */
export function readable(report: Report): string {
  const { machine } = report;
  const lines = [
    '',
    `${report.scenario}: ${report.error ? 'could not run' : report.ok ? 'ok' : 'INVARIANT BROKEN'} (${(report.durationMs / 1000).toFixed(1)} s)`,
    `  ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB · Node ${machine.node} · Redis ${machine.redis}`,
    `  ${Object.entries(report.parameters)
      .map(([name, value]) => `${name} ${shown(value)}`)
      .join(' · ')}`,
    ...(report.target ? [`  target ${report.target.url}, room ${report.target.roomId}`] : []),
    '',
    ...table(Object.entries(report.figures).map(([name, value]) => [name, shown(value)])),
  ];
  for (const [name, rows] of Object.entries(report.tables ?? {})) {
    const columns = Object.keys(rows[0] ?? {});
    lines.push(
      '',
      `${name}`,
      ...table([columns, ...rows.map((row) => columns.map((key) => shown(row[key] ?? '')))]),
    );
  }
  if (report.goals.length > 0) lines.push('', 'Goals');
  for (const goal of report.goals) {
    const sign = goal.direction === 'at least' ? '≥' : '≤';
    lines.push(`  ${goal.met ? '✓' : '✗'} ${goal.figure} ${sign} ${goal.value}: ${actualOf(goal, report)}`);
  }
  for (const { figures, why } of byReason(report.withheld)) {
    lines.push('', `! withheld: ${figures.join(', ')}: ${why}`);
  }
  for (const warning of report.warnings) lines.push('', `! ${warning}`);
  for (const violation of report.violations) lines.push('', `✗ ${violation}`);
  if (report.error) lines.push('', report.error);
  return lines.join('\n');
}
