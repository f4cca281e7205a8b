import fs from 'node:fs';
import path from 'node:path';
import { runQuiet, stopOnSignals } from './lib/child.mjs';
import { main, SetupError } from './lib/failure.mjs';
import { withLock } from './lib/lock.mjs';
import { explainNpm } from './lib/npm-errors.mjs';
import { cacheFolder, npmCommand, npmEnv } from './lib/npm-packages.mjs';
import { inRoot, readText, SCRATCH } from './lib/paths.mjs';
import { progressTo, say, task } from './lib/progress.mjs';
import { systemTools } from './lib/system-tools.mjs';
import { nchanModule, TOOLS } from './lib/tools.mjs';

/**
 * node scripts/peers.mjs
 * Makes sure of what `npm run load -- chat-flood --peers` compares with: nginx with nchan, mosquitto, and the npm
 * packages of load-tests/peers/npm, in a node_modules of their own. Nothing else installs these. The last line of stdout
 * is JSON: where they are.
 */

const FOLDER = inRoot('load-tests', 'peers', 'npm');
const LOCKFILE = path.join(FOLDER, 'package-lock.json');
/** The lock file as it was when the packages were installed. */
const STAMP = path.join(FOLDER, 'node_modules', '.livestall-setup');

const packages = {
  isDone: () => readText(STAMP) === readText(LOCKFILE),
  run: () => task('Installing colyseus and faye', 10, install),
};

async function install() {
  const [command, ...args] = npmCommand();
  const env = npmEnv();
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { ok, output } = await runQuiet(command, [...args, 'ci', ...options], { env, cwd: FOLDER });
  if (!ok) throw explainNpm(output, cacheFolder(env));
  fs.copyFileSync(LOCKFILE, STAMP);
}

await main(async () => {
  progressTo(process.stderr);
  const tools = systemTools(['nchan', 'mosquitto']);
  if (process.env.LIVESTALL_SKIP_SETUP === '1') {
    if (!tools.isDone() || !packages.isDone()) {
      throw new SetupError(
        'What --peers compares with is missing, and LIVESTALL_SKIP_SETUP=1 lets nothing be installed.',
      );
    }
  }
  const restoreSignals = stopOnSignals();
  try {
    if (!tools.isDone()) await tools.run();
    const waiting = (pid) => say(`Waiting for another set-up of this checkout (pid ${pid}) …`);
    if (!packages.isDone()) {
      await withLock(path.join(SCRATCH, 'setup.lock'), waiting, async () => {
        if (!packages.isDone()) await packages.run();
      });
    }
  } finally {
    restoreSignals();
  }
  const places = {
    nginx: TOOLS.nchan.find(process.env),
    nchanModule: nchanModule(process.env),
    mosquitto: TOOLS.mosquitto.find(process.env),
  };
  console.log(JSON.stringify(places));
});
