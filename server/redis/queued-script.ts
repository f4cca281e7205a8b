import type { ChainableCommander } from 'ioredis';
import { type Script, wholeKeys } from './scripts.ts';

/** Transactions that must bring their scripts' source, because Redis has forgotten some. */
const withSource = new WeakSet<ChainableCommander>();

/** Scripts queued on `pipe` from now on are sent whole. */
export function sendSources(pipe: ChainableCommander): void {
  withSource.add(pipe);
}

/**
 * Queues a script that only reads. In a transaction there is no second try for a script that Redis does not know: whoever
 * executes it looks for NOSCRIPT and makes it again after `sendSources`.
 */
export function queueScript(
  pipe: ChainableCommander,
  script: Script,
  keys: readonly string[],
  argv: readonly string[],
): void {
  if (keys.length !== script.keys.length || argv.length !== script.argv.length)
    throw new Error(
      `${script.name}.lua takes ${script.keys.length} keys and ${script.argv.length} ARGV, got ${keys.length} and ${argv.length}`,
    );
  const whole = (pipe as { isCluster?: boolean }).isCluster ? wholeKeys(keys) : keys;
  if (withSource.has(pipe)) pipe.eval(script.source, whole.length, ...whole, ...argv);
  else pipe.evalsha(script.sha, whole.length, ...whole, ...argv);
}

export function isScriptUnknown(error: Error | null): boolean {
  return error?.message.startsWith('NOSCRIPT') ?? false;
}
