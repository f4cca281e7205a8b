import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { keepLog, runQuiet } from './child.mjs';
import { diskFull, freeBytes, SetupError } from './failure.mjs';
import { linkBundledNode, nodeBin } from './node-runtime.mjs';
import { explainNpm, NO_SPACE } from './npm-errors.mjs';
import { findOnPath, inRoot, isWritable, outerPath, ROOT, readText, SCRATCH } from './paths.mjs';
import { task } from './progress.mjs';

const LOCKFILE = inRoot('package-lock.json');
/** Written by npm once an install is complete. */
const INSTALLED = inRoot('node_modules', '.package-lock.json');
/** What they take once unpacked, and a bit. */
const ROOM_FOR_PACKAGES = 500e6;
const STAMP = inRoot('node_modules', '.livestall-setup');

export const packages = {
  isDone() {
    const wanted = wantedStamp();
    if (readText(STAMP) === wanted) return true;
    if (!isInstalledByHand()) return false;
    fs.writeFileSync(STAMP, wanted);
    linkBundledNode();
    return true;
  },
  run: () => task('Installing packages', 30, install),
};

/** The checkout may be shared with a container of another kind, hence the platform. */
function wantedStamp() {
  const lock = readText(LOCKFILE);
  if (lock === undefined) {
    throw new SetupError(
      `${LOCKFILE} is missing: the checkout is not complete.`,
      'Bring it back with: git checkout -- package-lock.json',
    );
  }
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** A developer's own `npm install` that fits the lock file is as good as ours. */
function isInstalledByHand() {
  try {
    const installed = JSON.parse(fs.readFileSync(INSTALLED, 'utf8')).packages;
    const wanted = Object.entries(JSON.parse(fs.readFileSync(LOCKFILE, 'utf8')).packages);
    return wanted.every(
      ([place, entry]) =>
        place === '' ||
        installed[place]?.version === entry.version ||
        (installed[place] === undefined && entry.optional === true && !isBinaryForHere(entry)),
    );
  } catch {
    return false;
  }
}

/** Optional packages for other platforms, and what only those use, stay out. */
function isBinaryForHere({ os: systems, cpu, libc }) {
  if (!systems && !cpu) return false;
  const fits = (list, value) => list === undefined || [list].flat().includes(value);
  return fits(systems, process.platform) && fits(cpu, process.arch) && (!libc || fits(libc, libcName()));
}

async function install() {
  fs.rmSync(STAMP, { force: true });
  const [command, ...args] = npmCommand();
  const env = npmEnv();
  if (!fs.existsSync(INSTALLED) && freeBytes(ROOT) < ROOM_FOR_PACKAGES) throw diskFull([ROOT]);
  // The only install script is mediasoup's, which fails where it can neither download nor build; see media-worker.mjs.
  const options = ['--ignore-scripts', '--include=dev', '--include=optional'];
  options.push('--prefer-offline', '--no-audit', '--no-fund');
  const { ok, output } = await runQuiet(command, [...args, 'ci', ...options, '--loglevel=warn'], { env });
  // On a full disk npm may leave out optional packages, only warn, and call it a success.
  if (!ok || NO_SPACE.test(output)) throw explainNpm(output, cacheFolder(env));
  checkBinaries(output);
  fs.mkdirSync(path.dirname(STAMP), { recursive: true });
  linkBundledNode();
  nodeBin();
  fs.writeFileSync(STAMP, wantedStamp());
}

/** npm drops an optional package whose install fails; ours carry Node and the build tools' binaries. */
function checkBinaries(output) {
  const { packages } = JSON.parse(fs.readFileSync(LOCKFILE, 'utf8'));
  const dropped = Object.entries(packages).find(
    ([place, entry]) => isBinaryForHere(entry) && !fs.existsSync(inRoot(place, 'package.json')),
  );
  if (dropped === undefined) return;
  throw new SetupError(
    `npm left out ${dropped[0].replace('node_modules/', '')}, which this machine needs.`,
    'Most often the network failed half-way: run the same command again.',
    keepLog('npm-ci.log', output),
  );
}

function libcName() {
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}

/** By `npm start` npm says where it is itself; that counts when no npm is on PATH. */
export function npmCommand() {
  const npm = findOnPath(['npm']);
  if (npm) return [npm];
  const running = process.env.npm_execpath;
  if (running?.endsWith('npm-cli.js')) return [process.execPath, running];
  throw new SetupError(
    'npm was not found, and the packages come through it.',
    'It is part of Node: install Node 24 from https://nodejs.org (Debian, Ubuntu: apt-get install npm).',
  );
}

export function npmEnv() {
  const env = { ...process.env, PATH: outerPath() };
  // A home that cannot be written (a service account's) would stop npm, which keeps its cache there.
  if (!isWritable(cacheFolder(env))) env.npm_config_cache = path.join(SCRATCH, 'npm-cache');
  return env;
}

export function cacheFolder(env) {
  return env.npm_config_cache ?? path.join(os.homedir(), '.npm');
}
