import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SetupError } from './failure.mjs';
import { findOnPath, isExecutable } from './paths.mjs';

const OLDEST_REDIS_MAJOR = 7;
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHROMIUM_ON_MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const CJK_FONT = /cjk|source-?han|wqy|droidsansfallback|noto.*(sc|tc|jp|kr)[-.]/i;

/**
 * What Livestall needs from the system: where it is (undefined: missing), the package that has it by package
 * manager, the variable that names it, and how else to provide it. `find` throws where something is there that will not do.
 */
export const TOOLS = {
  redis: {
    find: findRedis,
    variable: 'LIVESTALL_REDIS_SERVER_BIN',
    packages: { apt: 'redis-server', dnf: 'redis', apk: 'redis', brew: 'redis' },
    aboutS: 10,
    instead: 'Or use a Redis of your own: set LIVESTALL_REDIS_URL, or pass --redis-url.',
  },
  chromium: {
    find: findChromium,
    variable: 'LIVESTALL_CHROMIUM_BIN',
    packages: { apt: 'chromium', dnf: 'chromium', apk: 'chromium', brew: '--cask chromium' },
    aboutS: 45,
    instead: 'Or name a Chromium or Chrome that you have: set LIVESTALL_CHROMIUM_BIN.',
  },
  fonts: {
    find: findCjkFont,
    packages: { apt: 'fonts-noto-cjk', dnf: 'google-noto-sans-cjk-fonts', apk: 'font-noto-cjk' },
    aboutS: 15,
  },
  /** For the tests alone. */
  coturn: {
    find: findTurnserver,
    variable: 'LIVESTALL_TURNSERVER_BIN',
    packages: { apt: 'coturn', dnf: 'coturn', apk: 'coturn', brew: 'coturn' },
    aboutS: 10,
    instead: 'Or name a turnserver of coturn that you have: set LIVESTALL_TURNSERVER_BIN.',
  },
  /** For the load test that compares with others alone. */
  nchan: {
    find: findNchan,
    packages: { apt: 'nginx-light libnginx-mod-nchan' },
    aboutS: 10,
    instead: 'Or run the load test without --peers.',
  },
  mosquitto: {
    find: findMosquitto,
    packages: { apt: 'mosquitto', dnf: 'mosquitto', apk: 'mosquitto', brew: 'mosquitto' },
    aboutS: 5,
    instead: 'Or run the load test without --peers.',
  },
  /** For building mediasoup's worker. */
  compiler: {
    find: findCompiler,
    packages: {
      apt: 'cmake ninja-build g++ pkg-config libuv1-dev libssl-dev libsrtp2-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler',
      dnf: 'cmake ninja-build gcc-c++ pkgconf-pkg-config libuv-devel openssl-devel libsrtp-devel abseil-cpp-devel flatbuffers-devel flatbuffers-compiler',
      apk: 'cmake ninja-build g++ pkgconf libuv-dev openssl-dev libsrtp-dev abseil-cpp-dev flatbuffers-dev flatc',
      brew: 'cmake ninja pkgconf libuv openssl srtp abseil flatbuffers',
    },
    aboutS: 60,
    instead: 'Or name a worker that you have: set LIVESTALL_MEDIA_WORKER_BIN. Without video: --no-media.',
  },
};

function findRedis(env) {
  const file = namedProgram(env, TOOLS.redis.variable) ?? findOnPath(['redis-server', 'valkey-server'], env);
  if (file === undefined) return undefined;
  const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const version = /\bv=(\d+)\.[\d.]+/.exec(stdout ?? '');
  if (status !== 0 || version === null) {
    throw new SetupError(`${file} does not run as a Redis server.`, `Try it yourself: ${file} --version`);
  }
  if (Number(version[1]) < OLDEST_REDIS_MAJOR) throw redisTooOld(`${file} is Redis ${version[0].slice(2)}`);
  return file;
}

export function redisTooOld(what) {
  return new SetupError(
    `${what}, and Livestall needs ${OLDEST_REDIS_MAJOR}.0 or newer.`,
    'Newer packages: https://redis.io/docs/latest/operate/oss_and_stack/install/install-redis/',
    'Or name another one: LIVESTALL_REDIS_SERVER_BIN=<path>, or LIVESTALL_REDIS_URL=<address>.',
  );
}

/** Debian's version has an epoch in front: `5:7.0.15-1~deb12u5`. */
export function isRedisTooOld(packageVersion) {
  return Number.parseInt(packageVersion.replace(/^\d+:/, ''), 10) < OLDEST_REDIS_MAJOR;
}

function findChromium(env) {
  return (
    namedProgram(env, TOOLS.chromium.variable) ??
    findOnPath(CHROMIUM_NAMES, env) ??
    (process.platform === 'darwin' ? CHROMIUM_ON_MAC.find(isExecutable) : undefined)
  );
}

function findTurnserver(env) {
  return namedProgram(env, TOOLS.coturn.variable) ?? findOnPath(['turnserver'], env);
}

/** Debian's place for modules of nginx; one built elsewhere fits only the nginx that it was built with. */
export function nchanModule(env) {
  return path.join(env.DPKG_ROOT ?? '/', 'usr/lib/nginx/modules/ngx_nchan_module.so');
}

function findNchan(env) {
  return fs.existsSync(nchanModule(env)) ? findDaemon('nginx', env) : undefined;
}

function findMosquitto(env) {
  return findDaemon('mosquitto', env);
}

/** Debian keeps them where only root's PATH looks. */
function findDaemon(name, env) {
  const there = path.join(env.DPKG_ROOT ?? '/', 'usr/sbin', name);
  return findOnPath([name], env) ?? (isExecutable(there) ? there : undefined);
}

/** macOS has its own. */
function findCjkFont(env) {
  if (process.platform !== 'linux') return 'part of the system';
  const home = env.HOME ?? os.homedir();
  const folders = [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    `${home}/.local/share/fonts`,
    `${home}/.fonts`,
  ];
  return folders.map((folder) => findFile(folder, 4)).find(Boolean);
}

function findFile(folder, depth) {
  let entries = [];
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (!entry.isDirectory() && CJK_FONT.test(entry.name)) return file;
    const inside = entry.isDirectory() && depth > 1 ? findFile(file, depth - 1) : undefined;
    if (inside) return inside;
  }
  return undefined;
}

function findCompiler(env) {
  const programs = [['cmake'], ['ninja', 'ninja-build'], ['c++', 'g++', 'clang++'], ['flatc']];
  const pkgConfig = findOnPath(['pkg-config', 'pkgconf'], env);
  if (pkgConfig === undefined || !programs.every((names) => findOnPath(names, env))) return undefined;
  const libraries = ['libuv', 'openssl', 'libsrtp2', 'absl_strings', 'flatbuffers'];
  const { status } = spawnSync(pkgConfig, ['--exists', ...libraries], { env, stdio: 'ignore' });
  return status === 0 ? 'on PATH' : undefined;
}

/** What a variable names; undefined where it is not set. */
export function namedProgram(env, variable) {
  const file = env[variable];
  if (!file) return undefined;
  if (isExecutable(file)) return file;
  throw new SetupError(
    `${variable} names ${file}, which is not a program that can be run.`,
    `Correct ${variable}, or unset it to have the program found or installed.`,
  );
}
