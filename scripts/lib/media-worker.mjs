import fs from 'node:fs';
import path from 'node:path';
import { Interrupted, SetupError, toSetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { BuildFailed, buildWorker } from './media-worker-build.mjs';
import { downloadWorker } from './media-worker-download.mjs';
import { cacheFolder, keptWorker, RECIPE, runsHere, WORKER } from './media-worker-place.mjs';
import { readText } from './paths.mjs';
import { say } from './progress.mjs';
import { systemTools } from './system-tools.mjs';
import { namedProgram } from './tools.mjs';

const VARIABLES = ['LIVESTALL_MEDIA_WORKER_BIN', 'MEDIASOUP_WORKER_BIN'];
/** What failed for good is not tried at each start. */
const TRY_AGAIN_MS = 24 * 3_600_000;

/**
 * mediasoup's worker, the program that relays pictures and sound, from the first of these: a variable that names it, the
 * user's cache, mediasoup's own download, a build from the source in its package.
 * @param {object} options
 * @param {boolean} options.required to have none is an error; else the server is told why, and runs without video
 * @param {boolean} options.again also what failed a short while ago is tried
 * @returns {Promise<Record<string, string>>} for the server: where the worker is, or why there is none (the reason in
 *   the first line, then what to do)
 */
export async function mediaWorker({ required, again }) {
  const named = namedWorker();
  if (named || !fs.existsSync(RECIPE)) return given(named);
  try {
    return given(keptWorker() ?? (await makeWorker(again)));
  } catch (error) {
    const known = toSetupError(error);
    if (required || known === undefined || known instanceof Interrupted) throw error;
    say(`${known.message}\nUntil then there is no video; everything else works.`);
    return { LIVESTALL_MEDIA_UNAVAILABLE: known.message };
  }
}

/** The same where no set-up is wanted: without making anything. */
export function foundMediaWorker() {
  const named = namedWorker();
  if (named || !fs.existsSync(RECIPE)) return given(named);
  const file = keptWorker();
  if (file) return given(file);
  const advice = `Run npm run setup once, or name one with ${VARIABLES[0]}.`;
  return {
    LIVESTALL_MEDIA_UNAVAILABLE: `No media worker is here, and LIVESTALL_SKIP_SETUP is set.\n${advice}`,
  };
}

function given(file) {
  return file ? { [VARIABLES[0]]: file } : {};
}

function namedWorker() {
  const variable = VARIABLES.find((name) => process.env[name]);
  if (variable === undefined) return undefined;
  const file = path.resolve(namedProgram(process.env, variable));
  if (runsHere(file)) return file;
  throw new SetupError(
    `${variable} names ${file}, which does not run as a worker of mediasoup.`,
    'Started by hand, one ends with status 41. Correct the variable, or unset it to have one made.',
  );
}

async function makeWorker(again) {
  const folder = cacheFolder();
  const waiting = (pid) => say(`Waiting for another set-up that makes the media worker (pid ${pid}) …`);
  return await withLock(path.join(folder, 'lock'), waiting, async () => {
    const worker = path.join(folder, WORKER);
    if (runsHere(worker)) return worker;
    const download = attempt(folder, 'download', again);
    if (download.mayRun) {
      const why = await downloadWorker(folder);
      if (why === undefined) return worker;
      download.failed(why);
    }
    const build = attempt(folder, 'build', again);
    if (!build.mayRun) throw new SetupError(build.lastFailure);
    const tools = systemTools(['compiler']);
    if (!tools.isDone()) await tools.run();
    try {
      await buildWorker(folder);
    } catch (error) {
      if (error instanceof BuildFailed) build.failed(error.message);
      throw error;
    }
    return worker;
  });
}

/** One of the ways, with a note of how it failed, if it did. */
function attempt(folder, way, again) {
  const note = path.join(folder, `${way}-failed`);
  const stats = fs.statSync(note, { throwIfNoEntry: false });
  const isRecent = stats !== undefined && Date.now() - stats.mtimeMs < TRY_AGAIN_MS;
  return {
    mayRun: again || !isRecent,
    lastFailure: readText(note),
    failed: (why) => fs.writeFileSync(note, why),
  };
}
