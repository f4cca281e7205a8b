import { readFileSync } from 'node:fs';
import { createLog, type Log } from '../kernel/log.ts';
import {
  connectRedis,
  createRedisClient,
  parseRedisUrl,
  type RedisClient,
  type RedisRole,
} from './client.ts';
import { loadScripts, parseScript, type Script } from './scripts.ts';

const { 'due-claim': claim } = loadScripts(import.meta.url, ['due-claim']);

export const quietLog: Log = createLog({ level: 'silent', format: 'json' });

/** A client as the server uses it, connected. */
export async function openClient(url: string, role: RedisRole = 'commands'): Promise<RedisClient> {
  const client = createRedisClient(parseRedisUrl(url), role, quietLog);
  await connectRedis(client, 5000);
  return client;
}

/** A script written in a test, with the shared libraries. */
export function testScript(
  keys: string,
  argv: string,
  lua: string,
  includes: readonly string[] = [],
): Script {
  const lines = [
    '--- probe: a script of a test.',
    `--- KEYS ${keys}`,
    `--- ARGV ${argv}`,
    '--- Returns what it likes',
  ];
  const text = [...lines, ...includes.map((name) => `--- @include ${name}`), lua].join('\n');
  const library = (name: string): string => readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');
  return parseScript('probe', text, library);
}

/** How long something takes, in ms. */
export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startMs = performance.now();
  const value = await work();
  return { value, tookMs: performance.now() - startMs };
}

/** The error code that a promise is rejected with; fails when it is not. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
  throw new Error('expected a rejection');
}

/** A node that is killed once it has claimed: whatever it asks after that is never asked. */
export function dyingAfterClaim(client: RedisClient): RedisClient {
  return new Proxy(client, {
    get(target, name) {
      if (name !== 'evalsha') return Reflect.get(target, name, target);
      return async (...args: unknown[]) => {
        if (args[0] !== claim.sha) throw new Error('this node was killed');
        return (target.evalsha as (...all: unknown[]) => Promise<unknown>)(...args);
      };
    },
  });
}
