import { spawn } from 'node:child_process';
import os from 'node:os';
import { ROOT } from './paths.mjs';

const PARENT_POLL_MS = 500;
/** The same signal again so soon is the same wish: npm and the terminal may both deliver one Ctrl-C. */
const SAME_WISH_MS = 500;

/**
 * Runs a program in the user's terminal and waits for its end, whatever signals arrive. A Ctrl-C (or a closed
 * terminal) reaches the child by itself, as part of the terminal's process group, so it is passed on only
 * where there is no terminal; SIGTERM goes to one process alone and is always passed on.
 * @returns {Promise<number>} its exit status, or 128 + the number of the signal that ended it
 */
export async function runForeground(command, args, { env = process.env, stdio = 'inherit' } = {}) {
  const child = spawn(command, args, { cwd: ROOT, env, stdio });
  const inTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const lastAt = new Map();
  const stopWatching = whenOrphaned(() => {
    if (lastAt.size === 0) child.kill('SIGTERM');
  });
  const handlers = ['SIGINT', 'SIGHUP', 'SIGTERM'].map((signal) => {
    const handler = () => {
      const now = performance.now();
      const again = now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME_WISH_MS;
      lastAt.set(signal, now);
      if (!again && (signal === 'SIGTERM' || !inTerminal)) child.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler];
  });
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (status, signal) => resolve(status ?? 128 + os.constants.signals[signal]));
    });
  } finally {
    stopWatching();
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
}

/** npm passes SIGTERM to the shell between us, which dies of it without a word to its child. */
function whenOrphaned(tell) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    tell();
  }, PARENT_POLL_MS);
  return () => clearInterval(timer);
}
