import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopOnSignals } from './lib/child.mjs';
import { clientBuild } from './lib/client-build.mjs';
import { main } from './lib/failure.mjs';
import { withLock } from './lib/lock.mjs';
import { foundMediaWorker, mediaWorker } from './lib/media-worker.mjs';
import { checkPlatform } from './lib/node-runtime.mjs';
import { packages } from './lib/npm-packages.mjs';
import { warnOfFewOpenFiles } from './lib/open-files.mjs';
import { inRoot, SCRATCH } from './lib/paths.mjs';
import { formatDuration, say } from './lib/progress.mjs';
import { systemTools } from './lib/system-tools.mjs';
import { TOOLS } from './lib/tools.mjs';

/** Steps that write into the checkout, in the order in which one needs the other. */
const CHECKOUT_STEPS = { packages, client: clientBuild };

/** Where Node keeps what it made of our sources: a start costs it a third less when it did so before. */
const COMPILED = {
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || inRoot('node_modules', '.cache', 'compiled'),
};

/**
 * Makes sure of what a command needs; checks first, and does nothing where nothing is missing.
 * @param {object} options
 * @param {('packages' | 'client' | 'redis' | 'chromium' | 'fonts' | 'coturn' | 'media')[]} options.needs
 * @param {'media'[]} [options.wants] where it cannot be had, the environment says why
 * @param {('packages' | 'client')[]} [options.force] done again even if it looks done
 * @param {boolean} [options.again] what failed a short while ago is tried again; by default where it is needed
 * @returns {Promise<Record<string, string>>} environment for the programs to start: where the tools are
 */
export async function setup({ needs, wants = [], force = [], again = needs.includes('media') }) {
  return { ...COMPILED, ...(await setupTools({ needs, wants, force, again })) };
}

async function setupTools({ needs, wants, force, again }) {
  const media = needs.includes('media') || wants.includes('media');
  if (process.env.LIVESTALL_SKIP_SETUP === '1') return media ? foundMediaWorker() : {};
  checkPlatform();
  const tools = systemTools(needs.filter((need) => need in TOOLS));
  const steps = Object.entries(CHECKOUT_STEPS).filter(([name]) => needs.includes(name));
  const isOpen = ([name, step]) => force.includes(name) || !step.isDone();
  const restoreSignals = stopOnSignals();
  try {
    if (!tools.isDone()) await tools.run();
    if (steps.some(isOpen)) {
      await withLock(path.join(SCRATCH, 'setup.lock'), sayWaiting, async () => {
        for (const step of steps) if (isOpen(step)) await step[1].run();
      });
    }
    if (!media) return tools.env;
    return { ...tools.env, ...(await mediaWorker({ required: needs.includes('media'), again })) };
  } finally {
    restoreSignals();
  }
}

/** A Redis that the options name, by address or as program, means that none has to be installed. */
export function needsRedisServer(args, env = process.env) {
  return !env.LIVESTALL_REDIS_URL && !args.some((arg) => /^--redis-(url|server-bin)(=|$)/.test(arg));
}

/** Not where video is switched off, or a flag names the worker. */
export function wantsMedia(args, env = process.env) {
  if (args.some((arg) => /^--media-worker-bin(=|$)/.test(arg))) return false;
  const flag = args.findLast((arg) => /^--(no-)?media(=|$)/.test(arg));
  if (flag === '--no-media') return false;
  return !/^(false|0|off|no)$/i.test(flag?.slice('--media='.length) ?? env.LIVESTALL_MEDIA ?? '');
}

function sayWaiting(pid) {
  say(`Waiting for another set-up of this checkout (pid ${pid}) …`);
}

const USAGE = `npm run setup [-- --test] [--no-media]

Installs what Livestall needs and builds its pages, without starting anything.
  --test       also what the tests need: Chromium, a Chinese font, coturn
  --no-media   without the media worker, for a server that does without video
npm start, npm test and npm run build do their part of it by themselves; see docs/setup.md.`;

async function setupCommand(args) {
  const unknown = args.find(
    (arg) => !['--test', '--no-media', '--help', '-h'].includes(arg) && !arg.startsWith('--redis-'),
  );
  if (args.includes('--help') || args.includes('-h') || unknown) {
    if (unknown) say(`There is no option ${unknown}.\n`);
    say(USAGE);
    return unknown ? 1 : 0;
  }
  const startedAt = performance.now();
  const forTests = args.includes('--test');
  const needs = ['packages', 'client'];
  if (forTests) needs.push('redis', 'chromium', 'fonts', 'coturn');
  else if (needsRedisServer(args)) needs.push('redis');
  const wants = [];
  if (wantsMedia(args)) (forTests ? needs : wants).push('media');
  const { LIVESTALL_MEDIA_UNAVAILABLE: lacksMedia } = await setup({ needs, wants, again: true });
  warnOfFewOpenFiles();
  say(
    `Everything${lacksMedia ? ' else' : ''} is in place (${formatDuration(performance.now() - startedAt)}).`,
  );
  return 0;
}

const isCommand = fs.realpathSync(process.argv[1]) === fs.realpathSync(fileURLToPath(import.meta.url));
if (isCommand) await main(() => setupCommand(process.argv.slice(2)));
