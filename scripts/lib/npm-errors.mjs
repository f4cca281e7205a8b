import os from 'node:os';
import { keepLog } from './child.mjs';
import { diskFull, notWritable, SetupError } from './failure.mjs';
import { ROOT } from './paths.mjs';

export const NO_SPACE = /ENOSPC|no space left/i;
const NO_NETWORK = /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|E?TIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET\w*)$/;
const ERROR_LINE = /^npm (?:error|ERR!) /;

/** Turns what npm said into a cause and a way out. */
export function explainNpm(output, cacheFolder) {
  const said = output
    .split('\n')
    .filter((line) => ERROR_LINE.test(line))
    .map((line) => line.replace(ERROR_LINE, '').trim());
  const field = (name) => said.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const sentences = said.filter((line) => line && !/^(code|errno|syscall|path|A complete log)\b/.test(line));
  const code = field('code') ?? '';
  const log = keepLog('npm-ci.log', output);
  if (NO_SPACE.test(output)) return diskFull([ROOT, cacheFolder, os.tmpdir()]);
  if (/^(EACCES|EROFS|EPERM)$/.test(code)) return notWritable(field('path') ?? ROOT);
  if (NO_NETWORK.test(code)) return unreachable(output, `cannot be reached (${code})`, log);
  if (/CERT|SELF_SIGNED|ERR_SSL/.test(code)) {
    return unreachable(output, `has a certificate that is not trusted here (${code})`, log);
  }
  if (code === 'EUSAGE') {
    return new SetupError(
      'package-lock.json does not fit package.json:',
      sentences.find((line) => /^(Missing|Invalid)/.test(line)),
      'Run `npm install`, then `node scripts/fix-lock.mjs` if `npm run check` asks for it, and commit both files.',
    );
  }
  return new SetupError(
    `npm could not install the packages: ${sentences[0] ?? 'it ended without a word'}`,
    sentences[1],
    log,
  );
}

function unreachable(output, what, log) {
  const host = /https?:\/\/[^/\s]+/.exec(output)?.[0] ?? 'The package registry';
  return new SetupError(
    `${host} ${what}.`,
    'Check the network; behind a proxy set HTTPS_PROXY (and NODE_EXTRA_CA_CERTS for its certificate);',
    'for a mirror: npm config set registry <its address>. Then run the same command again.',
    log,
  );
}
