const pending = new Set<() => void>();
let listening = false;

function end(): void {
  for (const each of [...pending].reverse()) each();
  pending.clear();
}

/**
 * Has `work` done when this process ends without having done it itself: by an error, an interrupt, or Vitest, which
 * ends a worker with SIGTERM. Returns what takes that back.
 */
export function atExit(work: () => void): () => void {
  if (!listening) {
    listening = true;
    process.once('exit', end);
    process.once('SIGTERM', (signal) => {
      end();
      // Ends it as it would have ended, unless somebody else decides.
      if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, signal);
    });
  }
  pending.add(work);
  return () => void pending.delete(work);
}
