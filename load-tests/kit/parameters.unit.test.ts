import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../scenarios/registry.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { parseLoadArgs } from './args.ts';
import { outputFile } from './output-file.ts';
import { parametersOf } from './parameters.ts';

const scenario: Scenario = {
  name: 'some',
  summary: '',
  defaults: { viewers: { full: 1000, quick: 100 }, pairs: { full: 5, quick: 3 } },
  options: ['peers'],
  targets: true,
  maxSeconds: () => 1,
  socketsInOneProcess: () => 1,
  run: () => Promise.reject(new Error('not run here')),
};
const of = (line: string, changes: Partial<Scenario> = {}) =>
  parametersOf(
    { ...scenario, ...changes },
    parseLoadArgs(['some', ...line.split(' ').filter(Boolean)], ['some']),
  );

describe('parametersOf', () => {
  it('has defaults by size, what was given, and flags that were given', () => {
    expect(of('')).toEqual({ viewers: 1000, pairs: 5, quick: false });
    expect(of('--quick --viewers 7 --peers')).toEqual({ viewers: 7, pairs: 3, peers: true, quick: true });
  });

  it('[LK2] refuses what the scenario has no use for, and says what it takes', () => {
    expect(() => of('--grabs 5')).toThrow(
      'some has no use for --grabs. It takes --viewers --pairs --peers --quick --json --html.',
    );
    expect(() => of('--peers', { options: [] })).toThrow(/no use for --peers/);
  });

  it('[LK2] refuses --target where servers of its own are needed, and says why', () => {
    const line = '--target http://127.0.0.1:1';
    expect(of(line)).toMatchObject({ viewers: 1000 });
    expect(() => of(line, { targets: 'kills nodes' })).toThrow(
      'some kills nodes: it runs servers of its own, and takes no --target.',
    );
    const { targets: _, ...none } = scenario;
    expect(() => parametersOf(none, parseLoadArgs(['some', ...line.split(' ')], ['some']))).toThrow(
      /some reads the CPU and the Redis of its servers/,
    );
    expect(() => of('--i-own-this')).toThrow(/--target names/);
  });
});

it('[LK2] what needs no more than an address can load a deployment', () => {
  const open = scenarios.filter(({ targets }) => targets === true).map(({ name }) => name);
  expect(open.sort()).toEqual(['chat-flood', 'flash-sale-stampede', 'join-storm', 'stock-ticker']);
});

it('[LK8] scenarios count the sockets of servers, too: of a crowd on at most three nodes, a third', () => {
  const viewers = 100_000;
  const counted = scenarios
    .filter(({ defaults }) => defaults.viewers !== undefined)
    .map(
      ({ name, socketsInOneProcess }) =>
        [name, socketsInOneProcess({ viewers, quick: false }, false)] as const,
    )
    // Rooms with sockets that are none.
    .filter(([, sockets]) => sockets > 0);
  expect(counted.length).toBeGreaterThan(3);
  expect(counted.filter(([, sockets]) => sockets < viewers / 3)).toEqual([]);
});

describe('outputFile', () => {
  it('[LK2] finds out before the run that a report cannot be written, and leaves no trace', () => {
    const folder = mkdtempSync(join(tmpdir(), 'livestall-report-'));
    try {
      const file = join(folder, 'old.html');
      outputFile(file);
      expect(() => readFileSync(file)).toThrow(/ENOENT/);
      writeFileSync(file, 'old');
      outputFile(file);
      expect(readFileSync(file, 'utf8')).toBe('old');
      expect(() => outputFile(join(folder, 'no', 'such.html'))).toThrow(/cannot be written: ENOENT/);
      expect(() => outputFile(folder)).toThrow(/cannot be written: EISDIR/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
