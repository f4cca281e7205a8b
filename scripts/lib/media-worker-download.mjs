import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runQuiet } from './child.mjs';
import { PACKAGE, runsHere, WORKER } from './media-worker-place.mjs';
import { nodeBin } from './node-runtime.mjs';
import { remove } from './paths.mjs';
import { task } from './progress.mjs';

/** A network that swallows packets would hold it for minutes. */
const LIMIT_S = 60;

/**
 * By mediasoup's own install script, which puts it under the working directory. The build that it would try next, with
 * all that it downloads, needs Python: it is given a program that fails.
 * @param {string} folder where the worker goes
 * @returns {Promise<string | undefined>} why there is none; undefined when there is
 */
export async function downloadWorker(folder) {
  const cwd = path.join(folder, 'download');
  const limitS = Number(process.env.LIVESTALL_MEDIA_DOWNLOAD_S || LIMIT_S);
  if (limitS === 0) return 'LIVESTALL_MEDIA_DOWNLOAD_S is 0';
  const env = { ...process.env, PYTHON: 'false', NODE_USE_ENV_PROXY: '1' };
  try {
    fs.mkdirSync(cwd, { recursive: true });
    return await task('Downloading the media worker', 5, async (line) => {
      const script = path.join(PACKAGE, 'npm-scripts.mjs');
      const options = { env, cwd, timeoutMs: limitS * 1000 };
      const { timedOut, output } = await runQuiet(nodeBin(), [script, 'postinstall'], options);
      const file = path.join(cwd, 'worker', 'out', 'Release', WORKER);
      if (!timedOut && runsHere(file)) {
        fs.renameSync(file, path.join(folder, WORKER));
        return undefined;
      }
      const why = timedOut
        ? `nothing complete within ${limitS} s`
        : reasonOf(stripVTControlCharacters(output));
      line.endWith(`no ready-made one (${why}); building it instead`);
      return why;
    });
  } finally {
    remove(cwd);
  }
}

function reasonOf(output) {
  if (/no available mediasoup-worker prebuilt/.test(output)) return 'there is none for this platform';
  if (/fails to run in this host/.test(output)) return 'what came does not run on this system';
  if (/skipping mediasoup-worker prebuilt download/.test(output)) return 'it is switched off';
  const said = /failed, reason: (.+)/.exec(output) ?? /prebuilt binary: (.+)/.exec(output);
  const [, host] = /(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT) (\S+)$/.exec(said?.[1] ?? '') ?? [];
  return host ? `${host} cannot be reached` : (said?.[1] ?? 'mediasoup could not provide it');
}
