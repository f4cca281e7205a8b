import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keepLog, runQuiet, stopping } from './child.mjs';
import { diskFull, SetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { outerPath } from './paths.mjs';
import { say } from './progress.mjs';
import { withoutServiceStart } from './service-policy.mjs';

const RETRY_MS = 2_000;
const GIVE_UP_MS = 15 * 60_000;
const BUSY = /Could not get lock|Unable to (?:acquire|lock)|is another process using it/;
const NOT_FETCHED =
  /Failed to fetch|Unable to fetch|Could not (?:resolve|connect)|Temporary failure|404\s+Not Found/;

/**
 * Installs packages on Debian or Ubuntu; the caller is root. The package lists are fetched only if they do
 * not know a package, or are so old that its file is gone.
 * @param {(versions: Map<string, string>) => void} approve looks at the versions to come, throws to refuse
 */
export async function aptInstall(packages, approve) {
  const root = process.env.DPKG_ROOT ?? '/';
  const lock = path.join(root, 'run', 'livestall-apt.lock');
  await withLock(
    lock,
    (pid) => say(`  waiting for another set-up that installs packages (pid ${pid}) …`),
    async () => {
      let fresh = false;
      let versions = await candidates(packages);
      if (packages.some((name) => !versions.has(name))) {
        await update();
        fresh = true;
        versions = await candidates(packages);
      }
      const unknown = packages.filter((name) => !versions.has(name));
      if (unknown.length > 0) throw unknownPackages(unknown);
      approve(versions);
      let result = await install(packages);
      if (!result.ok && !fresh && NOT_FETCHED.test(result.output)) {
        await update();
        result = await install(packages);
      }
      if (!result.ok) throw explain(result.output, `install ${packages.join(' ')}`);
    },
  );
}

async function update() {
  const { ok, output } = await apt(['update']);
  // apt-get update ends well with warnings when it could not fetch a list.
  if (!ok || NOT_FETCHED.test(output)) throw explain(output, 'update');
}

/** Packages that come with a service, and what it is called. */
const SERVICES = {
  'redis-server': 'redis-server',
  coturn: 'coturn',
  'nginx-light': 'nginx',
  mosquitto: 'mosquitto',
};

function install(packages) {
  const services = packages.map((name) => SERVICES[name]).filter(Boolean);
  return withoutServiceStart(services, () =>
    apt(['install', '-y', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold', ...packages]),
  );
}

/** Waits while another apt or dpkg is at work: a machine that has just started updates itself. */
async function apt(args) {
  const startedAt = performance.now();
  for (let told = false; ; told = true) {
    const result = await runQuiet('apt-get', args, { env: aptEnv() });
    if (result.ok || !BUSY.test(result.output) || performance.now() - startedAt > GIVE_UP_MS) return result;
    const holder = /held by process (\d+(?: \([^)]+\))?)/.exec(result.output)?.[1];
    if (!told) say(`  apt is busy${holder ? ` (process ${holder})` : ''}, waiting for it to finish …`);
    await delay(RETRY_MS, undefined, { signal: stopping }).catch(() => stopping.throwIfAborted());
  }
}

function aptEnv() {
  return {
    ...process.env,
    PATH: outerPath(),
    LC_ALL: 'C',
    DEBIAN_FRONTEND: 'noninteractive',
    NEEDRESTART_SUSPEND: '1',
  };
}

/** What apt would install, by name; a package that it does not know is left out. */
async function candidates(packages) {
  const { output } = await runQuiet('apt-cache', ['policy', ...packages], { env: aptEnv() });
  const versions = new Map();
  let name;
  for (const line of output.split('\n')) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name;
    const version = /^\s+Candidate: (\S+)$/.exec(line)?.[1];
    if (version && version !== '(none)') versions.set(name, version);
  }
  return versions;
}

function unknownPackages(names) {
  return new SetupError(
    `apt knows no package ${names.join(' or ')} here.`,
    names.includes('chromium')
      ? 'Ubuntu: snap install chromium. Or name a Chrome that you have: set LIVESTALL_CHROMIUM_BIN.'
      : 'Check the entries in /etc/apt/sources.list.d, then run: apt-get update',
  );
}

function explain(output, what) {
  const log = keepLog('apt.log', output);
  if (/No space left on device|enough free space/i.test(output)) {
    return diskFull(['/usr', '/var/cache/apt/archives', '/var/lib/dpkg', os.tmpdir()].filter(fs.existsSync));
  }
  if (BUSY.test(output)) {
    return new SetupError(
      'Another apt or dpkg has been at work for 15 minutes.',
      'Let it finish or end it, then run the same command again.',
    );
  }
  if (NOT_FETCHED.test(output)) {
    const host = /https?:\/\/[^/\s]+/.exec(output)?.[0] ?? 'The package server';
    return new SetupError(
      `${host} cannot be reached by apt, or lacks a file.`,
      'Check the network or proxy and the entries in /etc/apt, then run the same command again.',
      log,
    );
  }
  const said = output.split('\n').filter((line) => line.startsWith('E: '));
  return new SetupError(
    `apt-get ${what} failed: ${said[0]?.slice(3) ?? 'it ended without a word'}`,
    'Mend it as apt says, then run the same command again.',
    log,
  );
}
