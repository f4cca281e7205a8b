import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from './failure.mjs';
import { BIN_FOLDER, inRoot } from './paths.mjs';

const BUNDLED_FOR = ['linux-x64', 'linux-arm64'];
const LINK = path.join(BIN_FOLDER, 'node');

/** Node 24 as npm package (an optional dependency); undefined where that package is not published. */
export function bundledNode() {
  const platform = `${process.platform}-${process.arch}`;
  return BUNDLED_FOR.includes(platform)
    ? inRoot('node_modules', `node-${platform}`, 'bin', 'node')
    : undefined;
}

/** Runs TypeScript as it is (type stripping without a flag). */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 22 && minor >= 18) || (major === 23 && minor >= 6) || major >= 24;
}

/**
 * The Node that runs everything of Livestall: the bundled one by its path in `node_modules/.bin` (a shell
 * remembers where `node` was, so a bare name may be the old one), else the running one if it is new enough.
 */
export function nodeBin() {
  if (fs.existsSync(LINK)) return LINK;
  if (isNewEnough(process.versions.node)) return process.execPath;
  throw unsupportedNode();
}

/** Before minutes go into an install that could not run afterwards. */
export function checkPlatform() {
  if (process.platform === 'win32') {
    throw new SetupError('Livestall does not run on Windows itself.', 'Run the same command inside WSL 2.');
  }
  if (bundledNode() === undefined && !isNewEnough(process.versions.node)) throw unsupportedNode();
}

/**
 * npm 10 leaves the link out, since two packages (one a processor) claim it. A bundled Node that does not
 * start (musl instead of glibc) is left unlinked, so that a new enough running Node takes its place.
 */
export function linkBundledNode() {
  const bundled = bundledNode();
  if (bundled === undefined || !fs.existsSync(bundled)) return;
  const starts = spawnSync(bundled, ['--version'], { stdio: 'ignore' }).status === 0;
  if (starts && fs.existsSync(LINK)) return;
  fs.rmSync(LINK, { force: true });
  if (!starts) return;
  fs.mkdirSync(BIN_FOLDER, { recursive: true });
  fs.symlinkSync(path.relative(BIN_FOLDER, bundled), LINK);
}

function unsupportedNode() {
  return new SetupError(
    `Node ${process.versions.node} on ${process.platform}-${process.arch} cannot run Livestall, and no newer Node can be installed with npm here.`,
    'Install Node 24 from https://nodejs.org (or with nvm: nvm install 24) and run the command again.',
  );
}
