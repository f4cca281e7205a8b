import { aptInstall } from './apt.mjs';
import { SetupError } from './failure.mjs';
import { findOnPath } from './paths.mjs';
import { task } from './progress.mjs';
import { isRedisTooOld, redisTooOld, TOOLS } from './tools.mjs';

const MANAGERS = [
  { name: 'apt', program: 'apt-get', command: 'apt-get install -y --no-install-recommends' },
  { name: 'dnf', program: 'dnf', command: 'dnf install -y' },
  { name: 'apk', program: 'apk', command: 'apk add' },
  { name: 'brew', program: 'brew', command: 'brew install' },
];

/**
 * A step that makes sure of all these tools at once: one install, or one message with one command. `env` tells
 * the programs that are started afterwards where the tools are.
 */
export function systemTools(names) {
  const env = {};
  const missing = () => names.filter((name) => !isFound(name, env));
  return {
    env,
    isDone: () => missing().length === 0,
    async run() {
      const wanted = missing();
      const packages = wanted.flatMap((name) => TOOLS[name].packages.apt.split(' '));
      if (process.getuid?.() !== 0 || !findOnPath(['apt-get'])) throw tellCommand(wanted);
      const aboutS = wanted.reduce((sum, name) => sum + TOOLS[name].aboutS, 0);
      await task(`Installing ${packages.join(', ')} with apt`, aboutS, () => aptInstall(packages, approve));
      const still = missing();
      if (still.length > 0) {
        throw new SetupError(
          `apt installed ${packages.join(', ')}, but ${still.join(', ')} is still not found.`,
          `PATH is ${process.env.PATH}`,
          TOOLS[still[0]].instead,
        );
      }
    },
  };
}

function isFound(name, env) {
  const { find, variable } = TOOLS[name];
  const place = find(process.env);
  if (place !== undefined && variable) env[variable] = place;
  return place !== undefined;
}

function approve(versions) {
  const redis = versions.get(TOOLS.redis.packages.apt);
  if (redis && isRedisTooOld(redis)) throw redisTooOld(`The redis-server that apt has is ${redis}`);
}

function tellCommand(wanted) {
  const manager = MANAGERS.find(({ program }) => findOnPath([program]));
  const packagesOf = (name) => wanted.map((tool) => TOOLS[tool].packages[name]).filter(Boolean);
  const what = packagesOf('apt').join(' ').replaceAll(' ', ', ');
  const because = process.getuid?.() === 0 || manager?.name !== 'apt' ? '' : ' and only root may install';
  const instead = wanted.map((tool) => TOOLS[tool].instead).find(Boolean);
  if (manager === undefined) {
    return new SetupError(
      `Missing: ${what}.`,
      'Install them with the package manager of your system, then run the same command again.',
      instead,
    );
  }
  const sudo = manager.name === 'brew' || process.getuid?.() === 0 ? '' : 'sudo ';
  return new SetupError(
    `Missing: ${what}${because}. Run this, then the same command again:`,
    `  ${sudo}${manager.command} ${packagesOf(manager.name).join(' ')}`,
    instead,
  );
}
