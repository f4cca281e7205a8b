import path from 'node:path';
import { runQuiet, stopOnSignals } from './child.mjs';
import { lockfileProblems } from './lockfile.mjs';
import { nodeBin } from './node-runtime.mjs';
import { inRoot, SCRATCH } from './paths.mjs';
import { formatDuration, say } from './progress.mjs';

/** Only what a change touches is looked at again. */
const TYPES_CACHE = path.join(SCRATCH, 'types.tsbuildinfo');

const tool = (...parts) => inRoot('node_modules', ...parts);

const CHECKS = {
  types: () =>
    runTool(tool('typescript', 'bin', 'tsc'), '-p', '.', '--incremental', '--tsBuildInfoFile', TYPES_CACHE),
  lint: () => runTool(tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '.'),
  lockfile: () => {
    const problems = lockfileProblems();
    return { ok: problems.length === 0, output: problems.join('\n') };
  },
  unit: () => runTool(tool('vitest', 'vitest.mjs'), 'run', '--project', 'unit'),
};

function runTool(file, ...args) {
  const colour = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
  return runQuiet(nodeBin(), [file, ...args], { env: { ...process.env, ...colour } });
}

/**
 * Runs checks side by side and prints a line for each, with its output where it fails.
 * @param {(keyof typeof CHECKS)[]} names
 * @returns {Promise<string[]>} those that failed
 */
export async function runChecks(names) {
  const failed = new Set();
  const restoreSignals = stopOnSignals();
  try {
    await Promise.all(
      names.map(async (name) => {
        const startedAt = performance.now();
        const { ok, output } = await CHECKS[name]();
        const time = formatDuration(performance.now() - startedAt);
        say(`${name.padEnd(9)} ${ok ? 'ok    ' : 'FAILED'} ${time}`);
        if (ok) return;
        failed.add(name);
        say(output.trimEnd());
      }),
    );
  } finally {
    restoreSignals();
  }
  return names.filter((name) => failed.has(name));
}
