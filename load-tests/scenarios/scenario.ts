import type { FlagName, NumberName } from '../kit/args.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import type { Pinning } from '../kit/machine.ts';
import type { Progress } from '../kit/progress.ts';
import type { Outcome } from '../kit/report.ts';
import type { OpenTarget } from '../target/open-target.ts';

export type RunContext = {
  progress: Progress;
  /** Whatever the run opens is registered here at once. */
  lifetimes: Lifetimes;
  pinning: Pinning;
  /**
   * With `--target`, and only in scenarios with `targets: true`: a deployment that was checked, and a new room on it.
   * Neither its CPU nor its Redis can be read; leave out figures that need them, and baselines.
   */
  target?: OpenTarget;
};

/**
 * What a run was asked for, after defaults, e.g. `{ viewers: 1000, rate: 50, seconds: 10, seed: 1, quick: false }`.
 * A number is there if `defaults` has it, a flag if it was given.
 */
export type Parameters = { readonly [N in NumberName]?: number } & {
  readonly [F in FlagName]?: boolean;
} & { readonly quick: boolean };

/**
 * One thing that is measured, one file each. To add one: a file beside this, a line in registry.ts.
 */
export type Scenario = {
  readonly name: string;
  readonly summary: string;
  /** The numbers it takes, with their defaults in full and with `--quick`. Others are refused. */
  readonly defaults: { readonly [N in NumberName]?: { readonly full: number; readonly quick: number } };
  /** The flags it takes besides those that every run has. Others are refused. */
  readonly options?: readonly FlagName[];
  /**
   * Whether it can run against a deployment (`--target`). A text says why not, after the scenario's name, e.g.
   * `kills nodes`; left out: because it reads the CPU and the Redis of its servers.
   */
  readonly targets?: true | string;
  /** A run that takes longer is ended and fails. */
  maxSeconds(parameters: Parameters): number;
  /**
   * The most sockets that any one process of the run holds: a bot process, but also a server or a peer, at its fullest
   * (a node that takes over from one that was killed).
   *
   * @param target with `--target`, servers are their owner's affair: only bots count.
   */
  socketsInOneProcess(parameters: Parameters, target: boolean): number;
  run(parameters: Parameters, context: RunContext): Promise<Outcome>;
};
