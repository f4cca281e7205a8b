import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runChecks } from './lib/checks.mjs';
import { Interrupted, main, SetupError, toSetupError } from './lib/failure.mjs';
import { runForeground } from './lib/foreground.mjs';
import { nodeBin } from './lib/node-runtime.mjs';
import { inRoot, ROOT, remove } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { countsLine, countTests } from './lib/test-counts.mjs';
import { setup } from './setup.mjs';

const REPORTER = inRoot('scripts', 'lib', 'skips-reporter.mjs');
const REDIS_KINDS = ['standalone', 'sentinel', 'cluster'];

/**
 * `npm test [-- vitest arguments]`: sets up, checks, runs the tests. The last line is always the counts. The
 * tests are Vitest's; a check (types, lint, lockfile), the set-up or Vitest itself adds 1 to `failed` when it
 * fails and nothing when it passes. With arguments it is a run of a part, without the checks.
 *
 * `--redis=sentinel|cluster`: the integration tests on another kind of Redis than a standalone one.
 */
await main(async () => {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  let exitCode = 1;
  try {
    const { args, redis } = withoutRedis(process.argv.slice(2));
    const env = { ...(await setup({ needs: needsOf(args) })), ...redis };
    const failedChecks = args.length === 0 ? await runChecks(['types', 'lint', 'lockfile']) : [];
    for (const name of failedChecks) say(`FAILED: the check "${name}" (its output is above)`);
    totals.failed += failedChecks.length;
    const status = await runTests(args, env, totals);
    exitCode = totals.failed > 0 || totals.passed === 0 ? status || 1 : status;
  } catch (error) {
    const known = toSetupError(error);
    say(`\n${known ? known.message : error.stack}`);
    totals.failed += 1;
    if (error instanceof Interrupted) exitCode = error.exitCode;
  }
  say(countsLine(totals));
  return exitCode;
});

/** Takes `--redis` out, which Vitest does not know. Without a project, it is about the integration tests. */
function withoutRedis(given) {
  const args = [];
  let kind;
  for (let i = 0; i < given.length; i += 1) {
    const [flag, value] = given[i].split('=', 2);
    if (flag === '--redis') kind = value ?? given[++i] ?? '';
    else args.push(given[i]);
  }
  if (kind === undefined) return { args, redis: {} };
  if (!REDIS_KINDS.includes(kind)) {
    throw new SetupError(`--redis: there is no "${kind}".`, `Give one of: ${REDIS_KINDS.join(', ')}.`);
  }
  const aboutProjects = args.some((arg) => arg.startsWith('--project'));
  return {
    args: aboutProjects ? args : ['--project=integration', ...args],
    redis: { LIVESTALL_TEST_REDIS: kind },
  };
}

/** A run of some projects only does without what they do not use. */
function needsOf(args) {
  const projects = args.flatMap((arg, i) =>
    arg === '--project'
      ? [args[i + 1]]
      : arg.startsWith('--project=')
        ? [arg.slice('--project='.length)]
        : [],
  );
  const others = (...names) => projects.length === 0 || projects.some((name) => !names.includes(name));
  const needs = ['packages', 'redis', 'client'];
  if (others('unit')) needs.push('media');
  if (others('unit', 'integration', 'sentinel', 'cluster')) needs.push('chromium', 'fonts', 'coturn');
  return needs;
}

async function runTests(args, env, totals) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'livestall-test-'));
  const reportFile = path.join(folder, 'report.json');
  const skipsFile = path.join(folder, 'skips.json');
  const seed = process.env.LIVESTALL_TEST_SEED || String(randomInt(2 ** 31));
  try {
    const reporters = args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default'];
    reporters.push('--reporter=json', `--outputFile.json=${reportFile}`, `--reporter=${REPORTER}`);
    const status = await runForeground(
      nodeBin(),
      [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args],
      {
        env: { ...process.env, ...env, LIVESTALL_TEST_SEED: seed, LIVESTALL_TEST_SKIPS: skipsFile },
        // One stream, so that nothing can come after the counts.
        stdio: ['ignore', 1, 1],
      },
    );
    report(readJson(reportFile), readJson(skipsFile) ?? [], status, totals);
    if (totals.failed > 0) say(`The same random choices again: LIVESTALL_TEST_SEED=${seed} npm test`);
    return status;
  } finally {
    remove(folder);
  }
}

function report(result, skips, status, totals) {
  if (result === undefined) {
    say(`FAILED: Vitest ended with status ${status} and without a report.`);
    totals.failed += 1;
    return;
  }
  const { passed, failed, skipped, brokenFiles } = countTests(result);
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  for (const { test, why } of skips) say(`skipped: ${test} (${why})`);
  for (const file of brokenFiles) say(`FAILED: ${path.relative(ROOT, file)} (the file itself, see above)`);
  if (status !== 0 && failed === 0 && passed + skipped > 0) {
    say(`FAILED: Vitest ended with status ${status} although no test failed (see above).`);
    totals.failed += 1;
  }
  if (passed + failed + skipped === 0) say('No tests ran: nothing matches.');
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
