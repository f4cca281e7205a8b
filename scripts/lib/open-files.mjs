import { spawnSync } from 'node:child_process';
import { readText } from './paths.mjs';
import { say } from './progress.mjs';

const ENOUGH = 4096;
/** What a node needs besides its viewers: Redis, logs, modules, the listening sockets. */
const OWN_FILES = 100;

/** Node has already raised its soft limit to the hard one, so this is all that a server started here gets. */
export function warnOfFewOpenFiles() {
  const limit = maxOpenFiles();
  if (limit >= ENOUGH) return;
  say(
    [
      `Note: a process may open ${limit} files here (ulimit -n), so a node holds about ${Math.max(0, limit - OWN_FILES)} connections.`,
      'For more: `ulimit -n 65536` as root before the start, nofile in /etc/security/limits.conf,',
      'LimitNOFILE=65536 in a systemd unit, or docker run --ulimit nofile=65536.',
    ].join('\n'),
  );
}

function maxOpenFiles() {
  const limits = readText('/proc/self/limits');
  const told = limits
    ? /^Max open files\s+(\S+)/m.exec(limits)?.[1]
    : spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout?.trim();
  const limit = Number(told);
  return Number.isInteger(limit) ? limit : Number.POSITIVE_INFINITY;
}
