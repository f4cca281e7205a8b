import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SetupError } from './failure.mjs';
import { inRoot, isExecutable, isWritable, readText, SCRATCH } from './paths.mjs';

export const WORKER = 'mediasoup-worker';
export const PACKAGE = inRoot('node_modules', 'mediasoup');
/** How it is built here, and what adapts it to the distribution's libraries. */
export const RECIPE = inRoot('server', 'media', 'worker');
const RECIPE_FILES = /\.(txt|h)$/;

/** What it ends with when it is started by hand: it runs here, and lacks what only mediasoup tells it. */
const STARTED_BY_HAND = 41;

/** Whether it runs here; a library that it needs may have gone in an upgrade of the system. */
export function runsHere(file) {
  if (!isExecutable(file)) return false;
  return spawnSync(file, { env: {}, stdio: 'ignore', timeout: 10_000 }).status === STARTED_BY_HAND;
}

/** A worker that an earlier set-up has made, and that runs. */
export function keptWorker() {
  return folders()
    .map((folder) => path.join(folder, WORKER))
    .find(runsHere);
}

/** Where to make one and keep it: a folder for each that differs, shared by all checkouts of the user. */
export function cacheFolder() {
  const all = folders();
  return all.find(isWritable) ?? all[0];
}

/** In the user's cache, else (a service account has no home) in the checkout. */
function folders() {
  const name = `${packageVersion()}-${fingerprint()}`;
  return [...homeCache(), SCRATCH].map((cache) => path.join(cache, 'media-worker', name));
}

function homeCache() {
  const { XDG_CACHE_HOME, HOME } = process.env;
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return [path.join(XDG_CACHE_HOME, 'livestall')];
  try {
    return [path.join(HOME || os.homedir(), '.cache', 'livestall')];
  } catch {
    return [];
  }
}

function packageVersion() {
  const text = readText(path.join(PACKAGE, 'package.json'));
  if (text) return JSON.parse(text).version;
  throw new SetupError(`${PACKAGE} is missing: the packages are not complete.`, 'Run: npm ci');
}

/** Of the recipe, the platform and the distribution (not its point release: what that breaks, `runsHere` finds). */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const release = (readText('/etc/os-release') ?? '').split('\n');
  hash.update(release.filter((line) => /^(ID|VERSION_ID)=/.test(line)).join('\n') || os.release());
  for (const name of fs.readdirSync(RECIPE, { recursive: true }).sort()) {
    if (RECIPE_FILES.test(name)) hash.update(`\n${name}\n`).update(fs.readFileSync(path.join(RECIPE, name)));
  }
  return hash.digest('hex').slice(0, 12);
}
