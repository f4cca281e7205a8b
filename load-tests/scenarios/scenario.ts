import type { NumberName } from '../kit/args.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import type { Pinning } from '../kit/machine.ts';
import type { Progress } from '../kit/progress.ts';
import type { Outcome } from '../kit/report.ts';

export type RunContext = {
  progress: Progress;
  /** Whatever the run opens is registered here at once. */
  lifetimes: Lifetimes;
  pinning: Pinning;
};

/** Numbers of a run after defaults, e.g. `{ viewers: 1000, rate: 50, seconds: 10, seed: 1 }`. */
export type Parameters = { readonly [N in NumberName]?: number } & { readonly quick: boolean };

/**
 * One thing that is measured, one file each. To add one: a file beside this, a line in registry.ts.
 */
export type Scenario = {
  readonly name: string;
  readonly summary: string;
  /** The numbers it takes, with their defaults in full and with `--quick`. Others are refused. */
  readonly defaults: { readonly [N in NumberName]?: { readonly full: number; readonly quick: number } };
  /** A run that takes longer is ended and fails. */
  maxSeconds(parameters: Parameters): number;
  /** The most sockets that one process of the run holds. */
  socketsInOneProcess(parameters: Parameters): number;
  run(parameters: Parameters, context: RunContext): Promise<Outcome>;
};
