import cluster from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ToPrimary } from './messages.ts';
import type { Forked } from './worker-slot.ts';

const FILE = fileURLToPath(new URL('worker.ts', import.meta.url));
/** A worker that has ended has said all; should something else hold its channel open, it is not waited for longer. */
const LAST_WORDS_MS = 1000;

/**
 * A worker process, of `node:cluster`: where it cannot share a port by itself, it gets connections from this one.
 * @throws when the system gives no process
 */
export async function forkWorker(worker: number): Promise<Forked> {
  // The number is for whoever looks at the list of processes.
  cluster.setupPrimary({ exec: FILE, args: [String(worker)], serialization: 'advanced' });
  const forked = cluster.fork();
  // What cannot be sent is followed by an exit, and that is what counts.
  forked.on('error', () => undefined);
  const child = forked.process;
  await once(child, 'spawn');
  return {
    pid: child.pid,
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    kill: (signal) => void child.kill(signal),
    onMessage: (listener) => void child.on('message', (message) => listener(message as ToPrimary)),
    onExit(listener) {
      child.once('exit', (code, signal) => {
        const tell = (): void => listener(code, signal);
        if (!child.connected) return tell();
        const timer = setTimeout(tell, LAST_WORDS_MS);
        child.once('disconnect', () => {
          clearTimeout(timer);
          tell();
        });
      });
    },
  };
}
