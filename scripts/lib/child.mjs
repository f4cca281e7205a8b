import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Interrupted } from './failure.mjs';
import { inRoot, ROOT, SCRATCH } from './paths.mjs';

const MAX_OUTPUT_CHARS = 400_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const stop = new AbortController();
const children = new Set();

/** Aborted with an `Interrupted` once a signal arrived; anything that waits listens to it. */
export const stopping = stop.signal;

/**
 * From here on a signal ends the set-up in order: the running child is told, and once it has ended the step
 * throws, so that every `finally` puts back what it changed. Returns the way back to the default.
 */
export function stopOnSignals() {
  const handlers = SIGNALS.map((signal) => {
    const handler = () => {
      for (const child of children) child.kill(signal);
      stop.abort(new Interrupted(signal));
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const off of handlers) off();
  };
}

/**
 * Runs a program of the set-up to its end, without input, and gathers its output.
 * @param {object} [options]
 * @param {number} [options.timeoutMs] it is killed then, and `timedOut`
 * @param {(text: string) => void} [options.onOutput] hears of each piece of it at once
 * @returns {Promise<{ ok: boolean, timedOut: boolean, output: string }>}
 */
export async function runQuiet(
  command,
  args,
  { env = process.env, cwd = ROOT, timeoutMs, onOutput = () => {} } = {},
) {
  stopping.throwIfAborted();
  const { child, result } = await new Promise((resolve) => {
    let output = '';
    let timedOut = false;
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    const add = (text) => {
      output = (output + text).slice(-MAX_OUTPUT_CHARS);
      onOutput(text);
    };
    const giveUp = () => {
      timedOut = true;
      child.kill('SIGKILL');
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
    const end = (ok) => {
      clearTimeout(timer);
      resolve({ child, result: { ok, timedOut, output } });
    };
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.on('error', (error) => {
      output = error.message;
      end(false);
    });
    child.on('close', (status) => end(status === 0));
  });
  children.delete(child);
  stopping.throwIfAborted();
  return result;
}

/** Keeps what a failed program said; returns a line that names the file, or '' where it cannot be written. */
export function keepLog(name, output) {
  const file = path.join(SCRATCH, name);
  try {
    fs.mkdirSync(SCRATCH, { recursive: true });
    fs.writeFileSync(file, output);
    return `All it said: ${path.relative(inRoot(), file)}`;
  } catch {
    return '';
  }
}
