import { describe, expect, it } from 'vitest';
import { openFilesProblem, parseCpuList } from './machine.ts';
import { exitCode, judge, type Report, readable } from './report.ts';

const report = (changes: Partial<Report>): Report => ({
  scenario: 'chat-flood',
  ok: true,
  figures: { cpuPerDeliveryRatio: 3.4 },
  violations: [],
  warnings: [],
  withheld: [],
  goals: judge([{ figure: 'cpuPerDeliveryRatio', direction: 'at least', value: 3 }], {
    cpuPerDeliveryRatio: 3.4,
  }),
  parameters: { viewers: 1000, quick: false },
  command: 'npm run load -- chat-flood',
  date: '2026-01-01T00:00:00.000Z',
  durationMs: 12_345,
  machine: { cpu: 'x', cores: 2, memoryGb: 4, node: 'v24', redis: '7.0.15' },
  ...changes,
});

describe('report', () => {
  it('judges goals in their direction, and what was not measured as missed', () => {
    const goals = [
      { figure: 'a', direction: 'at least', value: 3 },
      { figure: 'b', direction: 'at most', value: 3 },
      { figure: 'c', direction: 'at most', value: 3 },
    ] as const;
    expect(judge(goals, { a: 3, b: 3.1 }).map(({ met, actual }) => [met, actual])).toEqual([
      [true, 3],
      [false, 3.1],
      [false, null],
    ]);
  });

  it('[LK1] exits with 1 for a broken invariant, 3 for a run that could not be made, else 0', () => {
    expect(exitCode(report({}))).toBe(0);
    expect(exitCode(report({ warnings: ['noise'], withheld: [{ figure: 'a', why: 'late' }] }))).toBe(0);
    expect(exitCode(report({ goals: judge([{ figure: 'a', direction: 'at least', value: 3 }], {}) }))).toBe(
      0,
    );
    expect(exitCode(report({ error: 'no redis' }))).toBe(3);
    expect(exitCode(report({ error: 'late', violations: ['oversold'] }))).toBe(1);
  });

  it('[LK5] says of a goal that its figure was withheld, and why', () => {
    const goals = judge([{ figure: 'a', direction: 'at least', value: 3 }], {});
    const withheld = ['a', 'b'].map((figure) => ({ figure, why: 'the rate was not kept' }));
    const text = readable(report({ goals, withheld }));
    expect(text).toContain('✗ a ≥ 3: withheld');
    expect(text).toContain('! withheld: a, b: the rate was not kept');
  });

  it('shows figures, goals and what went wrong', () => {
    const text = readable(
      report({ ok: false, violations: ['oversold by 1'], tables: { legs: [{ side: 'ours', n: 1 }] } }),
    );
    expect(text).toContain('INVARIANT BROKEN');
    expect(text).toContain('✗ oversold by 1');
    expect(text).toContain('✓ cpuPerDeliveryRatio ≥ 3: 3.4');
    expect(text).toMatch(/side +n\n +ours +1/);
  });
});

describe('machine', () => {
  it('[LK8] says how many open files are needed where they are too few', () => {
    expect(openFilesProblem(5000, 20_000)).toBeNull();
    expect(openFilesProblem(5000, Number.POSITIVE_INFINITY)).toBeNull();
    expect(openFilesProblem(5000, 1024)).toMatch(/needs 5200 open files .* 1024 are allowed.*ulimit -n 5200/);
  });

  it('reads lists of CPUs', () => {
    expect(parseCpuList('0-2,5')).toEqual([0, 1, 2, 5]);
    expect(parseCpuList('3\n')).toEqual([3]);
  });
});
