import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from './lock.mjs';
import { readText } from './paths.mjs';

const DENIED = 101;
const MARK = '# Livestall set-up, pid ';

/**
 * Runs an install during which these services of its packages may not start: Livestall runs its own Redis, and its
 * tests their own coturn; others on the usual ports would surprise people. Debian asks `policy-rc.d` (101 = do not);
 * whatever was there before answers for other services and is put back afterwards. At the next boot they stay off, too.
 */
export async function withoutServiceStart(services, install) {
  const policy = path.join(process.env.DPKG_ROOT ?? '/', 'usr', 'sbin', 'policy-rc.d');
  const saved = `${policy}.livestall-saved`;
  restoreAfterCrash(policy, saved);
  const isDenied = (service) => spawnSync(policy, [service, 'start'], { stdio: 'ignore' }).status === DENIED;
  if (services.every(isDenied)) return await install();
  if (fs.existsSync(policy)) fs.renameSync(policy, saved);
  const lines = [
    '#!/bin/sh',
    `${MARK}${process.pid}: keeps apt from starting ${services.join(', ')}; removed when the set-up ends`,
    `case "$1" in ${services.map((name) => `${name}*`).join(' | ')}) exit ${DENIED} ;; esac`,
    `[ ! -x ${saved} ] || exec ${saved} "$@"`,
    'exit 0',
  ];
  fs.writeFileSync(policy, `${lines.join('\n')}\n`, { mode: 0o755 });
  try {
    const result = await install();
    if (fs.existsSync('/run/systemd/system') && !process.env.DPKG_ROOT) {
      spawnSync('systemctl', ['disable', '--quiet', ...services], { stdio: 'ignore' });
    }
    return result;
  } finally {
    restore(policy, saved);
  }
}

/** A set-up that was killed (-9) could not put the original back. */
function restoreAfterCrash(policy, saved) {
  const content = readText(policy) ?? '';
  const pid = content.includes(MARK) ? Number.parseInt(content.split(MARK)[1], 10) : undefined;
  if (pid === undefined ? fs.existsSync(saved) && content === '' : !isAlive(pid)) restore(policy, saved);
}

function restore(policy, saved) {
  fs.rmSync(policy, { force: true });
  if (fs.existsSync(saved)) fs.renameSync(saved, policy);
}
