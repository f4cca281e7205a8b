import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { keepLog, runQuiet } from './child.mjs';
import { diskFull, SetupError } from './failure.mjs';
import { nodeBin } from './node-runtime.mjs';
import { inRoot, ROOT, readText, remove, SCRATCH } from './paths.mjs';
import { task } from './progress.mjs';

const DIST = inRoot('client', 'dist');
const STAMP = path.join(DIST, '.livestall-build');
const SOURCES = ['client', 'shared', 'package-lock.json', 'tsconfig.json'];
const NOT_BUILT = /\.test\.tsx?$|\.md$/;

export const clientBuild = {
  isDone: () => !fs.existsSync(inRoot('client', 'vite.config.ts')) || readText(STAMP) === sourceHash(),
  run: () => task('Building the pages', 10, build),
};

/** Over paths and contents: a checkout that only touched the files does not build again. */
function sourceHash() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesUnder(inRoot(source)))) {
    hash
      .update(`${path.relative(ROOT, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0');
  }
  return `${hash.digest('hex')}\n`;
}

function filesUnder(target) {
  if (target === DIST || NOT_BUILT.test(target)) return [];
  const stats = fs.statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [target];
  return fs
    .readdirSync(target)
    .sort()
    .flatMap((name) => filesUnder(path.join(target, name)));
}

/** Built beside and put in place at the end: a build that fails leaves the old pages, a server never sees half. */
async function build() {
  const hash = sourceHash();
  const fresh = path.join(SCRATCH, 'client-build');
  const old = path.join(SCRATCH, 'client-before');
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  try {
    const { ok, output } = await runQuiet(nodeBin(), [
      vite,
      'build',
      'client',
      '--outDir',
      fresh,
      '--emptyOutDir',
    ]);
    if (!ok) throw explain(output);
    fs.writeFileSync(path.join(fresh, path.basename(STAMP)), hash);
    remove(old);
    if (fs.existsSync(DIST)) fs.renameSync(DIST, old);
    fs.renameSync(fresh, DIST);
  } finally {
    remove(fresh);
    remove(old);
  }
}

function explain(output) {
  if (/ENOSPC|no space left/i.test(output)) return diskFull([ROOT, os.tmpdir()]);
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const heading = lines.findLastIndex((line) => /^(error during build|Build failed with)/.test(line));
  const cause = lines[heading + 1] ?? 'vite ended without a word';
  const place = /\b(?:client|shared)\/[^\s:]+:\d+:\d+/.exec(lines.join(' '))?.[0];
  return new SetupError(
    `The pages could not be built: ${cause}${place && !cause.includes(place) ? ` (${place})` : ''}`,
    'If you changed client/ or shared/, mend that; else bring the files back with git.',
    keepLog('vite-build.log', output),
  );
}
