import fs from 'node:fs';
import { inRoot } from './paths.mjs';

/** The project's, and the one of what a load test compares with. */
const FILES = [inRoot('package-lock.json'), inRoot('load-tests/peers/npm/package-lock.json')];
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'sunos', 'win32'];
const CPUS = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

function readLockfile(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** The second one is no part of a copy that only runs the server. */
const lockfiles = () => FILES.filter((file, n) => n === 0 || fs.existsSync(file));

/**
 * Optional packages (the binaries of other platforms) that the lock file names but does not list. npm leaves
 * them out when the registry in use lacks them; `npm ci` of npm 11 then refuses the whole install.
 * @returns {{ name: string, version: string, dev: boolean }[]}
 */
function unlisted(lock) {
  const missing = new Map();
  for (const [place, { optionalDependencies = {}, dev = false }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const isListed =
        `node_modules/${name}` in lock.packages || `${place}/node_modules/${name}` in lock.packages;
      if (!isListed) missing.set(name, { name, version, dev });
    }
  }
  return [...missing.values()];
}

/** What would stop an install elsewhere, one line each. */
export function lockfileProblems() {
  return lockfiles().flatMap(problemsOf);
}

function problemsOf(file) {
  const lock = readLockfile(file);
  const problems = unlisted(lock).map(({ name, version }) => `${name}@${version} is named but not listed.`);
  if (problems.length > 0)
    problems.push('`npm ci` of npm 11 refuses that. To list them: node scripts/fix-lock.mjs');
  if (Object.values(lock.packages).some(({ resolved }) => resolved?.startsWith('http'))) {
    problems.push(
      'It records download addresses: set omit-lockfile-registry-resolved=true, then npm install.',
    );
  }
  return problems;
}

/**
 * Lists the unlisted ones, without a checksum (npm takes it from the registry) and with the platform that
 * their name tells, so that npm skips them everywhere else.
 * @returns {string[]} what was added
 */
export function completeLockfile() {
  return lockfiles().flatMap(completeOne);
}

function completeOne(file) {
  const lock = readLockfile(file);
  const added = unlisted(lock);
  for (const { name, version, dev } of added) {
    const words = name.split(/[/-]/);
    const entry = { version, cpu: words.filter((word) => CPUS.includes(word)) };
    if (dev) entry.dev = true;
    if (words.includes('musl')) entry.libc = ['musl'];
    if (words.includes('gnu')) entry.libc = ['glibc'];
    Object.assign(entry, { optional: true, os: words.filter((word) => SYSTEMS.includes(word)) });
    if (entry.cpu.length === 0 || entry.os.length === 0 || !/^\d/.test(version)) {
      throw new Error(`The name ${name}@${version} does not tell its platform; list it by hand.`);
    }
    lock.packages[`node_modules/${name}`] = entry;
  }
  const byPlace = ([a], [b]) => a.localeCompare(b, 'en');
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(byPlace));
  if (added.length > 0) fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  return added.map(({ name, version }) => `${name}@${version}`);
}
