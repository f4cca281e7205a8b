import type { Parameters, Scenario } from '../scenarios/scenario.ts';
import { type Args, type FlagName, type NumberName, UsageError } from './args.ts';

/**
 * What a scenario runs with: what was given, else its defaults.
 *
 * @throws {UsageError} for what the scenario has no use for, saying what it takes.
 */
export function parametersOf(scenario: Scenario, args: Args): Parameters {
  const numbers = Object.keys(scenario.defaults) as NumberName[];
  const flags = scenario.options ?? [];
  for (const name of [...(Object.keys(args.numbers) as NumberName[]), ...args.flags]) {
    if (numbers.includes(name as NumberName) || flags.includes(name as FlagName)) continue;
    const list = [...numbers, ...flags].map((each) => `--${each} `).join('');
    throw new UsageError(`${scenario.name} has no use for --${name}. It takes ${list}--quick --json --html.`);
  }
  if (args.target === undefined && args.iOwnThis) {
    throw new UsageError('--i-own-this is about the deployment that --target names.');
  }
  if (args.target !== undefined && scenario.targets !== true) {
    const why = scenario.targets ?? 'reads the CPU and the Redis of its servers';
    throw new UsageError(`${scenario.name} ${why}: it runs servers of its own, and takes no --target.`);
  }
  const size = args.quick ? 'quick' : 'full';
  return {
    ...Object.fromEntries(
      numbers.map((name) => [name, args.numbers[name] ?? scenario.defaults[name]?.[size] ?? 0]),
    ),
    ...Object.fromEntries(args.flags.map((name) => [name, true])),
    quick: args.quick,
  };
}
