import { resolve } from 'node:path';
import type { Config } from '../config/schema.ts';

/** Something that the person at the keyboard can mend: the cause, then the way out. Shown without a stack. */
export class StartFailure extends Error {
  constructor(...lines: readonly string[]) {
    super(lines.filter(Boolean).join('\n'));
    this.name = 'StartFailure';
  }
}

type SystemError = Error & { code?: string; syscall?: string; path?: string };

/** Says what a known error means here; gives a bug back as it is. */
export function explain(error: unknown, config: Config): unknown {
  if (error instanceof StartFailure || !(error instanceof Error)) return error;
  const system = error as SystemError;
  if (system.syscall === 'listen' || system.syscall === 'bind' || system.syscall === 'getaddrinfo') {
    return listening(system, config) ?? error;
  }
  if (error.message.startsWith('The media relay cannot listen'))
    return new StartFailure(
      error.message,
      'Choose other ports with --media-port, or addresses of this machine with --media-listen.',
    );
  return redis(error, config) ?? folder(system, config) ?? error;
}

function listening(error: SystemError, { host, port }: Config): StartFailure | undefined {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartFailure(
        `Port ${port} is taken: something else listens on ${host}:${port}.`,
        `Stop it, or choose another one: npm start -- --port ${port < 65_535 ? port + 1 : 8080}`,
      );
    case 'EACCES':
      return new StartFailure(
        `Port ${port} needs more rights than this user has.`,
        'Choose one from 1024 on (npm start -- --port 8080) and let a reverse proxy listen on 80 and 443.',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartFailure(
        `This machine has no address ${host}.`,
        'Use --host 127.0.0.1 for this machine alone, or --host 0.0.0.0 for all of its addresses.',
      );
    default:
      return undefined;
  }
}

function redis(error: Error, config: Config): StartFailure | undefined {
  const { message } = error;
  if (message.includes('No space left on device')) return diskFull(resolve(config.dataDir));
  if (/could not be started:.*ENOENT/.test(message)) {
    return new StartFailure(
      `There is no redis-server at "${config.redisServerBin}".`,
      'Install it (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis),',
      'or name it with --redis-server-bin, or use a Redis of your own with --redis-url.',
    );
  }
  if (/^(redis-server |the redis of an earlier server)/.test(message)) {
    return new StartFailure(
      message,
      `Its data is in ${resolve(config.dataDir, 'redis')}. A truncated file is mended by redis-check-aof --fix;`,
      'a demo starts anew with --reset; another Redis is used with --redis-url.',
    );
  }
  return undefined;
}

function folder(error: SystemError, config: Config): StartFailure | undefined {
  const where = error.path ?? resolve(config.dataDir);
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(where);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StartFailure(
        `${where} cannot be written: it is read-only, or belongs to another user.`,
        'Give this user the folder (chown), or choose another one with --data-dir.',
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new StartFailure(`${where} is not a folder.`, 'Choose another one with --data-dir.');
    default:
      return undefined;
  }
}

function diskFull(where: string): StartFailure {
  return new StartFailure(
    `The disk is full: nothing can be written to ${where}.`,
    'Free some space there, or choose a folder on another disk with --data-dir, then start again.',
  );
}
