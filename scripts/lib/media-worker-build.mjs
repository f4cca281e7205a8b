import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { keepLog, runQuiet } from './child.mjs';
import { diskFull, SetupError } from './failure.mjs';
import { PACKAGE, RECIPE, runsHere, WORKER } from './media-worker-place.mjs';
import { findOnPath, outerPath, ROOT, readText, remove } from './paths.mjs';
import { say, task } from './progress.mjs';

/** Measured with g++ 12: 116 s of one core, at most 490 MB a job. */
const CORE_SECONDS = 120;
/** Of a small machine's cores, which often share one. */
const SLOWER = 3;
const BYTES_A_JOB = 600e6;
const OUT_OF_MEMORY = /Killed signal terminated|out of memory|Cannot allocate memory/i;
const DISK_FULL = /No space left on device|Disk quota exceeded/;

/** It would fail again: this source, these libraries and this compiler do not go together. */
export class BuildFailed extends SetupError {
  constructor(cause, output) {
    super(
      `The media worker could not be built: ${cause}`,
      'Name one that you have with LIVESTALL_MEDIA_WORKER_BIN, or do without video: --no-media.',
      'npm run setup tries it again.',
      output && keepLog('media-worker.log', output),
    );
  }
}

/**
 * Builds the worker from the source in mediasoup's package. Build tools are there. One that was stopped goes on where it
 * was; the worker appears in the folder only once it is complete and runs.
 */
export async function buildWorker(folder) {
  const out = path.join(folder, 'build');
  const jobs = parallelJobs();
  const fastS = Math.ceil(CORE_SECONDS / jobs / 5) * 5;
  await task('Building the media worker, once', [fastS, SLOWER * fastS], async (line) => {
    await configure(out);
    await compile(out, jobs, line);
    if (!runsHere(path.join(out, WORKER))) throw new BuildFailed(`it does not start from ${folder}.`, '');
    fs.renameSync(path.join(out, WORKER), path.join(folder, WORKER));
    remove(out);
  });
}

async function configure(out) {
  const checkout = path.join(out, 'checkout');
  if (readText(checkout) !== ROOT) remove(out);
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(checkout, ROOT);
  const options = ['-G', 'Ninja', `-DWORKER_SOURCE=${path.join(PACKAGE, 'worker')}`];
  const result = await runQuiet('cmake', ['-S', RECIPE, '-B', out, ...options], { env: buildEnv() });
  if (result.ok) return;
  remove(out);
  throw explain(result.output, out);
}

/** By ninja itself, which ends its compilers when it is told to stop; cmake would not tell it. */
async function compile(out, jobs, line) {
  const onOutput = (text) => {
    const [, done, all] = [...text.matchAll(/\[(\d+)\/(\d+)\]/g)].at(-1) ?? [];
    if (all) line.show(`${done} of ${all}`);
  };
  const ninja = findOnPath(['ninja', 'ninja-build']);
  const { ok, output } = await runQuiet(ninja, ['-C', out, '-j', String(jobs)], {
    env: buildEnv(),
    onOutput,
  });
  if (ok) return;
  if (OUT_OF_MEMORY.test(output)) {
    if (jobs === 1) throw outOfMemory();
    say('  the compiler ran out of memory; it goes on with one file at a time');
    await compile(out, 1, line);
    return;
  }
  if (DISK_FULL.test(output)) remove(out);
  throw explain(output, out);
}

function buildEnv() {
  return { ...process.env, PATH: outerPath(), LC_ALL: 'C', NINJA_STATUS: '[%f/%t] ' };
}

/** As many as there are cores, and memory that is free. */
function parallelJobs() {
  const free = process.availableMemory?.() ?? os.freemem();
  return Math.max(1, Math.min(os.availableParallelism(), Math.floor(free / BYTES_A_JOB)));
}

function explain(output, out) {
  if (DISK_FULL.test(output)) return diskFull([out, os.tmpdir()]);
  const cause =
    cmakeError(output) ?? /^.*\berror: .*$/m.exec(output)?.[0] ?? 'the compiler ended without a word';
  return new BuildFailed(cause.replaceAll(`${ROOT}/`, '').slice(0, 300), output);
}

/** Its words stand in indented lines below the place. */
function cmakeError(output) {
  const [, text] = /^CMake Error[^:\n]*(?::\d+)?[^:\n]*:(.*(?:\n(?:[ \t].*)?)*)/m.exec(output) ?? [];
  return text?.replace(/\s+/g, ' ').trim() || undefined;
}

function outOfMemory() {
  return new SetupError(
    'The media worker could not be built: the memory is not enough for one compiler.',
    `It takes ${BYTES_A_JOB / 1e6} MB: end something else, or add swap; then run the same command again.`,
    'Or build it on a machine like this one, copy it, and name it with LIVESTALL_MEDIA_WORKER_BIN.',
  );
}
