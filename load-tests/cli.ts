import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { type Args, parseLoadArgs, UsageError, usage } from './kit/args.ts';
import { Lifetimes } from './kit/lifetimes.ts';
import { describeMachine, openFilesProblem, planPinning } from './kit/machine.ts';
import { outputFile } from './kit/output-file.ts';
import { parametersOf } from './kit/parameters.ts';
import { stderrProgress } from './kit/progress.ts';
import { exitCode, judge, type Outcome, type Report, readable } from './kit/report.ts';
import { scenarios } from './scenarios/registry.ts';
import type { Parameters, RunContext, Scenario } from './scenarios/scenario.ts';
import { openTarget } from './target/open-target.ts';
import { type TargetAccess, targetAccess } from './target/target-address.ts';

/** `npm run load -- <scenario>`: exit status 0 fine, 1 an invariant broke, 2 wrong command line, 3 could not run. */

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

type Order = {
  args: Args;
  scenario: Scenario;
  parameters: Parameters;
  access: TargetAccess | undefined;
};

function readCommandLine(): Order {
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
    const parameters = parametersOf(scenario, args);
    if (args.html !== undefined) outputFile(args.html);
    const access =
      args.target === undefined ? undefined : targetAccess(args.target, args.iOwnThis, process.env);
    return { args, scenario, parameters, access };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n\`npm run load -- --help\` lists scenarios and flags.`);
    process.exit(EXIT_USAGE);
  }
}

async function contextOf(
  { access }: Order,
  base: Pick<RunContext, 'progress' | 'lifetimes'>,
): Promise<RunContext> {
  if (!access) return { ...base, pinning: planPinning() };
  // Its servers are not ours to pin; the bots take whatever is free.
  return { ...base, pinning: null, target: await openTarget(access, base.progress) };
}

async function writeReport(report: Report, { json, html }: Args): Promise<void> {
  if (html !== undefined) {
    // Loaded for those who want it: it brings a compiler with it.
    const { htmlReport } = await import('./kit/html/html-report.ts');
    writeFileSync(html, await htmlReport(report));
  }
  console.log(json ? JSON.stringify(report) : readable(report));
  if (html !== undefined) console.error(`The report is in ${html}`);
}

/** A run that is given up may leave something that keeps Node from ending. */
const LINGER_MS = 2000;

async function main(): Promise<void> {
  const order = readCommandLine();
  const { args, scenario, parameters, access } = order;
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
  let target: Report['target'];
  let timer: NodeJS.Timeout | undefined;
  try {
    const problem = openFilesProblem(scenario.socketsInOneProcess(parameters, access !== undefined));
    if (problem) throw new Error(problem);
    const seconds = scenario.maxSeconds(parameters);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Not done after ${seconds} s; given up.`)), seconds * 1000);
    });
    const run = async (): Promise<Outcome> => {
      const context = await contextOf(order, { progress, lifetimes });
      if (context.target) target = { url: access?.url ?? '', roomId: context.target.roomId };
      return scenario.run(parameters, context);
    };
    outcome = await Promise.race([run(), late]);
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
    withheld: outcome.withheld ?? [],
    parameters: parameters as Record<string, number | boolean>,
    command: ['npm run load --', ...process.argv.slice(2)].join(' '),
    date,
    durationMs: Math.round(performance.now() - startedAtMs),
    machine: describeMachine(),
    ...(target ? { target } : {}),
    ...(error === undefined ? {} : { error }),
  };
  await writeReport(report, args);
  process.exitCode = exitCode(report);
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

await main();
