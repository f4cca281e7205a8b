import { loadavg } from 'node:os';
import { type Args, type NumberName, parseLoadArgs, UsageError, usage } from './kit/args.ts';
import { Lifetimes } from './kit/lifetimes.ts';
import { describeMachine, openFilesProblem, planPinning } from './kit/machine.ts';
import { stderrProgress } from './kit/progress.ts';
import { exitCode, judge, type Outcome, type Report, readable } from './kit/report.ts';
import { scenarios } from './scenarios/registry.ts';
import type { Parameters, Scenario } from './scenarios/scenario.ts';

/** `npm run load -- <scenario>`: exit status 0 fine, 1 an invariant broke, 2 wrong command line, 3 could not run. */

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

function parametersOf(scenario: Scenario, args: Args): Parameters {
  const parameters: { [N in NumberName]?: number } = {};
  const taken = Object.keys(scenario.defaults) as NumberName[];
  for (const name of Object.keys(args.numbers) as NumberName[]) {
    if (!taken.includes(name)) {
      const list = taken.map((each) => `--${each}`).join(' ');
      throw new UsageError(`${scenario.name} has no use for --${name}. It takes ${list} --quick --json.`);
    }
  }
  for (const name of taken) {
    parameters[name] = args.numbers[name] ?? scenario.defaults[name]?.[args.quick ? 'quick' : 'full'] ?? 0;
  }
  return { ...parameters, quick: args.quick };
}

function readCommandLine(): { args: Args; scenario: Scenario; parameters: Parameters } {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(usage(scenarios));
    process.exit(0);
  }
  try {
    const args = parseLoadArgs(
      argv,
      scenarios.map(({ name }) => name),
    );
    const scenario = scenarios.find(({ name }) => name === args.scenario);
    if (!scenario) throw new UsageError(`There is no scenario "${args.scenario}".`);
    return { args, scenario, parameters: parametersOf(scenario, args) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage(scenarios)}`);
    process.exit(EXIT_USAGE);
  }
}

/** A run that is given up may leave something that keeps Node from ending. */
const LINGER_MS = 2000;

async function main(): Promise<void> {
  const { args, scenario, parameters } = readCommandLine();
  const progress = stderrProgress();
  const lifetimes = new Lifetimes();
  let interrupted = false;
  const interrupt = () => {
    if (interrupted) process.exit(EXIT_INTERRUPTED);
    interrupted = true;
    progress.step('Stopping; closing what was opened.');
    void lifetimes.close().then(() => process.exit(EXIT_INTERRUPTED));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  const startedAtMs = performance.now();
  const date = new Date().toISOString();
  progress.step(`${scenario.name} (load average ${loadavg()[0]?.toFixed(2)})`);
  let outcome: Outcome = { figures: {}, violations: [], warnings: [], goals: [] };
  let error: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const problem = openFilesProblem(scenario.socketsInOneProcess(parameters));
    if (problem) throw new Error(problem);
    const seconds = scenario.maxSeconds(parameters);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Not done after ${seconds} s; given up.`)), seconds * 1000);
    });
    outcome = await Promise.race([
      scenario.run(parameters, { progress, lifetimes, pinning: planPinning() }),
      late,
    ]);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  clearTimeout(timer);
  progress.end();
  for (const leftover of await lifetimes.close()) outcome.warnings.push(`Not closed: ${leftover}`);
  if (interrupted) return;

  const report: Report = {
    scenario: scenario.name,
    ok: outcome.violations.length === 0 && error === undefined,
    ...outcome,
    goals: judge(outcome.goals, outcome.figures),
    parameters: parameters as Record<string, number | boolean>,
    command: ['npm run load --', ...process.argv.slice(2)].join(' '),
    date,
    durationMs: Math.round(performance.now() - startedAtMs),
    machine: describeMachine(),
    ...(error === undefined ? {} : { error }),
  };
  console.log(args.json ? JSON.stringify(report) : readable(report));
  process.exitCode = exitCode(report);
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

await main();
